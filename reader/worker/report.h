/*
 * report.h - what the daemon is told about readers, cards and reads
 *
 * From what the lookout saw, or a read found, to what the packets say.
 */
#ifndef READER_WORKER_REPORT_H
#define READER_WORKER_REPORT_H

#include <stdbool.h>

#include "ck/reader.h"
#include "ck/worker.h"
#include "worker/link.h"
#include "worker/lookout.h"

/* The list for CK_WORKER_READERS. *out is overwritten. */
void ck_report_readers(const struct ck_sight *sight,
    struct ck_worker_readers *out);

/* The state for CK_WORKER_STATUS of the one reader that is watched. */
struct ck_worker_status ck_report_status(const struct ck_sight *sight);

/*
 * True when both show a card, but not the same one: it was exchanged between
 * two looks.
 */
bool ck_report_exchanged(const struct ck_sight *before,
    const struct ck_sight *now);

/* How a read ended. */
struct ck_ending {
	enum ck_err err;
	enum ck_card_kind kind;	/* asked where the card was not ours */
};

/*
 * Send what a read found: the photo in pieces, then the result, all with this
 * serial. A photo beyond CK_PHOTO_MAX is left out; the rest stands.
 */
void ck_report_result(struct ck_link *link, uint32_t serial,
    const struct ck_ending *ending, const struct ck_reading *reading);

#endif /* READER_WORKER_REPORT_H */
