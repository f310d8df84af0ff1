/*
 * test_lookup.c - a lookup from its first key to its closing
 *
 * The real store, loop and gateway client; only the gateway is played, as
 * bytes on loopback.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "../wire/gateway_answers.h"
#include "ck/clock.h"
#include "daemon/config.h"
#include "eligibility/gateway.h"
#include "eligibility/lookup.h"
#include "io/loop.h"
#include "raw_server.h"
#include "store/store.h"
#include "store/turn.h"

#define TOKEN \
	RAW_JSON("200 OK", WIRE_TOKEN("t", "2099-01-01T00:00:00.1047187Z"))
#define ANSWER(body) RAW_JSON("200 OK", body)
#define ID_NUMBER "084094000001"
#define INSURANCE_NUMBER "0000000001"

/* 2026-11-23 10:00 in Trà Vinh. */
#define MORNING_MS INT64_C(1795402800000)

struct world {
	struct raw_server server;
	struct ck_config config;
	struct ck_clock clock;
	int64_t offset_ms;	/* of the wall clock, and moved by tests */
	int64_t jumped_ms;	/* of the monotonic clock */
	char directory[64];
	struct ck_loop *loop;
	struct ck_store *store;
	struct ck_turn *turn;
	struct ck_gateway *gateway;
	struct ck_lookups *lookups;
	struct ck_timer *guard;
};

/* What one owner has heard. */
struct listener {
	struct world *world;
	struct ck_lookup *lookup;
	unsigned heard, wanted;
	enum ck_err err;
	struct ck_lookup_record record;
};

static int64_t
wall_ms(void *ctx)
{
	const struct world *world = ctx;

	return ck_clock_wall_ms(ck_clock_system()) + world->offset_ms;
}

static int64_t
mono_ms(void *ctx)
{
	const struct world *world = ctx;

	return ck_clock_mono_ms(ck_clock_system()) + world->jumped_ms;
}

static void
jump(struct world *world, int64_t ms)
{
	world->offset_ms += ms;
	world->jumped_ms += ms;
}

static void
configure(struct world *world)
{
	struct ck_config *config = &world->config;

	(void)snprintf(config->gateway_url, sizeof(config->gateway_url),
	    "http://127.0.0.1:%u", world->server.port);
	strcpy(config->gateway_user, "84001_BV");
	strcpy(config->gateway_password, "practice");
	config->gateway_connect_timeout_ms = 1000;
	config->gateway_timeout_ms = 4500;
	config->gateway_answer_max = 65536;
	config->budget_ms = 4000;	/* but in tests of the budget */
	config->policy = CK_POLICY_FIRST_OF_VISIT;
	config->policy_age_ms = 86400000;
	config->close_after_ms = 15000;
	strcpy(config->operators[0].name, "Trần Thị Trực");
	strcpy(config->operators[0].number, "084180000002");
	config->operator_count = 1;
}

static void
open_store(struct world *world)
{
	const struct ck_store_options options = {
		.directory = world->directory, .facility = "84001",
		.station = "main", .clock = &world->clock
	};

	assert_int_equal(ck_store_open(&world->store, &options), CK_OK);
	assert_int_equal(ck_turn_new(&world->turn, world->store), CK_OK);
	ck_loop_on_turn_end(world->loop, ck_turn_flush, world->turn);
}

static int
set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	struct ck_lookups_options options;

	assert_non_null(world);
	world->clock = (struct ck_clock){ wall_ms, mono_ms, world };
	world->offset_ms = MORNING_MS - ck_clock_wall_ms(ck_clock_system());
	strcpy(world->directory, "/tmp/ck-lookup-XXXXXX");
	assert_non_null(mkdtemp(world->directory));
	raw_start(&world->server);
	configure(world);
	assert_int_equal(ck_loop_new(&world->loop, &world->clock), CK_OK);
	open_store(world);
	assert_int_equal(ck_gateway_new(&world->gateway, &world->config,
	    world->loop), CK_OK);
	options = (struct ck_lookups_options){
		.config = &world->config, .loop = world->loop,
		.turn = world->turn, .store = world->store,
		.gateway = world->gateway
	};
	assert_int_equal(ck_lookups_new(&world->lookups, &options), CK_OK);
	*state = world;

	return 0;
}

