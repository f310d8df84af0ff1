/*
 * worklist.h - causes of failures, as work: whose it is and how long it waits
 *
 * In the flow:  ledger/figures -> [worklist] -> the command, GET /v1/worklist
 *
 * A cause is a reason with its owner at one clinic. It is open from the first
 * day of a run that has not broken: a run breaks when it has not occurred for
 * more than closed_after days. Counts are of the days that were chosen; the
 * run is looked for CK_WORKLIST_BACK_DAYS before today, whatever was chosen.
 */
#ifndef SERVICE_REPORT_WORKLIST_H
#define SERVICE_REPORT_WORKLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/words.h"
#include "io/json.h"
#include "ledger/ledger.h"
#include "text/catalogue.h"

/* Older than a year is as old as a year. */
#define CK_WORKLIST_BACK_DAYS 366

/* A clinic is closed on holidays for nine days at most, and a cause that only
 * meets few patients occurs once a week. */
#define CK_WORKLIST_CLOSED_AFTER 14
#define CK_WORKLIST_CLOSED_AFTER_MAX 366

/* In place of the reason of a lookup that was covered in the end: its first
 * key failed, another one did not (series lookups). */
#define CK_CAUSE_OTHER_KEY "other_key"

struct ck_worklist_wish {
	int64_t from_day, to_day;	/* both included; day.h */
	enum ck_series series;		/* cccd or lookups */
	enum ck_owner owner;		/* CK_OWNER_NONE: everybody's */
	int64_t closed_after;		/* days; 0: CK_WORKLIST_CLOSED_AFTER */
	bool closed;			/* closed causes as well */
	bool counts_only;		/* nobody asks since when: only the days
					 * that are counted are read */
};

struct ck_cause {
	int64_t facility;
	char code[CK_CODE_LEN];		/* of today */
	char name[CK_PLACE_LEN];
	char reason[CK_FEED_LABEL_LEN];
	enum ck_owner owner;
	enum ck_outcome outcome;	/* of one of its lookups */
	int64_t count;			/* in the days that were chosen */
	int64_t since_day, last_day;	/* of the last run */
	int64_t days_open;		/* until today; a closed one: until its
					 * last day. 1 on its first */
	bool open;
};

struct ck_worklist {
	struct ck_worklist_wish wish;	/* closed_after filled in */
	int64_t today;
	struct ck_cause *causes;	/* open ones first, then by count */
	size_t count;
};

/*
 * Read the worklist at now_ms. Free with ck_worklist_free().
 * Returns CK_OK, CK_ERR_LIMIT (days that are none), CK_ERR_NOMEM, or an error
 * of the database.
 */
CK_MUST_CHECK enum ck_err
ck_worklist_read(struct ck_ledger *ledger,
    const struct ck_worklist_wish *wish, int64_t now_ms,
    struct ck_worklist *out);
void ck_worklist_free(struct ck_worklist *list);

/* What has happened, and what to do and who: catalogue texts. Borrowed. */
const char *ck_cause_text(const struct ck_cause *cause,
    const struct ck_catalogue *catalogue);
const char *ck_cause_todo(const struct ck_cause *cause,
    const struct ck_catalogue *catalogue);

/* As GET /v1/worklist has it (checkin-province(8)). New reference; NULL when
 * out of memory. */
json_t *ck_worklist_json(const struct ck_worklist *list,
    const struct ck_catalogue *catalogue);

/* As comma-separated values, RFC 4180 with a byte order mark for Excel; or as
 * lines for people. Appended. Return CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_worklist_csv(const struct ck_worklist *list,
    const struct ck_catalogue *catalogue, struct ck_buf *out);
CK_MUST_CHECK enum ck_err
ck_worklist_text(const struct ck_worklist *list,
    const struct ck_catalogue *catalogue, struct ck_buf *out);

#endif /* SERVICE_REPORT_WORKLIST_H */
