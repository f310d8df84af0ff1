/*
 * test_store.c - what is written is there, whatever happens in between
 */
#include "store_fixture.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>

#include "store/turn.h"

static void
fill(struct ck_lookup_record *record)
{
	struct ck_answer *answer = &record->answer;

	(void)snprintf(record->identity.full_name,
	    sizeof(record->identity.full_name), "NGUYỄN VĂN MẪU");
	record->identity.date_of_birth = (struct ck_date){ 1994, 3, 5 };
	record->identity.sex = 'M';
	record->identity.no_expiry = true;
	(void)snprintf(record->person.insurance_number,
	    sizeof(record->person.insurance_number), "0000000001");
	record->has_answer = true;
	(void)snprintf(answer->code, sizeof(answer->code), "000");
	(void)snprintf(answer->card.number, sizeof(answer->card.number),
	    "GD4840000000001");
	answer->card.valid_from = (struct ck_date){ 2026, 1, 1 };
	answer->as_of_ms = record->opened_ms + 200;
}

static void
a_lookup_reads_back_as_written(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record record = fixture_record(f, "084094000001");
	struct ck_lookup_record *read = malloc(sizeof(*read));

	assert_non_null(read);
	fill(&record);
	fixture_answer(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	fixture_put(f, &record);
	assert_int_equal(ck_store_get_lookup(f->store, record.id, read),
	    CK_OK);
	assert_memory_equal(read, &record, sizeof(record));
	fixture_close(f, &record);
	ck_store_close(&f->store);
	fixture_open(f);
	record.closed_ms = f->now_ms;
	assert_int_equal(ck_store_get_lookup(f->store, record.id, read),
	    CK_OK);
	assert_memory_equal(read, &record, sizeof(record));
	assert_int_equal(ck_store_get_lookup(f->store,
	    "00000000000000000000000000000000", read), CK_ERR_NOT_FOUND);
	assert_int_equal(ck_store_get_lookup(f->store, "x", read),
	    CK_ERR_NOT_FOUND);
	free(read);
}

static void
a_closed_lookup_stays_as_it_is(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record record = fixture_record(f, "084094000001");
	struct ck_lookup_record read;

	fixture_answer(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	fixture_close(f, &record);
	fixture_answer(&record, CK_OUTCOME_NOT_FOUND, CK_SOURCE_GATEWAY,
	    "050");
	fixture_close(f, &record);
	fixture_put(f, &record);
	assert_int_equal(ck_store_get_lookup(f->store, record.id, &read),
	    CK_OK);
	assert_int_equal(read.counted.outcome, CK_OUTCOME_COVERED);
	assert_int_equal(fixture_int(f,
	    "SELECT sum(count) FROM rollup WHERE series = 1"), 1);
}

static void
a_repeated_request_finds_its_lookup(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record record = fixture_record(f, "084094000001");
	struct ck_lookup_record other = fixture_record(f, "084094000002");
	struct ck_lookup_record read;

	(void)snprintf(record.idempotency_key,
	    sizeof(record.idempotency_key), "request-1");
	memcpy(other.idempotency_key, record.idempotency_key,
	    sizeof(other.idempotency_key));
	fixture_close(f, &record);
	assert_int_equal(ck_store_find_idempotent(f->store, "request-1",
	    &read), CK_OK);
	assert_string_equal(read.id, record.id);
	assert_int_equal(ck_store_find_idempotent(f->store, "request-2",
	    &read), CK_ERR_NOT_FOUND);
	assert_int_equal(ck_store_find_idempotent(f->store, "", &read),
	    CK_ERR_NOT_FOUND);
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_close_lookup(f->store, &other),
	    CK_ERR_REQUEST);
	ck_store_rollback(f->store);
}

/* The child dies with one lookup open; nothing of it may be lost or doubled. */
static void
what_a_crash_left_open_is_closed_and_counted_once(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record record = fixture_record(f, "084094000001");
	struct ck_lookup_record read;
	int status, round;
	pid_t child;

	ck_store_close(&f->store);
	if ((child = fork()) == 0) {
		if (ck_store_open(&f->store, &f->options) != CK_OK ||
		    ck_store_begin(f->store) != CK_OK ||
		    ck_store_put_lookup(f->store, &record) != CK_OK ||
		    ck_store_commit(f->store) != CK_OK ||
		    ck_store_begin(f->store) != CK_OK)
			_exit(2);
		_exit(ck_store_close_lookup(f->store, &record) == CK_OK ?
		    0 : 3);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	for (round = 0; round < 2; round++) {
		fixture_open(f);
		assert_int_equal(ck_store_get_lookup(f->store, record.id,
		    &read), CK_OK);
		assert_int_equal(read.counted.outcome,
		    CK_OUTCOME_UNAVAILABLE);
		assert_string_equal(read.counted.reason, "interrupted");
		assert_int_equal(read.closed_ms, f->now_ms);
		assert_int_equal(fixture_int(f, "SELECT sum(count) "
		    "FROM rollup WHERE outcome = 5 AND series = 1"), 1);
		assert_int_equal(fixture_int(f, "SELECT sum(count) "
		    "FROM rollup WHERE outcome = 5 AND series = 2"), 1);
		ck_store_close(&f->store);
	}
}

static void
an_answer_that_was_on_disk_survives_a_crash(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record record = fixture_record(f, "084094000001");
	struct ck_lookup_record read;

	fixture_answer(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	fixture_call(f, &record, "000", CK_OUTCOME_COVERED);
	fixture_put(f, &record);
	ck_store_close(&f->store);
	fixture_open(f);
	assert_int_equal(ck_store_get_lookup(f->store, record.id, &read),
	    CK_OK);
	assert_int_equal(read.counted.outcome, CK_OUTCOME_COVERED);
	assert_true(read.closed_ms != 0);
	assert_int_equal(fixture_int(f,
	    "SELECT sum(count) FROM rollup WHERE outcome = 1"), 4);
}

static void
a_rolled_back_lookup_leaves_no_figure(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record record = fixture_record(f, "084094000001");

	fixture_answer(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_close_lookup(f->store, &record), CK_OK);
	ck_store_rollback(f->store);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM rollup"), 0);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM lookup"), 0);
	fixture_close(f, &record);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM rollup"), 3);
	assert_int_equal(fixture_int(f, "SELECT max(revision) FROM rollup"),
	    3);
}

/* A disk that fills: RLIMIT_FSIZE gives EFBIG where a real one gives ENOSPC. */
static void
a_full_disk_is_told_and_survived(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record record, read;
	struct rlimit old, small;
	enum ck_err err = CK_OK;
	char last_good[CK_LOOKUP_ID_LEN] = "";
	int64_t good = 0;
	int i;

	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = (rlim_t)1024 * 1024;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (i = 0; i < 4000 && err == CK_OK; i++) {
		record = fixture_record(f, "084094000001");
		if ((err = ck_store_begin(f->store)) == CK_OK)
			err = ck_store_close_lookup(f->store, &record);
		if (err == CK_OK)
			err = ck_store_commit(f->store);
		if (err != CK_OK)
			break;
		memcpy(last_good, record.id, sizeof(last_good));
		good++;
	}
	ck_store_failed(f->store, err);
	ck_store_rollback(f->store);
	assert_int_equal(err, CK_ERR_STORE_FULL);
	assert_false(ck_store_healthy(f->store));
	assert_true(good > 5);
	assert_int_equal(ck_store_get_lookup(f->store, last_good, &read),
	    CK_OK);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	fixture_close(f, &record);
	assert_true(ck_store_healthy(f->store));
	assert_int_equal(fixture_int(f,
	    "SELECT sum(count) FROM rollup WHERE series = 1"), good + 1);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM lookup"),
	    good + 1);
}

