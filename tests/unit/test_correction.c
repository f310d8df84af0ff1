/*
 * test_correction.c - envelopes, documents and contents of correction cases
 *
 * Envelopes are checked against the openssl command both ways; documents are
 * written by hand and signed with OpenSSL itself (feed_maker.h).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "feed_maker.h"

#include "ck/hex.h"
#include "correction/content.h"
#include "correction/differs.h"
#include "correction/document.h"
#include "store/record.h"

#define PREFIX "checkin correction 1"
#define ANSWER_PREFIX "checkin correction answer 1"
#define ID "00112233445566778899aabbccddeeff"
#define SECRET "Nguyễn Thị Mẫu, 084190123456"

static char directory[64];

/* A shell command in the directory of this test. */
static void
run(const char *command)
{
	char line[2048];

	(void)snprintf(line, sizeof(line), "cd %s && { %s; } >>log 2>&1",
	    directory, command);
	if (system(line) != 0)
		fail_msg("failed: %s", command);
}

static const char *
path_of(const char *name)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);

	return path;
}

static int
start(void **state)
{
	(void)state;
	(void)snprintf(directory, sizeof(directory),
	    "/tmp/checkin-correction.XXXXXX");
	assert_non_null(mkdtemp(directory));
	run("make() { n=$1; shift; openssl req -x509 -nodes -keyout $n.key "
	    "-out $n.pem -days 30 -subj /CN=$n \"$@\" && chmod 600 $n.key; }; "
	    "make ec -newkey ec -pkeyopt ec_paramgen_curve:P-256 && "
	    "make rsa -newkey rsa:2048 && make weak -newkey rsa:1024 && "
	    "make edwards -newkey ed25519 && "
	    "make small -newkey ec -pkeyopt ec_paramgen_curve:secp224r1 && "
	    "cp ec.key open.key && chmod 640 open.key && "
	    "printf '" SECRET "' >plain && echo no certificate >none.pem && "
	    "openssl req -new -key ec.key -subj /CN=old | openssl x509 -req "
	    "-signkey ec.key -days 1 -out old.pem");

	return 0;
}

static int
stop(void **state)
{
	char command[96];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf %s", directory);

	return system(command);
}

static void
write_file(const char *name, struct ck_span bytes)
{
	FILE *file = fopen(path_of(name), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
	assert_int_equal(fclose(file), 0);
}

static struct ck_buf
read_file(const char *name)
{
	struct ck_buf out = CK_BUF_INIT;
	FILE *file = fopen(path_of(name), "r");
	int byte;

	assert_non_null(file);
	while ((byte = getc(file)) != EOF)
		assert_int_equal(ck_buf_push(&out, (uint8_t)byte), CK_OK);
	(void)fclose(file);

	return out;
}

static struct ck_office *
office(const char *name)
{
	struct ck_office *out;
	const char *why;

	assert_int_equal(ck_office_load(&out, path_of(name), &why), CK_OK);
	assert_null(why);

	return out;
}

static struct ck_buf
sealed(const char *certificate)
{
	struct ck_office *to = office(certificate);
	struct ck_buf out = CK_BUF_INIT;

	assert_int_equal(ck_envelope_seal(to, ck_span_str(SECRET), &out),
	    CK_OK);
	ck_office_free(&to);

	return out;
}

/* --- Envelopes ------------------------------------------------------------ */

static void
the_office_opens_what_was_sealed(void **state)
{
	static const char *const kinds[] = { "ec", "rsa" };
	char command[512], name[32];
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct ck_buf out;

		(void)snprintf(name, sizeof(name), "%s.pem", kinds[i]);
		out = sealed(name);
		assert_int_equal(ck_envelope_check(ck_buf_view(&out)), CK_OK);
		write_file("case.der", ck_buf_view(&out));
		ck_buf_wipe(&out);
		(void)snprintf(command, sizeof(command), "openssl cms "
		    "-decrypt -binary -inform DER -in case.der -inkey %s.key -recip "
		    "%s.pem -out opened && cmp opened plain && ! grep -a "
		    "084190123456 case.der", kinds[i], kinds[i]);
		run(command);
	}
}

