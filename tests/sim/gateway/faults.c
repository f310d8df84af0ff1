/*
 * faults.c - what goes wrong at the gateway, on request
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../people/random.h"
#include "call.h"
#include "faults.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct sim_faults {
	pthread_mutex_t lock;
	struct sim_random random;
	enum sim_fault fault;
	enum sim_where where;
	double rate;		/* how likely a call meets the fault */
	unsigned left;		/* calls that still meet it; 0: all */
	unsigned latency_ms;
	char corrected[32];	/* label of a person; "": nobody */
};

static const char *const texts[] = {
	"none", "down", "http-500", "http-401-always", "token-401", "html",
	"empty", "half", "huge", "hang", "garbage-json", "wrong-types",
	"expired-token", "unknown-code", "redirect", "address-403",
	"locked", "restricted", "reject"
};

static const char *const places[] = {
	"any", "token", "lookup", "history", "checkin"
};

static const char page[] =
    "<html><head><title>502 Bad Gateway</title></head>"
    "<body><h1>Bad Gateway</h1></body></html>";

/* Of the guard before the gateway, to an address that it does not know. */
static const char page_403[] =
    "<html><head><title>403 Forbidden</title></head>"
    "<body><h1>Forbidden</h1></body></html>";

struct sim_faults *
sim_faults_new(uint32_t seed, unsigned latency_ms)
{
	struct sim_faults *faults = calloc(1, sizeof(*faults));

	if (faults == NULL)
		return NULL;
	pthread_mutex_init(&faults->lock, NULL);
	faults->random.state = seed;
	faults->rate = 1;
	faults->latency_ms = latency_ms;
	return faults;
}

bool
sim_faults_correct(struct sim_faults *faults, const char *label)
{
	if (strlen(label) >= sizeof(faults->corrected))
		return false;
	pthread_mutex_lock(&faults->lock);
	strcpy(faults->corrected, label);
	pthread_mutex_unlock(&faults->lock);
	return true;
}

bool
sim_faults_is_corrected(struct sim_faults *faults, const char *label)
{
	bool corrected;

	pthread_mutex_lock(&faults->lock);
	corrected = label[0] != '\0' && strcmp(faults->corrected, label) == 0;
	pthread_mutex_unlock(&faults->lock);
	return corrected;
}

void
sim_faults_free(struct sim_faults **faults)
{
	if (*faults == NULL)
		return;
	pthread_mutex_destroy(&(*faults)->lock);
	free(*faults);
	*faults = NULL;
}

static bool
find_word(const char *const *words, size_t count, const char *word,
    unsigned *out)
{
	unsigned i;

	for (i = 0; i < count; i++) {
		if (strcmp(words[i], word) == 0) {
			*out = i;
			return true;
		}
	}
	return false;
}

/* "rate=P": HTTP 500 with probability P, 0 to 1. */
static bool
read_rate(const char *word, unsigned *fault, double *rate)
{
	char *end;

	if (strncmp(word, "rate=", 5) != 0)
		return false;
	*rate = strtod(word + 5, &end);
	*fault = SIM_FAULT_HTTP_500;
	return end != word + 5 && *end == '\0' && *rate >= 0 && *rate <= 1;
}

bool
sim_faults_set(struct sim_faults *faults, const char *text, unsigned times)
{
	unsigned fault = SIM_FAULT_NONE, where = SIM_WHERE_ANY;
	double rate = 1;
	char mode[64];
	char *at;

	if (snprintf(mode, sizeof(mode), "%s", text) >= (int)sizeof(mode))
		return false;
	at = strchr(mode, '@');
	if (at != NULL) {
		*at = '\0';
		if (!find_word(places, COUNT(places), at + 1, &where))
			return false;
	}
	if (mode[0] != '\0' && !find_word(texts, COUNT(texts), mode, &fault) &&
	    !read_rate(mode, &fault, &rate))
		return false;
	pthread_mutex_lock(&faults->lock);
	faults->fault = (enum sim_fault)fault;
	faults->where = (enum sim_where)where;
	faults->rate = rate;
	faults->left = times;
	pthread_mutex_unlock(&faults->lock);
	return true;
}

void
sim_faults_set_latency(struct sim_faults *faults, unsigned ms)
{
	pthread_mutex_lock(&faults->lock);
	faults->latency_ms = ms;
	pthread_mutex_unlock(&faults->lock);
}

unsigned
sim_faults_latency(struct sim_faults *faults)
{
	unsigned ms;

	pthread_mutex_lock(&faults->lock);
	ms = faults->latency_ms;
	pthread_mutex_unlock(&faults->lock);
	return ms;
}

/* Some faults are about one kind of call and leave the others alone. */
static bool
concerns(enum sim_fault fault, enum sim_where where)
{
	if (fault == SIM_FAULT_RESTRICTED)
		return where == SIM_WHERE_HISTORY;
	if (fault == SIM_FAULT_TOKEN_401 || fault == SIM_FAULT_LOCKED ||
	    fault == SIM_FAULT_EXPIRED_TOKEN)
		return where == SIM_WHERE_TOKEN;
	if (fault == SIM_FAULT_UNKNOWN_CODE)
		return where != SIM_WHERE_TOKEN;
	if (fault == SIM_FAULT_REJECT)
		return where == SIM_WHERE_CHECKIN;
	return true;
}

