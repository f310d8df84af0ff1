/*
 * notices.c - POST /v1/check-ins/{id}/notices, PUT …/notices/{number}
 *
 * The second step of a check-in: the first cost is known. A notice is checked
 * against every rule before it is kept; from then on the outbox has it. One
 * that was accepted is never changed; another one corrects it, under the same
 * MA_LK.
 */
#include <stdlib.h>
#include <string.h>

#include "checkin/outbox.h"
#include "checkin/rules.h"
#include "checkin/station.h"
#include "daemon/config.h"
#include "http/check_in_body.h"
#include "http/check_in_json.h"
#include "http/check_in_site.h"
#include "http/site.h"
#include "io/loop.h"
#include "store/store.h"
#include "store/turn.h"

struct noticing {
	struct ck_http *http;
	struct ck_request *request;
	unsigned status;		/* of the answer when it is written */
	struct ck_check_in check_in;
	struct ck_notice_row row;	/* to be written */
	struct ck_notice_row last;	/* what the new one is built on: the
					 * check-in's last, or the one that it
					 * corrects; number 0: none */
	int64_t corrects;		/* 0: it is no correction */
	int64_t newest;			/* of the kind that is corrected */
	struct ck_renewed renewed;	/* the check-in's draft */
	bool repeated;			/* the same notice is there */
	bool taken;			/* another one of its kind is there */
};

static void
free_noticing(struct noticing *n)
{
	ck_check_in_wipe(&n->check_in);
	ck_notice_row_wipe(&n->row);
	ck_notice_row_wipe(&n->last);
	free(n);
}

/* Answer and be done. */
static void
refuse(struct noticing *n, unsigned status, const char *type,
    const char *title)
{
	ck_request_reply_problem(n->request, status, type, title, NULL);
	free_noticing(n);
}

static void
refuse_field(struct noticing *n, const char *field, const char *detail)
{
	ck_request_reply_invalid(n->request, field, detail);
	free_noticing(n);
}

static void
fail(struct noticing *n, enum ck_err err)
{
	if (err == CK_ERR_NOT_FOUND)
		refuse(n, 404, "unknown-check-in",
		    "There is no check-in or notice of this id.");
	else if (err == CK_ERR_REQUEST)
		refuse(n, 409, "episode-taken", "This MA_LK belongs to "
		    "another check-in, or this check-in has another one: it "
		    "is never used twice and never changed.");
	else {
		ck_http_reply_error(n->request, err);
		free_noticing(n);
	}
}

static enum ck_err
write_notice(struct ck_store *store, void *ctx)
{
	struct noticing *n = ctx;

	return ck_store_put_notice(store, &n->row, true);
}

static void
on_written(void *ctx, enum ck_err err)
{
	struct noticing *n = ctx;

	if (err != CK_OK) {
		fail(n, err);
		return;
	}
	ck_http_reply_check_in_of(n->http, n->request, n->status,
	    n->check_in.id);
	if (n->http->use.outbox != NULL)
		ck_outbox_kick(n->http->use.outbox);
	free_noticing(n);
}

/* Write it if it breaks no rule. */
static void
finish(struct noticing *n)
{
	struct ck_defect defects[CK_FIELDS];
	size_t count = ck_notice_check(&n->row.notice, defects);
	enum ck_err err;

	if (count > 0) {
		ck_request_reply_json_as(n->request, 422,
		    "application/problem+json",
		    ck_defects_json(defects, count));
		free_noticing(n);
		return;
	}
	err = ck_turn_add(n->http->use.turn, write_notice, on_written, n);
	if (err != CK_OK)
		fail(n, err);
}

static struct noticing *
begin(struct ck_http *http, struct ck_request *request)
{
	struct noticing *n = calloc(1, sizeof(*n));
	enum ck_err err;

	if (n == NULL) {
		ck_http_reply_error(request, CK_ERR_NOMEM);
		return NULL;
	}
	n->http = http;
	n->request = request;
	n->status = 200;
	err = ck_store_get_check_in(http->use.store,
	    ck_request_param(request, 0), &n->check_in);
	if (err == CK_OK)
		err = ck_http_renew_check_in(http, &n->check_in, &n->renewed);
	if (err == CK_OK)
		return n;
	fail(n, err);

	return NULL;
}

/* --- A new notice --------------------------------------------------------- */

