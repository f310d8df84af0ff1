/*
 * test_message.c - every reason has its words, and the documentation has them
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "eligibility/codes.h"
#include "eligibility/decide.h"
#include "eligibility/message.h"

static struct ck_counted
counted_with(const char *reason)
{
	struct ck_counted counted = {
		.outcome = CK_OUTCOME_UNAVAILABLE,
		.source = CK_SOURCE_GATEWAY,
		.owner = CK_OWNER_GATEWAY
	};

	(void)snprintf(counted.reason, sizeof(counted.reason), "%s", reason);

	return counted;
}

/* Words of its own in both languages, not those of an unknown code. */
static void
assert_has_words(const char *reason)
{
	const struct ck_counted known = counted_with(reason);
	const struct ck_counted unknown = counted_with("unknown_code");
	static const char *const languages[] = { "vi", "en" };
	size_t i;

	for (i = 0; i < 2; i++) {
		const char *language = languages[i];

		assert_string_not_equal(ck_message(&known, language),
		    ck_message(&unknown, language));
		assert_string_not_equal(ck_next_step(&known, language),
		    ck_next_step(&unknown, language));
		assert_string_not_equal(ck_technician_note(reason, language),
		    ck_technician_note("unknown_code", language));
	}
	assert_string_not_equal(
	    ck_message(&known, "vi"), ck_message(&known, "en"));
}

static void
every_code_has_words(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; ck_code_at(i) != NULL; i++)
		assert_has_words(ck_code_at(i)->code);
	assert_true(i > 20);
}

static void
every_reason_of_ours_has_words(void **state)
{
	static const char *const reasons[] = {
		CK_REASON_LINE, CK_REASON_GATEWAY, CK_REASON_ACCOUNT,
		CK_REASON_OPERATOR, CK_REASON_REQUEST, CK_REASON_WRONG_PERSON,
		CK_REASON_BEFORE_VALIDITY, CK_REASON_AFTER_VALIDITY,
		CK_REASON_NO_ANSWER_YET, CK_REASON_INTERRUPTED
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		assert_has_words(reasons[i]);
}

static void
what_is_not_known_is_never_silent(void **state)
{
	struct ck_counted counted = counted_with("777");

	(void)state;
	assert_memory_equal(ck_message(&counted, "vi"), "Cổng BHYT trả lời",
	    strlen("Cổng BHYT trả lời"));
	assert_memory_equal(ck_next_step(&counted, "en"),
	    "This is not a refusal.", strlen("This is not a refusal."));
}

static void
an_open_lookup_says_nothing_yet(void **state)
{
	struct ck_counted counted = counted_with("000");

	(void)state;
	counted.outcome = CK_OUTCOME_NONE;
	assert_string_equal(ck_message(&counted, "vi"), "");
	assert_string_equal(ck_next_step(&counted, "vi"), "");
}

static void
what_to_do_depends_on_whose_work_it_is(void **state)
{
	struct ck_counted chip = counted_with("060");
	struct ck_counted typed = counted_with("060");

	(void)state;
	chip.owner = CK_OWNER_INSURER;
	typed.owner = CK_OWNER_DESK;
	assert_string_equal(ck_message(&chip, "vi"),
	    ck_message(&typed, "vi"));
	assert_non_null(strstr(ck_next_step(&chip, "en"), "chip is right"));
	assert_memory_equal(ck_next_step(&typed, "en"), "Check the name", 14);
}

static void
a_kept_answer_meanwhile_is_told_as_such(void **state)
{
	(void)state;
	assert_non_null(strstr(ck_message_meanwhile("en"),
	    "is being asked now"));
	assert_non_null(strstr(ck_next_step_meanwhile("vi"),
	    "khi cổng BHYT trả lời"));
	assert_string_equal(ck_technician_note("", "en"), "");
	assert_non_null(strstr(ck_technician_note("777", "en"),
	    "result-codes.csv"));
}

static void
an_old_answer_is_told_as_such(void **state)
{
	struct ck_counted counted = counted_with("000");

	(void)state;
	counted.outcome = CK_OUTCOME_COVERED;
	counted.source = CK_SOURCE_STALE;
	assert_non_null(strstr(ck_message(&counted, "en"), "earlier lookup"));
}

/* docs/errors.md is what `make docs` would write now. */
static void
the_documentation_is_up_to_date(void **state)
{
	(void)state;
	assert_int_equal(system("awk -f docs/errors.awk "
	    "build/gen/result_codes.inc build/gen/reasons.inc "
	    "include/ck/error.h | cmp - docs/errors.md"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_has_words),
		cmocka_unit_test(every_reason_of_ours_has_words),
		cmocka_unit_test(what_is_not_known_is_never_silent),
		cmocka_unit_test(an_open_lookup_says_nothing_yet),
		cmocka_unit_test(what_to_do_depends_on_whose_work_it_is),
		cmocka_unit_test(a_kept_answer_meanwhile_is_told_as_such),
		cmocka_unit_test(an_old_answer_is_told_as_such),
		cmocka_unit_test(the_documentation_is_up_to_date),
	};

	return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
