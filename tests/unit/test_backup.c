/*
 * test_backup.c - whatever is put back, and however, nothing counts twice
 */
#include "store_day.h"

#include <sys/stat.h>

#include "stats/feed.h"
#include "store/backup.h"

/* What a collector has: the rows of each epoch, absolute counts. */
struct ledger {
	char epoch[8][64];
	int64_t lookups[8];
	int64_t visits[8], cccd[8];
	size_t len;
};

/* The state of an epoch as its whole feed tells it replaces the one before. */
static void
collect(struct fixture *f, struct ledger *ledger)
{
	struct ck_db *db;
	json_t *json, *row;
	const char *epoch;
	size_t i, at = 0;
	int64_t sum = 0, visits = 0, cccd = 0;

	assert_int_equal(ck_store_open_reader(f->store, &db), CK_OK);
	assert_int_equal(ck_feed_json(db, 0, 0, f->now_ms, &json), CK_OK);
	ck_db_close(&db);
	assert_true(json_is_false(json_object_get(json, "more")));
	json_array_foreach(json_object_get(json, "rows"), i, row) {
		const char *series = ck_json_text(row, "series");
		int64_t count = json_integer_value(json_object_get(row,
		    "count"));

		sum += strcmp(series, "lookups") == 0 ? count : 0;
		visits += strcmp(series, "visits") == 0 ? count : 0;
		cccd += strcmp(series, "cccd") == 0 ? count : 0;
	}
	epoch = ck_json_text(json, "epoch");
	while (at < ledger->len && strcmp(ledger->epoch[at], epoch) != 0)
		at++;
	assert_true(at < 8);
	if (at == ledger->len)
		ledger->len++;
	(void)snprintf(ledger->epoch[at], 64, "%s", epoch);
	ledger->lookups[at] = sum;
	ledger->visits[at] = visits;
	ledger->cccd[at] = cccd;
	json_decref(json);
}

static int64_t
total(const struct ledger *ledger)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < ledger->len; i++)
		sum += ledger->lookups[i];

	return sum;
}

