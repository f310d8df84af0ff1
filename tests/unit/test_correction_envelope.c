/*
 * test_correction_envelope.c - envelopes of correction cases
 *
 * Checked against the openssl command both ways.
 */
#include "correction_maker.h"

#include "ck/hex.h"
#include "correction/document.h"

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
	};

	return cmocka_run_group_tests_name("correction_envelope", tests, start,
	    stop);
}
