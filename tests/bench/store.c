/*
 * store.c - what the store costs for each lookup that the cache answers
 *
 * Each round is one turn: 32 lookups that wait together, each found in the
 * cache, closed and counted, in one transaction. The time is split into our
 * work and the commit, which is the disk's. Before them the database is closed
 * and measured: what a kept answer costs on disk, all told. Prints one JSON
 * object; what is kept is as of now, so that a daemon may go on with it.
 *
 * usage: bench-store DIRECTORY [persons [rounds]]
 */
#include <sys/stat.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/store.h"
#include "support/client.h"

#define TOGETHER 32

/* Persons kept in one transaction while the cache is filled. */
#define FILL_TOGETHER 20000

struct bench {
	struct ck_store *store;
	long persons;
	long rounds;
	uint32_t random;
	int64_t get_ns, close_ns, commit_ns;
	uint32_t *lookup_us;	/* each lookup: found and closed */
	size_t lookups;
	int64_t bytes;		/* of the database with its cache filled */
	struct ck_lookup_record record;
};

static void
need(enum ck_err err, const char *what)
{
	if (err == CK_OK)
		return;
	(void)fprintf(stderr, "bench-store: %s: %s\n", what,
	    ck_err_text(err));
	exit(1);
}

static void
set_person(struct bench *b, long person)
{
	struct ck_lookup_record *r = &b->record;

	(void)snprintf(r->person.id_number, sizeof(r->person.id_number),
	    "084%09ld", person % 1000000000);
	(void)snprintf(r->person.insurance_number,
	    sizeof(r->person.insurance_number), "%010ld",
	    person % 1000000000);
	(void)snprintf(r->person.card_number, sizeof(r->person.card_number),
	    "GD484%s", r->person.insurance_number);
	(void)snprintf(r->identity.number, sizeof(r->identity.number), "%s",
	    r->person.id_number);
}

/* What the insurer said of this person. */
static void
set_answer(struct bench *b)
{
	const struct ck_person_keys *person = &b->record.person;
	struct ck_answer *answer = &b->record.answer;

	memcpy(answer->insurance_number, person->insurance_number,
	    sizeof(answer->insurance_number));
	memcpy(answer->card.number, person->card_number,
	    sizeof(answer->card.number));
	memcpy(answer->new_card.number, person->card_number,
	    sizeof(answer->new_card.number));
}

static void
make_card(struct ck_insurance_card *card, uint16_t year)
{
	(void)snprintf(card->facility, sizeof(card->facility), "84006");
	(void)snprintf(card->facility_name, sizeof(card->facility_name),
	    "Trung tâm Y tế huyện Mẫu");
	card->valid_from = (struct ck_date){ year, 1, 1 };
	card->valid_to = (struct ck_date){ year, 12, 31 };
}

static void
make_record(struct bench *b)
{
	struct ck_lookup_record *r = &b->record;
	struct ck_counted *c = &r->counted;

	c->presented = CK_PRESENTED_CCCD;
	c->captured = CK_CAPTURED_HIS;
	c->first_key = c->resolved_by = CK_KEY_ID_NUMBER;
	c->first_outcome = c->outcome = CK_OUTCOME_COVERED;
	c->first_source = c->source = CK_SOURCE_CACHE;
	(void)snprintf(c->reason, sizeof(c->reason), "000");
	(void)snprintf(c->first_reason, sizeof(c->first_reason), "000");
	(void)snprintf(c->desk, sizeof(c->desk), "ban-1");
	c->latency_ms = 1;
	(void)snprintf(r->operator_name, sizeof(r->operator_name),
	    "Trần Thị Thử");
	(void)snprintf(r->identity.full_name, sizeof(r->identity.full_name),
	    "NGUYỄN VĂN MẪU");
	r->identity.date_of_birth = (struct ck_date){ 1994, 3, 5 };
	r->has_answer = true;
	(void)snprintf(r->answer.code, sizeof(r->answer.code), "000");
	(void)snprintf(r->answer.note, sizeof(r->answer.note),
	    "Thẻ còn giá trị sử dụng! Họ tên: Nguyễn Văn Mẫu, Ngày sinh: "
	    "05/03/1994, Giới tính: Nam! (ĐC: Xã Mẫu, Tỉnh Trà Vinh; Nơi "
	    "KCBBĐ: 84006; Hạn thẻ: 01/01/2026 - 31/12/2026)");
	(void)snprintf(r->answer.full_name, sizeof(r->answer.full_name),
	    "Nguyễn Văn Mẫu");
	r->answer.date_of_birth = r->identity.date_of_birth;
	r->answer.sex = 'M';
	(void)snprintf(r->answer.address, sizeof(r->answer.address),
	    "Ấp Mẫu Một, Xã Mẫu, Huyện Mẫu, Tỉnh Trà Vinh");
	(void)snprintf(r->answer.office, sizeof(r->answer.office),
	    "Bảo hiểm xã hội huyện Mẫu");
	r->answer.five_years = (struct ck_date){ 2027, 1, 1 };
	/* This year's card and the next one: both are known from now on. */
	make_card(&r->answer.card, 2026);
	make_card(&r->answer.new_card, 2027);
}

