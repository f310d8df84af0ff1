/*
 * perform.h - one read on behalf of the daemon, from READ to RESULT
 */
#ifndef READER_WORKER_PERFORM_H
#define READER_WORKER_PERFORM_H

#include <stdint.h>

#include "attempt.h"
#include "trust/folder.h"
#include "worker/link.h"

/* Where reads take place. */
struct ck_place {
	struct ck_pcsc *pcsc;	/* of the readers of pcscd */
	struct ck_nfc *nfc;	/* else of this one */
	const char *reader;	/* its name */
	const char *trust_dir;	/* NULL: no anchors */
	struct ck_anchors_cache *trust;	/* of trust_dir, kept between reads */
	bool cold;		/* the last read hung: begin without power */
	struct ck_link *link;
};

/*
 * Load what place->trust_dir holds, if that has changed; what is wrong with it
 * goes to the log. Without a usable folder every issuer is unknown.
 */
void ck_perform_refresh(const struct ck_place *place);

/*
 * Read the card that lies there now and send STEP, IDENTITY, PHOTO and at last
 * one RESULT, all with this serial. The first STEP comes when the card is ours;
 * until then another program may hold it, and this waits. Blocks as long as the
 * card does: the daemon kills the process when either takes too long.
 */
void ck_perform_read(struct ck_place *place, uint32_t serial,
    const struct ck_worker_read *order);

#endif /* READER_WORKER_PERFORM_H */
