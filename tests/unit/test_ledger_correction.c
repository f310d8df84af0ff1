/*
 * test_ledger_correction.c - correction cases in a ledger, on both databases
 *
 * Documents are written by hand and signed with OpenSSL (feed_maker.h).
 */
#include "ledger_fixture.h"

#include "ck/hex.h"
#include "ledger/correction.h"
#include "province/gather.h"

#define ID "00112233445566778899aabbccddeeff"
#define OTHER_ID "ffeeddccbbaa99887766554433221100"

/* AuthEnvelopedData for a made-up recipient, by the openssl command:
 *   openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
 *       -subj /CN=t -keyout /dev/null -out t.pem; \
 *   echo -n x | openssl cms -encrypt -aes-256-gcm -binary -outform DER -recip \
 *       t.pem | base64 -w 0 */
#define ENVELOPE \
	"MIIBJAYLKoZIhvcNAQkQARegggETMIIBDwIBADGBx6GBxAIBA6BRoU8wCQYH" \
	"KoZIzj0CAQNCAASlKhLrhNPZs7YQl6H2U15gUBbqmMWQSdS6VVwIjU3fYxRZ" \
	"1TNJnJxW9vXNgt/ITB0AS4fnJxBVtXx43u+cMEQXMBgGCSuBBRCGSD8AAjAL" \
	"BglghkgBZQMEAS0wUjBQMCQwDDEKMAgGA1UEAwwBdAIUKmBr8Napd2EkNmhJ" \
	"CLO2OcrCsswEKHTxXs3Eu1m9/yMWHEUlQspZby4Dw04/PLeU/IWCvTXK7y4y" \
	"1CUYKjIwLgYJKoZIhvcNAQcBMB4GCWCGSAFlAwQBLjARBAyOP69gyPfBef1c" \
	"37ICARCAAW4EEC0KZ8plPNOAlugvqk4SUYI="

#define RECIPIENT \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct pg_server server;
static struct fixture f;

struct case_text {
	const char *id;		/* ID */
	const char *facility;	/* "84001" */
	const char *station;	/* "main" */
	const char *made_at;	/* "2026-03-02T10:00:05Z" */
	const char *recipient;	/* RECIPIENT */
	int retests;		/* at least 0: an end; else a case */
	unsigned key;		/* 1 */
	bool broken;		/* the signature is of other bytes */
};

static void
put_members(const struct case_text *c, struct feed_text *before,
    struct feed_text *behind)
{
	feed_put(before, "{");
	if (c->retests < 0)
		feed_put(before, "\"envelope\":\"" ENVELOPE "\",");
	feed_put(before, "\"facility\":\"%s\",\"id\":\"%s\","
	    "\"made_at\":\"%s\",", feed_or(c->facility, "84001"),
	    feed_or(c->id, ID), feed_or(c->made_at, "2026-03-02T10:00:05Z"));
	if (c->retests < 0)
		feed_put(before, "\"recipient\":\"%s\",", feed_or(
		    c->recipient, RECIPIENT));
	else
		feed_put(before, "\"retests\":%d,", c->retests);
	feed_put(before, "\"schema\":1");
	feed_put(behind, "\"station\":\"%s\",\"type\":\"%s\"}",
	    feed_or(c->station, "main"), c->retests < 0 ?
	    "correction_case" : "correction_closed");
}

/* Free it. */
static char *
text_of(const struct case_text *c)
{
	struct feed_text before = { NULL, 0, 0 }, behind = { NULL, 0, 0 };
	struct feed_text bytes = { NULL, 0, 0 }, out = { NULL, 0, 0 };
	unsigned key = c->key != 0 ? c->key : 1;
	char value[129], public[65];

	put_members(c, &before, &behind);
	feed_put(&bytes, "checkin correction 1%c%s,%s%s", 0, before.text,
	    behind.text, c->broken ? " " : "");
	feed_sign(key, bytes.text, bytes.len, value);
	feed_public(key, public);
	feed_put(&out, "%s,\"signature\":{\"key\":\"%s\",\"value\":\"%s\"},%s",
	    before.text, public, value, behind.text);
	free(before.text);
	free(behind.text);
	free(bytes.text);

	return out.text;
}

