/*
 * test_trust_folder.c - the folder itself: empty, damaged, filled by hand, shared
 */
#include "trust_maker.h"

/* Installed and without this issuer is not the same as not installed. */
static void
no_list_differs_from_not_in_the_list(void **state)
{
	struct party csca = issue((struct wish){ .name = "Root" }, NULL);
	struct party foreign = issue((struct wish){ .name = "Elsewhere",
	    .country = "LA" }, NULL);
	struct party other = issue((struct wish){ .name = "Other" }, NULL);
	struct party ds = issue((struct wish){ .name = "DS",
	    .signer = true }, &csca);
	struct operator op = { .agrees = true };
	struct ck_trust *trust = open_store(true);

	(void)state;
	assert_int_equal(take(trust, &op, der_of(foreign.cert)), CK_OK);
	save(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_NO_LIST, false), CK_OK);
	trust = open_store(true);
	assert_int_equal(take(trust, &op, der_of(other.cert)), CK_OK);
	save(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_NOT_IN_LIST, false), CK_OK);
	party_free(&ds);
	party_free(&other);
	party_free(&foreign);
	party_free(&csca);
}

/* Else revoked chips would pass as unknown ones, and nobody be told. */
static void
a_folder_that_cannot_be_read_is_told_of(void **state)
{
	struct ck_anchors_cache cache = { NULL, 0, false };
	char text[CK_TRUST_TEXT_LEN] = "";
	char path[sizeof(folder) + 16];
	FILE *file;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/absent", folder);
	ck_anchors_refresh(&cache, path, text);
	assert_string_equal(text, "");
	(void)snprintf(path, sizeof(path), "%s/no-folder", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
	cache = (struct ck_anchors_cache){ NULL, 0, false };
	ck_anchors_refresh(&cache, path, text);
	assert_non_null(strstr(text, "no-folder"));
	assert_null(cache.anchors);
	assert_int_equal(unlink(path), 0);
}

static void
damage_to_the_store_is_found_and_named(void **state)
{
	static const char *const bad[] = {
		"checkin-trust 2\n\nend 0\n", "checkin-trust 1\n",
		"checkin-trust 1\n\nend 1\n", "checkin-trust 1\n\nend 0\nx",
		"checkin-trust 1\n\nkind csca\n\nend 1\n",
		"checkin-trust 1\n\nkind csca\nder AAAA\n\nend 1\n",
		"checkin-trust 1\n\nkind csca\nder !!!!\n\nend 1\n",
		"checkin-trust 1\n\nmood glad\n\nend 1\n", "x"
	};
	char text[CK_TRUST_TEXT_LEN];
	struct ck_trust *trust;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put(CK_TRUST_FILE, ck_span_str(bad[i]));
		assert_int_equal(ck_trust_open(&trust, folder, false, text),
		    CK_ERR_CONFIG);
		assert_null(trust);
		assert_non_null(strstr(text, CK_TRUST_FILE ": line "));
	}
	put(CK_TRUST_FILE, ck_span_str("checkin-trust 1\n\nend 0\n"));
	trust = open_store(false);
	ck_trust_close(&trust);
}

/* A damaged store could be the one that revokes: then nobody is trusted. */
static void
a_damaged_folder_trusts_nobody(void **state)
{
	struct party csca = issue((struct wish){ .name = "Root" }, NULL);
	struct party ds = issue((struct wish){ .name = "DS",
	    .signer = true }, &csca);
	struct ck_buf der = der_of(csca.cert);

	(void)state;
	put("a.der", ck_buf_view(&der));
	assert_int_equal(judge(ds.cert, CK_ISSUER_LISTED, false), CK_OK);
	put("b.crl", ck_span_str("no list"));
	assert_int_equal(judge(ds.cert, CK_ISSUER_NO_LIST, false), CK_OK);
	ck_buf_wipe(&der);
	party_free(&ds);
	party_free(&csca);
}

