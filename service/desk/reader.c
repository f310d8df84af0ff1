/*
 * reader.c - a desk's reader in words: its state, what to do, what befell it
 */
#include <string.h>

#include "ck/clock.h"
#include "desk/machine.h"
#include "io/json.h"

bool
ck_desk_needs_pcscd(const struct ck_desk *desk)
{
	return strncmp(desk->reader_wanted, CK_READER_NFC,
	    strlen(CK_READER_NFC)) != 0;
}

static const char *
state_of(enum ck_err err)
{
	switch ((int)err) {
	case CK_OK:
	case CK_ERR_CARD_TIMEOUT:	/* the card's fault, not the reader's */
	case CK_ERR_CARD_COLLISION:
		return "ready";
	case CK_ERR_READER_NONE:
		return "none";
	case CK_ERR_READER_NO_SERVICE:
		return "no_service";
	case CK_ERR_READER_BUSY:
		return "busy";
	default:
		return "failed";
	}
}

const char *
ck_desk_reader_state(const struct ck_desk *desk)
{
	const struct ck_card_state *card = &desk->card;

	if (desk->stack_down && ck_desk_needs_pcscd(desk))
		return "no_service";
	if (card->reader[0] == '\0')
		return "none";
	if (card->restarting)
		return "restarting";
	if (card->waiting)
		return "busy";
	if (card->hangs_in_row >= CK_HANGS_IN_ROW_MAX)
		return "failed";

	return state_of(card->reader_err);
}

enum ck_hint
ck_desk_reader_hint(const struct ck_desk *desk)
{
	const struct ck_card_state *card = &desk->card;

	if (card->waiting)
		return CK_HINT_OTHER_PROGRAM;
	if (card->hangs_in_row >= CK_HANGS_IN_ROW_MAX)
		return CK_HINT_REPLUG;
	switch ((int)card->reader_err) {
	case CK_ERR_READER_BUSY:
	case CK_ERR_READER_FAILED:
	case CK_ERR_READER_DENIED:
		return ck_hint_for(card->reader_err, card->kind);
	default:
		return CK_HINT_NONE;
	}
}

enum ck_hint
ck_desk_card_hint(const struct ck_desk *desk)
{
	const struct ck_card_state *card = &desk->card;

	if (card->left)
		return CK_HINT_TAKE_AWAY;
	if (card->hint != CK_HINT_NONE)
		return card->hint;
	if (card->reader_err == CK_ERR_CARD_TIMEOUT ||
	    card->reader_err == CK_ERR_CARD_COLLISION)
		return ck_hint_for(card->reader_err, card->kind);
	if (card->present && card->kind == CK_CARD_STORAGE)
		return ck_hint_for(CK_ERR_CARD_UNSUPPORTED, card->kind);

	return CK_HINT_NONE;
}

static json_t *
last_view(const struct ck_reader_counts *counts)
{
	char instant[CK_INSTANT_LEN];

	if (counts->last == CK_OK)
		return json_null();
	ck_clock_instant(counts->last_ms, instant);

	return json_pack("{s:s, s:s}", "error", ck_err_label(counts->last),
	    "at", instant);
}

json_t *
ck_desk_reader_view(const struct ck_desk *desk)
{
	const struct ck_card_state *card = &desk->card;
	const struct ck_reader_counts *counts = &card->counts;
	const char *name = card->reader[0] != '\0' ? card->reader :
	    desk->reader_before;
	enum ck_hint hint = ck_desk_reader_hint(desk);

	if (hint == CK_HINT_NONE)
		hint = ck_desk_card_hint(desk);

	return json_pack("{s:o, s:s, s:s, s:s, s:b, s:s, s:o, s:{s:I, s:I, "
	    "s:I, s:I}, s:o}",
	    "name", ck_json_known(name), "desk", desk->name,
	    "transport", ck_desk_needs_pcscd(desk) ? "pcsc" : "nfc",
	    "state", ck_desk_reader_state(desk),
	    "card_present", (int)card->present,
	    "card_kind", ck_card_kind_label(card->kind),
	    "hint", ck_json_known(ck_hint_label(hint)),
	    "since_start",
	    "hangs", (json_int_t)counts->hangs,
	    "crashes", (json_int_t)counts->crashes,
	    "losses", (json_int_t)counts->losses,
	    "waits", (json_int_t)counts->waits,
	    "last", last_view(counts));
}
