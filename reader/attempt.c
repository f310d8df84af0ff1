/*
 * attempt.c - one try to read the card on a reader, from connecting to the end
 */
#include <string.h>
#include <time.h>

#include "attempt.h"
#include "card/kind.h"
#include "card/nfc.h"
#include "card/pcsc.h"
#include "ck/card.h"

/* Pauses between two looks whether the other program is done, doubled. */
#define PAUSE_MIN_MS 50
#define PAUSE_MAX_MS 800

static enum ck_err
connect_once(const struct ck_attempt *attempt, struct ck_transport **card)
{
	enum ck_err err;

	if (attempt->nfc != NULL)
		return ck_nfc_connect(attempt->nfc, attempt->cold, card);
	err = ck_pcsc_connect(attempt->pcsc, attempt->reader, attempt->cold,
	    card);
	/* after a restart of pcscd the first call only finds that out */
	if (err == CK_ERR_READER_NO_SERVICE)
		err = ck_pcsc_connect(attempt->pcsc, attempt->reader,
		    attempt->cold, card);

	return err;
}

static void
pause_for(int64_t ms)
{
	const struct timespec span = {
		(time_t)(ms / 1000), (long)(ms % 1000) * 1000000
	};

	(void)nanosleep(&span, NULL);
}

/* Another program holds the card: wait, say so, go on. */
static enum ck_err
connect_card(const struct ck_attempt *attempt, struct ck_transport **card)
{
	int64_t pause_ms = PAUSE_MIN_MS, waited_ms = 0;
	enum ck_err err = connect_once(attempt, card);

	if (err == CK_ERR_READER_BUSY && attempt->waiting != NULL)
		attempt->waiting(attempt->ctx);
	while (err == CK_ERR_READER_BUSY && waited_ms < attempt->wait_ms) {
		pause_for(pause_ms);
		waited_ms += pause_ms;
		pause_ms = pause_ms * 2 > PAUSE_MAX_MS ? PAUSE_MAX_MS :
		    pause_ms * 2;
		err = connect_once(attempt, card);
	}

	return err;
}

/* Errors that a card gives which is no document at all. */
static bool
may_be_another_kind(enum ck_err err, const struct ck_reading *reading)
{
	return reading->access == CK_ACCESS_NONE &&
	    (err == CK_ERR_CARD_UNSUPPORTED || err == CK_ERR_CARD_REFUSED ||
	    err == CK_ERR_CARD_MALFORMED || err == CK_ERR_FILE_ABSENT ||
	    err == CK_ERR_ACCESS_UNSUPPORTED ||
	    err == CK_ERR_ACCESS_KEY_NEEDED);
}

static enum ck_err
read_once(const struct ck_attempt *attempt, const struct ck_secret *secret,
    const struct ck_read_options *options,
    const struct ck_read_observer *observer, struct ck_reading *reading,
    enum ck_card_kind *kind)
{
	struct ck_transport *card = NULL;
	enum ck_err err;

	*kind = CK_CARD_NONE;
	if ((err = connect_card(attempt, &card)) != CK_OK) {
		/* libnfc has told already that it takes no commands */
		if (err == CK_ERR_CARD_UNSUPPORTED && attempt->nfc != NULL)
			*kind = CK_CARD_STORAGE;
		return err;
	}
	/* extended length may be what hung the last read */
	if (attempt->cold)
		card->short_only = true;
	*kind = ck_kind_of_atr(card->atr);
	err = *kind == CK_CARD_STORAGE ? CK_ERR_CARD_UNSUPPORTED :
	    ck_read_card(card, secret, options, observer, reading);
	if (may_be_another_kind(err, reading)) {
		*kind = ck_kind_probe(card);
		if (*kind == CK_CARD_BANK || *kind == CK_CARD_TRANSIT)
			err = CK_ERR_CARD_UNSUPPORTED;
	}
	card->ops->close(card);

	return err;
}

enum ck_err
ck_attempt_read(const struct ck_attempt *attempt,
    const struct ck_secret *secret, const struct ck_read_options *options,
    const struct ck_read_observer *observer, struct ck_reading *reading,
    enum ck_card_kind *kind)
{
	enum ck_err err;

	err = read_once(attempt, secret, options, observer, reading, kind);
	if (err != CK_ERR_CARD_RESET || reading->told)
		return err;
	ck_reading_wipe(reading);

	return read_once(attempt, secret, options, observer, reading, kind);
}
