/*
 * answer.h - what a collector's answer means
 *
 * In the flow:  io/client.h -> [answer] -> push
 *
 * Pure. Of all that an answer may hold one number is believed, and only from
 * an answer that names our own figures.
 */
#ifndef SERVICE_PUSH_ANSWER_H
#define SERVICE_PUSH_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "io/client.h"

struct ck_origin;

/* X(symbol, label, words for the technician). The pages have words of their
 * own for each label (service/text, "collector.LABEL"). */
#define CK_PUSH_ERROR_LIST(X) \
	X(CK_PUSH_OK, "ok", "all is well") \
	X(CK_PUSH_NAME, "name", "the collector's name does not resolve: " \
	    "look at the line, and at [collector] url") \
	X(CK_PUSH_CONNECT, "connect", "nobody answers at the collector's " \
	    "address: look at the line, then call the province") \
	X(CK_PUSH_TLS, "tls", "the collector's certificate does not verify: " \
	    "set [collector] ca_file to the authority that the province " \
	    "names; do not go on without it") \
	X(CK_PUSH_TIMEOUT, "timeout", "the collector does not answer in time") \
	X(CK_PUSH_BROKEN, "broken", "what answers is no collector, or the " \
	    "line cuts its answers: look at [collector] url") \
	X(CK_PUSH_DENIED, "denied", "the collector refuses our token or " \
	    "certificate: ask the province for a new one") \
	X(CK_PUSH_REFUSED, "refused", "the collector refuses our document: " \
	    "call the province, it has the reason in its log") \
	X(CK_PUSH_BUSY, "busy", "the collector is busy or out of order: it " \
	    "is tried again") \
	X(CK_PUSH_AHEAD, "ahead", "the collector has more of this epoch than " \
	    "our database: an older copy of it was put back. Stop checkind " \
	    "and run: checkin restore --in-place") \
	X(CK_PUSH_OURS, "ours", "our own database could not be read: look " \
	    "at the log")

enum ck_push_error {
#define X(sym, label, words) sym,
	CK_PUSH_ERROR_LIST(X)
#undef X
	CK_PUSH_ERRORS
};

/* Static strings. */
const char *ck_push_error_label(enum ck_push_error error);
const char *ck_push_error_words(enum ck_push_error error);

/* One answer. */
struct ck_push_answer {
	enum ck_push_error error;
	bool gap;		/* with CK_PUSH_OK: our document begins after
				 * what the collector has */
	bool too_large;		/* with CK_PUSH_REFUSED: send fewer rows */
	int64_t revision;	/* with CK_PUSH_OK: what the collector holds */
};

/* Read the answer to GET or POST /v1/feeds. origin: who we are. */
void ck_push_read(const struct ck_client_answer *answer,
    const struct ck_origin *origin, struct ck_push_answer *out);

#endif /* SERVICE_PUSH_ANSWER_H */
