/*
 * test_trust.c - what comes into the trust store, and what a read makes of it
 */
#include "trust_maker.h"

static void
a_root_is_taken_on_the_operators_word_alone(void **state)
{
	struct party csca = issue((struct wish){ .name = "Root" }, NULL);
	struct party ds = issue((struct wish){ .name = "DS",
	    .signer = true }, &csca);
	struct operator op = { .agrees = false };
	struct ck_trust *trust = open_store(true);
	struct ck_trust_entry entry;

	(void)state;
	assert_int_equal(judge(ds.cert, CK_ISSUER_NO_LIST, false), CK_OK);
	assert_int_equal(take(trust, &op, der_of(csca.cert)),
	    CK_ERR_TRUST_UNCONFIRMED);
	assert_int_equal(ck_trust_count(trust), 0);
	op.agrees = true;
	assert_int_equal(take(trust, &op, der_of(csca.cert)), CK_OK);
	assert_int_equal(take(trust, &op, der_of(csca.cert)), CK_OK);
	assert_int_equal(take(trust, &op, der_of(ds.cert)), CK_OK);
	assert_int_equal(op.asked, 2);
	assert_int_equal(op.added, 1);
	assert_int_equal(op.known, 1);
	assert_non_null(strstr(op.why, "no CSCA"));
	save(&trust);
	trust = open_store(false);
	assert_int_equal(ck_trust_count(trust), 1);
	ck_trust_describe(trust, 0, &entry);
	assert_int_equal(entry.kind, CK_TRUST_CSCA);
	assert_string_equal(entry.country, "VN");
	assert_string_equal(entry.subject, "C = VN, CN = Root");
	assert_string_equal(entry.note.by, note.by);
	assert_string_equal(entry.note.source, note.source);
	assert_int_equal(entry.note.at_ms, note.at_ms);
	assert_int_equal(entry.until, IN_2035);
	ck_trust_close(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_LISTED, false), CK_OK);
	party_free(&ds);
	party_free(&csca);
}

/* Good certificates before a damaged one are not half a file's worth. */
static void
a_damaged_file_is_not_taken_in_part(void **state)
{
	struct party csca = issue((struct wish){ .name = "Root" }, NULL);
	struct operator op = { .agrees = true };
	struct ck_trust *trust = open_store(true);
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;

	(void)state;
	assert_int_equal(PEM_write_bio_X509(bio, csca.cert), 1);
	assert_true(BIO_puts(bio, "-----BEGIN CERTIFICATE-----\nMIIB\n"
	    "-----END CERTIFICATE-----\n") > 0);
	len = BIO_get_mem_data(bio, &text);
	assert_int_equal(take(trust, &op,
	    bytes_of((unsigned char *)text, (int)len)), CK_ERR_CONFIG);
	assert_int_equal(ck_trust_count(trust), 0);
	ck_trust_close(&trust);
	BIO_free(bio);
	party_free(&csca);
}

static void
links_hang_on_what_is_trusted_and_rings_on_nothing(void **state)
{
	struct party old = issue((struct wish){ .name = "Old" }, NULL);
	struct party new = issue((struct wish){ .name = "New" }, NULL);
	struct party ds = issue((struct wish){ .name = "DS",
	    .signer = true }, &new);
	struct party link = issue((struct wish){ .name = "New",
	    .key = new.key }, &old);
	struct party a = issue((struct wish){ .name = "A" }, NULL);
	struct party b = issue((struct wish){ .name = "B" }, &a);
	struct party ring = issue((struct wish){ .name = "A",
	    .key = a.key }, &b);
	struct operator op = { .agrees = true };
	struct ck_trust *trust = open_store(true);

	(void)state;
	assert_int_equal(EVP_PKEY_up_ref(new.key), 1);
	assert_int_equal(EVP_PKEY_up_ref(a.key), 1);
	assert_int_equal(take(trust, &op, der_of(link.cert)), CK_OK);
	assert_int_equal(op.refused, 1);
	assert_int_equal(take(trust, &op, der_of(b.cert)), CK_OK);
	assert_int_equal(take(trust, &op, der_of(ring.cert)), CK_OK);
	assert_int_equal(op.refused, 3);
	assert_int_equal(take(trust, &op, der_of(old.cert)), CK_OK);
	op.agrees = false;
	assert_int_equal(take(trust, &op, der_of(link.cert)), CK_OK);
	assert_int_equal(op.added, 2);
	save(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_LISTED, false), CK_OK);
	party_free(&ring);
	party_free(&b);
	party_free(&a);
	party_free(&link);
	party_free(&ds);
	party_free(&new);
	party_free(&old);
}

