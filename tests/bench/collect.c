/*
 * collect.c - how long a collector takes for so many clinics
 *
 *	bench-collect BIN CLINICS [server]
 *
 * One process answers for all clinics, each with its own key and with the
 * changes of one day: 20 rows, its figures and its receipt head. The command
 * checkin-province does the rest, on SQLite or on a private PostgreSQL server.
 * Prints {"seconds","cpu","good","figures","mib","bytes_ledger"}; cpu is the
 * collector's own. The documents are
 * made by tests/unit/feed_maker.h, which shares no code with the collector.
 */
#include <sys/resource.h>
#include <sys/stat.h>

#include "../unit/feed_maker.h"
#include "../unit/feed_stub.h"
#include "../unit/pg_server.h"

#define ROWS 20

static const char *const reasons[] = { "000", "003", "004", "050", "060",
	"070", "010", "110" };

/* A day at a commune station: a few hours, one or two kinds of result. */
static char *
make_day(unsigned number, const char *code, const char *made_at,
    const char *day)
{
	struct feed_row rows[ROWS];
	char hours[ROWS][32], *receipts = feed_receipts(number + 1, 9, 0x11);
	struct feed feed = { .facility = code, .revision = ROWS,
	    .rows = rows, .row_count = ROWS, .made_at = made_at,
	    .complete_until = made_at, .key = number + 1,
	    .receipts = receipts };
	static const char *const series[] = { "calls", "lookups", "visits",
	    "cccd" };
	char *text;
	unsigned i;

	for (i = 0; i < ROWS; i++) {
		(void)snprintf(hours[i], sizeof(hours[i]), "%sT%02u:00:00Z",
		    day, i % 5);
		rows[i] = (struct feed_row){ .hour = hours[i],
		    .series = series[i % 4], .count = 1 + (number + i) % 9,
		    .reason = reasons[(number + i) % 8], .revision = i + 1 };
	}
	text = feed_make(&feed);
	free(receipts);

	return text;
}

/* Codes of 5 characters in base 36: 13,000 need three of them. */
static void
make_code(unsigned number, char out[6])
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	(void)snprintf(out, 6, "B%c%c%c%c", digits[number / 46656 % 36],
	    digits[number / 1296 % 36], digits[number / 36 % 36],
	    digits[number % 36]);
}

/* In the process that answers: a program that is started from a large one
 * begins as large. */
static void
make_clinics(struct stub *stub)
{
	struct stub_page *pages = calloc(stub->page_count, sizeof(*pages));
	char made_at[32], day[16], code[6];
	time_t now = time(NULL), yesterday = now - 86400;
	struct tm tm;
	unsigned i;

	if (pages == NULL)
		_exit(1);
	(void)strftime(made_at, sizeof(made_at), "%Y-%m-%dT%H:%M:%SZ",
	    gmtime_r(&now, &tm));
	(void)strftime(day, sizeof(day), "%Y-%m-%d",
	    gmtime_r(&yesterday, &tm));
	for (i = 0; i < stub->page_count; i++) {
		make_code(i, code);
		pages[i].name = "";
		pages[i].body = make_day(i, code, made_at, day);
	}
	stub->pages = pages;
}

static void
write_registry(const char *path, const struct stub *stub)
{
	FILE *file = fopen(path, "we");
	char code[6], key[65];
	unsigned i;

	if (file == NULL)
		exit(1);
	(void)fputs("clinic,from,code,name,level,manager,commune,district,"
	    "station,address,key,calendar\n", file);
	for (i = 0; i < stub->page_count; i++) {
		make_code(i, code);
		feed_public(i + 1, key);
		(void)fprintf(file, "%s,2026-01-01,%s,Trạm y tế %u,xã,,Xã %u,"
		    ",main,http://127.0.0.1:%u/%u,%s,1-7\n", code, code, i,
		    i, stub->port, i, key);
	}
	if (fclose(file) != 0)
		exit(1);
}

static void
write_config(const char *path, const char *where)
{
	FILE *file = fopen(path, "we");

	if (file == NULL)
		exit(1);
	(void)fprintf(file, "[ledger]\ndatabase = %s\n[collect]\n"
	    "parallel = 64\n", where);
	if (fclose(file) != 0)
		exit(1);
}

