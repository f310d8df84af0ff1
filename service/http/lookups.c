/*
 * lookups.c - POST /v1/lookups and GET /v1/lookups/{id}
 *
 * A request under an Idempotency-Key that has been seen is the same lookup:
 * answered from the store, or, while that lookup is still under way, together
 * with it.
 */
#include <openssl/crypto.h>

#include <stdlib.h>
#include <string.h>

#include "daemon/config.h"
#include "eligibility/lookup.h"
#include "http/lookup_body.h"
#include "http/site.h"
#include "store/store.h"

/* Requests that wait for one lookup: the first, and its repetitions. */
#define WAITING_MAX 8

/* A lookup that was opened here and has not closed. */
struct ck_pending {
	struct ck_http *http;
	char key[65];			/* empty: none */
	struct ck_lookup_request asked;	/* to recognise a repetition */
	struct ck_request *waiting[WAITING_MAX];
	unsigned waiting_count;		/* 0: all answered */
	struct ck_pending *prev, *next;
};

static void
unlink_pending(struct ck_pending *pending)
{
	if (pending->prev != NULL)
		pending->prev->next = pending->next;
	else
		pending->http->pending = pending->next;
	if (pending->next != NULL)
		pending->next->prev = pending->prev;
	OPENSSL_cleanse(pending, sizeof(*pending));
	free(pending);
}

void
ck_http_pending_free(struct ck_http *http)
{
	while (http->pending != NULL)
		unlink_pending(http->pending);
}

/* On the server's threads. */
static enum ck_err
render(const void *record, const void *language, struct ck_buf *out)
{
	return ck_lookup_text(record, language, out);
}

static void
reply_lookup(const struct ck_http *http, struct ck_request *request,
    const struct ck_lookup_record *record)
{
	ck_request_reply_rendered(request, 200, "application/json",
	    ck_span_of(record, sizeof(*record)), render,
	    http->use.config->language);
}

static void
reply_key_reused(struct ck_request *request)
{
	ck_request_reply_problem(request, 422, "idempotency-key-reused",
	    "This Idempotency-Key was used for another lookup.", NULL);
}

/* From the core, after each change on disk. */
static void
on_change(void *ctx, struct ck_lookup *lookup, enum ck_err err)
{
	struct ck_pending *pending = ctx;
	const struct ck_lookup_record *record = ck_lookup_record(lookup);
	bool answered = err != CK_OK || record->answered_ms != 0 ||
	    record->closed_ms != 0;
	bool over = err != CK_OK || record->closed_ms != 0;
	unsigned i;

	for (i = 0; answered && i < pending->waiting_count; i++) {
		if (err != CK_OK)
			ck_http_reply_error(pending->waiting[i], err);
		else
			reply_lookup(pending->http, pending->waiting[i],
			    record);
	}
	if (answered)
		pending->waiting_count = 0;
	if (!over)
		return;
	if (record->closed_ms == 0)
		ck_lookup_abandon(lookup);
	unlink_pending(pending);
}

static bool
same_question(const struct ck_person_keys *keys,
    const struct ck_identity *identity,
    const struct ck_lookup_request *asked)
{
	const struct ck_person_keys *wanted = &asked->keys;

	/* The store may know more numbers of the person than were asked. */
	return (wanted->id_number[0] == '\0' ||
	    strcmp(wanted->id_number, keys->id_number) == 0) &&
	    (wanted->insurance_number[0] == '\0' ||
	    strcmp(wanted->insurance_number, keys->insurance_number) == 0) &&
	    (wanted->card_number[0] == '\0' ||
	    strcmp(wanted->card_number, keys->card_number) == 0) &&
	    ck_date_compare(identity->date_of_birth,
	    asked->identity.date_of_birth) == 0;
}

/* True when a lookup under this key is under way: the request waits with it,
 * or has been refused. */
static bool
join_pending(struct ck_http *http, struct ck_request *request,
    const struct ck_lookup_request *asked)
{
	struct ck_pending *pending = http->pending;

	while (pending != NULL &&
	    strcmp(pending->key, asked->idempotency_key) != 0)
		pending = pending->next;
	if (pending == NULL || pending->waiting_count == 0)
		return false;
	if (!same_question(&pending->asked.keys, &pending->asked.identity,
	    asked))
		reply_key_reused(request);
	else if (pending->waiting_count == WAITING_MAX)
		ck_request_reply_problem(request, 429, "too-many-repetitions",
		    "This lookup is under way already.", NULL);
	else
		pending->waiting[pending->waiting_count++] = request;

	return true;
}

