/*
 * send.c - the next case that is due, its answer, wait, again
 *
 * What is about to be sent is noted on disk before it leaves: a case that
 * nobody can have received is closed without a word (store/correction.c).
 */
#include <stdio.h>
#include <string.h>

#include "ck/clock.h"
#include "ck/log.h"
#include "correction/post_state.h"
#include "daemon/config.h"
#include "io/client.h"
#include "io/loop.h"
#include "push/collector_client.h"
#include "store/turn.h"

/* A pause doubles after each failure up to this; and an open case, which is
 * only asked after, is sent again after so many intervals. */
#define BACKOFF_MAX_MS (6 * 60 * INT64_C(60000))
#define ASK_INTERVALS 4

/* A document that was refused is as wrong tomorrow, unless the office has
 * mended its registry meanwhile. */
#define REFUSED_MS (24 * 60 * INT64_C(60000))

static void look(void *ctx);

static int64_t
wall_ms(const struct ck_post *post)
{
	return ck_clock_wall_ms(ck_loop_clock(post->use.loop));
}

static int64_t
interval_ms(const struct ck_post *post)
{
	return post->use.config->collector_interval_s * 1000;
}

static void
wait_for(struct ck_post *post, int64_t ms)
{
	ck_loop_timer_cancel(&post->timer);
	if (ck_loop_timer(post->use.loop, ms < 0 ? 0 : ms, look, post,
	    &post->timer) != CK_OK)
		ck_log(CK_LOG_ERROR, "corrections", "cases are not sent until "
		    "the next start: out of memory");
}

/* --- After an answer ------------------------------------------------------ */

static enum ck_err
write_result(struct ck_store *store, void *ctx)
{
	struct ck_post *post = ctx;
	struct ck_office_answer read;
	enum ck_err err = CK_OK;

	if (post->answer.len > 0)
		err = ck_office_answer_read(ck_buf_view(&post->answer),
		    post->answer_key, &read);
	if (err == CK_OK && post->answer.len > 0)
		err = ck_store_put_case_answer(store, read.id, read.sha256,
		    post->state, wall_ms(post), ck_buf_view(&post->answer));
	if (err == CK_OK)
		err = ck_store_put_case_try(store, &post->row);

	return err;
}

static void
on_result(void *ctx, enum ck_err err)
{
	struct ck_post *post = ctx;

	post->writing = false;
	ck_buf_wipe(&post->answer);
	wait_for(post, err == CK_OK ? 0 : interval_ms(post));
}

static void
finish(struct ck_post *post)
{
	post->writing = ck_turn_add(post->use.turn, write_result, on_result,
	    post) == CK_OK;
	if (!post->writing)
		wait_for(post, interval_ms(post));
}

static void
fail(struct ck_post *post, const char *label, int64_t pause_ms)
{
	int64_t doubled = interval_ms(post);
	int64_t i;

	for (i = 0; i < post->row.tries && doubled < BACKOFF_MAX_MS; i++)
		doubled *= 2;
	if (doubled > BACKOFF_MAX_MS)
		doubled = BACKOFF_MAX_MS;
	if (strcmp(post->row.error, label) != 0)
		ck_log(CK_LOG_WARNING, "corrections", "case %s does not reach "
		    "the office: %s", post->row.id, label);
	(void)snprintf(post->row.error, sizeof(post->row.error), "%s", label);
	post->row.tries++;
	post->row.due_ms = wall_ms(post) + (pause_ms > 0 ? pause_ms :
	    doubled);
	finish(post);
}

/* The label of a refusal: short words of ours, or none of them. */
static void
take_reason(struct ck_span body, char out[CK_CASE_ERROR_LEN])
{
	json_t *json = ck_json_parse(body);
	const char *reason = ck_json_text(json, "reason");

	(void)snprintf(out, CK_CASE_ERROR_LEN, "%s", reason[0] != '\0' &&
	    strlen(reason) < CK_CASE_ERROR_LEN && strspn(reason,
	    "abcdefghijklmnopqrstuvwxyz_") == strlen(reason) ? reason :
	    "refused");
	json_decref(json);
}

