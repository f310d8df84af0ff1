/*
 * collect.c - asking the daemons of a province for what changed
 *
 * Everything that touches the database happens at the end of a turn.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ck/log.h"
#include "collect/collect_state.h"
#include "io/loop.h"

/* Pages of one daemon before others have their turn: a day has one. */
#define PAGES_MAX 200

/* Documents that go into one transaction. */
#define TOGETHER_MAX 32

/* Between two looks for what is due. */
#define LOOK_MS 1000

/* After the ledger failed; doubles up to the other. */
#define RETRY_MS 500
#define RETRY_MAX_MS 30000

int64_t
ck_collector_now_ms(const struct ck_collector *collector)
{
	return ck_clock_wall_ms(ck_loop_clock(collector->loop));
}

/* Spreads, hides nothing. Knuth's linear congruential generator (MMIX). */
static uint32_t
draw(struct ck_collector *collector)
{
	collector->chance = collector->chance *
	    UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);

	return (uint32_t)(collector->chance >> 32);
}

/* --- What arrived --------------------------------------------------------- */

/* With --once there is no other turn. */
static bool
has_had_its_turn(const struct ck_place *place)
{
	return place->pages >= PAGES_MAX && place->collector->since_ms == 0;
}

/* Go on, or end? */
static void
go_on(struct ck_place *place, const struct ck_acceptance *out)
{
	struct ck_collector *collector = place->collector;

	collector->counts.documents++;
	collector->counts.changed += out->changed;
	if (out->verdict != CK_VERDICT_ACCEPTED) {
		ck_place_fail(place, "%s: %s (%.120s)", ck_verdict_label(out->verdict),
		    ck_feed_reason_label(out->finding.reason),
		    out->finding.detail);
		return;
	}
	place->state = CK_PLACE_ENDED;
	if (out->gap && place->began_anew)
		ck_place_fail(place, "it does not answer from revision %" PRId64,
		    place->after);
	else if ((out->gap || out->more) && !has_had_its_turn(place)) {
		/* A gap after what we asked for: it began a new epoch. */
		place->began_anew = out->gap;
		place->after = out->revision;
		place->renew = true;
		ck_place_ask(place);
	}
}

static struct ck_arrival
arrival_of(const struct ck_place *place)
{
	return (struct ck_arrival){
		.body = ck_buf_view(&place->body), .way = CK_WAY_PULL,
		.facility = place->lease.facility,
		.station = place->lease.station, .cut = place->cut
	};
}

/* Is it the ledger that fails, and not this one document? */
static bool
is_the_ledgers(enum ck_err err)
{
	return err == CK_ERR_SERVER_GONE || err == CK_ERR_LEDGER_BUSY ||
	    err == CK_ERR_STORE_FULL || err == CK_ERR_STORE_CORRUPT ||
	    err == CK_ERR_CONFIG || err == CK_ERR_NOMEM;
}

/* What became of one. Returns CK_OK unless it has to wait for the ledger. */
static enum ck_err
settle(struct ck_place *place, const struct ck_acceptance *out,
    enum ck_err err)
{
	if (is_the_ledgers(err))
		return err;
	ck_buf_wipe(&place->body);
	if (err == CK_OK)
		go_on(place, out);
	else
		ck_place_fail(place, "the ledger cannot take what it sent: "
		    "%s", ck_err_text(err));

	return CK_OK;
}

/* Should the ledger fail, they stay as they are until it is well again. */
static enum ck_err
take_some(struct ck_collector *collector, bool *any)
{
	struct ck_arrival arrivals[TOGETHER_MAX];
	struct ck_acceptance out[TOGETHER_MAX];
	struct ck_place *from[TOGETHER_MAX];
	enum ck_err errors[TOGETHER_MAX], err = CK_OK;
	size_t count = 0, i;

	for (i = 0; i < collector->place_count && count < TOGETHER_MAX; i++) {
		if (collector->places[i].state != CK_PLACE_ARRIVED)
			continue;
		from[count] = &collector->places[i];
		arrivals[count] = arrival_of(from[count]);
		count++;
	}
	*any = count > 0;
	if (count == 0)
		return CK_OK;
	if (ck_ledger_accept_all(collector->ledger, arrivals, count, out,
	    errors) != CK_OK)
		ck_log(CK_LOG_DEBUG, "collect", "not all were taken");
	for (i = 0; i < count; i++) {
		enum ck_err own = settle(from[i], &out[i], errors[i]);

		err = err == CK_OK ? own : err;
	}

	return err;
}

