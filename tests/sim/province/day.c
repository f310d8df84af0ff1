/*
 * day.c - a day of all clinics: each does one thing after another, all of them
 *         at the same time
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "play.h"

#define TRIES_MAX 200
#define SCAN_MAX_MS 100000	/* until the play has failed */

/* A desk's lookup is counted after 15 s as it then stands: until then an answer
 * that comes after the budget takes the place of none. */
#define CLOSED_MS 16000

static size_t
take_answer(char *bytes, size_t size, size_t count, void *ctx)
{
	struct play_clinic *clinic = ctx;
	size_t more = size * count;
	char *grown = realloc(clinic->answer.text, clinic->answer.len + more +
	    1);

	if (grown == NULL)
		return 0;
	memcpy(grown + clinic->answer.len, bytes, more);
	clinic->answer.text = grown;
	clinic->answer.len += more;
	grown[clinic->answer.len] = '\0';

	return more;
}

/* --- Asking --------------------------------------------------------------- */

static void
write_lookup(struct play_clinic *clinic, const struct play_task *task)
{
	json_t *body = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}",
	    "operator", "NGUYỄN THỊ TIẾP ĐÓN", "number", task->number, "full_name", task->name,
	    "date_of_birth", task->birth, "desk", "ban-1", "presented",
	    task->kind == PLAY_PAPER ? "bhyt_paper" : "cccd", "kind",
	    "desk");
	char *text = json_dumps(body, JSON_COMPACT);

	(void)snprintf(clinic->body, sizeof(clinic->body), "%s", text);
	free(text);
	json_decref(body);
}

static void
write_scan(struct play_clinic *clinic, const struct play_task *task)
{
	json_t *body = json_pack("{s:s}", "payload", task->qr);
	char *text = json_dumps(body, JSON_COMPACT);

	(void)snprintf(clinic->body, sizeof(clinic->body), "%s", text);
	free(text);
	json_decref(body);
}

static void
set_headers(struct play_clinic *clinic, const char *key)
{
	char line[96];

	curl_slist_free_all(clinic->headers);
	clinic->headers = curl_slist_append(NULL,
	    "Content-Type: application/json");
	if (key != NULL) {
		(void)snprintf(line, sizeof(line), "Idempotency-Key: %s",
		    key);
		clinic->headers = curl_slist_append(clinic->headers, line);
	}
	curl_easy_setopt(clinic->curl, CURLOPT_HTTPHEADER, clinic->headers);
}

/* Begin the next request of a clinic. */
static void
ask(struct play *play, struct play_clinic *clinic)
{
	const struct play_task *task = &clinic->tasks[clinic->next];
	const char *path = "/v1/lookups";
	char url[96];

	if (task->kind == PLAY_SCANNED && clinic->polling) {
		path = "/v1/desks";
	} else if (task->kind == PLAY_SCANNED) {
		path = "/v1/desks/ban-1/scan";
		write_scan(clinic, task);
	} else {
		write_lookup(clinic, task);
	}
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d%s",
	    clinic->port, path);
	curl_easy_setopt(clinic->curl, CURLOPT_URL, url);
	set_headers(clinic, task->kind == PLAY_SCANNED ? NULL : task->key);
	if (clinic->polling)
		curl_easy_setopt(clinic->curl, CURLOPT_HTTPGET, 1L);
	else
		curl_easy_setopt(clinic->curl, CURLOPT_POSTFIELDS,
		    clinic->body);
	free(clinic->answer.text);
	clinic->answer.text = NULL;
	clinic->answer.len = 0;
	clinic->busy = true;
	play->asked++;
	(void)curl_multi_add_handle(play->multi, clinic->curl);
}

/* --- Hearing -------------------------------------------------------------- */

static const char *
text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value == NULL ? "" : value;
}

/* The record of what the desk was told. */
static void
note(struct play *play, struct play_clinic *clinic, const json_t *lookup)
{
	const struct play_task *task = &clinic->tasks[clinic->next];
	bool attempt = task->kind == PLAY_TYPED || task->kind == PLAY_SCANNED;
	bool confirmed = strcmp(text(lookup, "first_outcome"), "covered") == 0
	    && strcmp(text(lookup, "source"), "gateway") == 0;

	if (!attempt)
		return;
	(void)fprintf(play->record, "%s %d %s %s %s %s\n", clinic->code,
	    play->day, task->kind == PLAY_SCANNED ? "qr" : "typed",
	    text(lookup, "first_outcome"), text(lookup, "source"),
	    text(lookup, "id"));
	play->attempts++;
	clinic->attempts++;
	play->confirmed += confirmed;
	clinic->confirmed += confirmed;
	play->owed += task->good - confirmed;
	(void)snprintf(clinic->noted, sizeof(clinic->noted), "%s",
	    text(lookup, "id"));
}

static void
next_task(struct play_clinic *clinic)
{
	clinic->next++;
	clinic->polling = false;
}

static int64_t
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);

	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A kept answer is shown at once while the gateway is asked; in this play the
 * gateway always answers in the end, but not always within the budget. */
static bool
is_final(const json_t *lookup, int64_t waited_ms)
{
	const char *outcome = text(lookup, "outcome");
	const char *source = text(lookup, "source");

	if (strcmp(outcome, "unavailable") == 0 && strcmp(source, "none") == 0)
		return waited_ms > CLOSED_MS;

	return strcmp(outcome, "none") != 0 && strcmp(source, "stale") != 0 &&
	    strcmp(source, "cache") != 0;
}

