/*
 * main.c - play-province: a pilot in front of the real programs
 */
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "play.h"

static const char usage[] =
    "Usage: play-province --dir DIR --bin BIN --from YYYY-MM-DD --to "
    "YYYY-MM-DD\n"
    "           --attempts N --confirmed N [--kill-every DAYS]\n"
    "           [--hook COMMAND --hook-every DAYS] [--keep]\n"
    "Play the reception of all clinics of DIR/clinics.list (lines \"CODE PORT "
    "SIZE\n"
    "DIRECTORY\", each with a checkind.conf) from one day to another. DIR/"
    "people.jsonl\n"
    "is what sim-gateway --people prints. The clock of all programs is moved "
    "by\n"
    "DIR/clock. Each attempt is recorded in DIR/record. COMMAND is run by the "
    "shell\n"
    "after every so many days, and after the last, with the date as $1.\n"
    "--keep leaves the daemons running until SIGTERM.\n";

struct wish {
	const char *from, *to, *hook;
	int attempts, confirmed, kill_every, hook_every;
	bool keep;
};

static struct play play;		/* one; and killed with us */
static volatile sig_atomic_t ended;

void
play_fail(const char *format, ...)
{
	va_list args;
	int i;

	(void)fputs("play-province: ", stderr);
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fputc('\n', stderr);
	for (i = 0; i < play.clinic_count; i++)
		play_clinic_kill(&play.clinics[i]);
	exit(1);
}

static void
on_end(int signal_number)
{
	(void)signal_number;
	ended = 1;
}

/* Midnight in Vietnam, UTC+7, of a date. */
static int64_t
midnight(const char *date)
{
	struct tm tm = { .tm_isdst = 0 };
	int year, month, day;

	if (sscanf(date, "%4d-%2d-%2d", &year, &month, &day) != 3)
		play_fail("not a date: %s", date);
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	tm.tm_mday = day;

	return ((int64_t)timegm(&tm) - 7 * 3600) * 1000;
}

static void
date_of(int day, char out[11])
{
	time_t seconds = (time_t)(play.begin_ms / 1000) + 7 * 3600 +
	    (time_t)day * 86400;
	struct tm tm;

	(void)gmtime_r(&seconds, &tm);
	(void)strftime(out, 11, "%Y-%m-%d", &tm);
}

static void
load_clinics(double *sizes)
{
	char path[300];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/clinics.list", play.dir);
	if ((file = fopen(path, "re")) == NULL)
		play_fail("%s cannot be read", path);
	while (play.clinic_count < PLAY_CLINICS_MAX) {
		struct play_clinic *clinic = &play.clinics[play.clinic_count];

		if (fscanf(file, "%5s %d %lf %255s", clinic->code,
		    &clinic->port, &sizes[play.clinic_count], clinic->dir) !=
		    4)
			break;
		play.clinic_count++;
	}
	(void)fclose(file);
	if (play.clinic_count == 0)
		play_fail("%s names no clinic", path);
}

static void
run_hook(const struct wish *wish, bool last)
{
	char command[1200], date[11];

	if (wish->hook == NULL || (!last && (wish->hook_every == 0 ||
	    (play.day + 1) % wish->hook_every != 0)))
		return;
	date_of(play.day, date);
	(void)snprintf(command, sizeof(command), "%s %s %s", wish->hook, date,
	    last ? "last" : "on");
	if (system(command) != 0)
		play_fail("the hook failed: %s", command);
}

static void
tell(int days)
{
	char date[11];

	date_of(play.day, date);
	(void)fprintf(stderr, "\r  %s  day %d of %d  %ld attempts, %ld "
	    "confirmed, %d kills ", date, play.day + 1, days, play.attempts,
	    play.confirmed, play.kills);
}

static int
kill_on(const struct wish *wish)
{
	if (wish->kill_every == 0 || play.day % wish->kill_every !=
	    wish->kill_every - 1)
		return -1;

	/* the first ones are hospitals, busy enough to be met at work */
	return play.day * 5 % (play.clinic_count < 8 ? play.clinic_count : 8);
}

static void
run_days(const struct wish *wish, int days)
{
	for (play.day = 0; play.day < days && !ended; play.day++) {
		play_clock(&play, 8 * 60);
		play_day(&play, kill_on(wish));
		tell(days);
		/* the evening: what the desk still holds is closed */
		play_clock(&play, 17 * 60);
		if (play.day + 1 < days)
			run_hook(wish, false);
	}
	play.day--;
	(void)fflush(play.record);
	(void)fputc('\n', stderr);
}