static void
run_sql(const struct fixture *f, const char *sql)
{
	struct ck_db *db;
	char path[128];

	fixture_path(f, "checkin.db", path);
	assert_int_equal(ck_db_open(&db, path, CK_DB_READ_WRITE), CK_OK);
	assert_int_equal(ck_db_exec(db, sql), CK_OK);
	ck_db_close(&db);
}

static void
assert_refused(struct fixture *f, enum ck_err expected)
{
	assert_int_equal(ck_store_open(&f->store, &f->options), expected);
	assert_null(f->store);
}

static void
a_newer_schema_is_refused(void **state)
{
	struct fixture *f = *state;
	int64_t ours = fixture_int(f, "PRAGMA user_version");
	char sql[64];

	(void)snprintf(sql, sizeof(sql), "PRAGMA user_version = %d;",
	    (int)ours);
	ck_store_close(&f->store);
	run_sql(f, "PRAGMA user_version = 9999;");
	assert_refused(f, CK_ERR_STORE_NEWER);
	run_sql(f, sql);
	fixture_open(f);
}

static void
another_programs_database_is_refused(void **state)
{
	struct fixture *f = *state;

	ck_store_close(&f->store);
	run_sql(f, "PRAGMA application_id = 7;");
	assert_refused(f, CK_ERR_STORE_CORRUPT);
}

