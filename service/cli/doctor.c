/*
 * doctor.c - one line for each thing that has to work
 */
#include <sys/stat.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "ck/trust.h"
#include "cli/ask.h"
#include "cli/doctor.h"
#include "cli/doctor_reader.h"
#include "cli/finding.h"
#include "cli/trust.h"
#include "daemon/config.h"
#include "io/json.h"

/* The office acknowledges a case as soon as it arrives: after three days it has
 * not, over a weekend too. The alert CheckinCorrectionOld is the same. */
#define CASE_OLD_S (3 * 86400)

static int
well(const char *what, const char *words)
{
	return ck_finding(CK_FINDING_OK, what, "%s", words);
}

static int
unwell(const char *what, const char *words)
{
	return ck_finding(CK_FINDING_FAIL, what, "%s", words);
}

static int
note(const char *what, const char *words)
{
	return ck_finding(CK_FINDING_NOTE, what, "%s", words);
}

/* The daemon only warns: a clinic goes on working. Here it is put right. */
static int
look_at_secrets(const struct ck_config *config)
{
	const char *const files[] = {
		config->token_file, config->feed_token_file,
		config->gateway_password_file,
		config->gateway_proxy_login_file,
		config->gateway_headers_file,
		config->check_in_signature_password_file,
		config->collector_token_file
	};
	struct stat info;
	int bad = 0;
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (files[i][0] != '\0' && stat(files[i], &info) == 0 &&
		    (info.st_mode & 077) != 0)
			bad += ck_finding(CK_FINDING_FAIL, "secret", "%s: "
			    "others may read it (mode %04o): chmod 600 %s",
			    files[i], (unsigned)info.st_mode & 07777,
			    files[i]);
	}

	return bad;
}

static int
look_at_account(const struct ck_config *config)
{
	int bad = 0;

	if (config->gateway_user[0] == '\0')
		bad += unwell("account", "set [gateway] user and "
		    "password_file: without them every lookup is unavailable");
	else
		bad += well("account", config->gateway_user);
	if (config->operator_count == 0)
		bad += unwell("operator", "add an [operator] section: the "
		    "gateway wants a clerk's name and number");
	else
		bad += well("operator", "configured");

	return bad;
}

/* What the store holds, counted. */
struct trust_counts {
	unsigned anchors, signers, crls, stale;
};

static void
count_trust(const struct ck_trust *trust, int64_t now,
    struct trust_counts *counts)
{
	struct ck_trust_entry entry;
	size_t i;

	for (i = 0; i < ck_trust_count(trust); i++) {
		ck_trust_describe(trust, i, &entry);
		if (entry.kind == CK_TRUST_CRL) {
			counts->crls++;
			counts->stale += entry.unproven ||
			    (entry.until != 0 && entry.until < now);
		} else if (entry.kind == CK_TRUST_SIGNER) {
			counts->signers++;
		} else if (entry.kind != CK_TRUST_PUBLISHER) {
			counts->anchors++;
		}
	}
}

static int
tell_trust(const struct ck_trust *trust, int64_t now)
{
	int64_t expiry = ck_trust_expiry(trust, "VN", now);
	struct trust_counts counts = { 0 };
	char words[200], date[CK_CLI_DATE_LEN];

	count_trust(trust, now, &counts);
	if (counts.anchors + counts.signers == 0)
		return note("trust", "no issuer is installed: chips are at "
		    "best chip_consistent (checkin trust import)");
	ck_cli_trust_date(expiry, date);
	(void)snprintf(words, sizeof(words), "%u issuers, %u accepted "
	    "signers, first end %s; %u CRLs, %u of them stale or not in use",
	    counts.anchors, counts.signers, date, counts.crls, counts.stale);
	if (expiry < now)
		return note("trust", words);

	return counts.stale > 0 ? note("trust", words) :
	    well("trust", words);
}

static int
look_at_trust(const struct ck_config *config)
{
	int64_t now = ck_clock_wall_ms(ck_clock_system()) / 1000;
	char text[CK_TRUST_TEXT_LEN];
	struct ck_trust *trust;
	int bad;

	if (ck_trust_open(&trust, config->trust_directory, false,
	    text) != CK_OK)
		return unwell("trust", text);
	bad = tell_trust(trust, now);
	ck_trust_close(&trust);

	return bad;
}

