/*
 * test_cause.c - what was seen, and who can mend it
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/cause.h"
#include "eligibility/message.h"

static void
each_sign_has_its_cause(void **state)
{
	static const struct {
		struct ck_trial trial;
		enum ck_cause cause;
	} rows[] = {
		{ { .end = CK_CLIENT_NAME, .has_route = true },
		    CK_CAUSE_NAME },
		/* No way out: then the name server is out of reach as well. */
		{ { .end = CK_CLIENT_NAME }, CK_CAUSE_LINE },
		{ { .end = CK_CLIENT_CONNECT, .has_route = true,
		    .system_error = ENETUNREACH }, CK_CAUSE_LINE },
		{ { .end = CK_CLIENT_CONNECT, .has_route = true,
		    .system_error = EHOSTUNREACH }, CK_CAUSE_LINE },
		{ { .end = CK_CLIENT_CONNECT, .has_route = true,
		    .system_error = ECONNREFUSED }, CK_CAUSE_CLOSED },
		/* A name, a route, and silence: a guard drops what we send. */
		{ { .end = CK_CLIENT_CONNECT, .has_route = true },
		    CK_CAUSE_ADDRESS },
		{ { .end = CK_CLIENT_CONNECT, .has_route = true,
		    .system_error = ETIMEDOUT }, CK_CAUSE_ADDRESS },
		{ { .end = CK_CLIENT_ANSWERED,
		    .err = CK_ERR_GATEWAY_ADDRESS }, CK_CAUSE_ADDRESS },
		{ { .end = CK_CLIENT_TLS }, CK_CAUSE_TLS },
		{ { .end = CK_CLIENT_PROXY }, CK_CAUSE_PROXY },
		{ { .end = CK_CLIENT_TIMEOUT }, CK_CAUSE_SLOW },
		{ { .end = CK_CLIENT_BROKEN }, CK_CAUSE_FAULT },
		{ { .end = CK_CLIENT_TOO_LARGE }, CK_CAUSE_FAULT },
		{ { .end = CK_CLIENT_ANSWERED,
		    .err = CK_ERR_GATEWAY_ACCOUNT }, CK_CAUSE_ACCOUNT },
		{ { .end = CK_CLIENT_ANSWERED,
		    .err = CK_ERR_GATEWAY_BLOCKED }, CK_CAUSE_BLOCKED },
		{ { .end = CK_CLIENT_ANSWERED,
		    .err = CK_ERR_GATEWAY_OPERATOR }, CK_CAUSE_OPERATOR },
		{ { .end = CK_CLIENT_ANSWERED,
		    .err = CK_ERR_GATEWAY_MALFORMED }, CK_CAUSE_FAULT },
		{ { .end = CK_CLIENT_ANSWERED, .code = "054" },
		    CK_CAUSE_OPERATOR },
		{ { .end = CK_CLIENT_ANSWERED, .code = "055" },
		    CK_CAUSE_OPERATOR },
		{ { .end = CK_CLIENT_ANSWERED, .code = "401" },
		    CK_CAUSE_ACCOUNT },
		{ { .end = CK_CLIENT_ANSWERED, .code = "101" },
		    CK_CAUSE_FAULT },
		{ { .end = CK_CLIENT_ANSWERED, .code = "050",
		    .duration_ms = 5000, .budget_ms = 5000 },
		    CK_CAUSE_WELL },
		{ { .end = CK_CLIENT_ANSWERED, .code = "050",
		    .duration_ms = 5001, .budget_ms = 5000 },
		    CK_CAUSE_SLOW }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(ck_cause_of(&rows[i].trial),
		    rows[i].cause);
}

static void
each_cause_has_words_in_both_languages(void **state)
{
	static const enum ck_cause causes[] = {
		CK_CAUSE_WELL, CK_CAUSE_NAME, CK_CAUSE_LINE,
		CK_CAUSE_CLOSED, CK_CAUSE_ADDRESS, CK_CAUSE_TLS,
		CK_CAUSE_PROXY, CK_CAUSE_ACCOUNT, CK_CAUSE_BLOCKED,
		CK_CAUSE_FAULT, CK_CAUSE_OPERATOR, CK_CAUSE_SLOW
	};
	struct ck_counted counted = { .outcome = CK_OUTCOME_UNAVAILABLE };
	struct ck_counted unknown = { .outcome = CK_OUTCOME_UNAVAILABLE,
		.reason = "unknown_code" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		strcpy(counted.reason, ck_cause_reason(causes[i]));
		assert_string_not_equal(ck_message(&counted, "vi"),
		    ck_message(&unknown, "vi"));
		assert_string_not_equal(ck_next_step(&counted, "en"),
		    ck_next_step(&unknown, "en"));
		assert_string_not_equal(ck_message(&counted, "vi"),
		    ck_message(&counted, "en"));
	}
}

static void
private_addresses_are_not_the_worlds(void **state)
{
	static const char *const private[] = {
		"10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
		"100.64.0.1", "100.127.255.255", "127.0.0.1", "169.254.1.1",
		"0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "fe80::1",
		"fd00::1", "", "gateway"
	};
	static const char *const public[] = {
		"203.0.113.10", "172.32.0.1", "100.128.0.1", "1.1.1.1",
		"2001:db8::1"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(private) / sizeof(private[0]); i++)
		assert_false(ck_address_is_public(private[i]));
	for (i = 0; i < sizeof(public) / sizeof(public[0]); i++)
		assert_true(ck_address_is_public(public[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_sign_has_its_cause),
		cmocka_unit_test(each_cause_has_words_in_both_languages),
		cmocka_unit_test(private_addresses_are_not_the_worlds),
	};

	return cmocka_run_group_tests_name("cause", tests, NULL, NULL);
}
