/*
 * appointment.h - who is expected on which day: the rows are the list
 *
 * In the flow:  http -> [appointment] -> eligibility/appointments.h
 *
 * As store.h: on the core's thread, writes inside a transaction of turn.h.
 */
#ifndef SERVICE_STORE_APPOINTMENT_H
#define SERVICE_STORE_APPOINTMENT_H

#include <stdint.h>

#include "store/record.h"

struct ck_store;

/* Numbers are stored. */
enum ck_appointment_state {
	CK_APPOINTMENT_WAITING = 1,	/* to be asked */
	CK_APPOINTMENT_COVERED = 2,
	CK_APPOINTMENT_PROBLEM = 3	/* to be called beforehand */
};

struct ck_appointment_row {
	int64_t number;
	struct ck_date visit_date;
	enum ck_appointment_state state;
	int64_t due_ms;			/* wall clock; not asked before */
	int64_t tries;
	char lookup_id[CK_LOOKUP_ID_LEN];	/* empty: not answered yet */
};

/*
 * Expect the person of record->person and record->identity on
 * record->visit_date; one best number is needed. Who is expected on that day
 * already stays as she is.
 */
CK_MUST_CHECK enum ck_err
ck_store_put_appointment(struct ck_store *store,
    const struct ck_lookup_record *record);

/*
 * The first that waits, for a day from first to last, and whose due_ms has
 * come. who receives numbers, identity and date; the caller wipes it.
 * CK_ERR_NOT_FOUND: none.
 */
CK_MUST_CHECK enum ck_err
ck_store_next_appointment(struct ck_store *store, struct ck_date first,
    struct ck_date last, int64_t now_ms, struct ck_appointment_row *out,
    struct ck_lookup_record *who);

/* Write state, due_ms, tries and lookup_id. */
CK_MUST_CHECK enum ck_err
ck_store_end_appointment(struct ck_store *store,
    const struct ck_appointment_row *row);

/* How far the list of one day is. */
struct ck_appointment_figures {
	int64_t waiting, covered, problems;
};
CK_MUST_CHECK enum ck_err
ck_store_appointment_figures(struct ck_store *store, struct ck_date date,
    struct ck_appointment_figures *out);

/* At most max problems of a day, in order of their arrival; *count of them. */
CK_MUST_CHECK enum ck_err
ck_store_appointment_problems(struct ck_store *store, struct ck_date date,
    struct ck_appointment_row *out, size_t max, size_t *count);

#endif /* SERVICE_STORE_APPOINTMENT_H */
