/*
 * test_outbox.c - what the outbox does to a row before anybody receives it
 *
 * Nobody listens at the gateway's address, so nothing leaves: the row tells what
 * would have.
 */
#include "checkin/outbox.h"
#include "daemon/config.h"
#include "eligibility/gateway.h"
#include "io/loop.h"
#include "notice.h"
#include "store/check_in.h"
#include "store/turn.h"
#include "store_fixture.h"

#define NUMBER "084094000001"
#define OLD_CARD "GD4840000000001"
#define NEW_CARD "DN4840000000001"

static struct ck_config config;

/* The defaults, and an address on loopback that nobody has. */
static void
load_config(const struct fixture *f)
{
	char path[128];
	FILE *file;

	fixture_path(f, "conf", path);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs("[clinic]\nfacility = 84001\n"
	    "[gateway]\nurl = http://127.0.0.1:1\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(ck_config_load(&config, path), CK_OK);
}

/* A closed lookup of the visit that found this card. */
static struct ck_lookup_record
found(struct fixture *f, enum ck_source source, const char *card)
{
	struct ck_lookup_record record;

	f->now_ms += 60000;
	record = fixture_record(f, NUMBER);
	fixture_answer(&record, CK_OUTCOME_COVERED, source, "000");
	record.has_answer = true;
	strcpy(record.answer.full_name, "Nguyễn Văn Mẫu");
	strcpy(record.answer.card.number, card);
	strcpy(record.answer.card.facility, "84006");
	record.answer.card.valid_from = (struct ck_date){ 2026, 1, 1 };
	record.answer.card.valid_to = (struct ck_date){ 2026, 12, 31 };
	record.closed_ms = f->now_ms;
	fixture_put(f, &record);
	fixture_close(f, &record);

	return record;
}

/* Admitted after this lookup, and a notice kept that it filled. */
static void
keep_notice(struct fixture *f, const struct ck_lookup_record *lookup,
    int64_t tries)
{
	struct ck_check_in check_in;
	struct ck_notice_row row;

	memset(&check_in, 0, sizeof(check_in));
	memset(&row, 0, sizeof(row));
	assert_int_equal(ck_store_new_id(f->store, f->now_ms, check_in.id),
	    CK_OK);
	memcpy(check_in.lookup_id, lookup->id, sizeof(check_in.lookup_id));
	check_in.admitted_ms = f->now_ms;
	notice_fill(&check_in.draft);
	row.check_in = 1;
	row.state = CK_NOTICE_PENDING;
	row.made_ms = f->now_ms;
	row.tries = tries;
	notice_fill(&row.notice);
	memcpy(row.answer_id, lookup->id, sizeof(row.answer_id));
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_put_check_in(f->store, &check_in), CK_OK);
	assert_int_equal(ck_store_put_notice(f->store, &row, true), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
	ck_check_in_wipe(&check_in);
	ck_notice_row_wipe(&row);
}

static void
on_enough(void *ctx)
{
	ck_loop_stop(ctx);
}

/* One try of the first notice; reads what is on disk then. */
static void
run(struct fixture *f, struct ck_notice_row *row)
{
	struct ck_outbox_options options = { .config = &config,
	    .store = f->store };
	struct ck_gateway *gateway;
	struct ck_outbox *outbox;
	struct ck_timer *timer;

	load_config(f);
	assert_int_equal(ck_loop_new(&options.loop, ck_clock_system()),
	    CK_OK);
	assert_int_equal(ck_turn_new(&options.turn, f->store), CK_OK);
	ck_loop_on_turn_end(options.loop, ck_turn_flush, options.turn);
	assert_int_equal(ck_gateway_new(&gateway, &config, options.loop),
	    CK_OK);
	options.gateway = gateway;
	assert_int_equal(ck_outbox_new(&outbox, &options), CK_OK);
	assert_int_equal(ck_loop_timer(options.loop, 500, on_enough,
	    options.loop, &timer), CK_OK);
	assert_int_equal(ck_loop_run(options.loop), CK_OK);
	ck_outbox_free(&outbox);
	ck_gateway_free(&gateway);
	ck_turn_free(&options.turn);
	ck_loop_free(&options.loop);
	ck_config_wipe(&config);
	assert_int_equal(ck_store_get_notice(f->store, 1, row), CK_OK);
}

static void
what_nobody_has_received_takes_the_new_answer(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record before = found(f, CK_SOURCE_STALE, OLD_CARD);
	struct ck_lookup_record after;
	struct ck_notice_row row;

	keep_notice(f, &before, 0);
	after = found(f, CK_SOURCE_GATEWAY, NEW_CARD);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM receipt WHERE "
	    "kind = 4"), 2);
	run(f, &row);
	assert_string_equal(ck_notice_get(&row.notice,
	    CK_FIELD_MA_THE_BHYT), NEW_CARD);
	assert_string_equal(row.answer_id, after.id);
	assert_string_equal(ck_notice_get(&row.notice, CK_FIELD_MA_LK),
	    "84001_2026_11_BN0001_1");
	/* Changed with a receipt, then tried: nothing could leave. */
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM receipt WHERE "
	    "kind = 4"), 3);
	assert_int_equal(row.state, CK_NOTICE_PENDING);
	assert_int_equal(row.tries, 0);
	assert_string_not_equal(row.error, "");
	ck_notice_row_wipe(&row);
}

/* The insurer may have it: it goes again as it was. */
static void
what_may_have_arrived_is_never_changed(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record before = found(f, CK_SOURCE_STALE, OLD_CARD);
	struct ck_notice_row row;

	keep_notice(f, &before, 1);
	(void)found(f, CK_SOURCE_GATEWAY, NEW_CARD);
	run(f, &row);
	assert_string_equal(ck_notice_get(&row.notice,
	    CK_FIELD_MA_THE_BHYT), OLD_CARD);
	assert_string_equal(row.answer_id, before.id);
	assert_int_equal(row.tries, 1);
	assert_string_not_equal(row.error, "");
	ck_notice_row_wipe(&row);
}

#define STORE(fn) \
	cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE(what_nobody_has_received_takes_the_new_answer),
		STORE(what_may_have_arrived_is_never_changed)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
