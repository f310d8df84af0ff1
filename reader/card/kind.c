/*
 * kind.c - what kind of card lies there, where it is not the one we want
 */
#include <stdbool.h>
#include <string.h>

#include "card/apdu.h"
#include "card/file.h"
#include "card/kind.h"
#include "ck/card.h"

/* A pseudo-ATR: TS, T0 with TD1 and the count, TD1 = 80, TD2 = 01. */
#define ATR_TS 0x3b
#define ATR_T0_TD1 0x80
#define ATR_TD1 0x80
#define ATR_TD2 0x01

/* How a reader begins its words for a storage card: 4F, length, PC/SC's RID. */
static const uint8_t storage_head[] = {
	0x80, 0x4f, 0x0c, 0xa0, 0x00, 0x00, 0x03, 0x06
};

#define SELECT_BY_NAME "\x00\xa4\x04\x00"

/* The probes in order. A status word that begins with sw1 is a yes. */
static const struct probe {
	const char *command;
	size_t len;
	uint8_t sw1, sw1_also;
	enum ck_card_kind kind;
} probes[] = {
	{ "\x00\xa4\x04\x0c\x07" CK_LDS1_AID, 5 + CK_LDS1_AID_LEN,
	    0x90, 0x90, CK_CARD_DOCUMENT },
	{ SELECT_BY_NAME "\x0e" "2PAY.SYS.DDF01" "\x00", 20,
	    0x90, 0x61, CK_CARD_BANK },
	{ SELECT_BY_NAME "\x0e" "1PAY.SYS.DDF01" "\x00", 20,
	    0x90, 0x61, CK_CARD_BANK },
	{ "\x90\x60\x00\x00\x00", 5, 0x91, 0x91, CK_CARD_TRANSIT },
};

/* The historical bytes of a pseudo-ATR; false for any other ATR. */
static bool
pseudo_history(struct ck_span atr, struct ck_span *history)
{
	struct ck_cursor cur = ck_cursor_of(atr);
	uint8_t ts, t0, td1, td2;

	return ck_cursor_u8(&cur, &ts) && ck_cursor_u8(&cur, &t0) &&
	    ck_cursor_u8(&cur, &td1) && ck_cursor_u8(&cur, &td2) &&
	    ts == ATR_TS && (t0 & 0xf0) == ATR_T0_TD1 && td1 == ATR_TD1 &&
	    td2 == ATR_TD2 && ck_cursor_take(&cur, t0 & 0x0fU, history);
}

static bool
is_storage(struct ck_span history)
{
	return history.len >= sizeof(storage_head) &&
	    memcmp(history.ptr, storage_head, sizeof(storage_head)) == 0;
}

enum ck_card_kind
ck_kind_of_atr(struct ck_span atr)
{
	struct ck_span history;

	if (atr.len < 2)
		return CK_CARD_NONE;
	if (!pseudo_history(atr, &history))
		return CK_CARD_CONTACT;

	return is_storage(history) ? CK_CARD_STORAGE : CK_CARD_CONTACTLESS;
}

/* Ask one question; its answer is looked at and forgotten. */
static enum ck_err
ask(struct ck_transport *card, const struct probe *probe, bool *yes)
{
	struct ck_buf answer = CK_BUF_INIT;
	enum ck_err err;
	uint8_t sw1;

	*yes = false;
	err = card->ops->transmit(card, ck_span_of(probe->command, probe->len),
	    &answer);
	if (err == CK_OK && answer.len >= 2) {
		sw1 = answer.ptr[answer.len - 2];
		*yes = sw1 == probe->sw1 || sw1 == probe->sw1_also;
	}
	ck_buf_wipe(&answer);

	return err;
}

enum ck_card_kind
ck_kind_probe(struct ck_transport *card)
{
	enum ck_card_kind kind = ck_kind_of_atr(card->atr);
	bool yes = false;
	size_t i;

	if (kind == CK_CARD_STORAGE || card->ops->reset(card) != CK_OK)
		return kind;
	for (i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
		if (ask(card, &probes[i], &yes) != CK_OK)
			return kind;
		if (yes)
			return probes[i].kind;
	}

	return kind;
}