static double
now_s(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);

	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double
seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* Run the command; its last words go to out, what it used to usage. */
static void
run(char *const argv[], char *out, size_t size, struct rusage *usage)
{
	int ends[2], status;
	ssize_t len;
	pid_t pid;

	if (pipe(ends) != 0 || (pid = fork()) < 0)
		exit(1);
	if (pid == 0) {
		(void)dup2(ends[1], STDOUT_FILENO);
		(void)execv(argv[0], argv);
		_exit(127);
	}
	(void)close(ends[1]);
	len = read(ends[0], out, size - 1);
	out[len > 0 ? len : 0] = '\0';
	(void)close(ends[0]);
	if (wait4(pid, &status, 0, usage) != pid || status != 0) {
		(void)fprintf(stderr, "bench-collect: %s %s failed: %s\n",
		    argv[0], argv[3], out);
		exit(1);
	}
}

/* Bytes that the ledger takes: the file, or what the server says. */
static long long
ledger_bytes(const struct pg_server *server, const char *where)
{
	char command[256], line[64] = "0";
	struct stat file;
	FILE *pipe_;

	if (server == NULL)
		return stat(where, &file) == 0 ? (long long)file.st_size : 0;
	(void)snprintf(command, sizeof(command), "%s/psql -h %s -U checkin "
	    "-d postgres -Atc 'SELECT pg_database_size(current_database())'",
	    server->programs, server->directory);
	if ((pipe_ = popen(command, "re")) != NULL) {
		if (fgets(line, sizeof(line), pipe_) == NULL)
			line[0] = '0';
		(void)pclose(pipe_);
	}

	return strtoll(line, NULL, 10);
}

int
main(int argc, char **argv)
{
	unsigned count = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
	struct pg_server cluster, *server = argc > 3 ? &cluster : NULL;
	struct stub stub = { .page_count = count, .by_number = true,
	    .prepare = make_clinics };
	char directory[] = "/tmp/checkin-collect.XXXXXX", where[160];
	char config[64], registry[64], out[512], command[96];
	char *import[] = { argv[1], (char[]){ "-c" }, config,
	    (char[]){ "clinics" }, (char[]){ "--import" }, registry, NULL };
	char *collect[] = { argv[1], (char[]){ "-c" }, config,
	    (char[]){ "collect" }, (char[]){ "--once" }, NULL };
	unsigned long long good = 0, figures = 0;
	const char *at;
	struct rusage usage;
	double began;

	if (count == 0 || mkdtemp(directory) == NULL) {
		(void)fprintf(stderr, "bench-collect BIN CLINICS [server]\n");
		return 2;
	}
	(void)snprintf(config, sizeof(config), "%s/conf", directory);
	(void)snprintf(registry, sizeof(registry), "%s/csv", directory);
	(void)snprintf(where, sizeof(where), "%s/ledger.db", directory);
	if (server != NULL) {
		if (!pg_make(server))
			return 1;
		(void)pg_where(server, where);
	}
	if (!stub_start(&stub))
		return 1;
	write_registry(registry, &stub);
	write_config(config, where);
	run(import, out, sizeof(out), &usage);
	began = now_s();
	run(collect, out, sizeof(out), &usage);
	began = now_s() - began;
	if ((at = strchr(out, ':')) != NULL)
		good = strtoull(at + 1, NULL, 10);
	if ((at = strstr(out, "documents, ")) != NULL)
		figures = strtoull(at + 11, NULL, 10);
	(void)printf("{\"seconds\":%.3f,\"cpu\":%.3f,\"good\":%llu,"
	    "\"figures\":%llu,\"mib\":%.1f,\"bytes_ledger\":%lld}\n", began,
	    seconds(usage.ru_utime) + seconds(usage.ru_stime), good, figures,
	    (double)usage.ru_maxrss / 1024, ledger_bytes(server, where));
	stub_stop(&stub);
	if (server != NULL)
		pg_remove(server);
	(void)snprintf(command, sizeof(command), "rm -rf %s", directory);

	return system(command) == 0 && good == count &&
	    figures == (unsigned long long)count * ROWS ? 0 : 1;
}
