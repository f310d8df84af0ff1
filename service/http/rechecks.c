/*
 * rechecks.c - GET /v1/rechecks, POST /v1/rechecks/{lookup}/seen
 */
#include <stdlib.h>
#include <string.h>

#include "eligibility/recheck.h"
#include "eligibility/recheck_view.h"
#include "http/site.h"
#include "io/loop.h"
#include "store/turn.h"

/* Rows on one page of the list. */
#define LIST_MAX 100

struct list {
	struct ck_recheck_row rows[LIST_MAX];
	size_t len;
};

static enum ck_err
keep_row(void *ctx, const struct ck_recheck_row *row)
{
	struct list *list = ctx;

	if (list->len < LIST_MAX)
		list->rows[list->len++] = *row;

	return CK_OK;
}

static enum ck_err
read_list(struct ck_store *store, enum ck_recheck_state state, json_t *array)
{
	struct list *list = calloc(1, sizeof(*list));
	enum ck_err err = CK_ERR_NOMEM;
	size_t i;

	if (list != NULL)
		err = ck_store_rechecks_in(store, state, false, LIST_MAX,
		    keep_row, list);
	for (i = 0; err == CK_OK && i < list->len; i++)
		err = ck_recheck_row_add(array, store, &list->rows[i]);
	free(list);

	return err;
}

void
ck_http_recheck_list(void *ctx, struct ck_request *request)
{
	struct ck_http *http = ctx;
	const char *wanted = ck_request_query(request, "state");
	enum ck_recheck_state state = CK_RECHECK_WAITING;
	json_t *array;
	enum ck_err err;

	if (wanted != NULL && !ck_recheck_state_parse(wanted, &state)) {
		ck_request_reply_invalid(request, "state", "waiting, same, "
		    "changed, overtaken or expired");
		return;
	}
	if ((array = json_array()) == NULL) {
		ck_http_reply_error(request, CK_ERR_NOMEM);
		return;
	}
	err = read_list(http->use.store, state, array);
	if (err == CK_OK) {
		ck_request_reply_json(request, 200, array);
		return;
	}
	json_decref(array);
	ck_http_reply_error(request, err);
}

/* One answer that a clerk has seen. */
struct ck_seeing {
	struct ck_http *http;
	struct ck_request *request;
	char lookup_id[CK_LOOKUP_ID_LEN];
	int64_t now_ms;
};

static enum ck_err
write_seen(struct ck_store *store, void *ctx)
{
	const struct ck_seeing *seeing = ctx;

	return ck_store_recheck_seen(store, seeing->lookup_id,
	    seeing->now_ms);
}

static void
on_seen(void *ctx, enum ck_err err)
{
	struct ck_seeing *seeing = ctx;

	if (err == CK_OK)
		ck_request_reply_empty(seeing->request, 204);
	else if (err == CK_ERR_NOT_FOUND)
		ck_request_reply_problem(seeing->request, 404,
		    "unknown-recheck", "No changed answer is known about a "
		    "lookup of this id.", NULL);
	else
		ck_http_reply_error(seeing->request, err);
	if (err == CK_OK && seeing->http->use.recheck != NULL)
		ck_recheck_seen(seeing->http->use.recheck);
	free(seeing);
}

void
ck_http_recheck_seen(void *ctx, struct ck_request *request)
{
	struct ck_http *http = ctx;
	const char *id = ck_request_param(request, 0);
	struct ck_seeing *seeing = calloc(1, sizeof(*seeing));

	if (seeing == NULL) {
		ck_http_reply_error(request, CK_ERR_NOMEM);
		return;
	}
	seeing->http = http;
	seeing->request = request;
	seeing->now_ms = ck_clock_wall_ms(ck_loop_clock(http->use.loop));
	/* A longer text is no id: it is cut and found nowhere. */
	memcpy(seeing->lookup_id, id, strnlen(id, CK_LOOKUP_ID_LEN - 1));
	if (strlen(id) >= CK_LOOKUP_ID_LEN)
		seeing->lookup_id[0] = '\0';
	if (ck_turn_add(http->use.turn, write_seen, on_seen, seeing) != CK_OK)
		on_seen(seeing, CK_ERR_NOMEM);
}
