/*
 * play.h - a pilot of 108 clinics, played in front of the real programs
 *
 * Plays every clinic's reception from one day to another: for each clinic and
 * day a planned number of first attempts with a CCCD, of which a planned number
 * is confirmed, and other lookups beside them. It talks to real checkind
 * processes over HTTP and keeps a record of every answer that it was given:
 * the count that the province's report is compared with is this record, not
 * the plan. Shares no code with service/ or reader/.
 *
 * The clock of the daemons is moved by the file of CK_CLOCK_OFFSET_FILE, so the
 * programs under it are those of the variant "demo".
 */
#ifndef SIM_PROVINCE_PLAY_H
#define SIM_PROVINCE_PLAY_H

#include <curl/curl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define PLAY_CLINICS_MAX 160
#define PLAY_DAYS_MAX 400
#define PLAY_TASKS_MAX 200	/* of a clinic on a day */

/* A person of sim-gateway --people, as far as a lookup needs it. */
struct play_person {
	char number[13];
	char insurance[11];	/* "" none */
	char name[128];
	char birth[11];		/* YYYY-MM-DD, or shorter */
	char qr[512];
	char code[4];		/* what the gateway says of the number */
};

struct play_people {
	struct play_person *covered;	/* the gateway says 000 */
	size_t covered_count;
	struct play_person *trouble;	/* it says something that is no yes */
	size_t trouble_count;
};

/* Load the lines of sim-gateway --people. Exits on error. */
void play_people_load(struct play_people *people, const char *path);

/* --- The plan ------------------------------------------------------------- */

struct play_plan {
	int clinics, days;
	int attempts[PLAY_CLINICS_MAX][PLAY_DAYS_MAX];
	int confirmed[PLAY_CLINICS_MAX][PLAY_DAYS_MAX];
};

/*
 * Spread attempts and confirmed over clinics and days so that the sums are
 * exact: clinics of very different size and fortune, more on Mondays, little
 * on Sundays, growing from spring on. first_weekday: 0 is Sunday.
 */
void play_plan_make(struct play_plan *plan, const double *sizes, int clinics,
    int days, int first_weekday, int attempts, int confirmed);

/* --- Clinics ---------------------------------------------------------------- */

/* What is done at a desk. */
enum play_kind {
	PLAY_TYPED,		/* a CCCD, its number typed: one request */
	PLAY_SCANNED,		/* a CCCD's QR code scanned at the desk */
	PLAY_PAPER,		/* a paper card: in no way part of cccd */
	PLAY_AGAIN		/* somebody of today once more: no new visit */
};

struct play_task {
	enum play_kind kind;
	bool good;		/* meant to be confirmed */
	char number[16];
	char name[160];
	char birth[11];
	char qr[512];
	char key[64];		/* Idempotency-Key */
	int tries;
};

struct play_clinic {
	char code[6];
	int port;
	char dir[256];
	pid_t pid;
	CURL *curl;		/* one connection, one request at a time */
	struct play_task tasks[PLAY_TASKS_MAX];
	int task_count, next;
	bool polling;		/* the scan was taken, its answer is awaited */
	int64_t scanned_ms;	/* since when; monotonic, of this computer */
	char noted[40];		/* id of the last lookup in the record */
	bool busy;
	struct { char *text; size_t len; } answer;
	struct curl_slist *headers;
	char body[1024];
	long attempts, confirmed;	/* as recorded */
};

struct play {
	const char *dir, *bin;
	struct play_people people;
	struct play_plan plan;
	struct play_clinic clinics[PLAY_CLINICS_MAX];
	int clinic_count;
	char offset_file[300];
	int64_t begin_ms;	/* 00:00 local of the first day */
	int64_t real_begin_ms;
	int day;
	int owed;		/* confirmations that did not come off, to be
				 * made up for on a later day */
	long attempts, confirmed;	/* as recorded */
	FILE *record;		/* a line for each attempt */
	CURLM *multi;
	int kills;
	unsigned long asked;	/* requests */
};

/* Start, kill and end one clinic's daemon; start waits until it is ready. */
void play_clinic_start(struct play *play, struct play_clinic *clinic);
void play_clinic_kill(struct play_clinic *clinic);
void play_clinic_stop(struct play_clinic *clinic);

/* Move the clock of all programs to a minute of the present day. */
void play_clock(struct play *play, int minute);

/* Fill the tasks of a clinic for the present day. */
void play_tasks_make(struct play *play, int clinic);

/* Make the next task of a clinic a good one, if it was to fail and a
 * confirmation is owed. */
void play_task_mend(struct play *play, struct play_clinic *clinic);

/* Do all tasks of all clinics; kill: clinic to kill on the way, -1 none. */
void play_day(struct play *play, int kill);

/* Print to standard error and end with status 1. */
void play_fail(const char *format, ...)
    __attribute__((format(printf, 1, 2), noreturn));

#endif /* SIM_PROVINCE_PLAY_H */
