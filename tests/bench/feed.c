/*
 * feed.c - what a clinic's day costs on its line to the collector
 *
 * A day of lookups, spread from seven to five over three desks, with outcomes,
 * keys, ways and latencies in the shares of a busy clinic; then the feed
 * document of that day as it is pushed. Prints one JSON object.
 *
 * usage: bench-feed DIRECTORY [lookups]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/db.h"
#include "io/gzip.h"
#include "stats/feed_sign.h"
#include "store/store.h"

/* 2026-11-23, 07:00 in Trà Vinh, and ten hours of it. */
#define OPENS_MS INT64_C(1795392000000)
#define DAY_MS INT64_C(36000000)

struct bench {
	struct ck_store *store;
	uint32_t random;
	long lookups;
};

static void
need(enum ck_err err, const char *what)
{
	if (err == CK_OK)
		return;
	(void)fprintf(stderr, "bench-feed: %s: %s\n", what,
	    ck_err_text(err));
	exit(1);
}

static int64_t
at_noon(void *ctx)
{
	(void)ctx;

	return OPENS_MS + DAY_MS;
}

/* From 0 to below n; the same in every run. */
static uint32_t
draw(struct bench *b, uint32_t n)
{
	b->random = b->random * 1664525U + 1013904223U;

	return (b->random >> 8) % n;
}

/* What was shown, and how we got it. */
static void
set_way(struct bench *b, struct ck_counted *c)
{
	uint32_t way = draw(b, 100);

	c->presented = CK_PRESENTED_CCCD;
	c->captured = CK_CAPTURED_CHIP;
	c->assurance = CK_ASSURANCE_CHIP_CONSISTENT;
	c->first_key = CK_KEY_ID_NUMBER;
	if (way < 55)
		return;
	c->captured = way < 85 ? CK_CAPTURED_QR : CK_CAPTURED_TYPED;
	c->assurance = way < 85 ? CK_ASSURANCE_PRINTED : CK_ASSURANCE_TYPED;
	if (way >= 70 && way < 80)
		c->presented = CK_PRESENTED_VNEID;
	if (way >= 80) {
		c->presented = CK_PRESENTED_BHYT_PAPER;
		c->first_key = CK_KEY_INSURANCE_NUMBER;
	}
}

static void
set_outcome(struct bench *b, struct ck_counted *c)
{
	static const struct {
		uint32_t below;		/* of 100 */
		enum ck_outcome outcome;
		const char *reason;
		enum ck_owner owner;
	} shares[] = {
		{ 72, CK_OUTCOME_COVERED, "000", CK_OWNER_NONE },
		{ 76, CK_OUTCOME_COVERED, "001", CK_OWNER_NONE },
		{ 84, CK_OUTCOME_NOT_FOUND, "050", CK_OWNER_INSURER },
		{ 89, CK_OUTCOME_MISMATCH, "060", CK_OWNER_INSURER },
		{ 95, CK_OUTCOME_NOT_COVERED, "010", CK_OWNER_PATIENT },
		{ 98, CK_OUTCOME_UNAVAILABLE, "line", CK_OWNER_LINE },
		{ 100, CK_OUTCOME_UNAVAILABLE, "gateway", CK_OWNER_GATEWAY }
	};
	uint32_t share = draw(b, 100);
	size_t i = 0;

	while (share >= shares[i].below)
		i++;
	c->first_outcome = c->outcome = shares[i].outcome;
	c->owner = shares[i].owner;
	c->first_source = c->source = c->outcome == CK_OUTCOME_UNAVAILABLE ?
	    CK_SOURCE_NONE : CK_SOURCE_GATEWAY;
	c->resolved_by = c->outcome == CK_OUTCOME_COVERED ? c->first_key :
	    CK_KEY_NONE;
	(void)snprintf(c->reason, sizeof(c->reason), "%s", shares[i].reason);
	(void)snprintf(c->first_reason, sizeof(c->first_reason), "%s",
	    shares[i].reason);
	c->latency_ms = 150 + draw(b, 900);
	if (draw(b, 20) == 0)
		c->latency_ms += draw(b, 9000);
}