/* What a problem document advises; or its title. */
static int
unwell_for(const char *what, const struct ck_cli_reply *reply)
{
	json_t *json = ck_json_parse(reply->body);
	const char *detail = ck_json_text(json, "detail");
	int bad = unwell(what, detail[0] != '\0' ? detail :
	    ck_json_text(json, "title"));

	json_decref(json);

	return bad;
}

/* pcscd has a line of its own. */
static bool
is_about_pcscd(const struct ck_cli_reply *reply)
{
	json_t *json = ck_json_parse(reply->body);
	bool yes = reply->status == 503 && strcmp(ck_json_text(json, "type"),
	    "/problems/no-reader-service") == 0;

	json_decref(json);

	return yes;
}

static int
look_at_daemon(const struct ck_config *config, bool *there)
{
	struct ck_cli_reply reply;
	int bad;

	*there = false;
	if (ck_cli_ask(config, "GET", "/readyz", NULL, CK_SPAN_EMPTY,
	    &reply) != CK_OK) {
		ck_cli_reply_wipe(&reply);
		return unwell("daemon", "does not answer: systemctl start "
		    "checkind, and look at its log");
	}
	*there = reply.status == 200 || reply.status == 503;
	if (reply.status == 200)
		bad = well("daemon", "ready");
	else if (is_about_pcscd(&reply))
		bad = well("daemon", "answers");
	else
		bad = unwell_for("daemon", &reply);
	ck_cli_reply_wipe(&reply);

	return bad;
}

/* A scanner of the desk's own, where one is configured. */
static int
look_at_scanner(const json_t *view)
{
	const json_t *scanner = json_object_get(view, "scanner");
	const char *state = ck_json_text(scanner, "state");
	char words[400];

	if (!json_is_object(scanner))
		return 0;
	(void)snprintf(words, sizeof(words), "%s: scanner %s, %s%s",
	    ck_json_text(view, "desk"), state,
	    ck_json_text(scanner, "device"), strcmp(state, "denied") == 0 ?
	    ": add the service's user to the group dialout or input" : "");

	return strcmp(state, "ready") == 0 ? well("desk", words) :
	    unwell("desk", words);
}

static int
look_at_scanners(const struct ck_config *config)
{
	struct ck_cli_reply reply;
	json_t *views = NULL;
	size_t i;
	int bad = 0;

	if (ck_cli_ask(config, "GET", "/v1/desks", NULL, CK_SPAN_EMPTY,
	    &reply) == CK_OK && reply.status == 200)
		views = ck_json_parse(reply.body);
	if (!json_is_array(views))
		bad += unwell("desk", "the daemon does not list its desks");
	for (i = 0; i < json_array_size(views); i++)
		bad += look_at_scanner(json_array_get(views, i));
	json_decref(views);
	ck_cli_reply_wipe(&reply);

	return bad;
}

/* From the metrics: did the last call reach the gateway? */
static int
look_at_gateway(const struct ck_config *config)
{
	static const char up[] = "\ncheckin_gateway_up 1\n";
	static const char down[] = "\ncheckin_gateway_up 0\n";
	struct ck_cli_reply reply;
	int bad;

	if (ck_cli_ask(config, "GET", "/metrics", NULL, CK_SPAN_EMPTY,
	    &reply) != CK_OK || reply.status != 200)
		bad = unwell("gateway", "the daemon gives no metrics");
	else if (memmem(reply.body.ptr, reply.body.len, up,
	    sizeof(up) - 1) != NULL)
		bad = well("gateway", "the last call reached it");
	else if (memmem(reply.body.ptr, reply.body.len, down,
	    sizeof(down) - 1) != NULL)
		bad = unwell("gateway", "the last call failed: look at the "
		    "log for the cause");
	else
		bad = note("gateway", "no call has reached it since the "
		    "daemon started");
	ck_cli_reply_wipe(&reply);

	return bad;
}

