/*
 * store_fixture.h - a real store in a directory of its own, and made-up visits
 *
 * The clock stands still until a test moves it. Names and numbers are invented.
 */
#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/db.h"
#include "store/store.h"

/* 2026-11-23T01:00:00Z: 08:00 on the same date in Trà Vinh. */
#define FIXTURE_MORNING_MS INT64_C(1795395600000)
#define FIXTURE_HOUR_MS INT64_C(3600000)

struct fixture {
	char directory[64];
	int64_t now_ms;
	struct ck_clock clock;
	struct ck_store_options options;
	struct ck_store *store;
};

static inline int64_t
fixture_now(void *ctx)
{
	return *(const int64_t *)ctx;
}

static inline void
fixture_make(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	(void)snprintf(f->directory, sizeof(f->directory),
	    "/tmp/ck-store-XXXXXX");
	assert_non_null(mkdtemp(f->directory));
	f->now_ms = FIXTURE_MORNING_MS;
	f->clock = (struct ck_clock){ fixture_now, fixture_now, &f->now_ms };
	f->options = (struct ck_store_options){ f->directory, "84001", "main",
	    &f->clock };
}

static inline void
fixture_open(struct fixture *f)
{
	assert_int_equal(ck_store_open(&f->store, &f->options), CK_OK);
}

static inline int
fixture_setup(void **state)
{
	struct fixture *f = malloc(sizeof(*f));

	assert_non_null(f);
	fixture_make(f);
	fixture_open(f);
	*state = f;

	return 0;
}

static inline int
fixture_teardown(void **state)
{
	struct fixture *f = *state;
	char command[128];

	ck_store_close(&f->store);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", f->directory);
	assert_int_equal(system(command), 0);
	free(f);

	return 0;
}

static inline void
fixture_path(const struct fixture *f, const char *name, char out[128])
{
	(void)snprintf(out, 128, "%s/%s", f->directory, name);
}

/* A desk lookup by a CCCD's chip, opened now and not answered yet. */
static inline struct ck_lookup_record
fixture_record(struct fixture *f, const char *id_number)
{
	struct ck_lookup_record record;

	memset(&record, 0, sizeof(record));
	assert_int_equal(ck_store_new_id(f->store, f->now_ms,
	    record.id), CK_OK);
	record.opened_ms = f->now_ms;
	record.visit_date = ck_clock_local_date(f->now_ms);
	record.counted.kind = CK_KIND_DESK;
	record.counted.presented = CK_PRESENTED_CCCD;
	record.counted.captured = CK_CAPTURED_CHIP;
	record.counted.assurance = CK_ASSURANCE_CHIP_VERIFIED;
	record.counted.first_key = CK_KEY_ID_NUMBER;
	record.counted.latency_ms = -1;
	(void)snprintf(record.counted.desk, sizeof(record.counted.desk),
	    "ban-1");
	(void)snprintf(record.person.id_number,
	    sizeof(record.person.id_number), "%s", id_number);
	(void)snprintf(record.operator_name, sizeof(record.operator_name),
	    "Trần Thị Thử");

	return record;
}

/* Answered under the first key. */
static inline void
fixture_answer(struct ck_lookup_record *record, enum ck_outcome outcome,
    enum ck_source source, const char *reason)
{
	struct ck_counted *c = &record->counted;

	record->answered_ms = record->opened_ms + 300;
	c->first_outcome = c->outcome = outcome;
	c->first_source = c->source = source;
	(void)snprintf(c->first_reason, sizeof(c->first_reason), "%s",
	    reason);
	(void)snprintf(c->reason, sizeof(c->reason), "%s", reason);
	c->resolved_by = outcome == CK_OUTCOME_UNAVAILABLE ? CK_KEY_NONE :
	    c->first_key;
	c->latency_ms = 300;
}

static inline void
fixture_put(struct fixture *f, const struct ck_lookup_record *record)
{
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_put_lookup(f->store, record), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
}

static inline void
fixture_close(struct fixture *f, const struct ck_lookup_record *record)
{
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_close_lookup(f->store, record), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
}

static inline void
fixture_call(struct fixture *f, const struct ck_lookup_record *record,
    const char *code, enum ck_outcome outcome)
{
	struct ck_call_record call;

	memset(&call, 0, sizeof(call));
	(void)snprintf(call.lookup_id, sizeof(call.lookup_id), "%s",
	    record->id);
	call.started_ms = record->opened_ms;
	call.duration_ms = 250;
	call.key = record->counted.first_key;
	(void)snprintf(call.code, sizeof(call.code), "%s", code);
	call.outcome = outcome;
	call.kind = record->counted.kind;
	call.captured = record->counted.captured;
	(void)snprintf(call.desk, sizeof(call.desk), "%s",
	    record->counted.desk);
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_put_call(f->store, &call), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
}

/* One integer by SQL of the test's own, over a connection of its own. */
static inline int64_t
fixture_int(const struct fixture *f, const char *sql)
{
	struct ck_db *db;
	int64_t value;

	assert_int_equal(ck_store_open_reader(f->store, &db), CK_OK);
	assert_int_equal(ck_db_int(db, sql, &value), CK_OK);
	ck_db_close(&db);

	return value;
}

#endif /* TESTS_UNIT_STORE_FIXTURE_H */