/* Under the lock. */
static bool
strikes(struct sim_faults *faults)
{
	double roll;

	if (faults->rate >= 1)
		return true;
	roll = (double)(sim_random_next(&faults->random) >> 11) / 0x1p53;
	return roll < faults->rate;
}

enum sim_fault
sim_faults_draw(struct sim_faults *faults, enum sim_where where)
{
	enum sim_fault fault = SIM_FAULT_NONE;

	if (where == SIM_WHERE_CONTROL)
		return SIM_FAULT_NONE;
	pthread_mutex_lock(&faults->lock);
	if ((faults->where == SIM_WHERE_ANY || faults->where == where) &&
	    faults->fault != SIM_FAULT_NONE &&
	    concerns(faults->fault, where) && strikes(faults)) {
		fault = faults->fault;
		if (faults->left > 0 && --faults->left == 0)
			faults->fault = SIM_FAULT_NONE;
	}
	pthread_mutex_unlock(&faults->lock);
	return fault;
}

const char *
sim_fault_text(enum sim_fault fault)
{
	return texts[fault];
}

static void
answer_wrong_types(struct sim_call *call)
{
	sim_reply_json_new(call, 200, json_pack("{s:i, s:[s], s:{}, s:b, s:i,"
	    " s:n, s:{s:i}, s:s}", "maKetQua", 0, "ghiChu", "a", "maThe",
	    "hoTen", 1, "ngaySinh", 19940305, "gtTheTu", "dsLichSuKT2018",
	    "userKT", 1, "APIKey", "none"));
}

bool
sim_fault_answer(struct sim_call *call)
{
	static const char json[] = "application/json; charset=utf-8";

	call->reply.status = 200;
	switch ((enum sim_fault)call->fault) {
	case SIM_FAULT_DOWN:
		call->reply.shape = SIM_SHAPE_CLOSE;
		return true;
	case SIM_FAULT_HANG:
		call->reply.shape = SIM_SHAPE_HANG;
		return true;
	case SIM_FAULT_HUGE:
		call->reply.type = json;
		call->reply.shape = SIM_SHAPE_HUGE;
		return true;
	case SIM_FAULT_HTTP_500:
		sim_reply_text(call, 500, "text/html", page);
		return true;
	case SIM_FAULT_HTTP_401:
		sim_reply_text(call, 401, json, "");
		return true;
	case SIM_FAULT_HTML:
		sim_reply_text(call, 200, "text/html", page);
		return true;
	case SIM_FAULT_EMPTY:
		sim_reply_text(call, 200, json, "");
		return true;
	case SIM_FAULT_GARBAGE_JSON:
		sim_reply_text(call, 200, json,
		    "{\"maKetQua\":\"000\",\"ghiChu\":\"\xff\xfe\",,}]");
		return true;
	case SIM_FAULT_WRONG_TYPES:
		answer_wrong_types(call);
		return true;
	case SIM_FAULT_REDIRECT:
		sim_reply_text(call, 302, "text/html", "");
		call->reply.location = "/sim/elsewhere";
		return true;
	case SIM_FAULT_ADDRESS_403:
		sim_reply_text(call, 403, "text/html", page_403);
		return true;
	case SIM_FAULT_NONE:
	case SIM_FAULT_LOCKED:
	case SIM_FAULT_RESTRICTED:
	case SIM_FAULT_TOKEN_401:
	case SIM_FAULT_HALF:
	case SIM_FAULT_EXPIRED_TOKEN:
	case SIM_FAULT_UNKNOWN_CODE:
	case SIM_FAULT_REJECT:
		break;
	}
	return false;
}

const char *
sim_faults_help(void)
{
	return
"  none             play no fault\n"
"  down             close the connection without an answer\n"
"  http-500         HTTP 500 with an HTML page\n"
"  http-401-always  HTTP 401 with an empty body\n"
"  token-401        refuse each log-in: maKetQua 401\n"
"  html             HTTP 200 with an HTML page\n"
"  empty            HTTP 200 with an empty body\n"
"  half             half of the right body, then close\n"
"  huge             a body of 100 MB\n"
"  hang             take the call and never answer\n"
"  garbage-json     a body that is neither JSON nor UTF-8\n"
"  wrong-types      JSON whose fields have unexpected types\n"
"  expired-token    give out tokens that are over already\n"
"  unknown-code     maKetQua 999 for each lookup and check-in\n"
"  redirect         HTTP 302 to another path\n"
"  address-403      HTTP 403 with a page, as to an address not registered\n"
"  locked           refuse each log-in: the account has been locked\n"
"  restricted       co-payment: 500, the account is on the restricted list\n"
"  reject           take no check-in: thongDiep names a field\n"
"  rate=P           http-500 with probability P (0 to 1), by the seed\n";
}