/* RFC 5083, RFC 5084 §1.5, RFC 3560, RFC 5753 §7.1.4 */
static void
the_algorithms_are_the_strong_ones(void **state)
{
	struct ck_buf out;

	(void)state;
	out = sealed("rsa.pem");
	write_file("rsa.der", ck_buf_view(&out));
	ck_buf_wipe(&out);
	out = sealed("ec.pem");
	write_file("ec.der", ck_buf_view(&out));
	ck_buf_wipe(&out);
	run("for k in rsa ec; do openssl asn1parse -inform DER -in $k.der "
	    ">$k.asn1 && grep -q id-smime-ct-authEnvelopedData $k.asn1 && "
	    "grep -q aes-256-gcm $k.asn1 || exit 1; done; "
	    "grep -q rsaesOaep rsa.asn1 && grep -q sha256 rsa.asn1 && "
	    "! grep -q sha1 rsa.asn1 && "
	    "grep -q dhSinglePass-stdDH-sha256kdf-scheme ec.asn1 && "
	    "grep -q id-aes256-wrap ec.asn1");
}

/* What the openssl command has sealed, we open. */
static void
what_others_sealed_is_opened(void **state)
{
	struct ck_buf envelope, plain = CK_BUF_INIT;
	const char *why;

	(void)state;
	run("openssl cms -encrypt -aes-256-gcm -binary -in plain -outform "
	    "DER -out theirs.der -recip ec.pem -keyopt ecdh_kdf_md:sha256");
	envelope = read_file("theirs.der");
	assert_int_equal(ck_envelope_open(path_of("ec.key"),
	    ck_buf_view(&envelope), &plain, &why), CK_OK);
	assert_true(ck_span_equal(ck_buf_view(&plain),
	    ck_span_str(SECRET)));
	ck_buf_wipe(&plain);
	assert_int_equal(ck_envelope_open(path_of("rsa.key"),
	    ck_buf_view(&envelope), &plain, &why), CK_ERR_CASE_SEALED);
	assert_non_null(why);
	assert_int_equal(plain.len, 0);
	ck_buf_wipe(&envelope);
}

static void
keys_that_others_may_read_are_refused(void **state)
{
	struct ck_buf envelope = sealed("ec.pem"), plain = CK_BUF_INIT;
	const char *why;

	(void)state;
	assert_int_equal(ck_envelope_open(path_of("open.key"),
	    ck_buf_view(&envelope), &plain, &why), CK_ERR_CONFIG);
	assert_non_null(strstr(why, "others may read"));
	assert_int_equal(ck_envelope_open(path_of("nowhere"),
	    ck_buf_view(&envelope), &plain, &why), CK_ERR_CONFIG);
	run("cp plain no.key; chmod 600 no.key");
	assert_int_equal(ck_envelope_open(path_of("no.key"),
	    ck_buf_view(&envelope), &plain, &why), CK_ERR_CONFIG);
	ck_buf_wipe(&envelope);
}

/* Cut anywhere, changed anywhere, lengthened: never opened. */
static void
a_changed_envelope_is_never_opened(void **state)
{
	struct ck_buf envelope = sealed("ec.pem"), plain = CK_BUF_INIT;
	char key[128];
	const char *why;
	size_t i;

	(void)state;
	(void)snprintf(key, sizeof(key), "%s", path_of("ec.key"));
	for (i = 0; i < envelope.len; i++) {
		assert_int_not_equal(ck_envelope_check(ck_span_slice(
		    ck_buf_view(&envelope), 0, i)), CK_OK);
		envelope.ptr[i] ^= 1;
		if (ck_envelope_open(key, ck_buf_view(&envelope), &plain,
		    &why) == CK_OK && !ck_span_equal(ck_buf_view(&plain),
		    ck_span_str(SECRET)))
			fail_msg("byte %zu", i);
		ck_buf_wipe(&plain);
		envelope.ptr[i] ^= 1;
	}
	assert_int_equal(ck_buf_push(&envelope, 0), CK_OK);
	assert_int_equal(ck_envelope_check(ck_buf_view(&envelope)),
	    CK_ERR_CASE_MALFORMED);
	assert_int_equal(ck_envelope_open(key, ck_buf_view(&envelope),
	    &plain, &why), CK_ERR_CASE_MALFORMED);
	ck_buf_wipe(&envelope);
}