static void
fill_cache(struct bench *b, int64_t wall_ms)
{
	long i, k;

	b->record.answer.as_of_ms = wall_ms;
	for (i = 0; i < b->persons; i += FILL_TOGETHER) {
		need(ck_store_begin(b->store), "begin");
		for (k = i; k < i + FILL_TOGETHER && k < b->persons; k++) {
			set_person(b, k);
			set_answer(b);
			need(ck_store_cache_put(b->store, &b->record.person,
			    &b->record.answer), "cache");
		}
		need(ck_store_commit(b->store), "commit");
		if (b->persons > FILL_TOGETHER)
			(void)fprintf(stderr, "  %ld of %ld kept\n", k,
			    b->persons);
	}
}

/* Closing folds the log into the database: its size is then the whole. */
static void
measure_size(struct bench *b, const struct ck_store_options *options)
{
	char path[4096];
	struct stat info;

	ck_store_close(&b->store);
	(void)snprintf(path, sizeof(path), "%s/checkin.db",
	    options->directory);
	if (stat(path, &info) != 0)
		bench_failed(path);
	b->bytes = info.st_size;
	need(ck_store_open(&b->store, options), "open again");
}

static void
one_lookup(struct bench *b, int64_t wall_ms)
{
	struct ck_lookup_record *r = &b->record;
	int64_t start = bench_now_ns(), found;
	bool first;

	b->random = b->random * 1664525U + 1013904223U;
	set_person(b, (long)(b->random >> 8) % b->persons);
	need(ck_store_new_id(b->store, wall_ms, r->id), "id");
	(void)snprintf(r->idempotency_key, sizeof(r->idempotency_key),
	    "%s", r->id);
	r->opened_ms = r->answered_ms = wall_ms;
	r->visit_date = ck_clock_local_date(wall_ms);
	need(ck_store_cache_get(b->store, CK_KEY_ID_NUMBER,
	    r->person.id_number, r->visit_date, &r->answer, &first), "get");
	found = bench_now_ns();
	need(ck_store_close_lookup(b->store, r), "close");
	b->get_ns += found - start;
	b->close_ns += bench_now_ns() - found;
	b->lookup_us[b->lookups++] =
	    (uint32_t)((bench_now_ns() - start) / 1000);
}

static void
one_round(struct bench *b, int64_t wall_ms)
{
	int64_t start;
	int i;

	need(ck_store_begin(b->store), "begin");
	for (i = 0; i < TOGETHER; i++)
		one_lookup(b, wall_ms);
	start = bench_now_ns();
	need(ck_store_commit(b->store), "commit");
	b->commit_ns += bench_now_ns() - start;
}

static void
report(struct bench *b)
{
	int64_t lookups = (int64_t)b->lookups;
	int64_t all = b->get_ns + b->close_ns + b->commit_ns;

	printf("{\"persons\": %ld, \"lookups\": %" PRId64
	    ", \"cache_get_ns\": %" PRId64 ", \"close_ns\": %" PRId64
	    ", \"commit_ns\": %" PRId64 ", \"lookup_ns\": %" PRId64
	    ", \"lookups_per_s\": %" PRId64 ", \"lookup_p99_us\": %" PRIu32
	    ", \"database_bytes\": %" PRId64
	    ", \"bytes_per_person\": %" PRId64 "}\n", b->persons, lookups,
	    b->get_ns / lookups, b->close_ns / lookups,
	    b->commit_ns / lookups, all / lookups,
	    INT64_C(1000000000) * lookups / all,
	    bench_percentile(b->lookup_us, b->lookups, 99), b->bytes,
	    b->bytes / b->persons);
}

int
main(int argc, char **argv)
{
	struct ck_store_options options = { NULL, "84001", "main",
	    ck_clock_system() };
	struct bench *b = calloc(1, sizeof(*b));
	long i;

	if (argc < 2 || b == NULL) {
		(void)fprintf(stderr,
		    "usage: bench-store DIRECTORY [persons [rounds]]\n");
		return 2;
	}
	options.directory = argv[1];
	b->persons = argc > 2 ? atol(argv[2]) : 10000;
	b->rounds = argc > 3 ? atol(argv[3]) : 1000;
	if (b->persons < 1 || b->rounds < 1)
		return 2;
	b->lookup_us = calloc((size_t)b->rounds * TOGETHER,
	    sizeof(*b->lookup_us));
	if (b->lookup_us == NULL)
		bench_failed("calloc");
	need(ck_store_open(&b->store, &options), "open");
	make_record(b);
	fill_cache(b, ck_clock_wall_ms(options.clock));
	measure_size(b, &options);
	for (i = 0; i < b->rounds; i++)
		one_round(b, ck_clock_wall_ms(options.clock));
	report(b);
	ck_store_close(&b->store);
	free(b->lookup_us);
	free(b);

	return 0;
}
