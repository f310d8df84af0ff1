/*
 * scripted_card.h - a transport that plays a table of commands and answers
 *
 * Every command must be the next one of the table, byte for byte. An answer of
 * NULL is a card that has left the field.
 */
#ifndef TESTS_UNIT_SCRIPTED_CARD_H
#define TESTS_UNIT_SCRIPTED_CARD_H

#include "ck/card.h"
#include "vectors.h"

struct scripted_row {
	const char *command, *answer;	/* hexadecimal */
};

struct scripted_card {
	struct ck_transport transport;	/* first: the ops cast back */
	const struct scripted_row *rows;
	size_t count, at;
	struct ck_buf atr;
};

static inline enum ck_err
scripted_transmit(struct ck_transport *transport, struct ck_span command,
    struct ck_buf *response)
{
	struct scripted_card *card = (struct scripted_card *)transport;
	const struct scripted_row *row;

	assert_true(card->at < card->count);
	row = &card->rows[card->at++];
	assert_span_hex(command, row->command);
	ck_buf_wipe(response);
	if (row->answer == NULL)
		return CK_ERR_CARD_GONE;
	hex_append(response, row->answer);

	return CK_OK;
}

static inline enum ck_err
scripted_reset(struct ck_transport *transport)
{
	(void)transport;

	return CK_OK;
}

static inline void
scripted_close(struct ck_transport *transport)
{
	(void)transport;
}

static const struct ck_transport_ops scripted_ops = {
	scripted_transmit, scripted_reset, scripted_close
};

/* Begin a script; atr is hexadecimal. */
static inline void
scripted_card_init(struct scripted_card *card,
    const struct scripted_row *rows, size_t count, const char *atr)
{
	*card = (struct scripted_card){
		.transport.ops = &scripted_ops, .rows = rows, .count = count
	};
	hex_append(&card->atr, atr);
	card->transport.atr = ck_buf_view(&card->atr);
}

/* End a script: all of it must have been played. */
static inline void
scripted_card_done(struct scripted_card *card)
{
	assert_int_equal(card->at, card->count);
	ck_buf_wipe(&card->atr);
}

/* T=1, historical bytes of category 80 with card capabilities 73. */
#define ATR_SILENT "3B80800101"
#define ATR_EXTENDED "3B8580018073C021C01F"
#define ATR_INFO_FILE "3B8580018073C021E03F"
#define ATR_SHORT "3B8580018073C0218050"

#endif /* TESTS_UNIT_SCRIPTED_CARD_H */