/* A state speaks for its own keys, not for another's. */
static void
a_link_into_another_state_is_refused(void **state)
{
	struct party csca = issue((struct wish){ .name = "CSCA",
	    .country = "UT" }, NULL);
	struct party link = issue((struct wish){ .name = "CSCA" }, &csca);
	struct operator op = { .agrees = true };
	struct ck_trust *trust = open_store(true);

	(void)state;
	assert_int_equal(take(trust, &op, der_of(csca.cert)), CK_OK);
	assert_int_equal(take(trust, &op, der_of(link.cert)), CK_OK);
	assert_int_equal(op.added, 1);
	assert_int_equal(op.refused, 1);
	assert_int_equal(ck_trust_count(trust), 1);
	ck_trust_close(&trust);
	party_free(&link);
	party_free(&csca);
}

static void
unfit_certificates_are_refused_with_their_reason(void **state)
{
	static const struct {
		struct wish wish;
		const char *why;	/* NULL: taken */
	} rows[] = {
		{ { .name = "explicit", .curve = "brainpoolP512r1",
		    .spelled_out = true }, NULL },
		{ { .name = "RSA", .rsa_bits = 2048 }, NULL },
		{ { .name = "short", .rsa_bits = 1024 }, "too short" },
		{ { .name = "curve", .curve = "prime192v1" }, "curve" },
		{ { .name = "koblitz", .curve = "secp256k1" }, "curve" },
		{ { .name = "signer", .signer = true }, "no CSCA" }
	};
	struct ck_trust *trust = open_store(true);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct operator op = { .agrees = true };
		struct party party = issue(rows[i].wish, NULL);

		assert_int_equal(take(trust, &op, der_of(party.cert)), CK_OK);
		assert_int_equal(op.added, rows[i].why == NULL);
		assert_int_equal(op.refused, rows[i].why != NULL);
		if (rows[i].why != NULL)
			assert_non_null(strstr(op.why, rows[i].why));
		party_free(&party);
	}
	ck_trust_close(&trust);
}

static void
a_revoked_signer_differs_from_an_expired_one(void **state)
{
	struct party csca = issue((struct wish){ .name = "Root" }, NULL);
	struct party ds = issue((struct wish){ .name = "DS", .serial = 77,
	    .signer = true }, &csca);
	struct party old = issue((struct wish){ .name = "Old DS",
	    .serial = 78, .until = NOW - DAY, .signer = true }, &csca);
	struct operator op = { .agrees = true };
	struct ck_trust *trust = open_store(true);

	(void)state;
	assert_int_equal(take(trust, &op, make_crl(&csca, NOW - DAY, 77)),
	    CK_OK);
	assert_int_equal(op.refused, 1);	/* of an issuer not here */
	assert_int_equal(take(trust, &op, der_of(csca.cert)), CK_OK);
	assert_int_equal(take(trust, &op, make_crl(&csca, NOW - 40 * DAY, 0)),
	    CK_OK);
	assert_int_equal(op.added, 2);
	save(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_LISTED, false), CK_OK);
	assert_int_equal(judge(old.cert, CK_ISSUER_LISTED, true), CK_OK);

	trust = open_store(true);
	assert_int_equal(take(trust, &op, make_crl(&csca, NOW - DAY, 77)),
	    CK_OK);
	assert_int_equal(op.added, 3);
	assert_int_equal(ck_trust_count(trust), 2);	/* in its place */
	assert_int_equal(take(trust, &op, make_crl(&csca, NOW - 2 * DAY, 0)),
	    CK_OK);
	assert_non_null(strstr(op.why, "not newer"));
	assert_int_equal(take(trust, &op, make_crl(&csca, NOW + 9 * DAY, 0)),
	    CK_OK);
	assert_non_null(strstr(op.why, "future"));
	save(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_NONE, false),
	    CK_ERR_TRUST_REVOKED);
	assert_int_equal(judge(old.cert, CK_ISSUER_LISTED, true), CK_OK);
	party_free(&old);
	party_free(&ds);
	party_free(&csca);
}