static void
overwrite(const struct fixture *f, const char *name, off_t at, size_t len,
    char byte)
{
	char path[128], bytes[4096];
	int fd;

	assert_true(len <= sizeof(bytes));
	memset(bytes, byte, sizeof(bytes));
	fixture_path(f, name, path);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, len, at), (ssize_t)len);
	(void)close(fd);
}

static void
a_file_that_is_no_database_is_refused(void **state)
{
	struct fixture *f = *state;

	ck_store_close(&f->store);
	overwrite(f, "checkin.db", 0, 100, 'x');
	assert_refused(f, CK_ERR_STORE_CORRUPT);
}

static void
a_damaged_database_is_refused(void **state)
{
	struct fixture *f = *state;

	ck_store_close(&f->store);
	overwrite(f, "checkin.db", 100, 3000, (char)0xff);
	assert_refused(f, CK_ERR_STORE_CORRUPT);
}

static void
a_wrong_or_missing_key_is_refused(void **state)
{
	static const char *const names[] = {
		"keys/encryption-1.key", "keys/hash.key"
	};
	struct fixture *f = *state;
	char path[128], saved[136];
	size_t i;

	ck_store_close(&f->store);
	for (i = 0; i < 2; i++) {
		fixture_path(f, names[i], path);
		(void)snprintf(saved, sizeof(saved), "%s.saved", path);
		assert_int_equal(rename(path, saved), 0);
		assert_refused(f, CK_ERR_STORE_KEY);
		overwrite(f, names[i], 0, 32, 'k');
		assert_refused(f, CK_ERR_STORE_KEY);
		overwrite(f, names[i], 0, 33, 'k');
		assert_refused(f, CK_ERR_STORE_KEY);
		assert_int_equal(rename(saved, path), 0);
		assert_int_equal(chmod(path, 0640), 0);
		assert_refused(f, CK_ERR_STORE_KEY);
		assert_int_equal(chmod(path, 0600), 0);
		fixture_open(f);
		ck_store_close(&f->store);
	}
}

static void
what_is_on_disk_is_private(void **state)
{
	static const char *const names[] = {
		"keys/encryption-1.key", "keys/hash.key", "checkin.db",
		"checkin.db-wal", "checkin.db-shm", "checkin.lock"
	};
	struct fixture *f = *state;
	struct ck_lookup_record record = fixture_record(f, "084094000001");
	struct stat info;
	char path[128];
	size_t i;

	fixture_close(f, &record);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		fixture_path(f, names[i], path);
		assert_int_equal(stat(path, &info), 0);
		assert_int_equal(info.st_mode & 0777, 0600);
	}
	fixture_path(f, "keys", path);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0700);
}

static bool
file_holds(const char *path, const char *text)
{
	char command[300];

	(void)snprintf(command, sizeof(command), "grep -aqF '%s' '%s'", text,
	    path);

	return system(command) == 0;
}