static enum ck_err
take_all(struct ck_collector *collector)
{
	enum ck_err err = CK_OK;
	bool any = true;

	while (any && err == CK_OK)
		err = take_some(collector, &any);

	return err;
}

/* --- Leases --------------------------------------------------------------- */

static enum ck_err
end_lease(struct ck_collector *collector, struct ck_place *place)
{
	int64_t now = ck_collector_now_ms(collector);
	bool more = place->reason[0] == '\0' && has_had_its_turn(place);
	struct ck_lease_end end = {
		.lease = &place->lease, .holder = collector->name,
		.now_ms = now, .reason = place->reason
	};
	int64_t failures = place->reason[0] == '\0' ? 0 :
	    place->lease.failures + 1;

	end.due_ms = more ? now : now + ck_schedule_wait(
	    &collector->schedule, failures, draw(collector));

	return ck_lease_end(ck_ledger_sql(collector->ledger), &end);
}

/* By how the reason begins: place.c, ck_client_end_label(). */
static const char *
what_to_do(const char *reason)
{
	static const char *const rows[][2] = {
		{ "tls:", "is its certificate in force, and its issuer in "
		    "[collect] ca_file?" },
		{ "name:", "is the address in the registry right?" },
		{ "connect:", "does checkind run there, is the address in the "
		    "registry right, and is its port open to us?" },
		{ "timeout:", "is its line up? It is asked again by itself" },
		{ "the daemon does not take our token", "put its feed token "
		    "into [collect] tokens_directory" },
		{ "its token file", "look at [collect] tokens_directory" },
		{ "refused:", "'checkin-province documents --refused' says "
		    "what to do" },
		{ "the registry has no address", "add it to the registry" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strncmp(reason, rows[i][0], strlen(rows[i][0])) == 0)
			return rows[i][1];
	}

	return "ask its technician for the log of checkind";
}

static void
count_end(struct ck_collector *collector, struct ck_place *place)
{
	if (place->reason[0] == '\0') {
		collector->counts.good++;
	} else {
		collector->counts.failed++;
		if (place->lease.failures == 0)
			ck_log(CK_LOG_WARNING, "collect", "clinic %s (number "
			    "%" PRId64 "), station %s, %s: %s; %s",
			    place->code[0] != '\0' ? place->code : "?",
			    place->lease.facility, place->lease.station,
			    place->address[0] != '\0' ? place->address :
			    "no address", place->reason,
			    what_to_do(place->reason));
	}
	place->state = CK_PLACE_FREE;
}

static enum ck_err
renew_leases(struct ck_collector *collector)
{
	int64_t until_ms = ck_collector_now_ms(collector) + collector->lease_ms;
	enum ck_err err = CK_OK;
	unsigned i;

	for (i = 0; i < collector->place_count && err == CK_OK; i++) {
		struct ck_place *place = &collector->places[i];

		if (!place->renew || place->state == CK_PLACE_FREE)
			continue;
		err = ck_lease_renew(ck_ledger_sql(collector->ledger),
		    &place->lease, collector->name, until_ms);
	}

	return err;
}

static size_t
free_places(const struct ck_collector *collector)
{
	size_t count = 0;
	unsigned i;

	for (i = 0; i < collector->place_count; i++) {
		if (collector->places[i].state == CK_PLACE_FREE ||
		    collector->places[i].state == CK_PLACE_ENDED)
			count++;
	}

	return count;
}

