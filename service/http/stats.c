/*
 * stats.c - figures and the feed, on the server's threads
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "http/site.h"
#include "io/loop.h"
#include "stats/feed_sign.h"
#include "stats/stats.h"

static int64_t
now_ms(const struct ck_http *http)
{
	return ck_clock_wall_ms(ck_loop_clock(http->use.loop));
}

static void
reply_csv(struct ck_http *http, struct ck_request *request,
    const struct ck_stats_query *query)
{
	struct ck_buf text = CK_BUF_INIT;
	enum ck_err err;

	pthread_mutex_lock(&http->figures_lock);
	err = ck_stats_csv(http->figures, query, &text);
	pthread_mutex_unlock(&http->figures_lock);
	if (err != CK_OK)
		ck_http_reply_error(request, err);
	else
		ck_request_reply_bytes(request, 200,
		    "text/csv; charset=utf-8; header=present",
		    ck_buf_view(&text));
	ck_buf_wipe(&text);
}

static void
reply_json(struct ck_http *http, struct ck_request *request,
    const struct ck_stats_query *query)
{
	json_t *json = NULL;
	enum ck_err err;

	pthread_mutex_lock(&http->figures_lock);
	err = ck_stats_json(http->figures, query, now_ms(http), &json);
	pthread_mutex_unlock(&http->figures_lock);
	if (err == CK_OK)
		ck_request_reply_json(request, 200, json);
	else if (err == CK_ERR_REQUEST)
		ck_request_reply_problem(request, 422, "too-many-groups",
		    "Too many groups: ask for a shorter time or by day.",
		    NULL);
	else
		ck_http_reply_error(request, err);
}

void
ck_http_stats(void *ctx, struct ck_request *request)
{
	struct ck_http *http = ctx;
	const char *arguments[4];
	const char *problem = NULL;
	struct ck_stats_query query;

	arguments[CK_STATS_FROM] = ck_request_query(request, "from");
	arguments[CK_STATS_TO] = ck_request_query(request, "to");
	arguments[CK_STATS_BY] = ck_request_query(request, "by");
	arguments[CK_STATS_SERIES] = ck_request_query(request, "series");
	if (ck_stats_parse(arguments, ck_clock_local_date(now_ms(http)),
	    &query, &problem) != CK_OK)
		ck_request_reply_problem(request, 422, "invalid-query",
		    "An argument of the query is not valid.", problem);
	else if (ck_request_accepts(request, "text/csv"))
		reply_csv(http, request, &query);
	else
		reply_json(http, request, &query);
}

/* Decimal digits only, and a number that a document can name; an absent
 * argument is zero. */
static bool
read_number(const char *text, int64_t *out)
{
	char *end = NULL;

	*out = 0;
	if (text == NULL)
		return true;
	if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text))
		return false;
	errno = 0;
	*out = strtoll(text, &end, 10);

	return errno == 0 && *out <= CK_JSON_INTEGER_MAX;
}

void
ck_http_feed(void *ctx, struct ck_request *request)
{
	struct ck_http *http = ctx;
	json_t *json = NULL;
	int64_t after;
	enum ck_err err;

	if (!read_number(ck_request_query(request, "after"), &after)) {
		ck_request_reply_problem(request, 422, "invalid-query",
		    "An argument of the query is not valid.",
		    "after: a revision, 0 or more");
		return;
	}
	pthread_mutex_lock(&http->figures_lock);
	err = ck_feed_document(http->figures, &http->key, after, 0,
	    now_ms(http), &json);
	pthread_mutex_unlock(&http->figures_lock);
	if (err == CK_OK)
		ck_request_reply_json_packed(request, 200, json);
	else
		ck_http_reply_error(request, err);
}
