/*
 * ack.c - accepted, rejected, or not to be told
 */
#include <openssl/crypto.h>

#include <stdio.h>
#include <string.h>

#include "ck/name.h"
#include "eligibility/members.h"
#include "eligibility/ack.h"

/*
 * Codes by which the gateway says that it has read the file and does not take
 * it: 201 not XML, 202 content, 204 empty, 205 parameters, 10 card data. Only
 * these: anything else (500, 408) may have been kept all the same.
 */
static bool
is_rejection(const char *code)
{
	static const char *const codes[] = {
		"201", "202", "204", "205", "400", "10"
	};
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (strcmp(codes[i], code) == 0)
			return true;
	}

	return false;
}

/* 200 is success only with this sentence, or with none. */
static enum ck_ack_result
judge(const struct ck_ack *ack)
{
	if (strcmp(ack->code, "200") == 0)
		return ack->message[0] == '\0' ||
		    ck_name_compare(ack->message,
		    "Tiếp nhận thành công") == CK_NAME_SAME ?
		    CK_ACK_ACCEPTED : CK_ACK_REJECTED;

	return is_rejection(ack->code) ? CK_ACK_REJECTED :
	    CK_ACK_UNKNOWN;
}

/* A text or a whole number, cut where it is too long: whatever it is, it does
 * not make a notice that was taken one that was not. */
static void
read_mark(json_t *json, const char *name, char *out, size_t size)
{
	const json_t *value = ck_json_member(json, name);

	if (json_is_integer(value))
		(void)snprintf(out, size, "%" JSON_INTEGER_FORMAT,
		    json_integer_value(value));
	else
		ck_member_note(json, name, out, size);
}

enum ck_err
ck_ack_parse(struct ck_span body, struct ck_ack *out)
{
	json_t *json = ck_json_parse(body);
	enum ck_err err = CK_ERR_GATEWAY_MALFORMED;

	memset(out, 0, sizeof(*out));
	if (!json_is_object(json) ||
	    !ck_member_code(json, "maKetQua", out->code))
		goto out;
	read_mark(json, "maGiaoDich", out->transaction,
	    sizeof(out->transaction));
	read_mark(json, "thoiGianTiepNhan", out->received,
	    sizeof(out->received));
	ck_member_note(json, "thongDiep", out->message,
	    sizeof(out->message));
	out->result = judge(out);
	err = CK_OK;
out:
	json_decref(json);
	if (err != CK_OK)
		ck_ack_wipe(out);

	return err;
}

void
ck_ack_wipe(struct ck_ack *ack)
{
	OPENSSL_cleanse(ack, sizeof(*ack));
}
