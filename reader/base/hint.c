/*
 * hint.c - what lies on a reader, and what the clerk is shown about it
 */
#include "ck/hint.h"

const char *
ck_card_kind_label(enum ck_card_kind kind)
{
	switch (kind) {
#define X(symbol, number, label) case symbol: return label;
	CK_CARD_KIND_LIST(X)
#undef X
	default:
		return "?";
	}
}

const char *
ck_hint_label(enum ck_hint hint)
{
	switch (hint) {
#define X(symbol, number, label) case symbol: return label;
	CK_HINT_LIST(X)
#undef X
	default:
		return "";
	}
}

static enum ck_hint
for_kind(enum ck_card_kind kind)
{
	switch (kind) {
	case CK_CARD_BANK:
		return CK_HINT_BANK;
	case CK_CARD_TRANSIT:
	case CK_CARD_STORAGE:
		return CK_HINT_TRANSIT;
	case CK_CARD_NONE:
	case CK_CARD_CONTACT:
	case CK_CARD_CONTACTLESS:
	case CK_CARD_DOCUMENT:
	default:
		return CK_HINT_OTHER_CARD;
	}
}

enum ck_hint
ck_hint_for(enum ck_err err, enum ck_card_kind kind)
{
	switch ((int)err) {
	case CK_ERR_CARD_UNSUPPORTED:
		return for_kind(kind);
	case CK_ERR_CARD_TIMEOUT:
		return CK_HINT_SLEEVE;
	case CK_ERR_CARD_GONE:
	case CK_ERR_READER_NO_CARD:
	case CK_ERR_SM_ABORTED:
		return CK_HINT_LEAVE;
	case CK_ERR_CARD_COLLISION:
		return CK_HINT_ONE_CARD;
	case CK_ERR_CARD_RESET:
	case CK_ERR_READER_BUSY:
		return CK_HINT_OTHER_PROGRAM;
	case CK_ERR_READER_FAILED:
	case CK_ERR_IPC:
		return CK_HINT_REPLUG;
	case CK_ERR_READER_DENIED:
		return CK_HINT_PERMISSION;
	default:
		return CK_HINT_NONE;
	}
}