/* A copy of the last notice: a ward's is built on it. */
static enum ck_err
keep_last(void *ctx, const struct ck_notice_row *row)
{
	struct noticing *n = ctx;

	if (n->corrects != 0 && row->number != n->corrects)
		return CK_OK;
	n->last.number = row->number;
	n->last.state = row->state;
	memcpy(n->last.answer_id, row->answer_id, sizeof(n->last.answer_id));

	return ck_notice_copy(&row->notice, &n->last.notice);
}

/* Whose answer is in the fields that the new notice begins with. */
static void
name_answer(struct noticing *n, const char *before, const char *renewed)
{
	memcpy(n->row.answer_id, renewed[0] != '\0' ? renewed : before,
	    sizeof(n->row.answer_id));
}

/* Of the notice before: the person and the card as the insurer has them now. */
static enum ck_err
start_from_last(struct noticing *n)
{
	struct ck_renewed renewed;
	enum ck_err err = ck_notice_copy(&n->last.notice, &n->row.notice);

	if (err == CK_OK)
		err = ck_renew_notice(n->http->use.store, n->last.answer_id,
		    &n->row.notice, &renewed);
	if (err == CK_OK)
		name_answer(n, n->last.answer_id, renewed.answer_id);

	return err;
}

/* What is known: of the notice before, but of its costs only where they are
 * corrected; else of the draft. */
static enum ck_err
start_fields(struct noticing *n)
{
	static const enum ck_notice_field anew[] = {
		CK_FIELD_MA_DICH_VU, CK_FIELD_TEN_DICH_VU, CK_FIELD_MA_THUOC,
		CK_FIELD_TEN_THUOC, CK_FIELD_MA_VAT_TU, CK_FIELD_TEN_VAT_TU,
		CK_FIELD_NGAY_YL, CK_FIELD_NGAY_VAO_NOI_TRU,
		CK_FIELD_LY_DO_VNT, CK_FIELD_MA_LY_DO_VNT
	};
	enum ck_err err;
	size_t i;

	if (n->last.number == 0) {
		name_answer(n, n->check_in.lookup_id, n->renewed.answer_id);
		return ck_notice_copy(&n->check_in.draft, &n->row.notice);
	}
	err = start_from_last(n);
	if (n->corrects != 0)
		return err;
	for (i = 0; i < sizeof(anew) / sizeof(anew[0]) && err == CK_OK; i++)
		err = ck_notice_set(&n->row.notice, anew[i], "");

	return err;
}

/* MA_LK as the station's rule makes it, where nobody has given one. */
static enum ck_err
settle_episode(struct noticing *n)
{
	const struct ck_config *config = n->http->use.config;
	const struct ck_episode_parts parts = {
		config->facility,
		ck_clock_local_date(n->check_in.admitted_ms),
		ck_notice_get(&n->row.notice, CK_FIELD_MA_BN),
		n->check_in.number
	};
	char episode[401];

	if (ck_notice_get(&n->row.notice, CK_FIELD_MA_LK)[0] != '\0' ||
	    !ck_station_episode(config->check_in_episode_rule, &parts,
	    episode, sizeof(episode)))
		return CK_OK;

	return ck_notice_set(&n->row.notice, CK_FIELD_MA_LK, episode);
}

/* The request is one that was answered before: this row has all it says. What
 * the row was filled with from elsewhere may have changed since. */
static enum ck_err
compare_said(struct noticing *n, const struct ck_notice_row *row)
{
	struct ck_notice said = CK_NOTICE_INIT;
	struct ck_body_defect defect;
	enum ck_err err = ck_notice_copy(&row->notice, &said);

	if (err == CK_OK && ck_notice_body_read(ck_request_json(n->request),
	    &said, &defect) && ck_notice_equal(&said, &row->notice))
		n->repeated = true;
	ck_notice_wipe(&said);

	return err;
}

/* The same ward admission, or the first cost once more? */
static enum ck_err
compare(void *ctx, const struct ck_notice_row *row)
{
	struct noticing *n = ctx;

	if (strcmp(ck_notice_get(&row->notice, CK_FIELD_NGAY_VAO_NOI_TRU),
	    ck_notice_get(&n->row.notice, CK_FIELD_NGAY_VAO_NOI_TRU)) != 0)
		return CK_OK;
	n->newest = row->number;
	n->taken = true;

	return row->corrects == n->corrects ? compare_said(n, row) : CK_OK;
}

/* The insurer has it, and nothing newer stands in its place. */
static bool
can_correct(const struct noticing *n)
{
	return n->last.number == n->corrects &&
	    n->last.state == CK_NOTICE_ACCEPTED && n->newest == n->corrects;
}