static int
tear_down(void **state)
{
	struct world *world = *state;
	char command[128];

	ck_lookups_free(&world->lookups);
	ck_gateway_free(&world->gateway);
	ck_turn_free(&world->turn);
	ck_store_close(&world->store);
	ck_loop_free(&world->loop);
	raw_stop(&world->server);
	(void)snprintf(command, sizeof(command), "rm -rf %s",
	    world->directory);
	assert_int_equal(system(command), 0);
	free(world);

	return 0;
}

static void
on_guard(void *ctx)
{
	ck_loop_stop(((struct world *)ctx)->loop);
}

/* Whatever is told must be on disk already. */
static void
on_changed(void *ctx, struct ck_lookup *lookup, enum ck_err err)
{
	struct listener *listener = ctx;
	struct ck_lookup_record on_disk;

	assert_ptr_equal(lookup, listener->lookup);
	listener->record = *ck_lookup_record(lookup);
	listener->err = err;
	if (err == CK_OK) {
		assert_int_equal(ck_store_get_lookup(listener->world->store,
		    listener->record.id, &on_disk), CK_OK);
		assert_int_equal(on_disk.counted.outcome,
		    listener->record.counted.outcome);
		assert_string_equal(on_disk.counted.reason,
		    listener->record.counted.reason);
		assert_int_equal(on_disk.closed_ms != 0,
		    listener->record.closed_ms != 0);
	}
	if (listener->record.closed_ms != 0)
		listener->lookup = NULL;
	if (++listener->heard == listener->wanted)
		ck_loop_stop(listener->world->loop);
}

static struct ck_lookup_request
request(void)
{
	struct ck_lookup_request asked = {
		.kind = CK_KIND_DESK,
		.presented = CK_PRESENTED_CCCD,
		.captured = CK_CAPTURED_QR,
		.assurance = CK_ASSURANCE_PRINTED,
		.desk = "ban-1",
		.visit_date = { 2026, 11, 23 },
		.identity = {
			.number = ID_NUMBER,
			.full_name = "NGUYỄN VĂN MẪU",
			.date_of_birth = { 1994, 3, 5 }
		},
		.keys = { .id_number = ID_NUMBER }
	};

	return asked;
}

static void
run(struct world *world, int64_t guard_ms)
{
	assert_int_equal(ck_loop_timer(world->loop, guard_ms, on_guard, world,
	    &world->guard), CK_OK);
	assert_int_equal(ck_loop_run(world->loop), CK_OK);
	ck_loop_timer_cancel(&world->guard);
}

/* Run until the listener has heard count more changes; at most 5 s. */
static void
hear(struct listener *listener, unsigned count)
{
	listener->wanted = listener->heard + count;
	run(listener->world, 5000);
	assert_int_equal(listener->heard, listener->wanted);
}

static void
open_lookup(struct world *world, const struct ck_lookup_request *asked,
    bool close_at_answer, struct listener *listener)
{
	memset(listener, 0, sizeof(*listener));
	listener->world = world;
	assert_int_equal(ck_lookup_open(world->lookups, asked,
	    close_at_answer, on_changed, listener, &listener->lookup), CK_OK);
	assert_int_equal(listener->heard, 0);	/* never from inside */
}

/* One lookup as through the API: open, run, closed at its answer. */
static struct ck_lookup_record
look_up(struct world *world, const struct ck_lookup_request *asked)
{
	struct listener listener;

	open_lookup(world, asked, true, &listener);
	hear(&listener, 1);
	assert_int_equal(listener.err, CK_OK);
	assert_null(listener.lookup);

	return listener.record;
}

#define SCRIPT(world, ...) \
	do { \
		const struct raw_step script_steps[] = { __VA_ARGS__ }; \
		raw_script(&(world)->server, script_steps, \
		    sizeof(script_steps) / sizeof(script_steps[0])); \
	} while (0)

