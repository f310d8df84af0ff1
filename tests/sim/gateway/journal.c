/*
 * journal.c - what the gateway was asked, so that tests can compare figures
 */
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "call.h"
#include "faults.h"
#include "journal.h"
#include "token.h"

#define KEPT 20000	/* entries; older ones are overwritten */
#define CODES 64	/* distinct maKetQua; there are about 30 */
#define KINDS 4

struct entry {
	struct timespec time;
	const struct sim_route *route;
	const char *key_kind;
	char code[16];
	unsigned status;
	unsigned fault;
	char account[64];	/* whose token was shown */
	char digest[65];	/* SHA-256 of the answer's body */
};

struct code_count {
	char code[16];
	unsigned count;
};

struct counts {
	unsigned calls, token_takes, token_refusals, lookups, histories;
	unsigned check_ins, faults;
	struct code_count codes[CODES];
	unsigned keys[KINDS];
};

struct sim_journal {
	pthread_mutex_t lock;
	struct counts counts;
	size_t added;		/* entries ever; the latest KEPT are there */
	struct entry entries[KEPT];
};

static const char *const key_kinds[KINDS] = {
	"id_number", "insurance_number", "card_number", "invalid"
};

struct sim_journal *
sim_journal_new(void)
{
	struct sim_journal *journal = calloc(1, sizeof(*journal));

	if (journal != NULL)
		pthread_mutex_init(&journal->lock, NULL);
	return journal;
}

void
sim_journal_free(struct sim_journal **journal)
{
	if (*journal == NULL)
		return;
	pthread_mutex_destroy(&(*journal)->lock);
	free(*journal);
	*journal = NULL;
}

void
sim_journal_reset(struct sim_journal *journal)
{
	pthread_mutex_lock(&journal->lock);
	memset(&journal->counts, 0, sizeof(journal->counts));
	journal->added = 0;
	pthread_mutex_unlock(&journal->lock);
}

static void
count_code(struct counts *counts, const char *code)
{
	const char *name = code[0] != '\0' ? code : "none";
	size_t i;

	for (i = 0; i < CODES; i++) {
		struct code_count *row = &counts->codes[i];

		if (row->count == 0)
			snprintf(row->code, sizeof(row->code), "%s", name);
		if (strcmp(row->code, name) == 0) {
			row->count++;
			return;
		}
	}
}

static void
count_lookup(struct counts *counts, const struct sim_call *call)
{
	size_t i;

	counts->lookups++;
	count_code(counts, call->code);
	for (i = 0; i < KINDS; i++) {
		if (call->key_kind != NULL &&
		    strcmp(key_kinds[i], call->key_kind) == 0)
			counts->keys[i]++;
	}
}

static void
count(struct counts *counts, const struct sim_call *call)
{
	counts->calls++;
	counts->faults += call->fault != SIM_FAULT_NONE;
	switch ((enum sim_where)call->route->where) {
	case SIM_WHERE_TOKEN:
		if (strcmp(call->code, "200") == 0)
			counts->token_takes++;
		else
			counts->token_refusals++;
		break;
	case SIM_WHERE_LOOKUP:
		count_lookup(counts, call);
		break;
	case SIM_WHERE_HISTORY:
		counts->histories++;
		break;
	case SIM_WHERE_CHECKIN:
		counts->check_ins++;
		break;
	case SIM_WHERE_ANY:
	case SIM_WHERE_CONTROL:
		break;
	}
}

/* What the client must have received, byte for byte. */
static void
write_digest(const struct sim_reply *reply, char out[65])
{
	unsigned char digest[EVP_MAX_MD_SIZE] = { 0 };
	size_t i;

	EVP_Digest(reply->body != NULL ? reply->body : "", reply->size,
	    digest, NULL, EVP_sha256(), NULL);
	for (i = 0; i < 32; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

void
sim_journal_add(struct sim_journal *journal, const struct sim_call *call)
{
	struct entry *entry;

	pthread_mutex_lock(&journal->lock);
	entry = &journal->entries[journal->added++ % KEPT];
	clock_gettime(CLOCK_REALTIME, &entry->time);
	entry->route = call->route;
	entry->key_kind = call->key_kind;
	memcpy(entry->code, call->code, sizeof(entry->code));
	entry->status = call->reply.shape == SIM_SHAPE_CLOSE ||
	    call->reply.shape == SIM_SHAPE_HANG ? 0 : call->reply.status;
	entry->fault = call->fault;
	sim_token_user(call, entry->account);
	write_digest(&call->reply, entry->digest);
	count(&journal->counts, call);
	pthread_mutex_unlock(&journal->lock);
}

static json_t *
entry_new(const struct entry *entry)
{
	char seconds[24], text[40];
	struct tm tm;

	gmtime_r(&entry->time.tv_sec, &tm);
	strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof(text), "%s.%03uZ", seconds,
	    (unsigned)(entry->time.tv_nsec / 1000000) % 1000);
	return json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s?, s:i, s:s}",
	    "account", entry->account, "answer_sha256", entry->digest,
	    "time", text,
	    "path", entry->route->path, "key", entry->key_kind, "maKetQua",
	    entry->code[0] != '\0' ? entry->code : NULL, "status",
	    (int)entry->status, "fault",
	    sim_fault_text((enum sim_fault)entry->fault));
}

json_t *
sim_journal_calls_new(struct sim_journal *journal)
{
	json_t *calls = json_array();
	size_t i;

	pthread_mutex_lock(&journal->lock);
	i = journal->added > KEPT ? journal->added - KEPT : 0;
	for (; i < journal->added; i++)
		json_array_append_new(calls,
		    entry_new(&journal->entries[i % KEPT]));
	pthread_mutex_unlock(&journal->lock);
	return calls;
}

static json_t *
codes_new(const struct counts *counts)
{
	json_t *codes = json_object();
	size_t i;

	for (i = 0; i < CODES && counts->codes[i].count != 0; i++)
		json_object_set_new(codes, counts->codes[i].code,
		    json_integer(counts->codes[i].count));
	return codes;
}

static json_t *
keys_new(const struct counts *counts)
{
	json_t *keys = json_object();
	size_t i;

	for (i = 0; i < KINDS; i++)
		json_object_set_new(keys, key_kinds[i],
		    json_integer(counts->keys[i]));
	return keys;
}

json_t *
sim_journal_counts_new(struct sim_journal *journal)
{
	struct counts counts;

	pthread_mutex_lock(&journal->lock);
	counts = journal->counts;
	pthread_mutex_unlock(&journal->lock);
	return json_pack("{s:i, s:i, s:i, s:i, s:o, s:o, s:i, s:i, s:i}",
	    "calls", (int)counts.calls, "token_takes",
	    (int)counts.token_takes, "token_refusals",
	    (int)counts.token_refusals, "lookups", (int)counts.lookups,
	    "lookups_by_code", codes_new(&counts), "lookups_by_key",
	    keys_new(&counts), "histories", (int)counts.histories,
	    "check_ins", (int)counts.check_ins, "faults",
	    (int)counts.faults);
}
