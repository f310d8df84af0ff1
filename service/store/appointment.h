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

/* Numbers are stored. All but the first two are to be called beforehand. */
enum ck_appointment_state {
	CK_APPOINTMENT_WAITING = 1,	/* to be asked */
	CK_APPOINTMENT_COVERED = 2,
	CK_APPOINTMENT_PROBLEM = 3,	/* not covered, or nobody can tell */
	CK_APPOINTMENT_ENDS_SOON = 4,	/* covered by a card near its end */
	CK_APPOINTMENT_UNASKABLE = 5	/* no number, or no birth date */
};

struct ck_appointment_row {
	int64_t number;
	struct ck_date visit_date;
	enum ck_appointment_state state;
	int64_t due_ms;			/* wall clock; not asked before */
	int64_t tries;
	char lookup_id[CK_LOOKUP_ID_LEN];	/* empty: not answered yet */
};

/* Longest telephone number with its NUL: E.164 has 15 digits, people write
 * blanks between them. */
#define CK_PHONE_LEN 32

/* One who is expected, as a list tells it. */
struct ck_expected {
	struct ck_person_keys person;
	char full_name[CK_NAME_LEN];
	struct ck_date date_of_birth;
	struct ck_date visit_date;
	char phone[CK_PHONE_LEN];	/* empty: not given, nothing stored */
};

/* Is there a number to ask under? */
bool ck_expected_has_number(const struct ck_expected *who);

/* May the insurer be asked about her: is there a number and a birth date? */
bool ck_expected_askable(const struct ck_expected *who);

/*
 * Expect this person on that day. Who is expected then already, under the same
 * number, stays as she is; *known tells so. Without a number or a birth date
 * the row is CK_APPOINTMENT_UNASKABLE, until a later list names both.
 */
CK_MUST_CHECK enum ck_err
ck_store_put_appointment(struct ck_store *store,
    const struct ck_expected *who, bool *known);

/* Rows that are asked about just now, by number. */
struct ck_appointments_busy {
	int64_t numbers[16];
	size_t count;
};

/*
 * The first that waits, for a day from first to last, whose due_ms has come
 * and who is not busy. The caller wipes who; it holds no telephone number.
 * CK_ERR_NOT_FOUND: none.
 */
CK_MUST_CHECK enum ck_err
ck_store_next_appointment(struct ck_store *store, struct ck_date first,
    struct ck_date last, int64_t now_ms,
    const struct ck_appointments_busy *busy, struct ck_appointment_row *out,
    struct ck_expected *who);

/* Who that row is about; the caller wipes out. CK_ERR_NOT_FOUND. */
CK_MUST_CHECK enum ck_err
ck_store_get_expected(struct ck_store *store, int64_t number,
    struct ck_expected *out);

/* Write state, due_ms, tries and lookup_id. */
CK_MUST_CHECK enum ck_err
ck_store_end_appointment(struct ck_store *store,
    const struct ck_appointment_row *row);

/* How far the list of one day is. */
struct ck_appointment_figures {
	int64_t waiting, covered, problems, ends_soon, unaskable;
};
CK_MUST_CHECK enum ck_err
ck_store_appointment_figures(struct ck_store *store, struct ck_date date,
    struct ck_appointment_figures *out);

/*
 * At most max rows of a day that somebody has to be called about, in order of
 * their arrival; *count of them. waiting: those that wait, too, because nobody
 * will ask any more.
 */
CK_MUST_CHECK enum ck_err
ck_store_appointment_problems(struct ck_store *store, struct ck_date date,
    bool waiting, struct ck_appointment_row *out, size_t max, size_t *count);

/* Erase rows of visits before date, at most limit; *erased tells how many. */
CK_MUST_CHECK enum ck_err
ck_store_erase_appointments(struct ck_store *store, struct ck_date date,
    int64_t limit, int64_t *erased);

#endif /* SERVICE_STORE_APPOINTMENT_H */