/* Without authentication, for two, signed only, or too long. */
static void
other_envelopes_are_none(void **state)
{
	static const char *const names[] = {
		"cbc.der", "two.der", "signed.der", "long.der", "empty.der"
	};
	size_t i;

	(void)state;
	run("openssl cms -encrypt -aes-256-cbc -binary -in plain -outform "
	    "DER -out cbc.der -recip ec.pem; "
	    "openssl cms -encrypt -aes-256-gcm -binary -in plain -outform "
	    "DER -out two.der -recip ec.pem -recip rsa.pem; "
	    "openssl cms -sign -binary -nodetach -in plain -outform DER -out "
	    "signed.der -signer rsa.pem -inkey rsa.key; "
	    "head -c 40000 /dev/zero >big; openssl cms -encrypt -aes-256-gcm "
	    "-binary -in big -outform DER -out long.der -recip ec.pem; "
	    ": >empty.der");
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct ck_buf envelope = read_file(names[i]);

		if (ck_envelope_check(ck_buf_view(&envelope)) !=
		    CK_ERR_CASE_MALFORMED)
			fail_msg("%s", names[i]);
		ck_buf_wipe(&envelope);
	}
}

static void
unsuitable_certificates_are_named(void **state)
{
	static const struct { const char *name, *why; } bad[] = {
		{ "nowhere.pem", "cannot be read" },
		{ "none.pem", "no certificate" },
		{ "weak.pem", "2048 bits" },
		{ "small.pem", "256 bits" },
		{ "edwards.pem", "neither RSA" }
	};
	struct ck_office *out;
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(ck_office_load(&out, path_of(bad[i].name),
		    &why), CK_ERR_OFFICE_CERTIFICATE);
		assert_null(out);
		if (strstr(why, bad[i].why) == NULL)
			fail_msg("%s: %s", bad[i].name, why);
	}
}

static void
a_certificate_is_in_force_for_its_time(void **state)
{
	struct ck_office *one = office("old.pem");
	int64_t now = (int64_t)time(NULL) * 1000;
	const int64_t day = 86400000;

	(void)state;
	assert_int_equal(ck_office_in_force(one, now + day / 2), CK_OK);
	assert_int_equal(ck_office_in_force(one, now + 2 * day),
	    CK_ERR_OFFICE_CERTIFICATE);
	assert_int_equal(ck_office_in_force(one, now - day),
	    CK_ERR_OFFICE_CERTIFICATE);
	ck_office_free(&one);
}

static void
a_fingerprint_is_that_of_the_command(void **state)
{
	struct ck_office *one = office("ec.pem");
	uint8_t fingerprint[CK_FINGERPRINT_LEN];
	char hex[65];
	struct ck_buf theirs;

	(void)state;
	assert_int_equal(ck_office_fingerprint(one, fingerprint), CK_OK);
	ck_hex_print(ck_span_of(fingerprint, sizeof(fingerprint)), hex);
	run("openssl x509 -in ec.pem -outform DER | sha256sum | "
	    "head -c 64 >fingerprint");
	theirs = read_file("fingerprint");
	assert_true(ck_span_equal(ck_buf_view(&theirs), ck_span_str(hex)));
	ck_buf_wipe(&theirs);
	ck_office_free(&one);
}

/* --- Documents ------------------------------------------------------------ */

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

/* --- What differs, and the content ---------------------------------------- */

