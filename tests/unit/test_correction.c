/*
 * test_correction.c - documents of correction cases
 *
 * Written by hand and signed with OpenSSL itself (feed_maker.h).
 */
#include "correction_maker.h"

#include "ck/hex.h"
#include "correction/document.h"

#define PREFIX "checkin correction 1"
#define ANSWER_PREFIX "checkin correction answer 1"

static char *
envelope_text(void)
{
	static char text[4096];
	struct ck_buf envelope = sealed("ec.pem");

	assert_true(4 * ((envelope.len + 2) / 3) < sizeof(text));
	(void)EVP_EncodeBlock((unsigned char *)text, envelope.ptr,
	    (int)envelope.len);
	ck_buf_wipe(&envelope);

	return text;
}

/* What the clinic with key 1 signs: members sorted, "signature" is set before
 * what sorts behind it. prefix tells what is signed; free it. */
static char *
signed_text(const char *prefix, const char *before, const char *behind)
{
	struct feed_text bytes = { NULL, 0, 0 }, out = { NULL, 0, 0 };
	char value[129], public[65];

	feed_put(&bytes, "%s", prefix);
	feed_put(&bytes, "%c%s,%s", 0, before, behind);
	feed_sign(1, bytes.text, bytes.len, value);
	feed_public(1, public);
	feed_put(&out, "%s,\"signature\":{\"key\":\"%s\",\"value\":\"%s\"},%s",
	    before, public, value, behind);
	free(bytes.text);

	return out.text;
}

#define HEAD "\"facility\":\"84001\",\"id\":\"" ID "\"," \
	"\"made_at\":\"2026-03-02T10:00:05Z\","
#define RECIPIENT "\"recipient\":\"" \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\","
#define TAIL "\"station\":\"main\",\"type\":\"correction_case\"}"

static char *
case_text(void)
{
	struct feed_text before = { NULL, 0, 0 };
	char *out;

	feed_put(&before, "{\"envelope\":\"%s\"," HEAD RECIPIENT
	    "\"schema\":1", envelope_text());
	out = signed_text(PREFIX, before.text, TAIL);
	free(before.text);

	return out;
}

static enum ck_correction_reason
reason_of(const char *text)
{
	struct ck_correction_document doc;
	enum ck_correction_reason reason;

	assert_int_equal(ck_correction_read(ck_span_str(text), &doc,
	    &reason), CK_OK);
	ck_correction_wipe(&doc);

	return reason;
}

static void
public_of(unsigned number, uint8_t out[32])
{
	char hex[65];

	feed_public(number, hex);
	assert_true(ck_hex_read(ck_span_str(hex), out, 32));
}

static void
a_case_by_hand_is_read(void **state)
{
	struct ck_correction_document doc;
	enum ck_correction_reason reason;
	uint8_t key[32];
	char *text = case_text();

	(void)state;
	assert_int_equal(ck_correction_read(ck_span_str(text), &doc,
	    &reason), CK_OK);
	assert_int_equal(reason, CK_CORRECTION_GOOD);
	assert_int_equal(doc.type, CK_CORRECTION_CASE);
	assert_string_equal(doc.id, ID);
	assert_string_equal(doc.code, "84001");
	assert_string_equal(doc.station, "main");
	assert_int_equal(doc.made_ms, INT64_C(1772445605000));
	assert_int_equal(doc.recipient[1], 0x23);
	public_of(1, key);
	assert_memory_equal(doc.key, key, sizeof(key));
	assert_true(ck_correction_verify(&doc, key));
	public_of(2, key);
	assert_false(ck_correction_verify(&doc, key));
	ck_correction_wipe(&doc);
	free(text);
}

static void
an_end_by_hand_is_read(void **state)
{
	struct ck_correction_document doc;
	enum ck_correction_reason reason;
	uint8_t key[32];
	char *text = signed_text(PREFIX, "{" HEAD "\"retests\":3,"
	    "\"schema\":1", "\"station\":\"main\","
	    "\"type\":\"correction_closed\"}");

	(void)state;
	assert_int_equal(ck_correction_read(ck_span_str(text), &doc,
	    &reason), CK_OK);
	assert_int_equal(reason, CK_CORRECTION_GOOD);
	assert_int_equal(doc.type, CK_CORRECTION_CLOSED);
	assert_int_equal(doc.retests, 3);
	public_of(1, key);
	assert_true(ck_correction_verify(&doc, key));
	ck_correction_wipe(&doc);
	free(text);
}