static void
take_refusal(struct ck_post *post, const struct ck_client_answer *answer)
{
	char reason[CK_CASE_ERROR_LEN];

	take_reason(answer->body, reason);
	if (post->row.closed_ms > 0 && strcmp(reason, "unknown_case") == 0) {
		/* it never arrived: there is nothing to close */
		post->row.told = true;
		post->row.error[0] = '\0';
		finish(post);
	} else {
		fail(post, reason, REFUSED_MS);
	}
}

static void
take_answer(struct ck_post *post, struct ck_span body)
{
	struct ck_office_answer read;

	if (!post->knows_answers || ck_office_answer_read(body,
	    post->answer_key, &read) != CK_OK ||
	    strcmp(read.id, post->row.id) != 0 ||
	    memcmp(read.sha256, post->row.sha256, sizeof(read.sha256)) != 0 ||
	    ck_buf_append(&post->answer, body) != CK_OK) {
		fail(post, "answer", 0);
		return;
	}
	post->state = ck_post_state_of(read.state);
	post->row.tries = 0;
	post->row.error[0] = '\0';
	post->row.due_ms = wall_ms(post) + ASK_INTERVALS * interval_ms(post);
	finish(post);
}

static void
on_answer(void *ctx, const struct ck_client_answer *answer)
{
	struct ck_post *post = ctx;

	post->call = NULL;
	if (answer->end != CK_CLIENT_ANSWERED)
		fail(post, ck_client_end_label(answer->end), 0);
	else if (answer->status == 200)
		take_answer(post, answer->body);
	else if (answer->status == 401)
		fail(post, "denied", 0);
	else if (answer->status == 429 || answer->status >= 500)
		fail(post, "busy", 0);
	else
		take_refusal(post, answer);
}

/* --- Sending -------------------------------------------------------------- */

static enum ck_err
send_document(struct ck_post *post)
{
	struct ck_buf body = CK_BUF_INIT;
	struct ck_client_post request = {
		.content_type = "application/json"
	};
	char url[1024];
	enum ck_err err = ck_post_document(post, &post->row, &body);

	(void)snprintf(url, sizeof(url), "%s/v1/cases",
	    post->use.config->collector_url);
	request.url = url;
	request.body = ck_buf_view(&body);
	if (err == CK_OK)
		err = ck_client_post(post->client, &request, on_answer, post,
		    &post->call);
	ck_buf_wipe(&body);

	return err;
}

static enum ck_err
write_begin(struct ck_store *store, void *ctx)
{
	const struct ck_post *post = ctx;

	return ck_store_put_case_try(store, &post->row);
}

static void
on_begun(void *ctx, enum ck_err err)
{
	struct ck_post *post = ctx;

	post->writing = false;
	if (err == CK_OK)
		err = send_document(post);
	if (err != CK_OK)
		wait_for(post, interval_ms(post));
}

static void
begin(struct ck_post *post)
{
	int64_t now = wall_ms(post);

	post->row.sent_ms = now;
	post->row.due_ms = now + interval_ms(post);
	post->writing = ck_turn_add(post->use.turn, write_begin, on_begun,
	    post) == CK_OK;
	if (!post->writing)
		wait_for(post, interval_ms(post));
}

static void
look(void *ctx)
{
	struct ck_post *post = ctx;
	int64_t now = wall_ms(post), later;
	enum ck_err err = ck_store_next_case(post->use.store, now,
	    &post->row, &later);

	if (err == CK_OK)
		begin(post);
	else if (err == CK_ERR_NOT_FOUND)
		/* a lookup that ends a case does not wake us */
		wait_for(post, later == 0 || later - now > interval_ms(post) ?
		    interval_ms(post) : later - now);
	else
		wait_for(post, interval_ms(post));
}

void
ck_post_wake(struct ck_post *post)
{
	if (post->client != NULL && post->call == NULL && !post->writing)
		wait_for(post, 0);
}

/* --- Life ----------------------------------------------------------------- */

enum ck_err
ck_post_send_begin(struct ck_post *post)
{
	const struct ck_config *config = post->use.config;
	enum ck_err err;

	if (config->collector_url[0] == '\0' || config->practice)
		return CK_OK;
	err = ck_collector_client_new(&post->client, post->use.loop, config);
	if (err == CK_OK)
		wait_for(post, 0);

	return err;
}

void
ck_post_send_end(struct ck_post *post)
{
	ck_client_cancel(&post->call);
	ck_client_free(&post->client);
	ck_loop_timer_cancel(&post->timer);
	ck_buf_wipe(&post->answer);
}
