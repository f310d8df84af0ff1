/*
 * csv.c - the figures of a clinic as comma-separated values
 *
 * Source: RFC 4180.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "stats/query.h"
#include "stats/stats.h"

/* A text that keeps its first failure. */
struct csv {
	struct ck_buf *text;
	enum ck_err err;
};

static void
put(struct csv *csv, struct ck_span more)
{
	if (csv->err == CK_OK)
		csv->err = ck_buf_append(csv->text, more);
}

static void __attribute__((format(printf, 2, 3)))
print(struct csv *csv, const char *format, ...)
{
	char field[128];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(field, sizeof(field), format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof(field))
		csv->err = CK_ERR_LIMIT;
	else
		put(csv, ck_span_of(field, (size_t)len));
}

/* RFC 4180 §2.5 to 2.7: quoted where it has to be, quotes doubled. */
static void
put_field(struct csv *csv, const char *field)
{
	const char *c;

	if (strpbrk(field, ",\"\r\n") == NULL) {
		put(csv, ck_span_str(field));
		return;
	}
	print(csv, "\"");
	for (c = field; *c != '\0'; c++) {
		if (*c == '"')
			print(csv, "\"");
		put(csv, ck_span_of(c, 1));
	}
	print(csv, "\"");
}

static void
put_header(struct csv *csv, const struct ck_stats_query *query)
{
	int i;

	print(csv, "%s,total", ck_by_label(query->by));
	for (i = CK_OUTCOME_COVERED; i < CK_OUTCOMES; i++)
		print(csv, ",%s", ck_outcome_label((enum ck_outcome)i));
	if (query->series == CK_SERIES_CCCD)
		print(csv, ",covered_cache,covered_stale");
	if (query->series == CK_SERIES_VISITS) {
		for (i = CK_OUTCOME_COVERED; i < CK_OUTCOMES; i++)
			print(csv, ",first_%s",
			    ck_outcome_label((enum ck_outcome)i));
	}
	print(csv, ",success_rate\r\n");
}

static void
put_group(struct csv *csv, enum ck_series series,
    const struct ck_group *group)
{
	int i;

	put_field(csv, group->key);
	print(csv, ",%" PRId64, group->total);
	for (i = CK_OUTCOME_COVERED; i < CK_OUTCOMES; i++)
		print(csv, ",%" PRId64, group->outcomes[i]);
	if (series == CK_SERIES_CCCD)
		print(csv, ",%" PRId64 ",%" PRId64, group->covered_cache,
		    group->covered_stale);
	if (series == CK_SERIES_VISITS) {
		for (i = CK_OUTCOME_COVERED; i < CK_OUTCOMES; i++)
			print(csv, ",%" PRId64, group->first[i]);
	}
	if (group->total == 0)
		print(csv, ",\r\n");
	else
		print(csv, ",%.6f\r\n",
		    (double)group->outcomes[CK_OUTCOME_COVERED] /
		    (double)group->total);
}

enum ck_err
ck_stats_csv(struct ck_db *db, const struct ck_stats_query *query,
    struct ck_buf *text)
{
	struct ck_groups groups = { 0 };
	struct csv csv = { text, CK_OK };
	enum ck_err err;
	size_t i;

	ck_buf_wipe(text);
	if ((err = ck_groups_load(db, query, &groups)) == CK_OK) {
		put_header(&csv, query);
		for (i = 0; i < groups.len; i++)
			put_group(&csv, query->series, &groups.list[i]);
		put_group(&csv, query->series, &groups.total);
		err = csv.err;
	}
	ck_groups_wipe(&groups);

	return err;
}