/* text with the first of from as to; free it. */
static char *
with(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	struct feed_text out = { NULL, 0, 0 };

	assert_non_null(at);
	feed_put(&out, "%.*s%s%s", (int)(at - text), text, to,
	    at + strlen(from));

	return out.text;
}

static void
what_is_of_another_shape_is_refused(void **state)
{
	static const struct {
		const char *from, *to;
		enum ck_correction_reason reason;
	} changes[] = {
		{ "\"schema\":1", "\"schema\":2", CK_CORRECTION_VERSION },
		{ "\"schema\":1", "\"schema\":\"1\"",
		    CK_CORRECTION_MALFORMED },
		{ ID, "00112233445566778899AABBCCDDEEFF",
		    CK_CORRECTION_MALFORMED },
		{ ID, "0011", CK_CORRECTION_MALFORMED },
		{ "84001", "8400", CK_CORRECTION_MALFORMED },
		{ "\"main\"", "\"Main\"", CK_CORRECTION_MALFORMED },
		{ "2026-03-02T10:00:05Z", "2026-03-02", CK_CORRECTION_MALFORMED },
		{ "correction_case", "correction_cases",
		    CK_CORRECTION_MALFORMED },
		{ "correction_case", "correction_closed",
		    CK_CORRECTION_MALFORMED },
		{ "0123456789abcdef\"", "\"", CK_CORRECTION_MALFORMED },
		{ "\"envelope\":\"", "\"envelope\":\" ",
		    CK_CORRECTION_MALFORMED },
		{ "\"envelope\":\"", "\"envelope\":\"AAAA",
		    CK_CORRECTION_MALFORMED },
		{ "\"envelope\":", "\"more\":1,\"envelope\":",
		    CK_CORRECTION_MALFORMED },
		{ "\"envelope\":", "\"id\":\"x\",\"envelope\":",
		    CK_CORRECTION_MALFORMED },
		{ "\"signature\":{", "\"signature\":{\"x\":1,",
		    CK_CORRECTION_MALFORMED },
		{ "\"type\"", "\"kind\"", CK_CORRECTION_MALFORMED },
		{ "_case\"}", "_case\"} ", CK_CORRECTION_GOOD },
		{ "_case\"}", "_case\"}x", CK_CORRECTION_MALFORMED },
		{ "_case\"}", "_case\"}{}", CK_CORRECTION_MALFORMED },
		{ "_case\"}", "_case\"", CK_CORRECTION_MALFORMED }
	};
	char *text = case_text();
	size_t i;

	(void)state;
	assert_int_equal(reason_of(text), CK_CORRECTION_GOOD);
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char *other = with(text, changes[i].from, changes[i].to);

		if (reason_of(other) != changes[i].reason)
			fail_msg("%s: %s", changes[i].to,
			    ck_correction_reason_label(reason_of(other)));
		free(other);
	}
	free(text);
}

static void
every_cut_is_refused(void **state)
{
	char *text = case_text(), *whole = strdup(text);
	size_t i, len = strlen(text);

	(void)state;
	for (i = 0; i < len; i += 7) {
		text[i] = '\0';
		assert_int_not_equal(reason_of(text), CK_CORRECTION_GOOD);
		memcpy(text, whole, len);
	}
	free(whole);
	free(text);
}

static void
what_is_too_large_is_refused_unread(void **state)
{
	struct feed_text text = { NULL, 0, 0 };

	(void)state;
	feed_put(&text, "{\"envelope\":\"%*s\"}", CK_CORRECTION_MAX, "");
	assert_int_equal(reason_of(text.text), CK_CORRECTION_TOO_LARGE);
	free(text.text);
}