static void
prepare(const struct wish *wish)
{
	double sizes[PLAY_CLINICS_MAX];
	char path[300];
	time_t first;
	struct tm tm;
	int days;

	play.begin_ms = midnight(wish->from);
	days = (int)((midnight(wish->to) - play.begin_ms) / 86400000) + 1;
	if (days < 1 || days > PLAY_DAYS_MAX)
		play_fail("%s to %s: not 1 to %d days", wish->from, wish->to,
		    PLAY_DAYS_MAX);
	load_clinics(sizes);
	(void)snprintf(path, sizeof(path), "%s/people.jsonl", play.dir);
	play_people_load(&play.people, path);
	first = (time_t)(play.begin_ms / 1000) + 7 * 3600;
	(void)gmtime_r(&first, &tm);
	play_plan_make(&play.plan, sizes, play.clinic_count, days,
	    tm.tm_wday, wish->attempts, wish->confirmed);
	(void)snprintf(play.offset_file, sizeof(play.offset_file),
	    "%s/clock", play.dir);
	(void)setenv("CK_CLOCK_OFFSET_FILE", play.offset_file, 1);
	(void)snprintf(path, sizeof(path), "%s/record", play.dir);
	if ((play.record = fopen(path, "we")) == NULL)
		play_fail("%s cannot be written", path);
	play.multi = curl_multi_init();
}

static bool
read_arguments(int argc, char **argv, struct wish *wish)
{
	static const struct option options[] = {
		{ "dir", required_argument, NULL, 'd' },
		{ "bin", required_argument, NULL, 'b' },
		{ "from", required_argument, NULL, 'f' },
		{ "to", required_argument, NULL, 't' },
		{ "attempts", required_argument, NULL, 'a' },
		{ "confirmed", required_argument, NULL, 'c' },
		{ "kill-every", required_argument, NULL, 'k' },
		{ "hook", required_argument, NULL, 'h' },
		{ "hook-every", required_argument, NULL, 'e' },
		{ "keep", no_argument, NULL, 'K' },
		{ "help", no_argument, NULL, '?' },
		{ NULL, 0, NULL, 0 }
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'd': play.dir = optarg; break;
		case 'b': play.bin = optarg; break;
		case 'f': wish->from = optarg; break;
		case 't': wish->to = optarg; break;
		case 'a': wish->attempts = atoi(optarg); break;
		case 'c': wish->confirmed = atoi(optarg); break;
		case 'k': wish->kill_every = atoi(optarg); break;
		case 'h': wish->hook = optarg; break;
		case 'e': wish->hook_every = atoi(optarg); break;
		case 'K': wish->keep = true; break;
		default: return false;
		}
	}

	return optind == argc && play.dir != NULL && play.bin != NULL &&
	    wish->from != NULL && wish->to != NULL;
}

/* The two sums that were asked for, or a failure: nothing is made to fit. */
static void
conclude(const struct wish *wish)
{
	(void)fclose(play.record);
	(void)fprintf(stderr, "  %ld attempts, %ld confirmed; %lu requests, %d "
	    "daemons killed\n", play.attempts, play.confirmed, play.asked,
	    play.kills);
	if (!ended && (play.attempts != wish->attempts ||
	    play.confirmed != wish->confirmed))
		play_fail("%d and %d were asked for", wish->attempts,
		    wish->confirmed);
}

int
main(int argc, char **argv)
{
	struct wish wish = { .hook_every = 0 };
	int i;

	if (!read_arguments(argc, argv, &wish)) {
		(void)fputs(usage, stderr);
		return 2;
	}
	(void)signal(SIGTERM, on_end);
	(void)signal(SIGINT, on_end);
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	prepare(&wish);
	play_clock(&play, 7 * 60);
	for (i = 0; i < play.clinic_count; i++)
		play_clinic_start(&play, &play.clinics[i]);
	(void)fprintf(stderr, "  %d clinics are open\n", play.clinic_count);
	run_days(&wish, play.plan.days);
	conclude(&wish);
	/* after the last midnight, when every clinic's last day is whole */
	play.day++;
	play_clock(&play, 60);
	if (!ended)
		run_hook(&wish, true);
	while (wish.keep && !ended)
		(void)pause();
	for (i = 0; i < play.clinic_count; i++)
		play_clinic_stop(&play.clinics[i]);

	return ended && !wish.keep ? 1 : 0;
}
