/*
 * expected_list.h - who is expected: a list as JSON or as CSV, row by row
 *
 * In the flow:  body of POST /v1/appointments -> [expected_list] -> store
 *
 * Names of columns and forms of dates are those that people here write. A row
 * without a number or a birth date is taken: she is to be called about it. A
 * row that cannot be read is refused, with its line and what was expected;
 * nothing of what it said is kept or told. Pure.
 */
#ifndef SERVICE_HTTP_EXPECTED_LIST_H
#define SERVICE_HTTP_EXPECTED_LIST_H

#include "ck/buf.h"
#include "ck/error.h"
#include "io/json.h"
#include "store/appointment.h"

/* A hospital of the province expects 2,000 people a day; twice that, and some
 * for two days in one list. */
#define CK_EXPECTED_MAX 5000

/* Defects told of one list: whoever has more has one mistake many times. */
#define CK_EXPECTED_DEFECTS_MAX 100

/* A row that was refused. Both texts are static. */
struct ck_expected_defect {
	size_t line;		/* of the file, or place in the array, from 1 */
	const char *field;	/* "number"; empty: the row as a whole */
	const char *expected;
};

struct ck_expected_list {
	struct ck_expected *rows;	/* owned */
	size_t count, capacity;
	struct ck_expected_defect defects[CK_EXPECTED_DEFECTS_MAX];
	size_t defect_count;		/* those told */
	size_t refused;			/* all */
	const char *head_expected;	/* the header row is at fault: what is
					 * expected there; NULL: it is not */
	json_t *ignored;		/* owned; names of other columns */
};

/*
 * Read text as CSV with a header row, or array. today: the first day that may
 * be listed. Start from zeros; wipe in any case. Returns CK_OK (head_expected
 * and refused tell what is wrong), CK_ERR_LIMIT (more than CK_EXPECTED_MAX
 * rows) or CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_expected_read_csv(struct ck_expected_list *list, struct ck_span text,
    struct ck_date today);
CK_MUST_CHECK enum ck_err
ck_expected_read_json(struct ck_expected_list *list, const json_t *array,
    struct ck_date today);

/* What is personal is overwritten. */
void ck_expected_list_wipe(struct ck_expected_list *list);

#endif /* SERVICE_HTTP_EXPECTED_LIST_H */