/* Our own documents are what the other side of docs/corrections.md expects:
 * signed bytes by hand, canonical. */
static void
ours_carry_the_signature_of_the_document(void **state)
{
	uint8_t seed[32] = "a key that is not used elsewhere", public[32];
	struct ck_correction_document doc = { .type = CK_CORRECTION_CLOSED,
		.id = ID, .code = "84001", .station = "main",
		.made_ms = INT64_C(1772445605000), .retests = 2 };
	const unsigned one = 1;
	struct ck_signer *signer;
	struct ck_buf out = CK_BUF_INIT;
	char *expected;

	(void)state;
	memcpy(seed, &one, sizeof(one));
	assert_int_equal(ck_signer_new(&signer, seed, public), CK_OK);
	assert_int_equal(ck_correction_build(&doc, signer, public, &out),
	    CK_OK);
	expected = signed_text(PREFIX, "{\"facility\":\"84001\",\"id\":\"" ID
	    "\",\"made_at\":\"2026-03-02T10:00:05.000Z\",\"retests\":2,"
	    "\"schema\":1", "\"station\":\"main\","
	    "\"type\":\"correction_closed\"}");
	assert_true(ck_span_equal(ck_buf_view(&out), ck_span_str(expected)));
	free(expected);
	ck_buf_wipe(&out);
	ck_signer_free(&signer);
}

#define HASH "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

static char *
answer_text(const char *prefix, const char *office_state)
{
	struct feed_text behind = { NULL, 0, 0 };
	char *out;

	feed_put(&behind, "\"state\":\"%s\","
	    "\"state_at\":\"2026-03-03T00:00:00Z\",\"station\":\"main\","
	    "\"type\":\"correction_answer\"}", office_state);
	out = signed_text(prefix, "{\"facility\":\"84001\",\"id\":\"" ID "\","
	    "\"received_at\":\"2026-03-02T10:00:05Z\",\"schema\":1,"
	    "\"sha256\":\"" HASH "\"", behind.text);
	free(behind.text);

	return out;
}

/* signature stands before state here, so the pieces are joined anew. */
static char *
answer(const char *prefix, const char *office_state)
{
	char *text = answer_text(prefix, office_state);

	return text;
}

static void
an_answer_is_believed_under_its_key_alone(void **state)
{
	struct ck_office_answer read;
	char *text = answer(ANSWER_PREFIX, "corrected"), *other;
	uint8_t key[32], wrong[32];

	(void)state;
	public_of(1, key);
	public_of(2, wrong);
	assert_int_equal(ck_office_answer_read(ck_span_str(text), key,
	    &read), CK_OK);
	assert_string_equal(read.id, ID);
	assert_int_equal(read.state, CK_OFFICE_CORRECTED);
	assert_int_equal(read.sha256[0], 0xfe);
	assert_int_equal(ck_office_answer_read(ck_span_str(text), wrong,
	    &read), CK_ERR_CASE_MALFORMED);
	other = with(text, "\"corrected\"", "\"refused\"");
	assert_int_equal(ck_office_answer_read(ck_span_str(other), key,
	    &read), CK_ERR_CASE_MALFORMED);
	free(other);
	free(text);
	/* a clinic's own document is no answer, whoever signed it */
	text = answer(PREFIX, "corrected");
	assert_int_equal(ck_office_answer_read(ck_span_str(text), key,
	    &read), CK_ERR_CASE_MALFORMED);
	free(text);
	text = answer(ANSWER_PREFIX, "forgotten");
	assert_int_equal(ck_office_answer_read(ck_span_str(text), key,
	    &read), CK_ERR_CASE_MALFORMED);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_case_by_hand_is_read),
		cmocka_unit_test(an_end_by_hand_is_read),
		cmocka_unit_test(what_is_of_another_shape_is_refused),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(what_is_too_large_is_refused_unread),
		cmocka_unit_test(ours_carry_the_signature_of_the_document),
		cmocka_unit_test(an_answer_is_believed_under_its_key_alone),
	};

	return cmocka_run_group_tests_name("correction", tests, start,
	    stop);
}