static void
no_personal_data_stands_in_the_file(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record record = fixture_record(f, "084094000001");
	char path[128];

	fill(&record);
	fixture_answer(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	fixture_close(f, &record);
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_cache_put(f->store, &record.person,
	    &record.answer), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
	ck_store_close(&f->store);	/* the log goes into the database */
	fixture_path(f, "checkin.db", path);
	assert_true(file_holds(path, "ban-1"));
	assert_false(file_holds(path, "084094000001"));
	assert_false(file_holds(path, "0000000001"));
	assert_false(file_holds(path, "GD484"));
	assert_false(file_holds(path, "MẪU"));
	assert_false(file_holds(path, "Trần"));
}

static void
two_daemons_cannot_share_a_directory(void **state)
{
	struct fixture *f = *state;
	struct ck_store *second;

	assert_int_equal(ck_store_open(&second, &f->options), CK_ERR_STORE);
	assert_null(second);
}

static void
the_cache_knows_each_number_of_a_person(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record record = fixture_record(f, "084094000001");
	struct ck_date today = record.visit_date;
	struct ck_answer answer;
	int64_t count;
	bool first;

	fill(&record);
	assert_int_equal(ck_store_cache_get(f->store, CK_KEY_ID_NUMBER,
	    "084094000001", today, &answer, &first), CK_ERR_NOT_FOUND);
	assert_true(first);
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_cache_put(f->store, &record.person,
	    &record.answer), CK_OK);
	record.answer.as_of_ms++;
	assert_int_equal(ck_store_cache_put(f->store, &record.person,
	    &record.answer), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
	/* nobody's when it was last asked for, and hers since */
	assert_int_equal(ck_store_cache_get(f->store, CK_KEY_ID_NUMBER,
	    "084094000001", today, &answer, NULL), CK_OK);
	assert_int_equal(ck_store_cache_get(f->store,
	    CK_KEY_INSURANCE_NUMBER, "0000000001", today, &answer, &first),
	    CK_OK);
	assert_memory_equal(&answer, &record.answer, sizeof(answer));
	assert_true(first);
	assert_int_equal(ck_store_cache_get(f->store, CK_KEY_CARD_NUMBER,
	    "0000000001", today, &answer, &first), CK_ERR_NOT_FOUND);
	assert_int_equal(ck_store_cache_count(f->store, &count), CK_OK);
	assert_int_equal(count, 1);
}

/* Keep an answer that names one card with its period. */
static void
keep_card(struct fixture *f, struct ck_lookup_record *record, const char *code,
    const char *number, struct ck_date from, struct ck_date to)
{
	struct ck_answer *answer = &record->answer;

	(void)snprintf(answer->code, sizeof(answer->code), "%s", code);
	memset(&answer->card, 0, sizeof(answer->card));
	memset(&answer->new_card, 0, sizeof(answer->new_card));
	(void)snprintf(answer->card.number, sizeof(answer->card.number), "%s",
	    number);
	answer->card.valid_from = from;
	answer->card.valid_to = to;
	answer->as_of_ms++;
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_cache_put(f->store, &record->person,
	    answer), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
}

static const char *
card_on(struct fixture *f, struct ck_date date)
{
	static struct ck_answer answer;
	bool first;

	assert_int_equal(ck_store_cache_get(f->store, CK_KEY_ID_NUMBER,
	    "084094000001", date, &answer, &first), CK_OK);

	return answer.card.number;
}

static void
the_card_of_the_visit_date_is_taken(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record record = fixture_record(f, "084094000001");
	const struct ck_date spring = { 2025, 4, 1 }, autumn = { 2026, 10, 1 };

	fill(&record);
	keep_card(f, &record, "000", "GD4840000000001",
	    (struct ck_date){ 2025, 1, 1 }, (struct ck_date){ 2025, 12, 31 });
	keep_card(f, &record, "000", "HC4840000000002",
	    (struct ck_date){ 2026, 1, 1 }, (struct ck_date){ 2026, 12, 31 });
	assert_string_equal(card_on(f, autumn), "HC4840000000002");
	assert_string_equal(card_on(f, spring), "GD4840000000001");
	/* No card is in force then: the last one stands, to be refused. */
	assert_string_equal(card_on(f, (struct ck_date){ 2024, 1, 1 }),
	    "HC4840000000002");
	/* A card that is stopped is none for its old period either. */
	keep_card(f, &record, "051", "GD4840000000001",
	    (struct ck_date){ 2025, 1, 1 }, (struct ck_date){ 2025, 1, 31 });
	assert_string_equal(card_on(f, autumn), "HC4840000000002");
	keep_card(f, &record, "000", "HC4840000000002",
	    (struct ck_date){ 2026, 1, 1 }, (struct ck_date){ 2026, 12, 31 });
	assert_string_equal(card_on(f, spring), "HC4840000000002");
}

static void
prune(struct fixture *f, int64_t before_ms, int64_t entries_max,
    int64_t limit, int64_t erased)
{
	int64_t count;

	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_cache_prune(f->store, before_ms,
	    entries_max, limit, &count), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
	assert_int_equal(count, erased);
}

static void
old_answers_go_and_then_the_oldest_of_too_many(void **state)
{
	struct fixture *f = *state;
	struct ck_cache_figures figures;
	struct ck_lookup_record record;
	char number[] = "084094000010";
	int i;

	assert_int_equal(ck_store_cache_figures(f->store, &figures), CK_OK);
	assert_int_equal(figures.entries, 0);
	assert_int_equal(figures.oldest_ms, 0);
	for (i = 0; i < 6; i++) {
		number[11] = (char)('0' + i);
		record = fixture_record(f, number);
		record.answer.as_of_ms = 1000 + i;
		keep_card(f, &record, "000", "", (struct ck_date){ 0 },
		    (struct ck_date){ 0 });	/* as of 1001 to 1006 */
	}
	prune(f, 1003, 100, 1, 1);
	prune(f, 1003, 100, 10, 1);
	prune(f, 1003, 4, 10, 0);
	prune(f, 1003, 2, 1, 1);
	prune(f, 1003, 2, 10, 1);
	assert_int_equal(ck_store_cache_figures(f->store, &figures), CK_OK);
	assert_int_equal(figures.entries, 2);
	assert_int_equal(figures.oldest_ms, 1005);
	assert_int_equal(figures.newest_ms, 1006);
	assert_true(figures.bytes > 0);
}

/* Close a covered, or refused, lookup of this person on this date. */
static void
close_visit(struct fixture *f, enum ck_outcome outcome, uint8_t day,
    int64_t same)
{
	struct ck_lookup_record record = fixture_record(f, "084094000001");
	int64_t count;

	record.visit_date.day = day;
	fixture_answer(&record, outcome, CK_SOURCE_GATEWAY, "000");
	assert_int_equal(ck_store_same_visits(f->store, &record, &count),
	    CK_OK);
	assert_int_equal(count, same);
	fixture_close(f, &record);
}

static void
the_same_answer_is_counted_over_the_visits(void **state)
{
	struct fixture *f = *state;

	close_visit(f, CK_OUTCOME_NOT_COVERED, 1, 0);
	close_visit(f, CK_OUTCOME_COVERED, 2, 0);
	close_visit(f, CK_OUTCOME_COVERED, 3, 1);
	close_visit(f, CK_OUTCOME_COVERED, 3, 1);	/* the same visit */
	close_visit(f, CK_OUTCOME_COVERED, 5, 2);
	close_visit(f, CK_OUTCOME_NOT_COVERED, 6, 0);
	close_visit(f, CK_OUTCOME_COVERED, 4, 2);	/* told afterwards */
}

static bool
is_first(struct fixture *f)
{
	struct ck_answer answer;
	bool first;

	assert_int_equal(ck_store_cache_get(f->store, CK_KEY_ID_NUMBER,
	    "084094000001", ck_clock_local_date(f->now_ms), &answer, &first),
	    CK_ERR_NOT_FOUND);

	return first;
}

static void
the_first_lookup_of_each_visit_is_known(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record record = fixture_record(f, "084094000001");

	fixture_put(f, &record);
	assert_true(is_first(f));
	fixture_answer(&record, CK_OUTCOME_UNAVAILABLE, CK_SOURCE_NONE,
	    "line");
	fixture_close(f, &record);
	assert_true(is_first(f));
	record = fixture_record(f, "084094000001");
	fixture_answer(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	fixture_put(f, &record);
	assert_false(is_first(f));	/* also while it is open */
	fixture_close(f, &record);
	assert_false(is_first(f));
	f->now_ms += 24 * FIXTURE_HOUR_MS;
	assert_true(is_first(f));
}

struct queued {
	struct fixture *f;
	struct ck_lookup_record record;
	enum ck_err heard;
	unsigned calls;
};

static enum ck_err
write_queued(struct ck_store *store, void *ctx)
{
	struct queued *queued = ctx;

	return ck_store_close_lookup(store, &queued->record);
}

static void
hear(void *ctx, enum ck_err err)
{
	struct queued *queued = ctx;

	queued->heard = err;
	queued->calls++;
}

static void
one_bad_record_does_not_spoil_its_neighbours(void **state)
{
	struct fixture *f = *state;
	struct queued queued[3];
	struct ck_turn *turn;
	size_t i;

	assert_int_equal(ck_turn_new(&turn, f->store), CK_OK);
	for (i = 0; i < 3; i++) {
		queued[i] = (struct queued){ .f = f, .heard = CK_ERR_SYSTEM };
		queued[i].record = fixture_record(f, "084094000001");
		assert_int_equal(ck_turn_add(turn, write_queued, hear,
		    &queued[i]), CK_OK);
	}
	queued[1].record.id[0] = '?';
	ck_turn_flush(turn);
	assert_int_equal(queued[0].heard, CK_OK);
	assert_int_equal(queued[1].heard, CK_ERR_LIMIT);
	assert_int_equal(queued[2].heard, CK_OK);
	for (i = 0; i < 3; i++)
		assert_int_equal(queued[i].calls, 1);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM lookup"), 2);
	assert_true(ck_store_healthy(f->store));
	ck_turn_free(&turn);
}

static void
add_queued(struct fixture *f, struct ck_turn *turn, struct queued *queued)
{
	*queued = (struct queued){ .f = f, .heard = CK_ERR_SYSTEM };
	queued->record = fixture_record(f, "084094000001");
	assert_int_equal(ck_turn_add(turn, write_queued, hear, queued), CK_OK);
}

static void
a_turn_waits_only_for_as_many_as_shared_the_last_one(void **state)
{
	struct fixture *f = *state;
	struct queued queued[5];
	struct ck_turn *turn;
	size_t i;

	assert_int_equal(ck_turn_new(&turn, f->store), CK_OK);
	assert_false(ck_turn_wants_more(turn));	/* nobody asked */
	add_queued(f, turn, &queued[0]);
	assert_false(ck_turn_wants_more(turn));	/* who asks alone waits not */
	ck_turn_flush(turn);
	for (i = 0; i < 3; i++)
		add_queued(f, turn, &queued[i]);
	assert_false(ck_turn_wants_more(turn));
	ck_turn_flush(turn);
	assert_false(ck_turn_wants_more(turn));
	add_queued(f, turn, &queued[3]);
	add_queued(f, turn, &queued[4]);
	assert_true(ck_turn_wants_more(turn));	/* three did just now */
	ck_turn_flush(turn);
	add_queued(f, turn, &queued[0]);
	assert_false(ck_turn_wants_more(turn));	/* two may be of one */
	ck_turn_flush(turn);
	ck_turn_flush(turn);	/* nothing to write: nothing forgotten */
	add_queued(f, turn, &queued[0]);
	assert_false(ck_turn_wants_more(turn));
	ck_turn_flush(turn);
	assert_int_equal(queued[0].heard, CK_OK);
	ck_turn_free(&turn);
}

#define STORE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_lookup_reads_back_as_written),
		STORE_TEST(a_closed_lookup_stays_as_it_is),
		STORE_TEST(a_repeated_request_finds_its_lookup),
		STORE_TEST(what_a_crash_left_open_is_closed_and_counted_once),
		STORE_TEST(an_answer_that_was_on_disk_survives_a_crash),
		STORE_TEST(a_rolled_back_lookup_leaves_no_figure),
		STORE_TEST(a_full_disk_is_told_and_survived),
		STORE_TEST(a_newer_schema_is_refused),
		STORE_TEST(another_programs_database_is_refused),
		STORE_TEST(a_file_that_is_no_database_is_refused),
		STORE_TEST(a_damaged_database_is_refused),
		STORE_TEST(a_wrong_or_missing_key_is_refused),
		STORE_TEST(what_is_on_disk_is_private),
		STORE_TEST(no_personal_data_stands_in_the_file),
		STORE_TEST(two_daemons_cannot_share_a_directory),
		STORE_TEST(the_cache_knows_each_number_of_a_person),
		STORE_TEST(the_card_of_the_visit_date_is_taken),
		STORE_TEST(old_answers_go_and_then_the_oldest_of_too_many),
		STORE_TEST(the_same_answer_is_counted_over_the_visits),
		STORE_TEST(the_first_lookup_of_each_visit_is_known),
		STORE_TEST(one_bad_record_does_not_spoil_its_neighbours),
		STORE_TEST(
		    a_turn_waits_only_for_as_many_as_shared_the_last_one),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
