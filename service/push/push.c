/*
 * push.c - ask where the collector stands, send from there, wait, again
 */
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/log.h"
#include "daemon/config.h"
#include "eligibility/breaker.h"
#include "io/client.h"
#include "io/db.h"
#include "io/gzip.h"
#include "io/loop.h"
#include "push/collector_client.h"
#include "push/push.h"
#include "stats/feed.h"
#include "stats/feed_sign.h"
#include "stats/origin.h"
#include "store/store.h"

/* Rows of one document: building it takes the core's thread a few ms. */
#define ROWS_MAX 250

/* An empty document moves complete_until: a quiet clinic is not a lost one. */
#define HEARTBEAT_MS (60 * INT64_C(60000))

/* The first while after a failure, and the longest. */
#define BACKOFF_MS 10000
#define BACKOFF_MAX_MS (30 * INT64_C(60000))

/* A collector that was put back moves our place once; one that moves it again
 * and again talks nonsense. */
#define CORRECTIONS_MAX 3

/* After a start clinics spread over this at most. */
#define START_SPREAD_MS 30000

struct ck_push {
	struct ck_push_options use;
	struct ck_client *client;
	struct ck_client_call *call;	/* on its way */
	struct ck_db *db;		/* read-only, of our own */
	struct ck_feed_key key;
	struct ck_breaker breaker;
	struct ck_timer *timer;		/* pending: the next step */
	struct ck_origin origin;	/* as the request on its way names it */
	unsigned rows_max;		/* of the next document */

	/* The document on its way; asking only: sent_revision -1. */
	int64_t sent_after, sent_revision;
	bool sent_more;
	char sent_until[CK_INSTANT_LEN];

	unsigned corrections;		/* of our place, since it fitted */
	int64_t last_post_ms;		/* monotonic; 0: none yet */
	struct ck_push_view view;
};

static void step(void *ctx);

/* --- When ----------------------------------------------------------------- */

static int64_t
now_ms(const struct ck_push *push)
{
	return ck_clock_mono_ms(ck_loop_clock(push->use.loop));
}

static int64_t
wall_ms(const struct ck_push *push)
{
	return ck_clock_wall_ms(ck_loop_clock(push->use.loop));
}

/* Without random bytes it is 0: no harm. */
static uint32_t
chance(void)
{
	uint32_t value = 0;

	(void)RAND_bytes((unsigned char *)&value, sizeof(value));

	return value;
}

static void
wait_for(struct ck_push *push, int64_t ms)
{
	ck_loop_timer_cancel(&push->timer);
	push->view.next_ms = wall_ms(push) + ms;
	if (ck_loop_timer(push->use.loop, ms, step, push, &push->timer) !=
	    CK_OK)
		ck_log(CK_LOG_ERROR, "push", "figures are not pushed until "
		    "the next start: out of memory");
}

static int64_t
interval_ms(const struct ck_push *push)
{
	return push->use.config->collector_interval_s * 1000;
}

/* Up to a quarter later each time, so that clinics do not fall into step. */
static void
wait_interval(struct ck_push *push)
{
	int64_t interval = interval_ms(push);

	wait_for(push, interval + chance() % (interval / 4 + 1));
}

/* --- How it ended --------------------------------------------------------- */

static void
fail(struct ck_push *push, enum ck_push_error error)
{
	int64_t now = now_ms(push);

	if (push->view.error != error)
		ck_log(CK_LOG_WARNING, "push", "figures do not reach the "
		    "collector: %s (%s)", ck_push_error_words(error),
		    ck_push_error_label(error));
	if (push->view.failing_since_ms == 0)
		push->view.failing_since_ms = wall_ms(push);
	push->view.error = error;
	push->view.pushed = -1;	/* ask again: it may have been put back */
	push->corrections = 0;
	ck_breaker_bad(&push->breaker, now, chance());
	wait_for(push, push->breaker.until_ms - now);
}

static void
succeed(struct ck_push *push)
{
	if (push->view.error != CK_PUSH_OK)
		ck_log(CK_LOG_NOTICE, "push", "figures reach the collector "
		    "again");
	push->view.error = CK_PUSH_OK;
	push->view.failing_since_ms = 0;
	push->view.last_success_ms = wall_ms(push);
	push->corrections = 0;
	ck_breaker_good(&push->breaker);
}

