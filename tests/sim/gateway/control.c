/*
 * control.c - switches and figures for tests, under /sim/
 */
#include <stdlib.h>

#include "call.h"
#include "control.h"
#include "faults.h"
#include "journal.h"
#include "receipts.h"
#include "token.h"

/* A whole number of the query string; false when it is none. */
static bool
read_number(const struct sim_call *call, const char *name, unsigned *out)
{
	const char *text = sim_call_query(call, name);
	unsigned long value;
	char *end;

	if (text == NULL || text[0] < '0' || text[0] > '9')
		return false;
	value = strtoul(text, &end, 10);
	if (*end != '\0' || value > 86400000)
		return false;
	*out = (unsigned)value;
	return true;
}

static void
reply_done(struct sim_call *call)
{
	sim_reply_json_new(call, 200, json_pack("{s:b}", "done", 1));
}

static void
reply_refused(struct sim_call *call, const char *text)
{
	sim_reply_text(call, 400, "text/plain; charset=utf-8", text);
}

void
sim_control_fail(struct sim_call *call)
{
	const char *mode = sim_call_query(call, "mode");
	unsigned times = 0;

	if (sim_call_query(call, "times") != NULL &&
	    !read_number(call, "times", &times))
		reply_refused(call, "times=N\n");
	else if (mode == NULL || !sim_faults_set(call->gateway->faults, mode,
	    times))
		reply_refused(call, sim_faults_help());
	else
		reply_done(call);
}

void
sim_control_latency(struct sim_call *call)
{
	unsigned ms;

	if (!read_number(call, "ms", &ms)) {
		reply_refused(call, "ms=N\n");
		return;
	}
	sim_faults_set_latency(call->gateway->faults, ms);
	reply_done(call);
}

void
sim_control_correct(struct sim_call *call)
{
	const char *label = sim_call_query(call, "label");

	if (label == NULL || !sim_faults_correct(call->gateway->faults,
	    label)) {
		reply_refused(call, "label=LABEL\n");
		return;
	}
	reply_done(call);
}

void
sim_control_revoke(struct sim_call *call)
{
	sim_tokens_revoke(call->gateway->tokens);
	reply_done(call);
}

void
sim_control_reset(struct sim_call *call)
{
	(void)sim_faults_set(call->gateway->faults, "none", 0);
	(void)sim_faults_correct(call->gateway->faults, "");
	sim_faults_set_latency(call->gateway->faults,
	    call->gateway->config.latency_ms);
	sim_journal_reset(call->gateway->journal);
	sim_receipts_reset(call->gateway->receipts);
	reply_done(call);
}

void
sim_control_log(struct sim_call *call)
{
	sim_reply_json_new(call, 200,
	    sim_journal_calls_new(call->gateway->journal));
}

void
sim_control_counts(struct sim_call *call)
{
	sim_reply_json_new(call, 200,
	    sim_journal_counts_new(call->gateway->journal));
}

void
sim_control_checkins(struct sim_call *call)
{
	sim_reply_json_new(call, 200,
	    sim_receipts_list_new(call->gateway->receipts));
}

void
sim_control_arrivals(struct sim_call *call)
{
	sim_reply_json_new(call, 200,
	    sim_receipts_arrivals_new(call->gateway->receipts));
}
