/*
 * report.c - how long a province's report takes, over one year and over ten
 *
 *	bench-report BIN
 *
 * A ledger in SQLite is filled by feed documents, one a clinic and month, as
 * dense as the pilot of 2022: 108 clinics, 63,136 attempts with a CCCD a year,
 * each with its lookup, its visit and its call, and paper cards beside them.
 * The documents are made by tests/unit/feed_maker.h, which shares no code with
 * the ledger. Then the command checkin-province writes the report, each time
 * in a process of its own, and its sums are compared with what was sent. Prints
 * {"year_ms","ten_years_ms","figures","fill_s"}: medians of RUNS.
 */
#include <sys/wait.h>

#include <jansson.h>
#include <unistd.h>

#include "../unit/feed_maker.h"

#include "ledger/import.h"
#include "ledger/ledger.h"

#define CLINICS 108
#define ATTEMPTS 63136		/* a year */
#define FIRST_YEAR 2020
#define YEARS 10
#define RUNS 5
#define EPOCH "1577836800-a1b2c3d4e5f60718"	/* 2020-01-01 */
#define ROWS_MAX 1000		/* of a clinic in a month: some 620 */

struct clinic {
	char code[8];
	long long revision;
};

static struct {
	char directory[64];
	const char *program;
	int64_t now_ms;
	struct ck_ledger *ledger;
	struct clinic clinics[CLINICS];
	long long places;		/* clinic and day, so far this year */
	long long figures;
	long long attempts, confirmed;	/* of the last year */
} b;

/* What the gateway says, and how often of 32. */
static const struct {
	const char *outcome, *reason, *owner;
	unsigned upto;
} answers[] = {
	{ "covered", "000", "none", 20 },
	{ "covered", "003", "none", 21 },
	{ "covered", "004", "none", 22 },
	{ "not_found", "050", "insurer", 24 },
	{ "mismatch", "060", "insurer", 26 },
	{ "mismatch", "070", "insurer", 27 },
	{ "mismatch", "061", "desk", 28 },
	{ "not_covered", "010", "patient", 30 },
	{ "not_covered", "110", "patient", 31 },
	{ "not_covered", "124", "patient", 32 }
};

static void
need(bool good, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "bench-report: %s\n", what);
	exit(1);
}

static double
now_ms(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);

	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int64_t
ledger_clock(void *ctx)
{
	(void)ctx;

	return b.now_ms;
}

static void
tell(void *ctx, unsigned line, const char *what)
{
	(void)ctx;
	(void)fprintf(stderr, "registry:%u: %s\n", line, what);
}

static void
import_registry(void)
{
	struct feed_text text = { NULL, 0, 0 };
	struct ck_import_counts counts;
	char key[65];
	unsigned i;

	feed_put(&text, "clinic,from,code,name,level,manager,commune,"
	    "district,station,address,key,calendar\n");
	for (i = 0; i < CLINICS; i++) {
		(void)snprintf(b.clinics[i].code, sizeof(b.clinics[i].code),
		    "84%03u", i + 1);
		feed_public(i + 1, key);
		feed_put(&text, "%s,2020-01-01,%s,Trạm y tế %u,%s,%s,,Huyện "
		    "%u,main,,%s,1-6\n", b.clinics[i].code, b.clinics[i].code,
		    i + 1, i % 12 == 0 ? "huyện" : "xã",
		    i % 12 == 0 ? "" : b.clinics[i - i % 12].code, i / 12 + 1,
		    key);
	}
	need(ck_registry_import(ck_ledger_sql(b.ledger),
	    ck_span_str(text.text), b.now_ms, tell, NULL, &counts) == CK_OK,
	    "the registry was refused");
	free(text.text);
}

/* --- A month of a clinic --------------------------------------------------- */

struct month {
	struct feed_row rows[ROWS_MAX];
	char hours[ROWS_MAX][40];
	size_t count;
};