static void
assert_counted(const struct ck_lookup_record *record, enum ck_outcome outcome,
    enum ck_source source, const char *reason, enum ck_owner owner)
{
	assert_int_equal(record->counted.outcome, outcome);
	assert_int_equal(record->counted.source, source);
	assert_string_equal(record->counted.reason, reason);
	assert_int_equal(record->counted.owner, owner);
}

/* --- One key -------------------------------------------------------------- */

static void
an_answer_is_told_after_it_is_on_disk(void **state)
{
	const struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 });
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000",
	    CK_OWNER_NONE);
	assert_int_equal(record.counted.first_key, CK_KEY_ID_NUMBER);
	assert_int_equal(record.counted.first_outcome, CK_OUTCOME_COVERED);
	assert_int_equal(record.counted.resolved_by, CK_KEY_ID_NUMBER);
	assert_true(record.counted.latency_ms >= 0);
	assert_int_equal(strlen(record.id), 32);
	assert_string_equal(record.operator_name, "Trần Thị Trực");
	/* The answer links the person's other numbers. */
	assert_string_equal(record.person.insurance_number, INSURANCE_NUMBER);
	assert_string_equal(record.person.card_number, "GD4840000000001");
}

static void
what_cannot_be_asked_is_refused(void **state)
{
	struct world *world = *state;
	struct ck_lookup_request bad[6];
	struct ck_lookup *lookup;
	size_t i;

	for (i = 0; i < 6; i++)
		bad[i] = request();
	bad[0].keys.id_number[0] = '\0';
	bad[1].identity.full_name[0] = '\0';
	bad[2].identity.date_of_birth = (struct ck_date){ 0 };
	strcpy(bad[3].operator_name, "Người lạ");
	bad[4].visit_date = (struct ck_date){ 2026, 2, 30 };
	bad[5].first_key = CK_KEY_CARD_NUMBER;
	for (i = 0; i < 6; i++) {
		assert_int_equal(ck_lookup_open(world->lookups, &bad[i], true,
		    on_changed, NULL, &lookup), CK_ERR_REQUEST);
		assert_null(lookup);
	}
}

static void
a_dead_gateway_is_unavailable_by_the_line(void **state)
{
	const struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	raw_stop(&world->server);
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_UNAVAILABLE, CK_SOURCE_NONE, "line",
	    CK_OWNER_LINE);
	assert_false(record.has_answer);
	raw_start(&world->server);	/* for tear_down */
}

static void
equal_lookups_share_one_call(void **state)
{
	const struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener one, other;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 50, 0 });
	open_lookup(world, &asked, true, &one);
	open_lookup(world, &asked, true, &other);
	hear(&other, 1);
	assert_int_equal(one.heard, 1);
	assert_string_not_equal(one.record.id, other.record.id);
	assert_int_equal(one.record.counted.outcome, CK_OUTCOME_COVERED);
	assert_int_equal(other.record.counted.outcome, CK_OUTCOME_COVERED);
	assert_int_equal(world->server.served, 2);
}

static void
an_equal_idempotency_key_is_the_same_lookup(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener one, other;
	struct ck_lookup_record found;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 50, 0 });
	strcpy(asked.idempotency_key, "visit-1");
	open_lookup(world, &asked, true, &one);
	open_lookup(world, &asked, true, &other);
	hear(&one, 1);
	assert_int_equal(other.heard, 1);
	assert_string_equal(one.record.id, other.record.id);
	assert_int_equal(other.record.counted.outcome, CK_OUTCOME_COVERED);
	assert_int_equal(ck_store_find_idempotent(world->store, "visit-1",
	    &found), CK_OK);
	assert_string_equal(found.id, one.record.id);
}

/* --- Several keys --------------------------------------------------------- */

