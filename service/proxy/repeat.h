/*
 * repeat.h - a co-payment question that was asked a moment ago
 *
 * In the flow:  http/gateway_proxy asks [repeat] before it passes one on
 *
 * An account that asks about a card again and again is put on a list
 * (eligibility/quota.h). The same question of the same account is answered for
 * CK_QUOTA_MS from what the gateway said then; one with another name or birth
 * date is another question, and passed on. In memory only, and wiped.
 */
#ifndef SERVICE_PROXY_REPEAT_H
#define SERVICE_PROXY_REPEAT_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "io/json.h"

/* Questions remembered: a hospital's of a quarter of an hour. */
#define CK_REPEATS_MAX 128

#define CK_REPEAT_KEY_LEN 32

struct ck_repeats;

enum ck_repeat {
	CK_REPEAT_NEW,		/* to be passed on; it is noted */
	CK_REPEAT_KEPT,		/* there is an answer */
	CK_REPEAT_OPEN		/* asked, and no answer came, or not yet */
};

/* What is known of a question that was asked. Borrowed. */
struct ck_repeat_answer {
	struct ck_span raw;	/* the gateway's words */
	int64_t asked_ms;	/* wall clock */
};

/* NULL: out of memory. */
struct ck_repeats *ck_repeats_new(void);
void ck_repeats_free(struct ck_repeats **repeats);

/*
 * The question of account with the fields given, at these two clocks. key
 * receives what ck_repeats_end() wants; *out is filled unless it is new. A
 * question without a card is always new, and not noted.
 */
enum ck_repeat ck_repeats_ask(struct ck_repeats *repeats, const char *account,
    json_t *given, int64_t mono_ms, int64_t wall_ms,
    uint8_t key[CK_REPEAT_KEY_LEN], struct ck_repeat_answer *out);

/* It has ended. What never reached the gateway is forgotten; raw (copied) is
 * kept, empty: no answer came. */
void ck_repeats_end(struct ck_repeats *repeats,
    const uint8_t key[CK_REPEAT_KEY_LEN], bool arrived, struct ck_span raw);

#endif /* SERVICE_PROXY_REPEAT_H */
