/*
 * apdu.c - the four cases of a command in short and extended form
 */
#include "card/apdu.h"

/* Header, the longest Lc and Le fields. */
#define OVERHEAD_MAX 10

static bool
fits(const struct ck_apdu *apdu, bool extended)
{
	if (extended)
		return apdu->data.len <= CK_APDU_DATA_MAX &&
		    apdu->le <= CK_APDU_LE_MAX;

	return apdu->data.len <= CK_APDU_SHORT_DATA_MAX &&
	    apdu->le <= CK_APDU_SHORT_LE_MAX;
}

/*
 * ISO/IEC 7816-4 §5.1: short fields have 1 byte. The first extended field of a
 * command has 3 bytes and begins with 00; Le behind an extended Lc has 2. The
 * largest Le is written as zeros, which is what the cast leaves of it.
 */
static size_t
put_length(uint8_t *field, uint32_t len, bool extended, bool first)
{
	size_t at = 0;

	if (extended && first)
		field[at++] = 0x00;
	if (extended)
		field[at++] = (uint8_t)(len >> 8);
	field[at++] = (uint8_t)len;

	return at;
}

enum ck_err
ck_apdu_encode(const struct ck_apdu *apdu, bool extended, struct ck_buf *out)
{
	uint8_t head[OVERHEAD_MAX] = {
		apdu->cla, apdu->ins, apdu->p1, apdu->p2
	};
	uint8_t tail[3];
	size_t head_len = 4, tail_len = 0;
	enum ck_err err = CK_ERR_LIMIT;

	ck_buf_wipe(out);
	if (!fits(apdu, extended))
		goto out;
	if (apdu->data.len > 0)
		head_len += put_length(head + 4, (uint32_t)apdu->data.len,
		    extended, true);
	if (apdu->le > 0)
		tail_len = put_length(tail, apdu->le, extended,
		    apdu->data.len == 0);
	if ((err = ck_buf_append(out, ck_span_of(head, head_len))) != CK_OK)
		goto out;
	if ((err = ck_buf_append(out, apdu->data)) != CK_OK)
		goto out;
	err = ck_buf_append(out, ck_span_of(tail, tail_len));
out:
	if (err != CK_OK)
		ck_buf_wipe(out);

	return err;
}