static void
a_paper_number_after_the_cccd_failed(void **state)
{
	const struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener listener;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_050), 0, 0 },
	    { ANSWER(WIRE_000), 0, 0 });
	open_lookup(world, &asked, false, &listener);
	hear(&listener, 1);
	assert_counted(&listener.record, CK_OUTCOME_NOT_FOUND,
	    CK_SOURCE_GATEWAY, "050", CK_OWNER_INSURER);
	assert_int_equal(listener.record.closed_ms, 0);

	assert_int_equal(ck_lookup_add_key(listener.lookup,
	    CK_KEY_INSURANCE_NUMBER, INSURANCE_NUMBER), CK_OK);
	hear(&listener, 1);
	assert_counted(&listener.record, CK_OUTCOME_COVERED,
	    CK_SOURCE_GATEWAY, "000", CK_OWNER_INSURER);
	assert_int_equal(listener.record.counted.first_key, CK_KEY_ID_NUMBER);
	assert_int_equal(listener.record.counted.first_outcome,
	    CK_OUTCOME_NOT_FOUND);
	assert_string_equal(listener.record.counted.first_reason, "050");
	assert_int_equal(listener.record.counted.resolved_by,
	    CK_KEY_INSURANCE_NUMBER);
	assert_non_null(strstr(world->server.requests[2],
	    "maThe=" INSURANCE_NUMBER "&"));

	ck_lookup_close(listener.lookup);
	hear(&listener, 1);
	assert_null(listener.lookup);
}

static void
the_next_key_is_tried_by_itself(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_121), 0, 0 },
	    { ANSWER(WIRE_000), 0, 0 });
	strcpy(asked.keys.insurance_number, INSURANCE_NUMBER);
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000",
	    CK_OWNER_INSURER);
	assert_string_equal(record.counted.first_reason, "121");
	assert_int_equal(record.counted.resolved_by, CK_KEY_INSURANCE_NUMBER);
}

static void
the_most_telling_failure_stands(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_060), 0, 0 },
	    { ANSWER(WIRE_050), 0, 0 }, { ANSWER(WIRE_101), 0, 0 });
	strcpy(asked.keys.insurance_number, INSURANCE_NUMBER);
	strcpy(asked.keys.card_number, "GD4840000000001");
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_MISMATCH, CK_SOURCE_GATEWAY, "060",
	    CK_OWNER_DESK);
	assert_int_equal(record.counted.resolved_by, CK_KEY_ID_NUMBER);
	assert_int_equal(world->server.served, 4);
}

static void
a_new_card_is_looked_up_again(void **state)
{
	const struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_003), 0, 0 },
	    { ANSWER(WIRE_003_NEW), 0, 0 });
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "003",
	    CK_OWNER_NONE);
	assert_int_equal(record.counted.resolved_by, CK_KEY_ID_NUMBER);
	assert_string_equal(record.person.card_number, "DN4840000000001");
	assert_non_null(strstr(world->server.requests[2],
	    "maThe=DN4840000000001&"));
}

static void
a_new_card_that_is_no_good_does_not_count(void **state)
{
	const struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_003), 0, 0 },
	    { ANSWER(WIRE_BARE("110", "Thẻ BHYT đã thu hồi")), 0, 0 });
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_NOT_COVERED, CK_SOURCE_GATEWAY,
	    "110", CK_OWNER_PATIENT);
}

/* --- Cache and budget ----------------------------------------------------- */

static void
a_second_lookup_of_the_visit_comes_from_the_cache(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 },
	    { ANSWER(WIRE_000), 0, 0 }, { ANSWER(WIRE_000), 0, 0 });
	(void)look_up(world, &asked);
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_COVERED, CK_SOURCE_CACHE, "000",
	    CK_OWNER_NONE);
	assert_int_equal(world->server.served, 2);
	/* The insurance number leads to the same person. */
	asked.keys = (struct ck_person_keys){
		.insurance_number = INSURANCE_NUMBER
	};
	record = look_up(world, &asked);
	assert_int_equal(record.counted.source, CK_SOURCE_CACHE);
	/* The law asks the gateway again before closing. */
	asked.kind = CK_KIND_CLOSE;
	record = look_up(world, &asked);
	assert_int_equal(record.counted.source, CK_SOURCE_GATEWAY);
	/* The next visit begins with the gateway, too. */
	asked.kind = CK_KIND_DESK;
	asked.visit_date.day = 24;
	record = look_up(world, &asked);
	assert_int_equal(record.counted.source, CK_SOURCE_GATEWAY);
	assert_int_equal(world->server.served, 4);
}

