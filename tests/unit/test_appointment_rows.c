/*
 * test_appointment_rows.c - the list of who is expected, on disk
 *
 * Names and numbers are invented.
 */
#include "store_fixture.h"

#include "store/appointment.h"
#include "store/recheck.h"

static const struct ck_date monday = { 2026, 11, 23 };
static const struct ck_date tuesday = { 2026, 11, 24 };
static const struct ck_appointments_busy nobody_busy;

static struct ck_expected
expected(const char *number, const char *name, struct ck_date date)
{
	struct ck_expected who = { .visit_date = date };

	(void)snprintf(who.person.id_number, sizeof(who.person.id_number),
	    "%s", number);
	(void)snprintf(who.full_name, sizeof(who.full_name), "%s", name);
	who.date_of_birth = (struct ck_date){ 1994, 3, 5 };

	return who;
}

static bool
put(struct fixture *f, const struct ck_expected *who)
{
	bool known;

	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_put_appointment(f->store, who, &known),
	    CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);

	return known;
}

static void
end(struct fixture *f, const struct ck_appointment_row *row)
{
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_end_appointment(f->store, row), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
}

static enum ck_err
next(struct fixture *f, const struct ck_appointments_busy *busy,
    struct ck_appointment_row *row, struct ck_expected *who)
{
	return ck_store_next_appointment(f->store, monday, tuesday, f->now_ms,
	    busy, row, who);
}

static struct ck_appointment_figures
figures(struct fixture *f, struct ck_date date)
{
	struct ck_appointment_figures out;

	assert_int_equal(ck_store_appointment_figures(f->store, date, &out),
	    CK_OK);

	return out;
}

static void
who_is_listed_twice_is_one(void **state)
{
	struct fixture *f = *state;
	struct ck_expected who = expected("084094000001", "Mẫu", tuesday);

	assert_false(put(f, &who));
	assert_true(put(f, &who));
	who.visit_date = monday;
	assert_false(put(f, &who));
	assert_int_equal(figures(f, tuesday).waiting, 1);
	assert_int_equal(figures(f, monday).waiting, 1);
}

static void
the_first_day_goes_first_and_nobody_is_taken_twice(void **state)
{
	struct fixture *f = *state;
	struct ck_expected a = expected("084094000001", "Một", tuesday);
	struct ck_expected b = expected("084094000002", "Hai", monday);
	struct ck_expected c = expected("084094000003", "Ba", tuesday), who;
	struct ck_appointments_busy busy = { .count = 0 };
	struct ck_appointment_row row;

	(void)put(f, &a);
	(void)put(f, &b);
	(void)put(f, &c);
	assert_int_equal(next(f, &busy, &row, &who), CK_OK);
	assert_string_equal(who.full_name, "Hai");
	assert_string_equal(who.person.id_number, "084094000002");
	assert_int_equal(who.date_of_birth.month, 3);
	assert_int_equal(who.visit_date.day, 23);
	busy.numbers[busy.count++] = row.number;
	assert_int_equal(next(f, &busy, &row, &who), CK_OK);
	assert_string_equal(who.full_name, "Một");
	busy.numbers[busy.count++] = row.number;
	assert_int_equal(next(f, &busy, &row, &who), CK_OK);
	assert_string_equal(who.full_name, "Ba");
	busy.numbers[busy.count++] = row.number;
	assert_int_equal(next(f, &busy, &row, &who), CK_ERR_NOT_FOUND);
}

static void
who_is_not_due_yet_waits(void **state)
{
	struct fixture *f = *state;
	struct ck_expected a = expected("084094000001", "Một", monday), who;
	struct ck_appointment_row row;

	(void)put(f, &a);
	assert_int_equal(next(f, &nobody_busy, &row, &who), CK_OK);
	row.due_ms = f->now_ms + 1;
	end(f, &row);
	assert_int_equal(next(f, &nobody_busy, &row, &who),
	    CK_ERR_NOT_FOUND);
	f->now_ms += 1;
	assert_int_equal(next(f, &nobody_busy, &row, &who), CK_OK);
	row.state = CK_APPOINTMENT_COVERED;
	end(f, &row);
	assert_int_equal(next(f, &nobody_busy, &row, &who),
	    CK_ERR_NOT_FOUND);
}

