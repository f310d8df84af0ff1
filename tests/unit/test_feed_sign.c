/*
 * test_feed_sign.c - the bytes that are signed, against bytes made without us
 *
 * The key is that of RFC 8032 §7.1, test 1. The canonical form was written by
 * hand and compared with what jq -cSj gives; the signature was made with
 * openssl pkeyutl.
 */
#include "store_day.h"

#include "io/json.h"
#include "stats/feed_sign.h"

static const uint8_t seed[CK_SEED_LEN] = {
	0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a,
	0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32,
	0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60
};

#define PUBLIC \
	"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"

#define DOCUMENT \
	"{\"schema\":1,\"station\":\"1\",\"facility\":\"84001\", " \
	"\"after\":5100,\"rows\":[{\"hour\":\"2026-03-02T02:00:00Z\"," \
	"\"desk\":\"ban-1\",\"count\":0,\"latency\":[1, 0,23]}]," \
	"\"more\":false,\"receipts\":null," \
	"\"note\":\"Tr\\u00e0 \\\"Vinh\\\" \\\\ \\/\"}"

#define CANONICAL \
	"{\"after\":5100,\"facility\":\"84001\",\"more\":false," \
	"\"note\":\"Tr\xc3\xa0 \\\"Vinh\\\" \\\\ /\",\"receipts\":null," \
	"\"rows\":[{\"count\":0,\"desk\":\"ban-1\"," \
	"\"hour\":\"2026-03-02T02:00:00Z\",\"latency\":[1,0,23]}]," \
	"\"schema\":1,\"station\":\"1\"}"

#define SIGNATURE \
	"c4b716cdee1524311b49ae7fdc32e5cac842a50b470b9a7a975b4264c29b921a" \
	"3583cc7a868838f1f1565457df8a534bf8227b5eb2f111a945c042f08fa70d0f"

static json_t *
parsed(const char *text)
{
	json_t *json = ck_json_parse(ck_span_str(text));

	assert_non_null(json);

	return json;
}

static void
the_canonical_form_is_that_of_the_standard(void **state)
{
	struct ck_buf out = CK_BUF_INIT;
	json_t *json = parsed(DOCUMENT);

	(void)state;
	assert_int_equal(ck_json_canonical(json, &out), CK_OK);
	assert_int_equal(out.len, strlen(CANONICAL));
	assert_memory_equal(out.ptr, CANONICAL, out.len);
	ck_buf_wipe(&out);
	json_decref(json);
}

static void
what_programs_write_differently_is_refused(void **state)
{
	static const char *const bad[] = {
		"{\"a\":1.0}", "{\"a\":[1e3]}", "{\"a\":\"\\u007f\"}",
		"{\"a\":\"x\\u000a\"}", "{\"a\":\"\\u001f\"}",
		"{\"a\":9007199254740992}", "{\"a\":-9007199254740992}",
		"{\"\\u00e0\":1}", "{\"a\\u0001\":1}",
		"{\"a\":{\"b\":[{\"c\":0.5}]}}",
	};
	static const char *const good[] = {
		"{\"a\":9007199254740991}", "{\"a\":-9007199254740991}",
		"{\"a\":\" ~\\u0080\"}", "{}", "[]",
	};
	struct ck_buf out = CK_BUF_INIT;
	json_t *json;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		json = parsed(bad[i]);
		assert_int_equal(ck_json_canonical(json, &out), CK_ERR_LIMIT);
		assert_int_equal(out.len, 0);
		json_decref(json);
	}
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		json = parsed(good[i]);
		assert_int_equal(ck_json_canonical(json, &out), CK_OK);
		json_decref(json);
	}
	ck_buf_wipe(&out);
}

static void
the_signature_is_the_one_of_openssl(void **state)
{
	struct ck_feed_key key = { NULL, { 0 } };
	json_t *json = parsed(DOCUMENT), *signature;
	int i;

	(void)state;
	assert_int_equal(ck_signer_new(&key.signer, seed, key.public), CK_OK);
	for (i = 0; i < 2; i++) {	/* the second replaces the first */
		assert_int_equal(ck_feed_sign(json, &key), CK_OK);
		signature = json_object_get(json, "signature");
		assert_int_equal(json_object_size(signature), 2);
		assert_string_equal(ck_json_text(signature, "key"), PUBLIC);
		assert_string_equal(ck_json_text(signature, "value"),
		    SIGNATURE);
	}
	assert_true(ck_feed_signed(json, key.public));
	assert_non_null(json_object_get(json, "signature"));
	ck_feed_key_wipe(&key);
	assert_null(key.signer);
	json_decref(json);
}