static void
policies_decide_what_is_fresh(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 },
	    { ANSWER(WIRE_000), 0, 0 }, { ANSWER(WIRE_000), 0, 0 });
	world->config.policy = CK_POLICY_ALWAYS;
	(void)look_up(world, &asked);
	(void)look_up(world, &asked);
	assert_int_equal(world->server.served, 3);
	world->config.policy = CK_POLICY_OLDER_THAN;
	asked.visit_date.day = 24;
	assert_int_equal(look_up(world, &asked).counted.source,
	    CK_SOURCE_CACHE);
	/* A clock that went back makes nothing fresh. */
	world->offset_ms -= 3600000;
	assert_int_equal(look_up(world, &asked).counted.source,
	    CK_SOURCE_GATEWAY);
	assert_int_equal(world->server.served, 4);
}

static void
a_kept_answer_is_not_for_another_name(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 },
	    { ANSWER(WIRE_060), 0, 0 });
	(void)look_up(world, &asked);
	strcpy(asked.identity.full_name, "TRẦN THỊ KHÁC");
	record = look_up(world, &asked);
	assert_int_equal(record.counted.outcome, CK_OUTCOME_MISMATCH);
	assert_int_equal(world->server.served, 3);
}

static void
an_old_yes_bridges_an_outage(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 },
	    { ANSWER(WIRE_101), 0, 0 });
	(void)look_up(world, &asked);
	asked.visit_date.day = 24;
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_COVERED, CK_SOURCE_STALE, "000",
	    CK_OWNER_NONE);
	/* Not for a day on which that card is over. */
	asked.visit_date = (struct ck_date){ 2027, 1, 1 };
	record = look_up(world, &asked);
	assert_int_equal(record.counted.outcome, CK_OUTCOME_UNAVAILABLE);
	assert_int_equal(record.counted.source, CK_SOURCE_NONE);
}

static void
past_the_budget_the_call_goes_on_behind(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener listener;

	world->config.budget_ms = 300;
	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 700, 0 });
	open_lookup(world, &asked, false, &listener);
	hear(&listener, 1);
	assert_counted(&listener.record, CK_OUTCOME_UNAVAILABLE,
	    CK_SOURCE_NONE, "gateway", CK_OWNER_GATEWAY);
	assert_int_equal(listener.record.closed_ms, 0);
	/* It is still open, so the late answer counts. */
	hear(&listener, 1);
	assert_counted(&listener.record, CK_OUTCOME_COVERED,
	    CK_SOURCE_GATEWAY, "000", CK_OWNER_NONE);
	assert_int_equal(listener.record.counted.first_outcome,
	    CK_OUTCOME_COVERED);
}

static void
a_late_answer_still_fills_the_cache(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	world->config.budget_ms = 300;
	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 700, 0 });
	record = look_up(world, &asked);
	assert_int_equal(record.counted.outcome, CK_OUTCOME_UNAVAILABLE);
	run(world, 1000);
	world->config.policy = CK_POLICY_OLDER_THAN;
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_COVERED, CK_SOURCE_CACHE, "000",
	    CK_OWNER_NONE);
	assert_int_equal(world->server.served, 2);
}

