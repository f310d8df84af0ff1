/*
 * lookup_world.h - lookups in the real store, loop and gateway client; only the
 * gateway is played, as bytes on loopback
 */
#ifndef TESTS_UNIT_LOOKUP_WORLD_H
#define TESTS_UNIT_LOOKUP_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static inline int64_t
wall_ms(void *ctx)
{
	const struct world *world = ctx;

	return ck_clock_wall_ms(ck_clock_system()) + world->offset_ms;
}

static inline int64_t
mono_ms(void *ctx)
{
	const struct world *world = ctx;

	return ck_clock_mono_ms(ck_clock_system()) + world->jumped_ms;
}

static inline void
jump(struct world *world, int64_t ms)
{
	world->offset_ms += ms;
	world->jumped_ms += ms;
}

static inline void
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

static inline void
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

static inline int
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

static inline int
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

static inline void
on_guard(void *ctx)
{
	ck_loop_stop(((struct world *)ctx)->loop);
}

/* Whatever is told must be on disk already. */
static inline void
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

static inline struct ck_lookup_request
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

static inline void
run(struct world *world, int64_t guard_ms)
{
	assert_int_equal(ck_loop_timer(world->loop, guard_ms, on_guard, world,
	    &world->guard), CK_OK);
	assert_int_equal(ck_loop_run(world->loop), CK_OK);
	ck_loop_timer_cancel(&world->guard);
}

/* Run until the listener has heard count more changes; at most 5 s. */
static inline void
hear(struct listener *listener, unsigned count)
{
	listener->wanted = listener->heard + count;
	run(listener->world, 5000);
	assert_int_equal(listener->heard, listener->wanted);
}

static inline void
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
static inline struct ck_lookup_record
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

static inline void
assert_counted(const struct ck_lookup_record *record, enum ck_outcome outcome,
    enum ck_source source, const char *reason, enum ck_owner owner)
{
	assert_int_equal(record->counted.outcome, outcome);
	assert_int_equal(record->counted.source, source);
	assert_string_equal(record->counted.reason, reason);
	assert_int_equal(record->counted.owner, owner);
}

#endif /* TESTS_UNIT_LOOKUP_WORLD_H */