/* Give back what has ended and claim as many anew, in one transaction. */
static enum ck_err
exchange(struct ck_collector *collector, struct ck_lease *leases,
    size_t *count)
{
	struct ck_sql *sql = ck_ledger_sql(collector->ledger);
	struct ck_claim claim = {
		.holder = collector->name, .now_ms = ck_collector_now_ms(collector),
		.until_ms = ck_collector_now_ms(collector) + collector->lease_ms,
		.once_since_ms = collector->since_ms
	};
	enum ck_err err;
	unsigned i;

	if ((err = ck_sql_begin(sql)) != CK_OK)
		return err;
	err = renew_leases(collector);
	for (i = 0; i < collector->place_count && err == CK_OK; i++) {
		if (collector->places[i].state == CK_PLACE_ENDED)
			err = end_lease(collector, &collector->places[i]);
	}
	if (err == CK_OK)
		err = ck_lease_claim(sql, &claim, leases,
		    free_places(collector), count);
	if (err == CK_OK)
		err = ck_sql_commit(sql);
	if (err != CK_OK)
		ck_sql_rollback(sql);

	return err;
}

static enum ck_err
begin_all(struct ck_collector *collector, const struct ck_lease *leases,
    size_t count)
{
	const struct ck_registry *registry;
	enum ck_err err;
	size_t taken = 0;
	unsigned i;

	if (count == 0)
		return CK_OK;
	if ((err = ck_ledger_registry(collector->ledger, &registry)) != CK_OK)
		return err;
	for (i = 0; i < collector->place_count && taken < count; i++) {
		struct ck_place *place = &collector->places[i];

		if (place->state != CK_PLACE_FREE)
			continue;
		place->lease = leases[taken++];
		if ((err = ck_place_begin(place, registry)) != CK_OK)
			return err;	/* its lease runs out */
	}

	return CK_OK;
}

static enum ck_err
refill(struct ck_collector *collector)
{
	struct ck_lease leases[CK_COLLECT_PARALLEL_MAX];
	size_t count = 0;
	enum ck_err err;
	unsigned i;

	if (free_places(collector) == 0)
		return CK_OK;
	if ((err = exchange(collector, leases, &count)) != CK_OK)
		return err;
	for (i = 0; i < collector->place_count; i++) {
		collector->places[i].renew = false;
		if (collector->places[i].state == CK_PLACE_ENDED)
			count_end(collector, &collector->places[i]);
	}
	collector->exhausted = count == 0;

	return begin_all(collector, leases, count);
}

/* --- The turn ------------------------------------------------------------- */

static bool
all_free(const struct ck_collector *collector)
{
	return free_places(collector) == collector->place_count;
}

static bool
any_ended(const struct ck_collector *collector)
{
	unsigned i;

	for (i = 0; i < collector->place_count; i++) {
		if (collector->places[i].state == CK_PLACE_ENDED)
			return true;
	}

	return false;
}

/* Claiming costs the same for one place as for many: while others are still
 * asked, a quarter has to be free. At the end each is given back at once. */
static bool
is_time_to_refill(const struct ck_collector *collector)
{
	if (collector->exhausted)
		return any_ended(collector);

	return free_places(collector) >= (collector->place_count + 3) / 4;
}

static void
on_time(void *ctx)
{
	struct ck_collector *collector = ctx;

	collector->exhausted = false;	/* the turn's end looks again */
}

static void
wait_for(struct ck_collector *collector, int64_t wait_ms)
{
	if (collector->timer == NULL &&
	    ck_loop_timer(collector->loop, wait_ms, on_time, collector,
	    &collector->timer) != CK_OK)
		ck_log(CK_LOG_ERROR, "collect", "no timer");
}

static void
ledger_failed(struct ck_collector *collector, enum ck_err err)
{
	if (collector->retry_ms == 0)
		ck_log(CK_LOG_ERROR, "collect", "the ledger fails: %s; "
		    "nothing is lost, it is tried again", ck_err_text(err));
	collector->retry_ms = collector->retry_ms == 0 ? RETRY_MS :
	    collector->retry_ms * 2 < RETRY_MAX_MS ?
	    collector->retry_ms * 2 : RETRY_MAX_MS;
	collector->exhausted = true;
	wait_for(collector, collector->retry_ms);
}