static void
a_desk_sees_the_kept_answer_while_the_gateway_is_asked(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener listener;
	json_t *json;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 },
	    { ANSWER(WIRE_BARE("110", "Thẻ BHYT đã thu hồi")), 300, 0 });
	(void)look_up(world, &asked);
	asked.visit_date.day = 24;
	open_lookup(world, &asked, false, &listener);
	hear(&listener, 1);
	assert_counted(&listener.record, CK_OUTCOME_COVERED, CK_SOURCE_STALE,
	    "000", CK_OWNER_NONE);
	assert_int_equal(listener.record.answered_ms, 0);
	assert_true(listener.record.counted.latency_ms >= 0);
	json = ck_lookup_json(&listener.record, "en");
	assert_non_null(strstr(ck_json_text(json, "message"),
	    "is being asked now"));
	json_decref(json);
	/* The gateway's word replaces it, for better or worse. */
	hear(&listener, 1);
	assert_counted(&listener.record, CK_OUTCOME_NOT_COVERED,
	    CK_SOURCE_GATEWAY, "110", CK_OWNER_PATIENT);
	assert_int_equal(listener.record.counted.first_outcome,
	    CK_OUTCOME_NOT_COVERED);
	assert_true(listener.record.answered_ms != 0);
}

static void
a_number_of_an_earlier_answer_is_tried_next(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 },
	    { ANSWER(WIRE_050), 0, 0 }, { ANSWER(WIRE_000), 0, 0 });
	(void)look_up(world, &asked);
	/* Tomorrow the citizen's number is not linked any more. */
	asked.visit_date.day = 24;
	record = look_up(world, &asked);
	assert_counted(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000",
	    CK_OWNER_INSURER);
	assert_int_equal(record.counted.first_outcome, CK_OUTCOME_NOT_FOUND);
	assert_int_equal(record.counted.resolved_by, CK_KEY_INSURANCE_NUMBER);
	assert_non_null(strstr(world->server.requests[3],
	    "maThe=" INSURANCE_NUMBER "&"));
}

static void
nobodys_kept_number_is_tried_for_another_name(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 },
	    { ANSWER(WIRE_060), 0, 0 }, { ANSWER(WIRE_000), 0, 0 });
	(void)look_up(world, &asked);
	strcpy(asked.identity.full_name, "TRẦN THỊ KHÁC");
	asked.visit_date.day = 24;
	assert_int_equal(look_up(world, &asked).counted.outcome,
	    CK_OUTCOME_MISMATCH);
	assert_int_equal(world->server.served, 3);
}

static void
past_the_budget_no_further_key_is_tried(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener listener;

	world->config.budget_ms = 200;
	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_050), 600, 0 },
	    { ANSWER(WIRE_000), 0, 0 });
	strcpy(asked.keys.insurance_number, INSURANCE_NUMBER);
	open_lookup(world, &asked, false, &listener);
	hear(&listener, 2);
	assert_int_equal(listener.record.counted.outcome,
	    CK_OUTCOME_NOT_FOUND);
	run(world, 300);
	assert_int_equal(world->server.served, 2);
}

static void
automatic_runs_ask_in_the_responsible_name_or_not_at_all(void **state)
{
	static const enum ck_kind kinds[] = {
		CK_KIND_RECHECK, CK_KIND_APPOINTMENT
	};
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup *lookup;
	size_t i;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 },
	    { ANSWER(WIRE_000), 0, 0 });
	strcpy(world->config.operators[1].name, "Lê Văn Trách");
	strcpy(world->config.operators[1].number, "084080000009");
	world->config.operator_count = 2;
	for (i = 0; i < 2; i++) {
		asked.kind = kinds[i];
		assert_int_equal(ck_lookup_open(world->lookups, &asked, true,
		    on_changed, NULL, &lookup), CK_ERR_NO_OPERATOR);
	}
	strcpy(world->config.automatic_operator, "Lê Văn Trách");
	for (i = 0; i < 2; i++) {
		asked.kind = kinds[i];
		asked.visit_date.day++;
		assert_string_equal(look_up(world, &asked).operator_name,
		    "Lê Văn Trách");
		assert_non_null(strstr(world->server.requests[1 + i],
		    "cccdCb=084080000009"));
	}
}

/* --- Closing -------------------------------------------------------------- */

static void
a_desk_lookup_closes_by_itself(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener listener;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 });
	open_lookup(world, &asked, false, &listener);
	hear(&listener, 1);
	assert_int_equal(listener.record.closed_ms, 0);
	run(world, 100);
	assert_int_equal(listener.heard, 1);
	jump(world, 15000);
	hear(&listener, 1);
	assert_true(listener.record.closed_ms != 0);
}

