/*
 * tasks.c - what happens at a clinic's desk on a day
 */
#include <stdio.h>
#include <string.h>

#include "play.h"

static unsigned
mixed(unsigned a, unsigned b, unsigned c)
{
	uint32_t x = a * 2654435761u + b * 2246822519u + c * 3266489917u;

	x ^= x >> 15;
	x *= 2246822519u;
	x ^= x >> 13;

	return x;
}

static struct play_task *
add(struct play_clinic *clinic)
{
	struct play_task *task = &clinic->tasks[clinic->task_count++];

	memset(task, 0, sizeof(*task));

	return task;
}

/* What makes a repeated request the same one. */
static void
name_task(struct play_task *task, const char *at, int day, const char *kind,
    int nth)
{
	char code[6];

	(void)snprintf(code, sizeof(code), "%.5s", at);
	(void)snprintf(task->key, sizeof(task->key), "%s-%03d-%s%02d", code,
	    day, kind, nth);
}

/* Somebody else than everybody before on this day at this clinic. */
static const struct play_person *
somebody(const struct play *play, int clinic, int nth)
{
	size_t start = mixed((unsigned)clinic, (unsigned)play->day, 1) %
	    play->people.covered_count;

	return &play->people.covered[(start + (size_t)nth) %
	    play->people.covered_count];
}

static void
show(struct play_task *task, const struct play_person *person)
{
	(void)snprintf(task->number, sizeof(task->number), "%s",
	    person->number);
	(void)snprintf(task->name, sizeof(task->name), "%s", person->name);
	(void)snprintf(task->birth, sizeof(task->birth), "%s", person->birth);
	(void)snprintf(task->qr, sizeof(task->qr), "%s", person->qr);
}

/* A slip of the pen: another year, in code and typing alike. */
static void
spoil_birth(struct play_task *task)
{
	char *year = strrchr(task->qr, '|');

	task->birth[3] = task->birth[3] == '0' ? '1' : '0';
	(void)year;
	task->kind = PLAY_TYPED;
}

static void
spoil_name(struct play_task *task, const struct play_person *other)
{
	(void)snprintf(task->name, sizeof(task->name), "%s", other->name);
	task->kind = PLAY_TYPED;
}

/* A number that hardly anybody has: province 084, a century digit, a year, and
 * a running number that is another one for each patient of a day. */
static void
spoil_number(struct play *play, struct play_task *task, int clinic, int nth)
{
	(void)snprintf(task->number, sizeof(task->number), "0841%02u%03u%03u",
	    mixed((unsigned)clinic, (unsigned)play->day, 2) % 99 + 1,
	    (unsigned)clinic % 1000, (unsigned)nth % 1000);
	task->kind = PLAY_TYPED;
}

/* One who is in the gateway's books with a no. */
static void
take_trouble(struct play *play, struct play_task *task, int clinic, int nth)
{
	unsigned which = mixed((unsigned)clinic, (unsigned)play->day, 3);

	/* distinct within the day: the n-th from a start */
	show(task, &play->people.trouble[(which + (unsigned)nth) %
	    play->people.trouble_count]);
}

static void
make_failure(struct play *play, struct play_task *task, int clinic, int nth)
{
	unsigned dice = mixed((unsigned)clinic, (unsigned)play->day,
	    (unsigned)nth + 50) % 100;

	if (dice < 35 && (size_t)nth < play->people.trouble_count)
		take_trouble(play, task, clinic, nth);
	else if (dice < 55)
		spoil_birth(task);
	else if (dice < 75)
		spoil_name(task, somebody(play, clinic, nth + 4000));
	else
		spoil_number(play, task, clinic, nth);
}

static void
make_attempt(struct play *play, int clinic, int nth, bool good)
{
	struct play_clinic *at = &play->clinics[clinic];
	struct play_task *task = add(at);

	show(task, somebody(play, clinic, nth));
	task->kind = mixed((unsigned)clinic, (unsigned)play->day,
	    (unsigned)nth + 20) % 100 < 40 ? PLAY_SCANNED : PLAY_TYPED;
	task->good = good;
	name_task(task, at->code, play->day, "", nth);
	if (!good)
		make_failure(play, task, clinic, nth);
}

void
play_task_mend(struct play *play, struct play_clinic *at)
{
	struct play_task *task = &at->tasks[at->next];
	int clinic = (int)(at - play->clinics);

	if (play->owed <= 0 || task->good || task->tries > 0 || at->polling ||
	    at->next >= play->plan.attempts[clinic][play->day])
		return;
	show(task, somebody(play, clinic, at->next));
	task->kind = PLAY_TYPED;
	task->good = true;
	play->owed--;
}

/* Paper cards, and somebody who is asked about once more: other series. The
 * last attempt of a day is a good one, if any is. */
static void
make_others(struct play *play, int clinic, int attempts, int good)
{
	struct play_clinic *at = &play->clinics[clinic];
	int others = (attempts + (int)(mixed((unsigned)clinic,
	    (unsigned)play->day, 4) % 4)) / 4, i;

	for (i = 0; i < others && at->task_count < PLAY_TASKS_MAX; i++) {
		const struct play_person *person = somebody(play, clinic,
		    2000 + i);
		struct play_task *task = add(at);

		show(task, person);
		task->kind = PLAY_PAPER;
		(void)snprintf(task->number, sizeof(task->number), "%s",
		    person->insurance);
		name_task(task, at->code, play->day, "p", i);
	}
	if (good > 2 && at->task_count < PLAY_TASKS_MAX) {
		struct play_task *task = add(at);

		show(task, somebody(play, clinic, attempts - 1));
		task->kind = PLAY_AGAIN;
		name_task(task, at->code, play->day, "a", 0);
	}
}

void
play_tasks_make(struct play *play, int clinic)
{
	struct play_clinic *at = &play->clinics[clinic];
	int attempts = play->plan.attempts[clinic][play->day];
	int good = play->plan.confirmed[clinic][play->day], nth;
	bool last = play->day == play->plan.days - 1;

	if (attempts + 4 > PLAY_TASKS_MAX)
		play_fail("%d attempts at %s on day %d: more than %d",
		    attempts, at->code, play->day, PLAY_TASKS_MAX);
	/* what did not come off before is made up for here */
	while (play->owed > 0 && good < attempts) {
		good++;
		play->owed--;
	}
	while (play->owed < 0 && good > 0) {
		good--;
		play->owed++;
	}
	at->task_count = 0;
	at->next = 0;
	/* The confirmed ones are spread among the others; on the last day they
	 * come first, so that one which does not come off can be made up for. */
	for (nth = 0; nth < attempts; nth++)
		make_attempt(play, clinic, nth, last ? nth < good :
		    (nth + 1) * good / attempts > nth * good / attempts);
	make_others(play, clinic, attempts, last ? 0 : good);
}