static struct ck_lookup_record
record_of(const char *code, enum ck_outcome outcome)
{
	struct ck_lookup_record record;

	memset(&record, 0, sizeof(record));
	(void)snprintf(record.id, sizeof(record.id), "%s", ID);
	record.opened_ms = INT64_C(1772445605000);
	record.visit_date = (struct ck_date){ 2026, 3, 2 };
	record.counted.assurance = CK_ASSURANCE_CHIP_VERIFIED;
	record.counted.captured = CK_CAPTURED_CHIP;
	record.counted.presented = CK_PRESENTED_CCCD;
	record.counted.first_key = CK_KEY_ID_NUMBER;
	record.counted.first_outcome = record.counted.outcome = outcome;
	(void)snprintf(record.counted.first_reason,
	    sizeof(record.counted.first_reason), "%s", code);
	(void)snprintf(record.person.id_number,
	    sizeof(record.person.id_number), "084190123456");
	(void)snprintf(record.identity.full_name,
	    sizeof(record.identity.full_name), "Nguyễn Thị Mẫu");
	record.identity.date_of_birth = (struct ck_date){ 1990, 3, 5 };
	record.identity.sex = 'F';

	return record;
}

static void
codes_name_the_field(void **state)
{
	struct ck_lookup_record record;

	(void)state;
	record = record_of("060", CK_OUTCOME_MISMATCH);
	assert_int_equal(ck_correction_differs(&record), CK_DIFFERENT_NAME);
	record = record_of("061", CK_OUTCOME_MISMATCH);
	assert_int_equal(ck_correction_differs(&record), CK_DIFFERENT_NAME);
	record = record_of("070", CK_OUTCOME_MISMATCH);
	assert_int_equal(ck_correction_differs(&record), CK_DIFFERENT_BIRTH);
	record = record_of("052", CK_OUTCOME_MISMATCH);
	assert_int_equal(ck_correction_differs(&record), CK_DIFFERENT_CARD);
	record = record_of("050", CK_OUTCOME_NOT_FOUND);
	assert_int_equal(ck_correction_differs(&record), CK_DIFFERENT_LINK);
	record = record_of("010", CK_OUTCOME_NOT_COVERED);
	assert_int_equal(ck_correction_differs(&record), 0);
	record.counted.outcome = CK_OUTCOME_COVERED;
	assert_int_equal(ck_correction_differs(&record), CK_DIFFERENT_LINK);
}

static void
an_answer_with_a_person_is_compared(void **state)
{
	struct ck_lookup_record record = record_of("060",
	    CK_OUTCOME_MISMATCH);

	(void)state;
	record.has_answer = true;
	(void)snprintf(record.answer.full_name,
	    sizeof(record.answer.full_name), "NGUYEN THI MAU");
	record.answer.date_of_birth = (struct ck_date){ 1990, 0, 0 };
	record.answer.sex = 'M';
	assert_int_equal(ck_correction_differs(&record),
	    CK_DIFFERENT_NAME | CK_DIFFERENT_SEX);
	record.answer.date_of_birth.year = 1991;
	record.answer.sex = '\0';
	assert_int_equal(ck_correction_differs(&record),
	    CK_DIFFERENT_NAME | CK_DIFFERENT_BIRTH);
}

static json_t *
content_of(const struct ck_lookup_record *record)
{
	const struct ck_content content = { .case_id = ID,
		.facility = "84001", .station = "main",
		.made_ms = INT64_C(1772445609000),
		.consent_operator = "NGUYỄN THỊ TIẾP ĐÓN", .record = record };
	struct ck_buf plain = CK_BUF_INIT;
	json_t *json;

	assert_int_equal(ck_content_build(&content, &plain), CK_OK);
	assert_int_equal(ck_content_read(ck_buf_view(&plain), ID, "84001",
	    "main", &json), CK_OK);
	assert_int_equal(ck_content_read(ck_buf_view(&plain), ID, "84002",
	    "main", &(json_t *){ NULL }), CK_ERR_CASE_MALFORMED);
	assert_int_equal(ck_content_read(ck_buf_view(&plain), ID, "84001",
	    "tang-2", &(json_t *){ NULL }), CK_ERR_CASE_MALFORMED);
	assert_int_equal(ck_content_read(ck_buf_view(&plain),
	    "ffffffffffffffffffffffffffffffff", "84001", "main",
	    &(json_t *){ NULL }), CK_ERR_CASE_MALFORMED);
	ck_buf_wipe(&plain);

	return json;
}

