/*
 * test_key_line.c - the secret as it is typed or kept in a file
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "key_line.h"

static const struct ck_date today = { 2026, 11, 23 };

static void
every_kind_is_understood(void **state)
{
	struct ck_secret secret;

	(void)state;
	assert_int_equal(ck_key_line_parse("can 123456\n", today, &secret),
	    CK_OK);
	assert_int_equal(secret.kind, CK_SECRET_CAN);
	assert_string_equal(secret.can, "123456");
	assert_int_equal(ck_key_line_parse("  number \t084190123456 \r\n",
	    today, &secret), CK_OK);
	assert_string_equal(secret.can, "123456");
	assert_string_equal(secret.number, "084190123456");
	assert_int_equal(ck_key_line_parse("mrz 190123456,900305,300305",
	    today, &secret), CK_OK);
	assert_int_equal(secret.kind, CK_SECRET_MRZ);
	assert_string_equal(secret.document_number, "190123456");
	assert_int_equal(secret.date_of_birth.year, 1990);
	assert_int_equal(secret.expiry_date.year, 2030);
	assert_int_equal(ck_key_line_parse("qr 084190123456|331234567|"
	    "Nguyễn Thị Mẫu|05031990|Nữ|Ấp Mẫu|15042021", today, &secret),
	    CK_OK);
	assert_int_equal(secret.kind, CK_SECRET_QR);
	assert_string_equal(secret.can, "123456");
	assert_int_equal(secret.issue_date.year, 2021);
	ck_secret_wipe(&secret);
}

static void
nobody_is_born_tomorrow(void **state)
{
	struct ck_secret secret;

	(void)state;
	assert_int_equal(ck_key_value_parse("mrz", "1,261123,991231", today,
	    &secret), CK_OK);
	assert_int_equal(secret.date_of_birth.year, 2026);
	assert_int_equal(secret.expiry_date.year, 2099);
	assert_int_equal(ck_key_value_parse("mrz", "1,261124,991231", today,
	    &secret), CK_OK);
	assert_int_equal(secret.date_of_birth.year, 1926);
	ck_secret_wipe(&secret);
}

static void
anything_else_is_refused_and_wiped(void **state)
{
	static const char *const bad[] = {
		"", "\n", "can", "can 12345", "can 1234567", "can 12345x",
		"can 123 456", "can 123456\ncan 654321", "number 123456",
		"pin 123456", "mrz 1,2,3", "mrz ,900305,300305",
		"mrz 190123456,900305", "mrz 190123456,900305,300305,",
		"mrz 190123456,901305,300305", "mrz 190123456,900305,300230",
		"mrz ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456,900305,300305",
		"mrz 190123456,900305x,300305", "qr ", "qr nonsense",
		"averyveryverylongkind 123456"
	};
	static const struct ck_secret nothing;
	struct ck_secret secret;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_not_equal(ck_key_line_parse(bad[i], today,
		    &secret), CK_OK);
		assert_memory_equal(&secret, &nothing, sizeof(secret));
	}
}

static void
a_line_without_end_is_refused(void **state)
{
	enum { LEN = 9000 };
	char *line = malloc(LEN + 1);
	struct ck_secret secret;

	(void)state;
	assert_non_null(line);
	memset(line, '1', LEN);
	memcpy(line, "qr ", 3);
	line[LEN] = '\0';
	assert_int_equal(ck_key_line_parse(line, today, &secret),
	    CK_ERR_REQUEST);
	free(line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_understood),
		cmocka_unit_test(nobody_is_born_tomorrow),
		cmocka_unit_test(anything_else_is_refused_and_wiped),
		cmocka_unit_test(a_line_without_end_is_refused),
	};

	return cmocka_run_group_tests_name("key_line", tests, NULL, NULL);
}