static void
add(struct month *month, struct clinic *clinic, const char *series,
    const char *hour, unsigned dice)
{
	struct feed_row *row = &month->rows[month->count];
	unsigned i = 0;

	need(month->count < ROWS_MAX, "more rows than expected");
	while (dice >= answers[i].upto)
		i++;
	(void)snprintf(month->hours[month->count], sizeof(month->hours[0]),
	    "%s", hour);
	*row = (struct feed_row){ .series = series,
	    .hour = month->hours[month->count], .outcome = answers[i].outcome,
	    .reason = answers[i].reason, .owner = answers[i].owner,
	    .count = 1, .revision = ++clinic->revision };
	month->count++;
	b.figures++;
	if (strcmp(series, "cccd") == 0) {
		b.attempts++;
		b.confirmed += strcmp(row->outcome, "covered") == 0;
	}
}

/* One or two attempts, each in an hour of its own, and now and then a paper
 * card. */
static void
add_day(struct month *month, struct clinic *clinic, const char *day,
    unsigned days_of_year)
{
	static const char *const all[] = { "calls", "lookups", "visits",
	    "cccd" };
	long long places = CLINICS * (long long)days_of_year;
	long long n = b.places++;
	long long here = (n + 1) * ATTEMPTS / places - n * ATTEMPTS / places;
	unsigned dice = (unsigned)n * 2654435761u, i, s;
	char hour[40];

	for (i = 0; i < here; i++) {
		(void)snprintf(hour, sizeof(hour), "%.16sT%02u:00:00Z", day,
		    1 + i);
		for (s = 0; s < 4; s++)
			add(month, clinic, all[s], hour, (dice >> 20) % 32);
		dice = dice * 1664525u + 1013904223u;
	}
	(void)snprintf(hour, sizeof(hour), "%.16sT07:00:00Z", day);
	for (s = 0; n % 2 == 0 && s < 3; s++)
		add(month, clinic, all[s], hour, (dice >> 20) % 32);
}

static char *
make_month(unsigned number, struct tm begin, unsigned days_of_year,
    const char *made_at)
{
	static struct month month;
	struct clinic *clinic = &b.clinics[number];
	long long after = clinic->revision;
	struct tm day = begin;
	char text[16];
	struct feed feed;

	month.count = 0;
	/* timegm() also brings the 32nd into the next month */
	for (; day.tm_mon == begin.tm_mon; day.tm_mday++, (void)timegm(&day)) {
		(void)strftime(text, sizeof(text), "%Y-%m-%d", &day);
		add_day(&month, clinic, text, days_of_year);
	}
	feed = (struct feed){ .facility = clinic->code, .epoch = EPOCH,
	    .after = after, .revision = clinic->revision, .rows = month.rows,
	    .row_count = month.count, .made_at = made_at,
	    .complete_until = made_at, .key = number + 1 };

	return feed_make(&feed);
}

static void
fill_month(int year, int nth, unsigned days_of_year)
{
	struct tm begin = { .tm_year = year - 1900, .tm_mon = nth,
	    .tm_mday = 1 };
	struct tm end = { .tm_year = year - 1900, .tm_mon = nth + 1,
	    .tm_mday = 1, .tm_hour = 1 };
	static struct ck_arrival arrivals[CLINICS];
	static struct ck_acceptance accepted[CLINICS];
	static enum ck_err errors[CLINICS];
	char made_at[32], *texts[CLINICS];
	unsigned i;

	b.now_ms = (int64_t)timegm(&end) * 1000;
	(void)strftime(made_at, sizeof(made_at), "%Y-%m-%dT%H:%M:%SZ", &end);
	for (i = 0; i < CLINICS; i++) {
		texts[i] = make_month(i, begin, days_of_year, made_at);
		arrivals[i] = (struct ck_arrival){
			.body = ck_span_str(texts[i]), .way = CK_WAY_FILE };
	}
	need(ck_ledger_accept_all(b.ledger, arrivals, CLINICS, accepted,
	    errors) == CK_OK, "the ledger failed");
	for (i = 0; i < CLINICS; i++) {
		need(accepted[i].verdict == CK_VERDICT_ACCEPTED,
		    accepted[i].finding.detail);
		free(texts[i]);
	}
}