/* From a file (facility 0), or with a clinic's token. */
static struct ck_correction_taken
give(const struct case_text *c, int64_t facility, const char *station)
{
	uint8_t recipient[CK_FINGERPRINT_LEN];
	char *text = text_of(c);
	struct ck_arrival arrival = { .body = ck_span_str(text),
		.way = facility != 0 ? CK_WAY_PUSH : CK_WAY_FILE,
		.facility = facility, .station = station };
	struct ck_correction_taken taken;

	assert_true(ck_hex_read(ck_span_str(RECIPIENT), recipient,
	    sizeof(recipient)));
	assert_int_equal(ck_ledger_take_correction(f.ledger, &arrival,
	    recipient, &taken), CK_OK);
	free(text);

	return taken;
}

static void
refused(const struct case_text *c, enum ck_correction_reason reason)
{
	struct ck_correction_taken taken = give(c, 0, NULL);

	if (taken.reason != reason)
		fail_msg("%s (%s), expected %s",
		    ck_correction_reason_label(taken.reason), taken.detail,
		    ck_correction_reason_label(reason));
}

static const struct case_text good = { .retests = -1 };

static enum ck_err
count(void *ctx, const struct ck_correction_held *held)
{
	(void)held;
	++*(int *)ctx;

	return CK_OK;
}

static int
held(bool open)
{
	int n = 0;

	assert_int_equal(ck_corrections_read(f.ledger, open, count, &n),
	    CK_OK);

	return n;
}

static void
a_case_comes_once(void **state)
{
	struct ck_correction_taken first = give(&good, 0, NULL), again;
	struct ck_correction_held found;
	struct ck_buf body = CK_BUF_INIT;
	char *text = text_of(&good);

	(void)state;
	assert_int_equal(first.reason, CK_CORRECTION_GOOD);
	assert_false(first.repeated);
	assert_string_equal(first.answer.id, ID);
	assert_int_equal(first.answer.state, CK_OFFICE_RECEIVED);
	f.now_ms += 60000;
	again = give(&good, 0, NULL);
	assert_true(again.repeated);
	assert_int_equal(again.answer.received_ms, first.answer.received_ms);
	assert_int_equal(held(false), 1);
	/* byte for byte */
	assert_int_equal(ck_correction_find(f.ledger, ID, &found, &body),
	    CK_OK);
	assert_true(ck_span_equal(ck_buf_view(&body), ck_span_str(text)));
	assert_int_equal(found.way, CK_WAY_FILE);
	ck_buf_wipe(&body);
	free(text);
	assert_int_equal(ck_correction_find(f.ledger, OTHER_ID, &found,
	    NULL), CK_ERR_NOT_FOUND);
	assert_int_equal(ck_correction_find(f.ledger, "no id", &found, NULL),
	    CK_ERR_NOT_FOUND);
}

static int64_t
facility(const char *id)
{
	const struct ck_registry *registry;

	assert_int_equal(ck_ledger_registry(f.ledger, &registry), CK_OK);

	return ck_registry_by_id(registry, id)->number;
}

static void
who_sends_and_signs_is_looked_at(void **state)
{
	struct case_text c = good;

	(void)state;
	c.facility = "99999";
	refused(&c, CK_CORRECTION_UNKNOWN_CLINIC);
	c = good;
	c.station = "tang-9";
	refused(&c, CK_CORRECTION_UNKNOWN_CLINIC);
	c = good;
	c.key = 2;
	refused(&c, CK_CORRECTION_KEY);
	c = good;
	c.broken = true;
	refused(&c, CK_CORRECTION_SIGNATURE);
	c = good;
	c.made_at = "2026-03-02T11:00:05Z";
	refused(&c, CK_CORRECTION_CLOCK);
	c = good;
	c.recipient = "ff23456789abcdef0123456789abcdef"
	    "0123456789abcdef0123456789abcdef";
	refused(&c, CK_CORRECTION_RECIPIENT);
	assert_int_equal(give(&good, facility("84002"), "main").reason,
	    CK_CORRECTION_WRONG_CLINIC);
	assert_int_equal(give(&good, facility("84001"), "tang-2").reason,
	    CK_CORRECTION_WRONG_CLINIC);
	assert_int_equal(held(false), 0);
	assert_int_equal(give(&good, facility("84001"), "main").reason,
	    CK_CORRECTION_GOOD);
}