static void
look_up(struct fixture *f, const char *number)
{
	struct ck_lookup_record r = fixture_record(f, number);

	fixture_answer(&r, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	fixture_close(f, &r);
	f->now_ms += 60000;
}

static struct ck_backup_options
options(const struct fixture *f, const char *path, bool with_keys)
{
	return (struct ck_backup_options){
		.directory = f->directory, .path = path,
		.with_keys = with_keys, .clock = &f->clock
	};
}

static enum ck_err
back_up(const struct fixture *f, const char *path, bool with_keys)
{
	const struct ck_backup_options use = options(f, path, with_keys);

	return ck_backup_write(&use);
}

static enum ck_err
restore(const struct fixture *f, const char *path)
{
	const struct ck_backup_options use = options(f, path, false);

	return ck_backup_restore(&use);
}

static void
run(const char *format, const struct fixture *f)
{
	char command[512];

	/* each %1$s is the directory */
	(void)snprintf(command, sizeof(command), "d='%s'; %s", f->directory,
	    format);
	assert_int_equal(system(command), 0);
}

/* Three before the backup, two after it, then the disk breaks. */
static void
play(struct fixture *f, struct ledger *ledger, const char *path,
    bool with_keys)
{
	struct stat info;

	look_up(f, "084000000001");
	look_up(f, "084000000002");
	look_up(f, "084000000003");
	assert_int_equal(back_up(f, path, with_keys), CK_OK);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	look_up(f, "084000000004");
	look_up(f, "084000000001");
	collect(f, ledger);
	assert_int_equal(total(ledger), 5);
}

static void
after_a_restore_the_sum_is_what_happened(void **state)
{
	struct fixture *f = *state;
	struct ledger ledger = { .len = 0 };
	char path[128];

	fixture_path(f, "backup", path);
	play(f, &ledger, path, false);
	assert_int_equal(restore(f, path), CK_ERR_STORE);	/* it runs */
	ck_store_close(&f->store);
	assert_int_equal(restore(f, path), CK_OK);
	run("set -- \"$d\"/checkin.db.before-restore-*; [ $# = 1 ] && "
	    "[ \"$(sqlite3 \"$1\" 'SELECT count(*) FROM lookup')\" = 5 ] && "
	    "[ ! -e \"$d/restoring\" ] && [ ! -e \"$d/checkin.db-wal\" ]", f);
	fixture_open(f);
	collect(f, &ledger);
	assert_int_equal(ledger.len, 2);
	assert_int_equal(ledger.lookups[1], 0);	/* at zero */
	look_up(f, "084000000005");
	look_up(f, "084000000004");
	collect(f, &ledger);
	assert_int_equal(ledger.len, 2);
	assert_int_equal(total(&ledger), 7);
	/* and no other epoch at the next start */
	ck_store_close(&f->store);
	fixture_open(f);
	collect(f, &ledger);
	assert_int_equal(ledger.len, 2);
	assert_int_equal(total(&ledger), 7);
}

/* A patient who was here before the restore and is here again that day. */
static void
a_visit_goes_on_over_a_restore(void **state)
{
	struct fixture *f = *state;
	struct ledger ledger = { .len = 0 };
	struct ck_lookup_record r;
	char path[128];

	fixture_path(f, "backup", path);
	play(f, &ledger, path, false);
	assert_int_equal(ledger.visits[0], 4);
	assert_int_equal(ledger.cccd[0], 4);
	ck_store_close(&f->store);
	assert_int_equal(restore(f, path), CK_OK);
	fixture_open(f);
	look_up(f, "084000000001");
	r = fixture_record(f, "084000000002");
	fixture_answer(&r, CK_OUTCOME_NOT_COVERED, CK_SOURCE_GATEWAY, "010");
	fixture_close(f, &r);
	collect(f, &ledger);
	assert_int_equal(ledger.lookups[1], 2);
	assert_int_equal(ledger.visits[1], 0);
	assert_int_equal(ledger.cccd[1], 0);
	look_up(f, "084000000009");	/* a new one, and the next day */
	f->now_ms += 24 * FIXTURE_HOUR_MS;
	look_up(f, "084000000001");
	collect(f, &ledger);
	assert_int_equal(ledger.visits[1], 2);
	assert_int_equal(ledger.cccd[1], 2);
}

static void
a_second_restore_is_a_third_epoch(void **state)
{
	struct fixture *f = *state;
	struct ledger ledger = { .len = 0 };
	char path[128];
	int i;

	fixture_path(f, "backup", path);
	play(f, &ledger, path, false);
	for (i = 0; i < 2; i++) {
		f->now_ms += 1000;
		ck_store_close(&f->store);
		assert_int_equal(restore(f, path), CK_OK);
		fixture_open(f);
		look_up(f, "084000000006");
		collect(f, &ledger);
	}
	assert_int_equal(ledger.len, 3);
	assert_int_equal(total(&ledger), 7);
}

/* A new machine: nothing but the file. */
static void
with_its_keys_it_comes_back_anywhere(void **state)
{
	struct fixture *f = *state, other;
	struct ledger ledger = { .len = 0 };
	struct fixture *second = &other;
	char path[128];

	fixture_path(f, "backup", path);
	play(f, &ledger, path, true);
	fixture_make(second);
	second->now_ms = f->now_ms;
	assert_int_equal(restore(second, path), CK_OK);
	fixture_open(second);
	run("[ \"$(ls \"$d/keys\" | tr '\\n' ' ')\" = 'anchor "
	    "encryption-1.key hash.key receipt.key ' ] && [ \"$(stat -c %a \"$d/keys\" "
	    "\"$d\"/keys/*.key | sort -u | tr '\\n' ' ')\" = '600 700 ' ]",
	    second);
	look_up(second, "084000000007");
	collect(second, &ledger);
	assert_int_equal(ledger.len, 2);
	assert_int_equal(total(&ledger), 6);
	run("[ \"$(sqlite3 \"$d/checkin.db\" \"SELECT count(*) FROM "
	    "sqlite_schema WHERE name LIKE 'backup%'\")\" = 0 ]", second);
	ck_store_close(&second->store);
	run("rm -rf \"$d\"", second);
}

static void
without_its_keys_nothing_is_changed(void **state)
{
	struct fixture *f = *state, other;
	struct ledger ledger = { .len = 0 };
	struct fixture *second = &other;
	char path[128];

	fixture_path(f, "backup", path);
	play(f, &ledger, path, false);
	run("[ \"$(sqlite3 \"$d/backup\" 'SELECT count(*) FROM backup_key')\" "
	    "= 0 ]", f);
	fixture_make(second);
	fixture_open(second);
	look_up(second, "084000000008");
	ck_store_close(&second->store);
	run("cp -a \"$d/checkin.db\" \"$d/before\"", second);
	assert_int_equal(restore(second, path), CK_ERR_STORE_KEY);
	run("cmp \"$d/checkin.db\" \"$d/before\" && [ ! -e \"$d/restoring\" ] "
	    "&& [ -z \"$(ls \"$d\" | grep before-restore)\" ]", second);
	run("rm -rf \"$d\"", second);
}

/* Keys of another database are kept aside when the backup brings its own. */
static void
keys_that_were_there_are_kept(void **state)
{
	struct fixture *f = *state, other;
	struct ledger ledger = { .len = 0 };
	struct fixture *second = &other;
	char path[128];

	fixture_path(f, "backup", path);
	play(f, &ledger, path, true);
	fixture_make(second);
	fixture_open(second);
	ck_store_close(&second->store);
	run("cp \"$d/keys/hash.key\" \"$d/hash-before\"", second);
	assert_int_equal(restore(second, path), CK_OK);
	run("cmp \"$d\"/keys.before-restore-*/hash.key \"$d/hash-before\" && "
	    "! cmp -s \"$d/keys/hash.key\" \"$d/hash-before\"", second);
	fixture_open(second);
	ck_store_close(&second->store);
	run("rm -rf \"$d\"", second);
}

static void
what_is_no_database_is_refused(void **state)
{
	static const char *const makers[] = {
		": >\"$d/bad\"", "echo hello >\"$d/bad\"",
		"head -c 4096 /dev/urandom >\"$d/bad\"",
		"rm -f \"$d/bad\"; sqlite3 \"$d/bad\" 'CREATE TABLE t (a)'",
		"head -c 40000 \"$d/backup\" >\"$d/bad\"",
		"cp \"$d/backup\" \"$d/bad\"; sqlite3 \"$d/bad\" "
		    "'DELETE FROM key_check'",
		"cp \"$d/backup\" \"$d/bad\"; sqlite3 \"$d/bad\" \"INSERT INTO "
		    "backup_key VALUES ('../x.key', zeroblob(32))\"",
		"cp \"$d/backup\" \"$d/bad\"; sqlite3 \"$d/bad\" \"INSERT INTO "
		    "backup_key VALUES ('x.key', zeroblob(33))\"",
	};
	struct fixture *f = *state;
	struct ledger ledger = { .len = 0 };
	char path[128], bad[128], none[128];
	size_t i;

	fixture_path(f, "backup", path);
	fixture_path(f, "bad", bad);
	fixture_path(f, "none", none);
	play(f, &ledger, path, false);
	ck_store_close(&f->store);
	run("cp \"$d/checkin.db\" \"$d/before\"", f);
	for (i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
		run(makers[i], f);
		assert_int_equal(restore(f, bad), CK_ERR_STORE_CORRUPT);
		run("cmp \"$d/checkin.db\" \"$d/before\" && "
		    "[ ! -e \"$d/restoring\" ] && [ ! -e \"$d/x.key\" ]", f);
	}
	assert_int_equal(restore(f, none), CK_ERR_NOT_FOUND);
	run("cp \"$d/backup\" \"$d/bad\"; sqlite3 \"$d/bad\" "
	    "'PRAGMA user_version = 9999'", f);
	assert_int_equal(restore(f, bad), CK_ERR_STORE_NEWER);
	fixture_open(f);
	collect(f, &ledger);
	assert_int_equal(ledger.len, 1);
	assert_int_equal(total(&ledger), 5);
}

static void
a_damaged_database_gives_no_backup(void **state)
{
	struct fixture *f = *state;
	char path[128];

	fixture_path(f, "backup", path);
	day_play(f);
	ck_store_close(&f->store);
	run("printf 'the last good one' >\"$d/backup\"; size=$(stat -c %s "
	    "\"$d/checkin.db\"); dd if=/dev/urandom of=\"$d/checkin.db\" "
	    "bs=4096 seek=$((size / 8192)) count=8 conv=notrunc 2>/dev/null",
	    f);
	assert_int_not_equal(back_up(f, path, false), CK_OK);
	run("[ \"$(cat \"$d/backup\")\" = 'the last good one' ] && "
	    "[ -z \"$(ls \"$d\" | grep '^backup\\.')\" ]", f);
	run("rm -f \"$d\"/checkin.db*", f);
	assert_int_equal(back_up(f, path, false), CK_ERR_NOT_FOUND);
}

/* --- Put back by hand ----------------------------------------------------- */

static void
a_copy_put_back_by_hand_is_noticed(void **state)
{
	struct fixture *f = *state;
	struct ledger ledger = { .len = 0 };

	look_up(f, "084000000001");
	ck_store_close(&f->store);
	run("cp \"$d/checkin.db\" \"$d/copy\"", f);
	fixture_open(f);
	look_up(f, "084000000002");
	look_up(f, "084000000003");
	collect(f, &ledger);
	ck_store_close(&f->store);
	run("cp \"$d/copy\" \"$d/checkin.db\"", f);
	fixture_open(f);
	look_up(f, "084000000004");
	collect(f, &ledger);
	assert_int_equal(ledger.len, 2);
	assert_int_equal(ledger.lookups[0], 3);
	assert_int_equal(total(&ledger), 4);
	ck_store_close(&f->store);
	fixture_open(f);	/* once */
	collect(f, &ledger);
	assert_int_equal(ledger.len, 2);
}

/* As many batches as before, but another past. */
static void
another_past_is_noticed(void **state)
{
	struct fixture *f = *state;
	struct ledger ledger = { .len = 0 };

	look_up(f, "084000000001");
	collect(f, &ledger);
	ck_store_close(&f->store);
	run("sqlite3 \"$d/checkin.db\" \"UPDATE receipt_batch SET head = "
	    "randomblob(32) WHERE number = (SELECT max(number) FROM "
	    "receipt_batch)\"", f);
	fixture_open(f);
	collect(f, &ledger);
	assert_int_equal(ledger.len, 2);
}

/* An anchor that lags, is damaged or gone raises no alarm. */
static void
an_anchor_that_lags_is_no_alarm(void **state)
{
	static const char *const damages[] = {
		"cp \"$d/old\" \"$d/keys/anchor\"", "rm \"$d/keys/anchor\"",
		"printf 'x' >\"$d/keys/anchor\"",
		"printf '99999999999999999999999 00 1\\n' >\"$d/keys/anchor\"",
		"printf '5 ab' >\"$d/keys/anchor\"", ": >\"$d/keys/anchor\"",
	};
	struct fixture *f = *state;
	struct ledger ledger = { .len = 0 };
	size_t i;

	look_up(f, "084000000001");
	ck_store_close(&f->store);
	run("cp \"$d/keys/anchor\" \"$d/old\"", f);
	fixture_open(f);
	look_up(f, "084000000002");
	for (i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		ck_store_close(&f->store);
		run(damages[i], f);
		fixture_open(f);
		collect(f, &ledger);
		assert_int_equal(ledger.len, 1);
	}
	assert_int_equal(total(&ledger), 2);
}

/* Killed: no closing, so the anchor is the one of a minute ago. */
static void
the_anchor_follows_while_it_runs(void **state)
{
	struct fixture *f = *state;
	char before[128] = "", after[128] = "", path[128];
	FILE *file;

	fixture_path(f, "keys/anchor", path);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_non_null(fgets(before, sizeof(before), file));
	(void)fclose(file);
	assert_string_equal(before, "0 - 0\n");
	look_up(f, "084000000001");	/* moves the clock by a minute */
	look_up(f, "084000000002");
	file = fopen(path, "re");
	assert_non_null(file);
	assert_non_null(fgets(after, sizeof(after), file));
	(void)fclose(file);
	assert_string_not_equal(before, after);
}

static void
a_backup_that_was_copied_here_is_refused(void **state)
{
	struct fixture *f = *state;
	struct ledger ledger = { .len = 0 };
	char path[128];

	fixture_path(f, "backup", path);
	play(f, &ledger, path, false);
	ck_store_close(&f->store);
	run("cp \"$d/backup\" \"$d/checkin.db\"", f);
	assert_int_equal(ck_store_open(&f->store, &f->options), CK_ERR_STORE);
	assert_int_equal(restore(f, path), CK_OK);
	fixture_open(f);
	collect(f, &ledger);
	assert_int_equal(ledger.len, 2);
}

/* The collector found it (push says "ahead"): only a new epoch. */
static void
in_place_only_the_epoch_is_new(void **state)
{
	struct fixture *f = *state;
	struct ledger ledger = { .len = 0 };

	look_up(f, "084000000001");
	collect(f, &ledger);
	assert_int_equal(restore(f, NULL), CK_ERR_STORE);	/* it runs */
	ck_store_close(&f->store);
	assert_int_equal(restore(f, NULL), CK_OK);
	fixture_open(f);
	look_up(f, "084000000002");
	collect(f, &ledger);
	assert_int_equal(ledger.len, 2);
	assert_int_equal(total(&ledger), 2);
	run("[ \"$(sqlite3 \"$d/checkin.db\" 'SELECT count(*) FROM lookup')\" "
	    "= 2 ]", f);
	ck_store_close(&f->store);
	run("rm -f \"$d\"/checkin.db*", f);
	assert_int_equal(restore(f, NULL), CK_ERR_NOT_FOUND);
}

/* --- Another clinic's ----------------------------------------------------- */

static enum ck_err
restore_as(const struct fixture *f, const char *path, const char *facility,
    const char *station)
{
	struct ck_backup_options use = options(f, path, false);

	use.facility = facility;
	use.station = station;

	return ck_backup_restore(&use);
}

static void
another_clinics_backup_is_refused(void **state)
{
	static const char *const others[][2] = {
		{ "84053", "main" }, { "84001", "annex" }
	};
	struct fixture *f = *state;
	struct ledger ledger = { .len = 0 };
	char path[128];
	size_t i;

	fixture_path(f, "backup", path);
	play(f, &ledger, path, true);
	ck_store_close(&f->store);
	run("cp \"$d/checkin.db\" \"$d/before\"", f);
	for (i = 0; i < 2; i++) {
		assert_int_equal(restore_as(f, path, others[i][0],
		    others[i][1]), CK_ERR_CONFIG);
		assert_int_equal(restore_as(f, NULL, others[i][0],
		    others[i][1]), CK_ERR_CONFIG);
		run("cmp \"$d/checkin.db\" \"$d/before\" && "
		    "[ ! -e \"$d/restoring\" ]", f);
	}
	assert_int_equal(restore_as(f, path, "84001", "main"), CK_OK);
	f->now_ms += 1000;	/* what it replaced has another name */
	assert_int_equal(restore_as(f, path, NULL, NULL), CK_OK);
}

/* A merger: the code that holds now, and the one that held before. */
static void
a_code_that_changed_is_known_by_both(void **state)
{
	struct fixture *f = *state;
	struct ledger ledger = { .len = 0 };
	char path[128];

	ck_store_close(&f->store);
	f->options.facility = "84A99";
	fixture_open(f);
	fixture_path(f, "backup", path);
	play(f, &ledger, path, false);
	ck_store_close(&f->store);
	assert_int_equal(restore_as(f, path, "84A99", "main"), CK_OK);
	f->now_ms += 1000;
	assert_int_equal(restore_as(f, path, "84001", "main"), CK_OK);
	f->now_ms += 1000;
	assert_int_equal(restore_as(f, path, "84053", "main"),
	    CK_ERR_CONFIG);
}

#define STORE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(after_a_restore_the_sum_is_what_happened),
		STORE_TEST(a_visit_goes_on_over_a_restore),
		STORE_TEST(a_second_restore_is_a_third_epoch),
		STORE_TEST(with_its_keys_it_comes_back_anywhere),
		STORE_TEST(without_its_keys_nothing_is_changed),
		STORE_TEST(keys_that_were_there_are_kept),
		STORE_TEST(what_is_no_database_is_refused),
		STORE_TEST(a_damaged_database_gives_no_backup),
		STORE_TEST(a_copy_put_back_by_hand_is_noticed),
		STORE_TEST(another_past_is_noticed),
		STORE_TEST(an_anchor_that_lags_is_no_alarm),
		STORE_TEST(the_anchor_follows_while_it_runs),
		STORE_TEST(a_backup_that_was_copied_here_is_refused),
		STORE_TEST(in_place_only_the_epoch_is_new),
		STORE_TEST(another_clinics_backup_is_refused),
		STORE_TEST(a_code_that_changed_is_known_by_both),
	};

	return cmocka_run_group_tests_name("backup", tests, NULL, NULL);
}