/* Do the figures reach the province, where they are pushed? */
static int
tell_collector(const json_t *json)
{
	const json_t *error = json_object_get(json, "error");
	const char *until = ck_json_text(json, "pushed_until");
	char words[600];

	if (!json_is_true(json_object_get(json, "configured")))
		return note("collector", "figures are not pushed: [collector] "
		    "url is not set");
	if (json_is_object(error)) {
		(void)snprintf(words, sizeof(words), "%s (%s, since %s)",
		    ck_json_text(error, "words"), ck_json_text(error, "label"),
		    ck_json_text(json, "failing_since"));
		return unwell("collector", words);
	}
	(void)snprintf(words, sizeof(words), "%s has everything until %s",
	    ck_json_text(json, "url"), until);

	return until[0] != '\0' ? well("collector", words) :
	    note("collector", "nothing has been pushed since the daemon "
	    "started");
}

static int
look_at_collector(const struct ck_config *config)
{
	struct ck_cli_reply reply;
	json_t *json = NULL;
	int bad;

	if (ck_cli_ask(config, "GET", "/v1/collector", NULL, CK_SPAN_EMPTY,
	    &reply) == CK_OK && reply.status == 200)
		json = ck_json_parse(reply.body);
	bad = json != NULL ? tell_collector(json) :
	    unwell("collector", "the daemon does not tell");
	json_decref(json);
	ck_cli_reply_wipe(&reply);

	return bad;
}

/* A gauge of the metrics; -1: it has no sample. */
static double
gauge(struct ck_span metrics, const char *name)
{
	size_t len = strlen(name);
	const char *at = (const char *)metrics.ptr;
	const char *end = at + metrics.len;
	char number[32];

	while (at != NULL && (size_t)(end - at) > len) {
		const char *line = at;

		at = memchr(at, '\n', (size_t)(end - at));
		if (at++ == NULL)
			return -1;
		if (strncmp(line, name, len) != 0 || line[len] != ' ')
			continue;
		(void)snprintf(number, sizeof(number), "%.*s",
		    (int)(at - line - (ptrdiff_t)len - 2), line + len + 1);
		return strtod(number, NULL);
	}

	return -1;
}

static int
tell_cases(struct ck_span metrics)
{
	double now = (double)ck_clock_wall_ms(ck_clock_system()) / 1000;
	double pending = gauge(metrics, "checkin_correction_cases_pending");
	double refused = gauge(metrics, "checkin_correction_cases_refused");
	double oldest = gauge(metrics,
	    "checkin_correction_cases_oldest_timestamp_seconds");
	char words[240];

	if (pending < 0)
		return unwell("corrections", "the daemon does not tell");
	(void)snprintf(words, sizeof(words), "%.0f cases wait for the "
	    "insurer's office, the oldest for %.0f days; %.0f were refused "
	    "(the page /corrections says why and whom to call)", pending,
	    oldest < 0 ? 0 : (now - oldest) / 86400, refused);
	if (oldest >= 0 && now - oldest > CASE_OLD_S)
		return unwell("corrections", words);
	if (pending + refused > 0)
		return note("corrections", words);

	return well("corrections", "no case waits for the insurer's office");
}

/* Cases about patients whose record the insurer has to correct. */
static int
look_at_cases(const struct ck_config *config)
{
	struct ck_cli_reply reply;
	int bad;

	if (ck_cli_ask(config, "GET", "/metrics", NULL, CK_SPAN_EMPTY,
	    &reply) == CK_OK && reply.status == 200)
		bad = tell_cases(reply.body);
	else
		bad = unwell("corrections", "the daemon gives no metrics");
	ck_cli_reply_wipe(&reply);

	return bad;
}

int
ck_doctor(const struct ck_config *config)
{
	bool there;
	int bad = 0;

	bad += well("config", "every key is understood");
	bad += look_at_secrets(config);
	bad += look_at_account(config);
	bad += look_at_trust(config);
	bad += look_at_daemon(config, &there);
	bad += ck_doctor_readers(config, there);
	if (there) {
		bad += look_at_scanners(config);
		bad += look_at_gateway(config);
		bad += look_at_collector(config);
		bad += look_at_cases(config);
	}

	return bad;
}