static void
a_number_found_out_later_takes_the_place_of_none(void **state)
{
	struct fixture *f = *state;
	struct ck_expected bare = expected("", "Mẫu", tuesday);
	struct ck_expected other = expected("", "Khác", tuesday);
	struct ck_expected full = expected("084094000001", "Mẫu", tuesday);
	struct ck_expected unborn = full;

	unborn.date_of_birth = (struct ck_date){ 0, 0, 0 };
	assert_false(put(f, &bare));
	assert_true(put(f, &bare));
	assert_false(put(f, &unborn));
	assert_false(put(f, &other));
	assert_int_equal(figures(f, tuesday).unaskable, 3);
	assert_false(put(f, &full));
	assert_int_equal(figures(f, tuesday).unaskable, 1);
	assert_int_equal(figures(f, tuesday).waiting, 1);
}

static void
a_telephone_number_is_sealed_and_only_there_if_given(void **state)
{
	struct fixture *f = *state;
	struct ck_expected a = expected("084094000001", "Một", monday), who;
	struct ck_expected b = expected("084094000002", "Hai", monday);
	struct ck_appointment_row rows[4];
	char command[256];
	size_t count;

	(void)snprintf(a.phone, sizeof(a.phone), "0912 345 678");
	(void)put(f, &a);
	(void)put(f, &b);
	assert_int_equal(ck_store_appointment_problems(f->store, monday, true,
	    rows, 4, &count), CK_OK);
	assert_int_equal(count, 2);
	assert_int_equal(ck_store_get_expected(f->store, rows[0].number,
	    &who), CK_OK);
	assert_string_equal(who.phone, "0912 345 678");
	assert_string_equal(who.full_name, "Một");
	assert_int_equal(ck_store_get_expected(f->store, rows[1].number,
	    &who), CK_OK);
	assert_string_equal(who.phone, "");
	assert_int_equal(ck_store_get_expected(f->store, 99, &who),
	    CK_ERR_NOT_FOUND);
	ck_store_close(&f->store);
	(void)snprintf(command, sizeof(command),
	    "! grep -aqE '0912 345 678|084094000001' '%s'/checkin.db*",
	    f->directory);
	assert_int_equal(system(command), 0);
}

static void
who_has_to_be_called(void **state)
{
	static const enum ck_appointment_state ends[] = {
		CK_APPOINTMENT_COVERED, CK_APPOINTMENT_PROBLEM,
		CK_APPOINTMENT_ENDS_SOON
	};
	struct fixture *f = *state;
	struct ck_expected who, bare = expected("", "Không số", monday);
	struct ck_appointment_row row, rows[8];
	char number[16];
	size_t i, count;

	for (i = 0; i < 4; i++) {
		(void)snprintf(number, sizeof(number), "08409400000%zu", i);
		who = expected(number, "Mẫu", monday);
		(void)put(f, &who);
	}
	(void)put(f, &bare);
	for (i = 0; i < 3; i++) {
		assert_int_equal(next(f, &nobody_busy, &row, &who), CK_OK);
		row.state = ends[i];
		end(f, &row);
	}
	assert_int_equal(figures(f, monday).waiting, 1);
	assert_int_equal(figures(f, monday).covered, 1);
	assert_int_equal(figures(f, monday).problems, 1);
	assert_int_equal(figures(f, monday).ends_soon, 1);
	assert_int_equal(figures(f, monday).unaskable, 1);
	assert_int_equal(ck_store_appointment_problems(f->store, monday,
	    false, rows, 8, &count), CK_OK);
	assert_int_equal(count, 3);
	assert_int_equal(rows[0].state, CK_APPOINTMENT_PROBLEM);
	assert_int_equal(rows[1].state, CK_APPOINTMENT_ENDS_SOON);
	assert_int_equal(rows[2].state, CK_APPOINTMENT_UNASKABLE);
	assert_int_equal(ck_store_appointment_problems(f->store, monday, true,
	    rows, 8, &count), CK_OK);
	assert_int_equal(count, 4);
	assert_int_equal(ck_store_appointment_problems(f->store, monday, true,
	    rows, 2, &count), CK_OK);
	assert_int_equal(count, 2);
}