/* The next request of the same try. */
static void
go_on(struct ck_push *push)
{
	ck_breaker_dropped(&push->breaker);
	wait_for(push, 0);
}

/* The answer to a document: does the collector stand where that one ends? */
static void
take_position(struct ck_push *push, const struct ck_push_answer *answer)
{
	bool moved = answer->revision != push->sent_after;

	push->view.pushed = answer->revision;
	if (!answer->gap && answer->revision == push->sent_revision) {
		push->rows_max = ROWS_MAX;
		if (!push->sent_more)
			memcpy(push->view.until, push->sent_until,
			    sizeof(push->view.until));
		succeed(push);
		if (push->sent_more)
			go_on(push);
		else
			wait_interval(push);
	} else if (moved && push->corrections++ < CORRECTIONS_MAX) {
		go_on(push);
	} else {
		/* it asks for what it has just been given */
		fail(push, CK_PUSH_BROKEN);
	}
}

static void
refuse(struct ck_push *push, const struct ck_push_answer *answer)
{
	if (answer->too_large && push->rows_max > 1)
		push->rows_max /= 2;
	fail(push, answer->error);
}

static void
on_answer(void *ctx, const struct ck_client_answer *answer)
{
	struct ck_push *push = ctx;
	struct ck_push_answer read;

	push->call = NULL;
	ck_push_read(answer, &push->origin, &read);
	if (read.error != CK_PUSH_OK) {
		refuse(push, &read);
	} else if (push->sent_revision >= 0) {
		take_position(push, &read);
	} else if (read.gap) {
		fail(push, CK_PUSH_BROKEN);	/* an answer to no document */
	} else {
		push->view.pushed = read.revision;
		go_on(push);
	}
}

/* --- Sending -------------------------------------------------------------- */

static enum ck_err
ask_position(struct ck_push *push)
{
	char url[1024];
	const struct ck_client_post get = { .url = url };
	int len = snprintf(url, sizeof(url), "%s/v1/feeds?facility=%s&"
	    "station=%s&epoch=%s", push->use.config->collector_url,
	    push->origin.facility, push->origin.station, push->origin.epoch);

	if (len < 0 || (size_t)len >= sizeof(url))
		return CK_ERR_LIMIT;
	push->sent_revision = -1;

	return ck_client_post(push->client, &get, on_answer, push,
	    &push->call);
}

static int
append(const char *bytes, size_t len, void *ctx)
{
	return ck_buf_append(ctx, ck_span_of(bytes, len)) == CK_OK ? 0 : -1;
}

static enum ck_err
pack(const json_t *document, struct ck_buf *out)
{
	struct ck_buf plain = CK_BUF_INIT;
	enum ck_err err = CK_ERR_NOMEM;

	if (json_dump_callback(document, append, &plain, JSON_COMPACT) == 0)
		err = ck_gzip_pack(ck_buf_view(&plain), out);
	ck_buf_wipe(&plain);

	return err;
}

static enum ck_err
post(struct ck_push *push, const json_t *document)
{
	static const char *const headers[] = {
		"Content-Encoding: gzip", NULL
	};
	struct ck_buf body = CK_BUF_INIT;
	char url[1024];
	struct ck_client_post request = {
		.url = url, .content_type = "application/json",
		.headers = headers
	};
	enum ck_err err = pack(document, &body);

	(void)snprintf(url, sizeof(url), "%s/v1/feeds",
	    push->use.config->collector_url);
	request.body = ck_buf_view(&body);
	if (err == CK_OK)
		err = ck_client_post(push->client, &request, on_answer, push,
		    &push->call);
	ck_buf_wipe(&body);
	push->last_post_ms = now_ms(push);

	return err;
}

/* What our document says of itself, to compare the answer with. */
static void
note_sent(struct ck_push *push, const json_t *document)
{
	push->sent_after = push->view.pushed;
	push->sent_revision = json_integer_value(
	    json_object_get(document, "revision"));
	push->sent_more = json_is_true(json_object_get(document, "more"));
	(void)snprintf(push->sent_until, sizeof(push->sent_until), "%s",
	    ck_json_text(document, "complete_until"));
}