static void
on_turn_end(void *ctx)
{
	struct ck_collector *collector = ctx;
	enum ck_err err;

	/* While the ledger is away, only the timer tries it again. */
	if (collector->retry_ms > 0 && collector->timer != NULL)
		return;
	err = take_all(collector);
	if (err == CK_OK && is_time_to_refill(collector))
		err = refill(collector);
	if (err != CK_OK) {
		ledger_failed(collector, err);
		return;
	}
	if (collector->retry_ms > 0)
		ck_log(CK_LOG_NOTICE, "collect", "the ledger is well again");
	collector->retry_ms = 0;
	/* What failed at once wakes nobody. */
	if (any_ended(collector) && is_time_to_refill(collector))
		wait_for(collector, 0);
	else if (collector->since_ms != 0 && collector->exhausted &&
	    all_free(collector))
		ck_loop_stop(collector->loop);
	else if (collector->exhausted)
		wait_for(collector, LOOK_MS);
}

/* --- The door ------------------------------------------------------------- */

static enum ck_err
start(struct ck_collector *collector,
    const struct ck_collect_options *options)
{
	struct ck_client_options client = options->client;
	enum ck_err err;
	unsigned i;

	for (i = 0; i < collector->place_count; i++)
		collector->places[i].collector = collector;
	(void)snprintf(collector->name, sizeof(collector->name), "%s",
	    options->name);
	(void)snprintf(collector->tokens_directory,
	    sizeof(collector->tokens_directory), "%s",
	    options->tokens_directory);
	collector->schedule = options->schedule;
	collector->lease_ms = options->lease_ms;
	collector->since_ms = options->once ? ck_collector_now_ms(collector) : 0;
	collector->chance = (uint64_t)ck_collector_now_ms(collector) ^
	    (uint64_t)(uintptr_t)collector ^ (uint64_t)getpid() << 32;
	client.answer_max = CK_DOCUMENT_MAX;
	if ((err = ck_client_new(&collector->client, collector->loop,
	    &client)) != CK_OK)
		return err;
	ck_loop_on_turn_end(collector->loop, on_turn_end, collector);

	return ck_loop_timer(collector->loop, 0, on_time, collector,
	    &collector->timer);
}

enum ck_err
ck_collector_new(struct ck_collector **out, struct ck_ledger *ledger,
    struct ck_loop *loop, const struct ck_collect_options *options)
{
	struct ck_collector *collector;
	enum ck_err err;

	*out = NULL;
	if (options->parallel < 1 ||
	    options->parallel > CK_COLLECT_PARALLEL_MAX)
		return CK_ERR_LIMIT;
	collector = calloc(1, sizeof(*collector) +
	    options->parallel * sizeof(collector->places[0]));
	if (collector == NULL)
		return CK_ERR_NOMEM;
	collector->ledger = ledger;
	collector->loop = loop;
	collector->place_count = options->parallel;
	if ((err = start(collector, options)) == CK_OK)
		*out = collector;
	else
		ck_collector_free(&collector);

	return err;
}

void
ck_collector_free(struct ck_collector **collector)
{
	struct ck_collector *gone = *collector;
	unsigned i;

	*collector = NULL;
	if (gone == NULL)
		return;
	ck_client_free(&gone->client);
	ck_loop_timer_cancel(&gone->timer);
	ck_loop_on_turn_end(gone->loop, NULL, NULL);
	for (i = 0; i < gone->place_count; i++) {
		ck_buf_wipe(&gone->places[i].body);
		explicit_bzero(gone->places[i].authorization,
		    sizeof(gone->places[i].authorization));
	}
	if (ck_lease_drop(ck_ledger_sql(gone->ledger), gone->name) != CK_OK)
		ck_log(CK_LOG_WARNING, "collect", "leases that are held run "
		    "out by themselves");
	free(gone);
}

struct ck_collect_counts
ck_collector_counts(const struct ck_collector *collector)
{
	return collector->counts;
}
