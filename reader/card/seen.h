/*
 * seen.h - which readers there are and what lies on them, whoever looked
 *
 * Filled by pcsc.c for the readers of pcscd and by nfc.c for its one.
 */
#ifndef READER_CARD_SEEN_H
#define READER_CARD_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck/error.h"
#include "ck/worker.h"

/* One reader as it stands. */
struct ck_seen_reader {
	char name[CK_READER_NAME_LEN];
	bool card_present;
	enum ck_err err;	/* CK_OK; CK_ERR_READER_BUSY: another program
				 * holds it exclusively; CK_ERR_CARD_TIMEOUT:
				 * the card does not answer to reset;
				 * CK_ERR_CARD_COLLISION: two cards */
	enum ck_card_kind kind;	/* of the card, by its answer to reset */
	uint32_t state;		/* only compared: another value, another state;
				 * the upper half counts cards come and gone */
};

struct ck_seen {
	size_t count;
	struct ck_seen_reader reader[CK_READERS_MAX];
};

#endif /* READER_CARD_SEEN_H */