/* True when the store has a lookup under this key, or failed: answered. */
static bool
answer_from_store(struct ck_http *http, struct ck_request *request,
    const struct ck_lookup_request *asked)
{
	struct ck_lookup_record *record = malloc(sizeof(*record));
	enum ck_err err = CK_ERR_NOMEM;

	if (record != NULL)
		err = ck_store_find_idempotent(http->use.store,
		    asked->idempotency_key, record);
	if (err == CK_OK && same_question(&record->person, &record->identity,
	    asked))
		reply_lookup(http, request, record);
	else if (err == CK_OK)
		reply_key_reused(request);
	else if (err != CK_ERR_NOT_FOUND)
		ck_http_reply_error(request, err);
	if (record != NULL)
		OPENSSL_cleanse(record, sizeof(*record));
	free(record);

	return err != CK_ERR_NOT_FOUND;
}

static void
open_lookup(struct ck_http *http, struct ck_request *request,
    const struct ck_lookup_request *asked)
{
	struct ck_pending *pending = calloc(1, sizeof(*pending));
	struct ck_lookup *lookup = NULL;
	enum ck_err err;

	if (pending == NULL) {
		ck_http_reply_error(request, CK_ERR_NOMEM);
		return;
	}
	pending->http = http;
	memcpy(pending->key, asked->idempotency_key, sizeof(pending->key));
	pending->asked = *asked;
	pending->waiting[pending->waiting_count++] = request;
	pending->next = http->pending;
	if (pending->next != NULL)
		pending->next->prev = pending;
	http->pending = pending;
	err = ck_lookup_open(http->use.lookups, asked, true, on_change,
	    pending, &lookup);
	if (err == CK_OK)
		return;
	unlink_pending(pending);
	ck_http_reply_error(request, err);
}

static bool
is_key(const char *key)
{
	size_t i, len = strlen(key);

	if (len == 0 || len > 64)
		return false;
	for (i = 0; i < len; i++) {
		if (key[i] <= ' ' || key[i] > '~')
			return false;
	}

	return true;
}

bool
ck_http_read_key(struct ck_request *request, char out[65])
{
	const char *key = ck_request_header(request, "Idempotency-Key");

	out[0] = '\0';
	if (key == NULL)
		return true;
	if (is_key(key)) {
		memcpy(out, key, strlen(key) + 1);
		return true;
	}
	ck_request_reply_problem(request, 422, "invalid-idempotency-key",
	    "The Idempotency-Key must be 1 to 64 printable ASCII characters.",
	    NULL);

	return false;
}

static void
join_or_open(void *ctx, struct ck_request *request)
{
	struct ck_http *http = ctx;
	const struct ck_lookup_request *asked = ck_request_brought(request);

	if (asked->idempotency_key[0] == '\0' ||
	    (!join_pending(http, request, asked) &&
	    !answer_from_store(http, request, asked)))
		open_lookup(http, request, asked);
}

void
ck_http_lookup_new(void *ctx, struct ck_request *request)
{
	const struct ck_http *http = ctx;
	struct ck_body_defect defect;
	struct ck_lookup_request asked;

	if (!ck_lookup_body_read(ck_request_json(request), http->use.config,
	    ck_http_today(http), &asked, &defect))
		ck_request_reply_invalid(request, defect.field,
		    defect.expected);
	else if (ck_http_read_key(request, asked.idempotency_key))
		ck_request_go_on(request, join_or_open,
		    ck_span_of(&asked, sizeof(asked)));
	OPENSSL_cleanse(&asked, sizeof(asked));
}

void
ck_http_lookup(void *ctx, struct ck_request *request)
{
	const struct ck_http *http = ctx;
	struct ck_lookup_record *record = malloc(sizeof(*record));
	enum ck_err err = CK_ERR_NOMEM;

	if (record != NULL)
		err = ck_store_get_lookup(http->use.store,
		    ck_request_param(request, 0), record);
	if (err == CK_OK)
		err = ck_store_same_visits(http->use.store, record,
		    &record->same_visits);
	if (err == CK_OK)
		reply_lookup(http, request, record);
	else if (err == CK_ERR_NOT_FOUND || err == CK_ERR_REQUEST)
		ck_request_reply_problem(request, 404, "unknown-lookup",
		    "There is no lookup of this id.", NULL);
	else
		ck_http_reply_error(request, err);
	if (record != NULL)
		OPENSSL_cleanse(record, sizeof(*record));
	free(record);
}