static void
a_content_says_what_is_known(void **state)
{
	struct ck_lookup_record record = record_of("050",
	    CK_OUTCOME_NOT_FOUND);
	json_t *json, *person;

	(void)state;
	record.has_answer = true;
	(void)snprintf(record.answer.code, sizeof(record.answer.code), "000");
	(void)snprintf(record.answer.note, sizeof(record.answer.note),
	    "words about the other key");
	json = content_of(&record);
	person = json_object_get(json, "person");
	assert_string_equal(ck_json_text(person, "full_name"),
	    "Nguyễn Thị Mẫu");
	assert_string_equal(ck_json_text(person, "date_of_birth"),
	    "1990-03-05");
	assert_true(json_is_null(json_object_get(person, "card_number")));
	assert_string_equal(ck_json_text(json_object_get(json, "gateway"),
	    "code"), "050");
	assert_true(json_is_null(json_object_get(json_object_get(json,
	    "gateway"), "words")));
	assert_string_equal(ck_json_text(json_object_get(json, "lookup"),
	    "assurance"), "chip_verified");
	assert_string_equal(ck_json_text(json_object_get(json, "consent"),
	    "at"), "2026-03-02T10:00:09.000Z");
	json_decref(json);
}

static void
contents_of_another_shape_are_none(void **state)
{
	static const char *const bad[] = {
		"", "[]", "{}", "{\"schema\":1}", "null",
		"{\"schema\":1,\"case\":\"" ID "\",\"facility\":\"84001\","
		"\"station\":\"main\",\"differs\":[]}"
	};
	json_t *json;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(ck_content_read(ck_span_str(bad[i]), ID,
		    "84001", "main", &json), CK_ERR_CASE_MALFORMED);
		assert_null(json);
	}
}

/* A name that would move the cursor of the office's terminal. */
static void
a_terminal_is_not_driven(void **state)
{
	struct ck_lookup_record record = record_of("060",
	    CK_OUTCOME_MISMATCH);
	char printed[4096] = "";
	FILE *out = fmemopen(printed, sizeof(printed) - 1, "w");
	json_t *json;

	(void)state;
	(void)snprintf(record.identity.full_name,
	    sizeof(record.identity.full_name), "A\033[2JB\177\nC");
	json = content_of(&record);
	ck_content_print(json, out);
	assert_int_equal(fclose(out), 0);
	assert_null(strchr(printed, '\033'));
	assert_null(strchr(printed, '\177'));
	assert_non_null(strstr(printed, "full name"));
	assert_non_null(strstr(printed, "A?[2JB??C\n"));
	json_decref(json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_office_opens_what_was_sealed),
		cmocka_unit_test(the_algorithms_are_the_strong_ones),
		cmocka_unit_test(what_others_sealed_is_opened),
		cmocka_unit_test(keys_that_others_may_read_are_refused),
		cmocka_unit_test(a_changed_envelope_is_never_opened),
		cmocka_unit_test(other_envelopes_are_none),
		cmocka_unit_test(unsuitable_certificates_are_named),
		cmocka_unit_test(a_certificate_is_in_force_for_its_time),
		cmocka_unit_test(a_fingerprint_is_that_of_the_command),
		cmocka_unit_test(a_case_by_hand_is_read),
		cmocka_unit_test(an_end_by_hand_is_read),
		cmocka_unit_test(what_is_of_another_shape_is_refused),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(what_is_too_large_is_refused_unread),
		cmocka_unit_test(ours_carry_the_signature_of_the_document),
		cmocka_unit_test(an_answer_is_believed_under_its_key_alone),
		cmocka_unit_test(codes_name_the_field),
		cmocka_unit_test(an_answer_with_a_person_is_compared),
		cmocka_unit_test(a_content_says_what_is_known),
		cmocka_unit_test(contents_of_another_shape_are_none),
		cmocka_unit_test(a_terminal_is_not_driven),
	};

	return cmocka_run_group_tests_name("correction", tests, start, stop);
}