static void
files_dropped_by_hand_are_listed_used_and_removed(void **state)
{
	struct party csca = issue((struct wish){ .name = "Root" }, NULL);
	struct party ds = issue((struct wish){ .name = "DS", .serial = 77,
	    .signer = true }, &csca);
	struct ck_buf der = der_of(csca.cert);
	struct ck_buf crl = make_crl(&csca, NOW - DAY, 77);
	struct ck_trust *trust;
	struct ck_trust_entry entry;
	char text[CK_TRUST_TEXT_LEN];

	(void)state;
	put("b.crl", ck_buf_view(&crl));
	trust = open_store(false);
	ck_trust_describe(trust, 0, &entry);
	assert_true(entry.unproven);
	ck_trust_close(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_NO_LIST, false), CK_OK);
	put("a.der", ck_buf_view(&der));
	assert_int_equal(judge(ds.cert, CK_ISSUER_NONE, false),
	    CK_ERR_TRUST_REVOKED);
	trust = open_store(true);
	ck_trust_describe(trust, 0, &entry);
	assert_true(entry.by_hand);
	assert_string_equal(entry.note.source, "a.der");
	assert_int_equal(ck_trust_remove(trust, 1, text), CK_OK);
	save(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_LISTED, false), CK_OK);
	ck_buf_wipe(&crl);
	ck_buf_wipe(&der);
	party_free(&ds);
	party_free(&csca);
}

static void
one_writer_at_a_time(void **state)
{
	struct ck_trust *first = open_store(true), *second = NULL;
	char text[CK_TRUST_TEXT_LEN];

	(void)state;
	assert_int_equal(ck_trust_open(&second, folder, true, text),
	    CK_ERR_CONFIG);
	assert_non_null(strstr(text, "another command"));
	second = open_store(false);
	ck_trust_close(&second);
	ck_trust_close(&first);
	first = open_store(true);
	ck_trust_close(&first);
}

static void
the_first_end_that_matters_is_told(void **state)
{
	static const struct {
		const char *country;
		int64_t until;
	} rows[] = {
		{ "LA", NOW + 10 * DAY }, { "VN", NOW - 10 * DAY },
		{ "VN", NOW + 30 * DAY }, { "VN", NOW + 20 * DAY }
	};
	struct operator op = { .agrees = true };
	struct ck_trust *trust = open_store(true);
	size_t i;

	(void)state;
	assert_int_equal(ck_trust_expiry(trust, "VN", NOW), 0);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct party party = issue((struct wish){ .name = "Root",
		    .country = rows[i].country, .until = rows[i].until },
		    NULL);

		assert_int_equal(take(trust, &op, der_of(party.cert)), CK_OK);
		party_free(&party);
		if (i == 0)
			assert_int_equal(ck_trust_expiry(trust, "VN", NOW),
			    NOW + 10 * DAY);
		if (i == 1)
			assert_int_equal(ck_trust_expiry(trust, "VN", NOW),
			    NOW - 10 * DAY);
	}
	assert_int_equal(ck_trust_expiry(trust, "VN", NOW), NOW + 20 * DAY);
	assert_int_equal(ck_trust_expiry(trust, "VN", NOW + 25 * DAY),
	    NOW + 30 * DAY);
	ck_trust_close(&trust);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(no_list_differs_from_not_in_the_list),
		IN_FOLDER(a_folder_that_cannot_be_read_is_told_of),
		IN_FOLDER(damage_to_the_store_is_found_and_named),
		IN_FOLDER(a_damaged_folder_trusts_nobody),
		IN_FOLDER(files_dropped_by_hand_are_listed_used_and_removed),
		IN_FOLDER(one_writer_at_a_time),
		IN_FOLDER(the_first_end_that_matters_is_told),
	};

	return cmocka_run_group_tests_name("trust_folder", tests, NULL, NULL);
}