/* The view of the desk: is the person who was scanned answered? */
static void
hear_view(struct play *play, struct play_clinic *clinic, json_t *views)
{
	const struct play_task *task = &clinic->tasks[clinic->next];
	json_t *view = json_array_get(views, 0);
	json_t *lookup = json_object_get(view, "lookup");
	int64_t waited_ms = now_ms() - clinic->scanned_ms;

	if (strcmp(text(json_object_get(view, "identity"), "number"),
	    task->number) == 0 &&
	    strcmp(text(view, "phase"), "asking") != 0 &&
	    json_is_object(lookup) && is_final(lookup, waited_ms) &&
	    strcmp(text(lookup, "id"), clinic->noted) != 0) {
		note(play, clinic, lookup);
		next_task(clinic);
	} else if (waited_ms > SCAN_MAX_MS) {
		play_fail("%s: no answer to the scan of %s on day %d: %s",
		    clinic->code, task->key, play->day, clinic->answer.text);
	}
}

static void
hear(struct play *play, struct play_clinic *clinic, long status)
{
	struct play_task *task = &clinic->tasks[clinic->next];
	json_t *json = NULL;

	if (clinic->answer.text != NULL)
		json = json_loads(clinic->answer.text, 0, NULL);
	if (task->kind == PLAY_SCANNED && clinic->polling && status == 200) {
		hear_view(play, clinic, json);
	} else if (task->kind == PLAY_SCANNED && status / 100 == 2) {
		clinic->polling = true;
		clinic->scanned_ms = now_ms();
	} else if (task->kind != PLAY_SCANNED && status == 200) {
		note(play, clinic, json);
		next_task(clinic);
	} else if (status != 0 && status != 503) {
		play_fail("%s: %s on day %d: HTTP %ld: %s", clinic->code,
		    task->key, play->day, status, clinic->answer.text);
	} else if (++task->tries > TRIES_MAX) {
		play_fail("%s: %s on day %d: no answer", clinic->code,
		    task->key, play->day);
	}
	json_decref(json);
}

/* --- A day ---------------------------------------------------------------- */

static struct play_clinic *
clinic_of(struct play *play, const CURL *curl)
{
	int i;

	for (i = 0; i < play->clinic_count; i++) {
		if (play->clinics[i].curl == curl)
			return &play->clinics[i];
	}

	return NULL;
}

static void
hear_all(struct play *play)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(play->multi, &left)) != NULL) {
		struct play_clinic *clinic;
		long status = 0;

		if (message->msg != CURLMSG_DONE)
			continue;
		clinic = clinic_of(play, message->easy_handle);
		if (message->data.result == CURLE_OK)
			curl_easy_getinfo(clinic->curl,
			    CURLINFO_RESPONSE_CODE, &status);
		(void)curl_multi_remove_handle(play->multi, clinic->curl);
		clinic->busy = false;
		hear(play, clinic, status);
	}
}

/* On the last day the first clinic's failures wait for everybody else, so that
 * what does not come off elsewhere, however late, can be made up for. */
static bool
has_to_wait(const struct play *play, const struct play_clinic *clinic)
{
	int i;

	if (play->day != play->plan.days - 1 || clinic != play->clinics ||
	    clinic->tasks[clinic->next].good)
		return false;
	for (i = 1; i < play->clinic_count; i++) {
		if (play->clinics[i].next < play->clinics[i].task_count)
			return true;
	}

	return false;
}

/* Let every clinic that has something left to do begin it. Returns how many
 * are at it. */
static int
ask_all(struct play *play)
{
	int i, busy = 0;

	for (i = 0; i < play->clinic_count; i++) {
		struct play_clinic *clinic = &play->clinics[i];

		if (clinic->next == clinic->task_count)
			continue;
		busy++;
		if (!clinic->busy && !has_to_wait(play, clinic)) {
			play_task_mend(play, clinic);
			ask(play, clinic);
		}
	}

	return busy;
}

/* A clinic is killed while its request is on the way, unless that is a scan,
 * which nobody could repeat without scanning once more. */
static bool
may_be_killed(const struct play_clinic *clinic)
{
	return clinic->busy && clinic->next > 0 &&
	    clinic->tasks[clinic->next].kind != PLAY_SCANNED &&
	    clinic->tasks[clinic->next - 1].kind != PLAY_SCANNED;
}

void
play_day(struct play *play, int kill)
{
	int running, i;

	for (i = 0; i < play->clinic_count; i++) {
		struct play_clinic *clinic = &play->clinics[i];

		play_tasks_make(play, i);
		if (clinic->curl != NULL)
			continue;
		clinic->curl = curl_easy_init();
		curl_easy_setopt(clinic->curl, CURLOPT_WRITEFUNCTION,
		    take_answer);
		curl_easy_setopt(clinic->curl, CURLOPT_WRITEDATA, clinic);
		curl_easy_setopt(clinic->curl, CURLOPT_TIMEOUT_MS, 60000L);
	}
	while (ask_all(play) > 0) {
		(void)curl_multi_perform(play->multi, &running);
		if (kill >= 0 && may_be_killed(&play->clinics[kill])) {
			play_clinic_kill(&play->clinics[kill]);
			play_clinic_start(play, &play->clinics[kill]);
			play->kills++;
			kill = -1;
		}
		hear_all(play);
		(void)curl_multi_poll(play->multi, NULL, 0, 5, NULL);
		(void)curl_multi_perform(play->multi, &running);
		hear_all(play);
	}
}