static enum ck_err
send_document(struct ck_push *push)
{
	json_t *document;
	enum ck_err err = ck_feed_document(push->db, &push->key,
	    push->view.pushed, push->rows_max, wall_ms(push), &document);

	if (err != CK_OK)
		return err;
	note_sent(push, document);
	err = post(push, document);
	json_decref(document);

	return err;
}

static bool
is_due(const struct ck_push *push)
{
	int64_t beat = interval_ms(push) > HEARTBEAT_MS ? interval_ms(push) :
	    HEARTBEAT_MS;

	return push->view.pushed != push->view.revision ||
	    push->view.last_success_ms == 0 || push->last_post_ms == 0 ||
	    now_ms(push) - push->last_post_ms >= beat;
}

static enum ck_err
look_at_ours(struct ck_push *push)
{
	enum ck_err err = ck_origin_load(push->db, wall_ms(push),
	    &push->origin);

	if (err == CK_OK)
		err = ck_feed_newest(push->db, &push->origin,
		    &push->view.revision);

	return err;
}

static void
step(void *ctx)
{
	struct ck_push *push = ctx;
	enum ck_err err;

	if (!ck_breaker_admit(&push->breaker, now_ms(push))) {
		wait_for(push, push->breaker.until_ms - now_ms(push));
		return;
	}
	if ((err = look_at_ours(push)) != CK_OK) {
		fail(push, CK_PUSH_OURS);
		return;
	}
	if (push->view.pushed > push->view.revision) {
		fail(push, CK_PUSH_AHEAD);
		return;
	}
	if (push->view.pushed >= 0 && !is_due(push)) {
		ck_breaker_dropped(&push->breaker);
		wait_interval(push);
		return;
	}
	err = push->view.pushed < 0 ? ask_position(push) :
	    send_document(push);
	if (err != CK_OK)
		fail(push, CK_PUSH_OURS);
}

/* --- Life ----------------------------------------------------------------- */

static enum ck_err
begin(struct ck_push *push)
{
	int64_t spread = interval_ms(push) / 4;
	enum ck_err err;

	push->rows_max = ROWS_MAX;
	push->view.configured = true;
	push->view.pushed = -1;
	push->breaker = (struct ck_breaker){ .failures_max = 1,
		.first_ms = BACKOFF_MS, .max_ms = BACKOFF_MAX_MS };
	if (interval_ms(push) < BACKOFF_MS)
		push->breaker.first_ms = interval_ms(push);
	if (spread > START_SPREAD_MS)
		spread = START_SPREAD_MS;
	if ((err = ck_store_open_reader(push->use.store, &push->db)) !=
	    CK_OK ||
	    (err = ck_feed_key_load(push->use.config->directory,
	    &push->key)) != CK_OK ||
	    (err = ck_collector_client_new(&push->client, push->use.loop,
	    push->use.config)) != CK_OK)
		return err;
	wait_for(push, chance() % (spread + 1));

	return push->timer != NULL ? CK_OK : CK_ERR_NOMEM;
}

enum ck_err
ck_push_new(struct ck_push **out, const struct ck_push_options *options)
{
	struct ck_push *push;
	enum ck_err err;

	*out = NULL;
	if (options->config->collector_url[0] == '\0' ||
	    options->config->practice)
		return CK_OK;
	if ((push = calloc(1, sizeof(*push))) == NULL)
		return CK_ERR_NOMEM;
	push->use = *options;
	if ((err = begin(push)) != CK_OK)
		ck_push_free(&push);
	*out = push;

	return err;
}

void
ck_push_free(struct ck_push **push)
{
	struct ck_push *old = *push;

	if (old == NULL)
		return;
	ck_client_cancel(&old->call);
	ck_client_free(&old->client);
	ck_loop_timer_cancel(&old->timer);
	ck_feed_key_wipe(&old->key);
	ck_db_close(&old->db);
	free(old);
	*push = NULL;
}

void
ck_push_look(const struct ck_push *push, struct ck_push_view *out)
{
	if (push != NULL)
		*out = push->view;
	else
		*out = (struct ck_push_view){ .pushed = -1 };
}