static void
fill(void)
{
	int year, month;

	for (year = FIRST_YEAR; year < FIRST_YEAR + YEARS; year++) {
		b.places = 0;
		b.attempts = 0;
		b.confirmed = 0;
		for (month = 0; month < 12; month++)
			fill_month(year, month, year % 4 == 0 ? 366 : 365);
		need(b.attempts == ATTEMPTS, "a year has other attempts");
	}
}

/* --- The report ------------------------------------------------------------ */

static void
run(const char *config, const char *from, const char *to, const char *out)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		(void)execl(b.program, "checkin-province", "-c", config,
		    "report", "--from", from, "--to", to, "--format", "json",
		    "--internal", "--output", out, (char *)NULL);
		_exit(127);
	}
	need(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0,
	    "the report failed");
}

static int
compare(const void *a, const void *b_)
{
	double x = *(const double *)a, y = *(const double *)b_;

	return (x > y) - (x < y);
}

static double
measure(const char *config, const char *from, const char *to,
    long long attempts)
{
	double times[RUNS];
	char out[96];
	json_t *json, *cccd;
	int i;

	(void)snprintf(out, sizeof(out), "%s/report.json", b.directory);
	for (i = 0; i < RUNS; i++) {
		times[i] = now_ms();
		run(config, from, to, out);
		times[i] = now_ms() - times[i];
	}
	json = json_load_file(out, 0, NULL);
	cccd = json_object_get(json_object_get(json, "totals"), "cccd");
	need(json_integer_value(json_object_get(cccd, "total")) == attempts,
	    "the report does not say what was sent");
	need(attempts != ATTEMPTS || json_integer_value(json_object_get(cccd,
	    "covered")) == b.confirmed, "other confirmed than were sent");
	json_decref(json);
	qsort(times, RUNS, sizeof(times[0]), compare);

	return times[RUNS / 2];
}

static void
write_config(const char *path, const char *ledger)
{
	FILE *file = fopen(path, "we");

	need(file != NULL && fprintf(file, "[ledger]\ndatabase = %s\n",
	    ledger) > 0 && fclose(file) == 0, "no configuration");
}

int
main(int argc, char **argv)
{
	struct ck_clock clock = { ledger_clock, ledger_clock, NULL };
	char where[96], config[96], command[96];
	struct ck_ledger_options options = { .where = where };
	double began, filled, year, ten;

	need(argc == 2, "usage: bench-report BIN");
	b.program = argv[1];
	b.now_ms = INT64_C(1577836800000);
	(void)snprintf(b.directory, sizeof(b.directory),
	    "/tmp/checkin-report.XXXXXX");
	need(mkdtemp(b.directory) != NULL, "no directory");
	(void)snprintf(where, sizeof(where), "%s/ledger.db", b.directory);
	(void)snprintf(config, sizeof(config), "%s/conf", b.directory);
	write_config(config, where);
	need(ck_ledger_open(&b.ledger, &options, &clock) == CK_OK,
	    "no ledger");
	import_registry();
	began = now_ms();
	fill();
	filled = now_ms() - began;
	ck_ledger_close(&b.ledger);
	year = measure(config, "2029-01-01", "2029-12-31", ATTEMPTS);
	ten = measure(config, "2020-01-01", "2029-12-31", 10 * ATTEMPTS);
	(void)printf("{\"year_ms\":%.1f,\"ten_years_ms\":%.1f,"
	    "\"figures\":%lld,\"fill_s\":%.1f}\n", year, ten, b.figures,
	    filled / 1000);
	(void)snprintf(command, sizeof(command), "rm -rf %s", b.directory);

	return system(command) == 0 ? 0 : 1;
}
