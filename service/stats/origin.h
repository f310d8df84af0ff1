/*
 * origin.h - whose figures these are, and until when they are complete
 */
#ifndef SERVICE_STATS_ORIGIN_H
#define SERVICE_STATS_ORIGIN_H

#include <stdint.h>

#include "ck/clock.h"
#include "ck/error.h"

struct ck_db;

/* "1795395600-9f86d081884c7d65": the second it began, 8 random bytes, NUL. */
#define CK_EPOCH_TEXT_LEN 40

struct ck_origin {
	char facility[16];
	char station[32];
	int64_t epoch_number;
	char epoch[CK_EPOCH_TEXT_LEN];
	char complete_until[CK_INSTANT_LEN];	/* all before is closed */
};

/* Read it. now_ms as in stats.h. Returns CK_OK or an error of the database. */
CK_MUST_CHECK enum ck_err
ck_origin_load(struct ck_db *db, int64_t now_ms, struct ck_origin *out);

/* Bytes for the beginning of an hour, "2026-11-23T01:00:00Z", with its NUL. */
#define CK_HOUR_LEN 21

/* hour counts whole hours since 1970 UTC. */
void ck_origin_hour(int64_t hour, char out[CK_HOUR_LEN]);

#endif /* SERVICE_STATS_ORIGIN_H */