/* Two documents of one id: the second is another case, or a forgery. */
static void
another_case_of_the_same_id_is_refused(void **state)
{
	struct case_text c = good;

	(void)state;
	assert_int_equal(give(&good, 0, NULL).reason, CK_CORRECTION_GOOD);
	c.made_at = "2026-03-02T10:00:06Z";
	refused(&c, CK_CORRECTION_OTHER);
	c = good;
	c.facility = "84002";
	c.key = 2;
	refused(&c, CK_CORRECTION_WRONG_CLINIC);
	c = good;
	c.station = "tang-2";
	c.key = 3;
	refused(&c, CK_CORRECTION_WRONG_CLINIC);
	assert_int_equal(held(false), 1);
}

static void
an_end_closes_its_own_case(void **state)
{
	struct case_text end = { .retests = 2,
		.made_at = "2026-03-02T10:00:09Z" };
	struct case_text foreign = { .retests = 0, .facility = "84002",
		.key = 2 };
	struct ck_correction_held found;
	struct ck_correction_taken taken;

	(void)state;
	refused(&end, CK_CORRECTION_UNKNOWN_CASE);
	assert_int_equal(give(&good, 0, NULL).reason, CK_CORRECTION_GOOD);
	refused(&foreign, CK_CORRECTION_WRONG_CLINIC);
	assert_int_equal(held(true), 1);
	taken = give(&end, 0, NULL);
	assert_int_equal(taken.reason, CK_CORRECTION_GOOD);
	assert_int_equal(taken.answer.state, CK_OFFICE_CLOSED);
	assert_true(give(&end, 0, NULL).repeated);
	/* the case once more: it stays closed, and the answer says so */
	assert_int_equal(give(&good, 0, NULL).answer.state,
	    CK_OFFICE_CLOSED);
	assert_int_equal(held(true), 0);
	assert_int_equal(ck_correction_find(f.ledger, ID, &found, NULL),
	    CK_OK);
	assert_int_equal(found.retests, 2);
	assert_int_equal(ck_correction_decide(f.ledger, ID,
	    CK_OFFICE_CORRECTED), CK_ERR_REQUEST);
}

static void
the_office_decides(void **state)
{
	(void)state;
	assert_int_equal(ck_correction_decide(f.ledger, ID,
	    CK_OFFICE_CORRECTED), CK_ERR_NOT_FOUND);
	assert_int_equal(give(&good, 0, NULL).reason, CK_CORRECTION_GOOD);
	assert_int_equal(ck_correction_decide(f.ledger, ID,
	    CK_OFFICE_REFUSED), CK_OK);
	assert_int_equal(held(true), 0);
	assert_int_equal(ck_correction_decide(f.ledger, ID,
	    CK_OFFICE_CORRECTED), CK_OK);
	assert_int_equal(held(true), 1);
	assert_int_equal(give(&good, 0, NULL).answer.state,
	    CK_OFFICE_CORRECTED);
}

static enum ck_err
keep(void *ctx, const struct ck_correction_refusal *refusal)
{
	*(struct ck_correction_refusal *)ctx = *refusal;

	return CK_OK;
}

static void
what_was_refused_is_recorded_once(void **state)
{
	struct ck_correction_refusal last = { .times = 0 };
	struct case_text c = good;

	(void)state;
	c.key = 2;
	refused(&c, CK_CORRECTION_KEY);
	f.now_ms += 1000;
	refused(&c, CK_CORRECTION_KEY);
	assert_int_equal(ck_correction_refusals(f.ledger, keep, &last),
	    CK_OK);
	assert_string_equal(last.reason, "key");
	assert_string_equal(last.code, "84001");
	assert_int_equal(last.times, 2);
	assert_int_equal(last.last_ms - last.received_ms, 1000);
	assert_int_equal(fixture_int(&f,
	    "SELECT count(*) FROM correction_refused"), 1);
}

