/*
 * test_trust_list.c - master lists: whose word they are, and what is none
 */
#include "trust_maker.h"

/* A publisher, its signer of lists, and two states. */
struct portal {
	struct party root, signer, one, two;
};

static struct portal
portal_open(const char *uses)
{
	struct portal made = { .root = issue((struct wish){ .name = "Publisher",
	    .country = "DE" }, NULL) };

	made.signer = issue((struct wish){ .name = "List signer",
	    .country = "DE", .signer = true, .uses = uses }, &made.root);
	made.one = issue((struct wish){ .name = "One" }, NULL);
	made.two = issue((struct wish){ .name = "Two",
	    .curve = "brainpoolP256r1", .spelled_out = true }, NULL);

	return made;
}

static void
portal_close(struct portal *portal)
{
	party_free(&portal->root);
	party_free(&portal->signer);
	party_free(&portal->one);
	party_free(&portal->two);
}

static void
a_list_is_taken_once_its_publisher_is_confirmed(void **state)
{
	struct portal portal = portal_open(LIST_USE);
	X509 *const certs[] = {
		portal.root.cert, portal.one.cert, portal.two.cert
	};
	struct operator op = { .agrees = false };
	struct ck_trust *trust = open_store(true);

	(void)state;
	assert_int_equal(take(trust, &op, make_list(&portal.signer, certs, 2,
	    NOW - 9 * DAY)), CK_ERR_TRUST_UNCONFIRMED);
	assert_int_equal(ck_trust_count(trust), 0);
	assert_int_equal(op.asked, 1);
	op.agrees = true;
	assert_int_equal(take(trust, &op, make_list(&portal.signer, certs, 2,
	    NOW - 9 * DAY)), CK_OK);
	assert_int_equal(op.added, 2);
	save(&trust);

	/* Known by now: nobody is asked, nothing old comes back. */
	op = (struct operator){ .agrees = false };
	trust = open_store(true);
	assert_int_equal(take(trust, &op, make_list(&portal.signer, certs, 3,
	    NOW - 8 * DAY)), CK_OK);
	assert_int_equal(op.asked, 0);
	assert_int_equal(op.added, 1);
	assert_int_equal(op.known, 2);
	assert_int_equal(take(trust, &op, make_list(&portal.signer, certs, 3,
	    NOW - 9 * DAY)), CK_ERR_TRUST_OLDER);
	assert_int_equal(take(trust, &op, make_list(&portal.signer, certs, 3,
	    NOW + 9 * DAY)), CK_ERR_TRUST_CHAIN);
	ck_trust_close(&trust);
	portal_close(&portal);
}

/* An anchor's passports are trusted, not what it says of other states. */
static void
an_anchor_is_no_publisher(void **state)
{
	struct portal portal = portal_open(LIST_USE);
	X509 *const certs[] = { portal.root.cert, portal.one.cert };
	struct operator op = { .agrees = true };
	struct ck_trust *trust = open_store(true);

	(void)state;
	assert_int_equal(take(trust, &op, der_of(portal.root.cert)), CK_OK);
	op = (struct operator){ .agrees = false };
	assert_int_equal(take(trust, &op, make_list(&portal.signer, certs, 2,
	    NOW - DAY)), CK_ERR_TRUST_UNCONFIRMED);
	assert_int_equal(op.asked, 1);
	assert_int_equal(ck_trust_count(trust), 1);
	ck_trust_close(&trust);
	portal_close(&portal);
}

static void
a_list_that_proves_nothing_changes_nothing(void **state)
{
	struct portal portal = portal_open(LIST_USE);
	struct portal plain = portal_open(NULL);
	X509 *const certs[] = { portal.root.cert, portal.one.cert };
	struct operator op = { .agrees = true };
	struct ck_trust *trust = open_store(true);
	struct ck_buf list = make_list(&portal.signer, certs, 2, NOW - DAY);
	uint8_t *inside;

	(void)state;
	/* a document signer */
	assert_int_equal(take(trust, &op, make_list(&plain.signer, certs, 2,
	    NOW - DAY)), CK_ERR_TRUST_CHAIN);
	/* the root of its signer is nowhere */
	assert_int_equal(take(trust, &op, make_list(&portal.signer, certs + 1,
	    1, NOW - DAY)), CK_ERR_TRUST_CHAIN);
	/* one letter of a name */
	inside = memmem(list.ptr, list.len, "One", 3);
	assert_non_null(inside);
	inside[0] = 'I';
	assert_int_equal(take(trust, &op, list), CK_ERR_TRUST_SIGNATURE);
	assert_int_equal(op.asked, 0);
	assert_int_equal(ck_trust_count(trust), 0);
	ck_trust_close(&trust);
	portal_close(&plain);
	portal_close(&portal);
}

static enum ck_err
parse_list(struct ck_span file)
{
	struct ck_master_list list = { 0 };
	enum ck_err err = ck_master_list_open(file, &list);

	ck_master_list_close(&list);

	return err;
}

static void
only_a_whole_list_is_one(void **state)
{
	struct portal portal = portal_open(LIST_USE);
	X509 *const certs[] = { portal.root.cert, portal.one.cert };
	struct ck_buf list = make_list(&portal.signer, certs, 2, NOW - DAY);

	(void)state;
	assert_only_whole(ck_buf_view(&list), parse_list);
	survive_changes(ck_buf_view(&list), parse_list);
	ck_buf_wipe(&list);
	portal_close(&portal);
}

static void
other_files_are_named_for_what_they_may_be(void **state)
{
	static const char *const rows[][2] = {
		{ "PK\x03\x04 and so on", "ZIP" },
		{ "dn: c=DE,dc=data\n", "LDIF" },
		{ "something else", "no certificate" },
		{ "", "no certificate" }
	};
	const struct ck_trust_talk talk = { on_confirm, on_tell, NULL };
	struct ck_trust *trust = open_store(true);
	char text[CK_TRUST_TEXT_LEN];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(ck_trust_take(trust, ck_span_str(rows[i][0]),
		    &note, &talk, text), CK_ERR_CONFIG);
		assert_non_null(strstr(text, rows[i][1]));
	}
	ck_trust_close(&trust);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_list_is_taken_once_its_publisher_is_confirmed),
		IN_FOLDER(an_anchor_is_no_publisher),
		IN_FOLDER(a_list_that_proves_nothing_changes_nothing),
		IN_FOLDER(only_a_whole_list_is_one),
		IN_FOLDER(other_files_are_named_for_what_they_may_be),
	};

	return cmocka_run_group_tests_name("trust_list", tests, NULL, NULL);
}