static void
closed_before_an_answer_it_says_so(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener listener;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 200, 0 });
	open_lookup(world, &asked, false, &listener);
	ck_lookup_close(listener.lookup);
	hear(&listener, 1);
	assert_counted(&listener.record, CK_OUTCOME_UNAVAILABLE,
	    CK_SOURCE_NONE, "no_answer_yet", CK_OWNER_GATEWAY);
	assert_int_equal(listener.record.counted.latency_ms, -1);
	assert_int_equal(listener.record.answered_ms, 0);
	run(world, 500);		/* the call ends behind */
	assert_int_equal(world->server.served, 2);
	assert_int_equal(listener.heard, 1);
}

static void
the_chip_confirms_and_moves_the_owner(void **state)
{
	const struct ck_identity chip = {
		.number = ID_NUMBER, .full_name = "NGUYỄN VĂN MẪU",
		.date_of_birth = { 1994, 3, 5 }, .sex = 'M',
		.old_number = "334000001"
	};
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener listener;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_060), 0, 0 });
	open_lookup(world, &asked, false, &listener);
	hear(&listener, 1);
	assert_int_equal(listener.record.counted.owner, CK_OWNER_DESK);
	assert_int_equal(ck_lookup_confirm(listener.lookup,
	    CK_ASSURANCE_CHIP_CONSISTENT, &chip), CK_OK);
	hear(&listener, 1);
	assert_int_equal(listener.record.counted.owner, CK_OWNER_INSURER);
	assert_int_equal(listener.record.counted.assurance,
	    CK_ASSURANCE_CHIP_CONSISTENT);
	assert_int_equal(listener.record.counted.captured, CK_CAPTURED_QR);
	assert_string_equal(listener.record.person.old_number, "334000001");
	/* It never becomes less sure. */
	assert_int_equal(ck_lookup_confirm(listener.lookup,
	    CK_ASSURANCE_TYPED, &chip), CK_OK);
	hear(&listener, 1);
	assert_int_equal(listener.record.counted.assurance,
	    CK_ASSURANCE_CHIP_CONSISTENT);
}

static void
an_abandoned_lookup_still_closes(void **state)
{
	struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct listener listener;
	struct ck_lookup_record on_disk;
	char id[CK_LOOKUP_ID_LEN];

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 });
	open_lookup(world, &asked, true, &listener);
	strcpy(id, ck_lookup_record(listener.lookup)->id);
	ck_lookup_abandon(listener.lookup);
	run(world, 300);
	assert_int_equal(listener.heard, 0);
	assert_int_equal(
	    ck_store_get_lookup(world->store, id, &on_disk), CK_OK);
	assert_true(on_disk.closed_ms != 0);
	assert_int_equal(on_disk.counted.outcome, CK_OUTCOME_COVERED);
}

static void
what_is_not_on_disk_is_not_shown(void **state)
{
	struct ck_lookup_request asked = request();
	struct rlimit before, none = { 0, 0 };
	struct world *world = *state;
	struct listener listener;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 },
	    { ANSWER(WIRE_000), 0, 0 });
	/* No file may grow: as a full disk. */
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	open_lookup(world, &asked, true, &listener);
	hear(&listener, 1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_not_equal(listener.err, CK_OK);
	assert_int_equal(ck_err_class(listener.err), CK_CLASS_STORE);
	/* And it goes on when there is room again. */
	assert_int_equal(look_up(world, &asked).counted.outcome,
	    CK_OUTCOME_COVERED);
}

/* --- JSON ----------------------------------------------------------------- */

static void
assert_member(const json_t *object, const char *key, const char *value)
{
	assert_string_equal(ck_json_text(object, key), value);
}