static void
appointments_are_erased_after_their_day(void **state)
{
	struct fixture *f = *state;
	struct ck_expected who;
	char number[16];
	int64_t erased;
	size_t i;

	for (i = 0; i < 3; i++) {
		(void)snprintf(number, sizeof(number), "08409400000%zu", i);
		who = expected(number, "Mẫu", i < 2 ? monday : tuesday);
		(void)put(f, &who);
	}
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_erase_appointments(f->store, monday, 9,
	    &erased), CK_OK);
	assert_int_equal(erased, 0);
	assert_int_equal(ck_store_erase_appointments(f->store, tuesday, 1,
	    &erased), CK_OK);
	assert_int_equal(erased, 1);
	assert_int_equal(ck_store_erase_appointments(f->store, tuesday, 9,
	    &erased), CK_OK);
	assert_int_equal(erased, 1);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
	assert_int_equal(figures(f, monday).waiting, 0);
	assert_int_equal(figures(f, tuesday).waiting, 1);
}

/* --- Closed re-checks, which end the same way ------------------------------ */

/* A desk lookup in an outage: its row waits. */
static void
queue(struct fixture *f, const char *number)
{
	struct ck_lookup_record record = fixture_record(f, number);

	fixture_answer(&record, CK_OUTCOME_UNAVAILABLE, CK_SOURCE_NONE,
	    "line");
	fixture_close(f, &record);
}

static void
decide(struct fixture *f, enum ck_recheck_state state)
{
	struct ck_recheck_row row;
	int64_t later_ms;

	assert_int_equal(ck_store_next_recheck(f->store, f->now_ms, &row,
	    &later_ms), CK_OK);
	row.state = state;
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_put_recheck(f->store, &row), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
}

static void
closed_rechecks_are_erased_and_stay_counted(void **state)
{
	static const char changed[] =
	    "SELECT coalesce(sum(count), 0) FROM erased "
	    "WHERE what = 'recheck_changed'";
	struct fixture *f = *state;
	int64_t erased, waiting, count;
	struct ck_db *db;

	queue(f, "084094000001");
	decide(f, CK_RECHECK_CHANGED);
	queue(f, "084094000002");
	decide(f, CK_RECHECK_SAME);
	queue(f, "084094000003");
	decide(f, CK_RECHECK_CHANGED);
	queue(f, "084094000004");
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_erase_rechecks(f->store, monday, 9,
	    &erased), CK_OK);
	assert_int_equal(erased, 0);
	assert_int_equal(ck_store_erase_rechecks(f->store, tuesday, 2,
	    &erased), CK_OK);
	assert_int_equal(erased, 2);
	assert_int_equal(ck_store_erase_rechecks(f->store, tuesday, 9,
	    &erased), CK_OK);
	assert_int_equal(erased, 1);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
	/* What waits is never erased: it is asked, or it expires. */
	assert_int_equal(ck_store_count_rechecks(f->store, &waiting), CK_OK);
	assert_int_equal(waiting, 1);
	assert_int_equal(ck_store_open_reader(f->store, &db), CK_OK);
	assert_int_equal(ck_db_int(db, changed, &count), CK_OK);
	assert_int_equal(count, 2);
	ck_db_close(&db);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fixture_setup, \
	fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(who_is_listed_twice_is_one),
		T(the_first_day_goes_first_and_nobody_is_taken_twice),
		T(who_is_not_due_yet_waits),
		T(a_number_found_out_later_takes_the_place_of_none),
		T(a_telephone_number_is_sealed_and_only_there_if_given),
		T(who_has_to_be_called),
		T(appointments_are_erased_after_their_day),
		T(closed_rechecks_are_erased_and_stay_counted)
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