static bool
episode_changed(const struct noticing *n)
{
	return n->last.number != 0 && strcmp(
	    ck_notice_get(&n->last.notice, CK_FIELD_MA_LK),
	    ck_notice_get(&n->row.notice, CK_FIELD_MA_LK)) != 0;
}

void
ck_http_notice_new(void *ctx, struct ck_request *request)
{
	struct ck_http *http = ctx;
	struct noticing *n = begin(http, request);
	struct ck_store *store = http->use.store;
	struct ck_body_defect defect;
	enum ck_err err;

	if (n == NULL)
		return;
	n->status = 201;
	if ((n->check_in.flags & CK_ADMITTED_SAMPLE_ONLY) != 0) {
		refuse(n, 409, "no-notice", "Only samples are tested: no "
		    "notice is sent (QĐ 4750 Art 2).");
		return;
	}
	if (!ck_notice_body_corrects(ck_request_json(request),
	    &n->corrects)) {
		refuse_field(n, "corrects", "the number of a notice");
		return;
	}
	err = ck_store_notices_of(store, n->check_in.number, keep_last, n);
	if (err == CK_OK && n->corrects != n->last.number &&
	    n->corrects != 0)
		err = CK_ERR_NOT_FOUND;
	if (err == CK_OK)
		err = start_fields(n);
	if (err != CK_OK) {
		fail(n, err);
		return;
	}
	if (!ck_notice_body_read(ck_request_json(request), &n->row.notice,
	    &defect)) {
		refuse_field(n, defect.field, defect.expected);
		return;
	}
	if ((err = settle_episode(n)) != CK_OK ||
	    (err = ck_store_notices_of(store, n->check_in.number, compare,
	    n)) != CK_OK) {
		fail(n, err);
	} else if (episode_changed(n)) {
		fail(n, CK_ERR_REQUEST);
	} else if (n->repeated) {
		ck_http_reply_check_in(http, request, 200, &n->check_in);
		free_noticing(n);
	} else if (n->corrects != 0 && !can_correct(n)) {
		refuse(n, 409, "notice-not-sent", "Only the last notice of "
		    "its kind that the insurer has taken is corrected; a "
		    "refused one is changed by PUT, and one that is on its way "
		    "is waited for.");
	} else if (n->taken && n->corrects == 0) {
		refuse(n, 409, "notice-exists", "This visit has been noticed "
		    "with other content; a refused notice is changed by PUT.");
	} else {
		n->row.check_in = n->check_in.number;
		n->row.corrects = n->corrects;
		n->row.state = CK_NOTICE_PENDING;
		n->row.made_ms = ck_clock_wall_ms(ck_loop_clock(
		    http->use.loop));
		finish(n);
	}
}

/* --- A notice that is mended, or sent again -------------------------------- */

static int64_t
number_of(const char *text)
{
	size_t len = strlen(text);

	return len == 0 || len > 18 || strspn(text, "0123456789") != len ?
	    0 : strtoll(text, NULL, 10);
}

static void
send_again(struct noticing *n)
{
	struct ck_notice_row *row = &n->row;

	row->state = CK_NOTICE_PENDING;
	row->decided_ms = row->due_ms = row->tries = 0;
	row->error[0] = row->code[0] = row->words[0] = '\0';
	row->transaction[0] = row->received[0] = '\0';
	finish(n);
}

void
ck_http_notice_change(void *ctx, struct ck_request *request)
{
	struct ck_http *http = ctx;
	struct noticing *n = begin(http, request);
	struct ck_body_defect defect;
	enum ck_err err;

	if (n == NULL)
		return;
	err = ck_store_get_notice(http->use.store,
	    number_of(ck_request_param(request, 1)), &n->row);
	if (err == CK_OK && n->row.check_in != n->check_in.number)
		err = CK_ERR_NOT_FOUND;
	if (err == CK_OK)
		err = keep_last(n, &n->row);
	if (err != CK_OK)
		fail(n, err);
	else if (n->row.state != CK_NOTICE_REJECTED &&
	    n->row.state != CK_NOTICE_GIVEN_UP)
		refuse(n, 409, "notice-not-open", "Only a notice that was "
		    "rejected or given up can be changed or sent again.");
	else if (!ck_notice_body_read(ck_request_json(request),
	    &n->row.notice, &defect))
		refuse_field(n, defect.field, defect.expected);
	else if (episode_changed(n))
		fail(n, CK_ERR_REQUEST);
	else
		send_again(n);
}