static void
the_json_has_the_contracts_members(void **state)
{
	static const char *const members[] = {
		"id", "outcome", "reason", "message", "next_step", "source",
		"as_of", "first_key", "first_outcome", "resolved_by", "owner",
		"card", "assurance", "gateway_answer"
	};
	const struct ck_lookup_request asked = request();
	struct world *world = *state;
	struct ck_lookup_record record;
	const json_t *card;
	json_t *json;
	size_t i;

	SCRIPT(world, { TOKEN, 0, 0 }, { ANSWER(WIRE_000), 0, 0 });
	record = look_up(world, &asked);
	json = ck_lookup_json(&record, "vi");
	assert_non_null(json);
	assert_int_equal(json_object_size(json), 15);
	for (i = 0; i < 14; i++)
		assert_non_null(json_object_get(json, members[i]));
	assert_member(json, "outcome", "covered");
	assert_member(json, "reason", "000");
	assert_member(json, "message", "Thẻ BHYT còn giá trị sử dụng.");
	assert_member(json, "source", "gateway");
	assert_member(json, "first_key", "id_number");
	assert_member(json, "owner", "none");
	assert_member(json, "assurance", "printed");
	assert_int_equal(strlen(ck_json_text(json, "as_of")), 24);
	card = json_object_get(json, "card");
	assert_member(card, "number", "GD4840000000001");
	assert_member(card, "insurance_number", INSURANCE_NUMBER);
	assert_member(card, "registered_facility_name",
	    "Trung tâm y tế huyện Mẫu");
	assert_member(card, "valid_to", "2026-12-31");
	assert_int_equal(json_integer_value(
	    json_object_get(card, "benefit_percent")), 80);
	assert_int_equal(json_integer_value(
	    json_object_get(card, "ends_in_days")), 38);
	assert_member(json_object_get(json, "gateway_answer"), "code", "000");
	json_decref(json);
}

static void
an_open_lookup_has_json_too(void **state)
{
	struct ck_lookup_record record = {
		.id = "00000000000000000000000000000000",
		.counted = { .first_key = CK_KEY_ID_NUMBER }
	};
	json_t *json = ck_lookup_json(&record, "en");

	(void)state;
	assert_non_null(json);
	assert_member(json, "outcome", "none");
	assert_true(json_is_null(json_object_get(json, "message")));
	assert_true(json_is_null(json_object_get(json, "first_outcome")));
	assert_true(json_is_null(json_object_get(json, "card")));
	assert_true(json_is_null(json_object_get(json, "as_of")));
	json_decref(json);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_is_told_after_it_is_on_disk),
		TEST(what_cannot_be_asked_is_refused),
		TEST(a_dead_gateway_is_unavailable_by_the_line),
		TEST(equal_lookups_share_one_call),
		TEST(an_equal_idempotency_key_is_the_same_lookup),
		TEST(a_paper_number_after_the_cccd_failed),
		TEST(the_next_key_is_tried_by_itself),
		TEST(the_most_telling_failure_stands),
		TEST(a_new_card_is_looked_up_again),
		TEST(a_new_card_that_is_no_good_does_not_count),
		TEST(a_second_lookup_of_the_visit_comes_from_the_cache),
		TEST(policies_decide_what_is_fresh),
		TEST(a_kept_answer_is_not_for_another_name),
		TEST(an_old_yes_bridges_an_outage),
		TEST(past_the_budget_the_call_goes_on_behind),
		TEST(a_late_answer_still_fills_the_cache),
		TEST(a_desk_sees_the_kept_answer_while_the_gateway_is_asked),
		TEST(a_number_of_an_earlier_answer_is_tried_next),
		TEST(nobodys_kept_number_is_tried_for_another_name),
		TEST(past_the_budget_no_further_key_is_tried),
		TEST(automatic_runs_ask_in_the_responsible_name_or_not_at_all),
		TEST(a_desk_lookup_closes_by_itself),
		TEST(closed_before_an_answer_it_says_so),
		TEST(the_chip_confirms_and_moves_the_owner),
		TEST(an_abandoned_lookup_still_closes),
		TEST(what_is_not_on_disk_is_not_shown),
		TEST(the_json_has_the_contracts_members),
		cmocka_unit_test(an_open_lookup_has_json_too),
	};

	return cmocka_run_group_tests_name("lookup", tests, NULL, NULL);
}