/* A new key's CRL speaks for the old key's certificates: one name. */
static void
a_revoked_issuer_spoils_what_it_signed(void **state)
{
	struct party old = issue((struct wish){ .name = "Root",
	    .serial = 5 }, NULL);
	struct party new = issue((struct wish){ .name = "Root",
	    .serial = 6 }, NULL);
	struct party ds = issue((struct wish){ .name = "DS", .serial = 77,
	    .signer = true }, &old);
	struct operator op = { .agrees = true };
	struct ck_trust *trust = open_store(true);

	(void)state;
	assert_int_equal(take(trust, &op, der_of(old.cert)), CK_OK);
	assert_int_equal(take(trust, &op, der_of(new.cert)), CK_OK);
	assert_int_equal(take(trust, &op, make_crl(&new, NOW - DAY, 5)),
	    CK_OK);
	assert_int_equal(op.added, 3);
	/* What is revoked may not say what is. */
	assert_int_equal(take(trust, &op, make_crl(&old, NOW, 0)), CK_OK);
	assert_int_equal(op.refused, 1);
	save(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_NONE, false),
	    CK_ERR_TRUST_REVOKED);
	party_free(&ds);
	party_free(&new);
	party_free(&old);
}

static void
an_accepted_signer_is_genuine_by_a_persons_word(void **state)
{
	struct party csca = issue((struct wish){ .name = "Root" }, NULL);
	struct party twin = issue((struct wish){ .name = "Root" }, NULL);
	struct party ds = issue((struct wish){ .name = "DS", .serial = 77,
	    .signer = true }, &csca);
	struct party weak = issue((struct wish){ .name = "Weak",
	    .rsa_bits = 1024, .signer = true }, &csca);
	struct ck_trust_note nobody = note;
	struct operator op = { .agrees = true };
	struct ck_trust *trust = open_store(true);

	(void)state;
	nobody.by[0] = '\0';
	assert_int_equal(pin(trust, &op, ds.cert, &nobody), CK_ERR_CONFIG);
	nobody = note;
	nobody.reason[0] = '\0';
	assert_int_equal(pin(trust, &op, ds.cert, &nobody), CK_ERR_CONFIG);
	assert_int_equal(pin(trust, &op, weak.cert, &note), CK_OK);
	assert_non_null(strstr(op.why, "too short"));
	assert_int_equal(pin(trust, &op, csca.cert, &note), CK_OK);
	assert_int_equal(op.refused, 2);
	assert_int_equal(pin(trust, &op, ds.cert, &note), CK_OK);
	assert_int_equal(op.added, 1);
	assert_int_equal(op.asked, 0);
	save(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_PINNED, false), CK_OK);
	assert_int_equal(judge(weak.cert, CK_ISSUER_NO_LIST, false), CK_OK);

	/* Its issuer's name, with another key, revokes it. */
	trust = open_store(true);
	assert_int_equal(take(trust, &op, der_of(twin.cert)), CK_OK);
	assert_int_equal(take(trust, &op, make_crl(&twin, NOW - DAY, 77)),
	    CK_OK);
	assert_int_equal(op.added, 3);
	assert_int_equal(pin(trust, &op, ds.cert, &note), CK_OK);
	assert_non_null(strstr(op.why, "revoked"));
	save(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_NONE, false),
	    CK_ERR_TRUST_REVOKED);

	/* And the issuer itself ends the need for a person's word. */
	trust = open_store(true);
	assert_int_equal(take(trust, &op, der_of(csca.cert)), CK_OK);
	assert_int_equal(pin(trust, &op, ds.cert, &note), CK_OK);
	assert_int_equal(op.refused, 4);
	ck_trust_close(&trust);
	party_free(&weak);
	party_free(&ds);
	party_free(&twin);
	party_free(&csca);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_root_is_taken_on_the_operators_word_alone),
		IN_FOLDER(a_damaged_file_is_not_taken_in_part),
		IN_FOLDER(a_link_into_another_state_is_refused),
		IN_FOLDER(links_hang_on_what_is_trusted_and_rings_on_nothing),
		IN_FOLDER(unfit_certificates_are_refused_with_their_reason),
		IN_FOLDER(a_revoked_signer_differs_from_an_expired_one),
		IN_FOLDER(a_revoked_issuer_spoils_what_it_signed),
		IN_FOLDER(an_accepted_signer_is_genuine_by_a_persons_word),
	};

	return cmocka_run_group_tests_name("trust", tests, NULL, NULL);
}