/* Signed without us: by openssl. */
static void
any_change_breaks_it(void **state)
{
	static const struct {
		const char *change;	/* laid over the document */
		bool good;
	} cases[] = {
		{ "{}", true },
		{ "{\"signature\":{\"value\":\"" SIGNATURE "\",\"key\":1}}",
		    true },
		{ "{\"station\":\"2\"}", false },
		{ "{\"after\":5101}", false },
		{ "{\"added\":1}", false },
		{ "{\"after\":5100.0}", false },
		{ "{\"signature\":{\"value\":\"00\"}}", false },
		{ "{\"signature\":{\"value\":5}}", false },
		{ "{\"signature\":null}", false },
	};
	struct ck_feed_key key = { NULL, { 0 } };
	json_t *json, *change;
	size_t i;

	(void)state;
	assert_int_equal(ck_signer_new(&key.signer, seed, key.public), CK_OK);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json = parsed(DOCUMENT);
		change = parsed("{\"signature\":{\"value\":\"" SIGNATURE
		    "\"}}");
		assert_int_equal(json_object_update(json, change), 0);
		json_decref(change);
		change = parsed(cases[i].change);
		assert_int_equal(json_object_update(json, change), 0);
		json_decref(change);
		assert_int_equal(ck_feed_signed(json, key.public),
		    cases[i].good);
		key.public[0] ^= 1;
		assert_false(ck_feed_signed(json, key.public));
		key.public[0] ^= 1;
		json_decref(json);
	}
	ck_feed_key_wipe(&key);
}

static void
a_document_is_signed_by_the_key_of_its_directory(void **state)
{
	struct fixture *f = *state;
	struct ck_feed_key key = { NULL, { 0 } };
	struct ck_db *db;
	json_t *json;

	day_play(f);
	assert_int_equal(ck_store_open_reader(f->store, &db), CK_OK);
	assert_int_equal(ck_feed_key_load(f->directory, &key), CK_OK);
	assert_int_equal(ck_feed_document(db, &key, 0, 0, f->now_ms, &json),
	    CK_OK);
	assert_true(ck_feed_signed(json, key.public));
	assert_string_equal(ck_json_text(json, "made_at"),
	    "2026-11-23T04:00:00.000Z");
	/* what was opened just now may not be on disk */
	assert_string_equal(ck_json_text(json, "complete_until"),
	    "2026-11-23T03:59:50.000Z");
	assert_string_equal(ck_json_text(json_object_get(json, "signature"),
	    "key"), ck_json_text(json_object_get(json, "receipts"), "key"));
	json_object_set_new(json, "revision", json_integer(1));
	assert_false(ck_feed_signed(json, key.public));
	json_decref(json);
	assert_int_equal(ck_feed_document(db, &key, -1, 0, f->now_ms, &json),
	    CK_ERR_REQUEST);
	assert_null(json);
	ck_feed_key_wipe(&key);
	ck_db_close(&db);
}

static void
a_missing_key_is_never_made(void **state)
{
	struct fixture *f = *state;
	struct ck_feed_key key = { NULL, { 0 } };
	char path[128];

	fixture_path(f, "keys/receipt.key", path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(ck_feed_key_load(f->directory, &key),
	    CK_ERR_STORE_KEY);
	assert_int_not_equal(access(path, F_OK), 0);
	ck_feed_key_wipe(&key);
}

#define STORE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_canonical_form_is_that_of_the_standard),
		cmocka_unit_test(what_programs_write_differently_is_refused),
		cmocka_unit_test(the_signature_is_the_one_of_openssl),
		cmocka_unit_test(any_change_breaks_it),
		STORE_TEST(a_document_is_signed_by_the_key_of_its_directory),
		STORE_TEST(a_missing_key_is_never_made),
	};

	return cmocka_run_group_tests_name("feed_sign", tests, NULL, NULL);
}