static void
expect_metrics(const char *const *lines)
{
	struct ck_buf text = CK_BUF_INIT;

	assert_int_equal(ck_province_metrics_text(f.ledger, f.now_ms,
	    CK_METRICS_TEXT, &text), CK_OK);
	assert_int_equal(ck_buf_push(&text, 0), CK_OK);
	for (; *lines != NULL; lines++) {
		bool absent = (*lines)[0] == '!';

		if ((strstr((const char *)text.ptr, *lines + absent) ==
		    NULL) != absent)
			fail_msg("%s in: %s", *lines, text.ptr);
	}
	ck_buf_wipe(&text);
}

static void
what_waits_for_the_office_is_measured(void **state)
{
	static const char *const nothing[] = {
		"\ncheckin_province_correction_cases_pending 0\n",
		"!\ncheckin_province_correction_cases_oldest_timestamp_seconds",
		"\ncheckin_province_correction_documents_refused_total 0\n",
		NULL
	};
	static const char *const waiting[] = {
		"\ncheckin_province_correction_cases_pending 1\n",
		"\ncheckin_province_correction_cases_oldest_timestamp_seconds",
		"\ncheckin_province_correction_documents_refused_total 2\n",
		NULL
	};
	static const char *const decided[] = {
		"\ncheckin_province_correction_cases_pending 0\n",
		"!\ncheckin_province_correction_cases_oldest_timestamp_seconds",
		NULL
	};
	struct case_text c = good;

	(void)state;
	expect_metrics(nothing);
	assert_int_equal(give(&good, 0, NULL).reason, CK_CORRECTION_GOOD);
	c.key = 2;
	refused(&c, CK_CORRECTION_KEY);
	refused(&c, CK_CORRECTION_KEY);
	expect_metrics(waiting);
	assert_int_equal(ck_correction_decide(f.ledger, ID,
	    CK_OFFICE_CORRECTED), CK_OK);
	expect_metrics(decided);
}

static void
what_was_cut_is_too_large(void **state)
{
	struct ck_arrival arrival = { .body = ck_span_str("{\"type\":"),
		.way = CK_WAY_FILE, .cut = true };
	struct ck_correction_taken taken;

	(void)state;
	assert_int_equal(ck_ledger_take_correction(f.ledger, &arrival, NULL,
	    &taken), CK_OK);
	assert_int_equal(taken.reason, CK_CORRECTION_TOO_LARGE);
}

static int
setup_file(void **state)
{
	(void)state;
	fixture_start(&f, NULL);
	fixture_registry(&f);

	return 0;
}

static int
setup_server(void **state)
{
	(void)state;
	fixture_start(&f, &server);
	fixture_registry(&f);

	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	fixture_end(&f);

	return 0;
}

#define ON_FILE(test) \
	cmocka_unit_test_setup_teardown(test, setup_file, teardown)
#define ON_SERVER(test) \
	{ #test " (PostgreSQL)", test, setup_server, teardown, NULL }

#define ALL(on) \
	on(a_case_comes_once), \
	on(who_sends_and_signs_is_looked_at), \
	on(another_case_of_the_same_id_is_refused), \
	on(an_end_closes_its_own_case), \
	on(the_office_decides), \
	on(what_was_refused_is_recorded_once), \
	on(what_waits_for_the_office_is_measured), \
	on(what_was_cut_is_too_large)

int
main(void)
{
	const struct CMUnitTest tests[] = { ALL(ON_FILE), ALL(ON_SERVER) };
	int failed;

	if (!pg_make(&server)) {
		(void)fprintf(stderr, "no PostgreSQL server: see %s/log\n",
		    server.directory);
		return 1;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	pg_remove(&server);

	return failed;
}
