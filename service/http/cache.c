/*
 * cache.c - GET /v1/cache, POST /v1/cache/purge
 */
#include <stdlib.h>

#include "ck/clock.h"
#include "daemon/config.h"
#include "http/site.h"
#include "io/json.h"
#include "io/loop.h"
#include "store/store.h"
#include "store/turn.h"

#define DAY_MS INT64_C(86400000)

void
ck_http_cache(void *ctx, struct ck_request *request)
{
	const struct ck_http *http = ctx;
	struct ck_cache_figures figures;
	enum ck_err err = ck_store_cache_figures(http->use.store, &figures);

	if (err != CK_OK) {
		ck_http_reply_error(request, err);
		return;
	}
	ck_request_reply_json(request, 200,
	    json_pack("{sI so so sI sI sI}",
	    "entries", (json_int_t)figures.entries,
	    "oldest", ck_json_instant(figures.oldest_ms),
	    "newest", ck_json_instant(figures.newest_ms),
	    "bytes", (json_int_t)figures.bytes,
	    "entries_max", (json_int_t)http->use.config->cache_entries_max,
	    "days", (json_int_t)http->use.config->cache_days));
}

struct purge {
	struct ck_request *request;
	int64_t before_ms;
	int64_t erased;
};

static enum ck_err
write_purge(struct ck_store *store, void *ctx)
{
	struct purge *purge = ctx;

	return ck_store_cache_prune(store, purge->before_ms, INT64_MAX,
	    INT64_MAX, &purge->erased);
}

static void
on_purged(void *ctx, enum ck_err err)
{
	struct purge *purge = ctx;

	if (err == CK_OK)
		ck_request_reply_json(purge->request, 200, json_pack("{sI}",
		    "erased", (json_int_t)purge->erased));
	else
		ck_http_reply_error(purge->request, err);
	free(purge);
}

/* All of it when nothing is said of days. */
static bool
read_days(const json_t *body, int64_t now_ms, int64_t *before_ms)
{
	const json_t *days = json_object_get(body, "older_than_days");

	*before_ms = INT64_MAX;
	if (days == NULL)
		return json_object_size(body) == 0;
	if (!json_is_integer(days) || json_integer_value(days) < 0 ||
	    json_integer_value(days) > 3650)
		return false;
	*before_ms = now_ms - json_integer_value(days) * DAY_MS;

	return json_object_size(body) == 1;
}

void
ck_http_cache_purge(void *ctx, struct ck_request *request)
{
	struct ck_http *http = ctx;
	struct purge *purge;
	int64_t before_ms;

	if (!read_days(ck_request_json(request), ck_clock_wall_ms(
	    ck_loop_clock(http->use.loop)), &before_ms)) {
		ck_request_reply_invalid(request, "older_than_days",
		    "a whole number from 0 to 3650, or nothing at all");
		return;
	}
	if ((purge = calloc(1, sizeof(*purge))) == NULL) {
		ck_http_reply_error(request, CK_ERR_NOMEM);
		return;
	}
	purge->request = request;
	purge->before_ms = before_ms;
	if (ck_turn_add(http->use.turn, write_purge, on_purged,
	    purge) != CK_OK)
		on_purged(purge, CK_ERR_NOMEM);
}