static void
one_lookup(struct bench *b, long i)
{
	struct ck_lookup_record r;
	struct ck_call_record call;

	memset(&r, 0, sizeof(r));
	memset(&call, 0, sizeof(call));
	r.opened_ms = OPENS_MS + DAY_MS * i / b->lookups;
	need(ck_store_new_id(b->store, r.opened_ms, r.id), "id");
	r.answered_ms = r.opened_ms + 400;
	r.visit_date = ck_clock_local_date(r.opened_ms);
	(void)snprintf(r.person.id_number, sizeof(r.person.id_number),
	    "084%09lu", (unsigned long)i % 1000000000UL);
	(void)snprintf(r.counted.desk, sizeof(r.counted.desk), "ban-%u",
	    1 + draw(b, 3));
	set_way(b, &r.counted);
	set_outcome(b, &r.counted);
	(void)snprintf(call.lookup_id, sizeof(call.lookup_id), "%s", r.id);
	call.key = r.counted.first_key;
	call.started_ms = r.opened_ms;
	call.duration_ms = r.counted.latency_ms;
	call.outcome = r.counted.outcome;
	call.kind = r.counted.kind;
	call.captured = r.counted.captured;
	memcpy(call.desk, r.counted.desk, sizeof(call.desk));
	(void)snprintf(call.code, sizeof(call.code), "%s", r.counted.reason);
	need(ck_store_begin(b->store), "begin");
	need(ck_store_put_lookup(b->store, &r), "lookup");
	need(ck_store_put_call(b->store, &call), "call");
	need(ck_store_close_lookup(b->store, &r), "close");
	need(ck_store_commit(b->store), "commit");
}

static int
append(const char *bytes, size_t len, void *ctx)
{
	return ck_buf_append(ctx, ck_span_of(bytes, len)) == CK_OK ? 0 : -1;
}

static void
report(struct bench *b, const char *directory)
{
	struct ck_buf plain = CK_BUF_INIT, packed = CK_BUF_INIT;
	struct ck_feed_key key = { NULL, { 0 } };
	struct ck_db *db;
	json_t *json;

	need(ck_store_open_reader(b->store, &db), "reader");
	need(ck_feed_key_load(directory, &key), "key");
	need(ck_feed_document(db, &key, 0, 0, OPENS_MS + DAY_MS, &json),
	    "document");
	if (json_dump_callback(json, append, &plain, JSON_COMPACT) != 0)
		need(CK_ERR_NOMEM, "dump");
	need(ck_gzip_pack(ck_buf_view(&plain), &packed), "gzip");
	printf("{\"lookups\": %ld, \"rows\": %zu, \"more\": %d, "
	    "\"plain_bytes\": %zu, \"bytes\": %zu}\n", b->lookups,
	    json_array_size(json_object_get(json, "rows")),
	    json_is_true(json_object_get(json, "more")), plain.len,
	    packed.len);
	json_decref(json);
	ck_buf_wipe(&plain);
	ck_buf_wipe(&packed);
	ck_feed_key_wipe(&key);
	ck_db_close(&db);
}

int
main(int argc, char **argv)
{
	const struct ck_clock clock = { at_noon, at_noon, NULL };
	struct bench b = { .random = 84001, .lookups = 600 };
	struct ck_store_options options = { NULL, "84001", "main", &clock };
	long i;

	if (argc < 2) {
		(void)fprintf(stderr, "usage: bench-feed DIRECTORY "
		    "[lookups]\n");
		return 2;
	}
	options.directory = argv[1];
	if (argc > 2)
		b.lookups = strtol(argv[2], NULL, 10);
	if (b.lookups < 1)
		return 2;
	need(ck_store_open(&b.store, &options), "open");
	for (i = 0; i < b.lookups; i++)
		one_lookup(&b, i);
	report(&b, options.directory);
	ck_store_close(&b.store);

	return 0;
}
