/*
 * test_report_forms.c - one report, written by hand, in every form
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/closing.h"
#include "report/forms.h"
#include "report/suppress.h"
#include "report/words.h"

#define TALLY(total, covered, unavailable) \
	"{\"total\":" #total ",\"covered\":" #covered \
	",\"covered_cache\":0,\"covered_stale\":0,\"not_covered\":0," \
	"\"mismatch\":0,\"not_found\":0,\"unavailable\":" #unavailable "}"

#define GROUP(key, total, covered, unavailable) \
	"{\"key\":\"" key "\",\"cccd\":" TALLY(total, covered, unavailable) \
	",\"lookups\":" TALLY(total, covered, unavailable) \
	",\"visits\":" TALLY(total, covered, unavailable) \
	",\"calls\":" TALLY(total, covered, unavailable) "}"

#define CLINIC(key, code, name, total, covered, unavailable) \
	"{\"key\":\"" key "\",\"code\":\"" code "\",\"name\":\"" name "\"," \
	"\"manager\":\"m\",\"commune\":\"c\",\"district\":\"d\"," \
	"\"level\":\"l\",\"cccd\":" TALLY(total, covered, unavailable) \
	",\"lookups\":" TALLY(total, covered, unavailable) \
	",\"visits\":" TALLY(total, covered, unavailable) \
	",\"calls\":" TALLY(total, covered, unavailable) "}"

#define UNIT(key) \
	"{\"clinic\":\"" key "\",\"manager\":\"m\",\"commune\":\"c\"," \
	"\"district\":\"d\",\"level\":\"l\"}"

/* Three clinics with 63,000, 133 and 3 attempts. */
/* Pieces, since a C compiler may refuse a literal of more than 4,095 bytes. */
static const char *const report[] = {
    "{\"schema\":1,\"from\":\"2022-03-01\",\"to\":\"2022-12-12\","
    "\"made_at\":\"2022-12-20T01:00:00.000Z\",\"complete\":{"
    "\"facilities\":3,\"expected\":3,\"end\":\"2022-12-12T17:00:00.000Z\","
    "\"until\":\"2022-12-12T17:00:00.000Z\"},",
    "\"totals\":{\"cccd\":" TALLY(63136, 41612, 21524)
    ",\"lookups\":" TALLY(63136, 41612, 21524)
    ",\"visits\":" TALLY(63136, 41612, 21524)
    ",\"calls\":" TALLY(63136, 41612, 21524) "},",
    "\"before\":{\"from\":\"2021-05-19\",\"to\":\"2022-02-28\",\"totals\":{"
    "\"cccd\":" TALLY(0, 0, 0) ",\"lookups\":" TALLY(0, 0, 0)
    ",\"visits\":" TALLY(0, 0, 0) ",\"calls\":" TALLY(0, 0, 0) "}},",
    "\"groups\":{"
    "\"manager\":[" GROUP("m", 63136, 41612, 21524) "],",
    "\"commune\":[" GROUP("c", 63136, 41612, 21524) "],"
    "\"district\":[" GROUP("d", 63136, 41612, 21524) "],",
    "\"level\":[" GROUP("l", 63136, 41612, 21524) "],",
    "\"clinic\":[" CLINIC("a", "84001", "Bệnh viện <A>", 63000, 41500, 21500),
    "," CLINIC("b", "84002", "=Trạm, \\\"B\\\"", 133, 111, 22),
    "," CLINIC("c", "84003", "Trạm C", 3, 1, 2) "],",
    "\"day\":[" GROUP("2022-03-01", 63100, 41580, 21520) ","
    GROUP("2022-03-02", 36, 32, 4) "],",
    "\"presented\":[" GROUP("cccd", 63136, 41612, 21524) "],"
    "\"captured\":[],\"assurance\":[],",
    "\"reason\":[" GROUP("", 41612, 41612, 0) ","
    GROUP("060", 21524, 0, 21524) "],\"owner\":[]},",
    "\"units\":[" UNIT("a") "," UNIT("b") "," UNIT("c") "],"
    "\"incomplete\":[],\"below\":[],\"reconciliation\":null,"
    "\"denominator\":null,\"sources\":[]}"
};

static json_t *
parsed(void)
{
	char text[16384] = "";
	json_t *document;
	size_t i;

	for (i = 0; i < sizeof(report) / sizeof(report[0]); i++)
		(void)strcat(text, report[i]);
	document = ck_json_parse(ck_span_str(text));
	assert_non_null(document);

	return document;
}

static struct ck_catalogue *
words(const char *language)
{
	struct ck_catalogue *catalogue;

	assert_int_equal(ck_catalogue_open(&catalogue, language), CK_OK);

	return catalogue;
}

typedef enum ck_err (*form_fn)(const json_t *, const struct ck_catalogue *,
    struct ck_buf *);

static char *
drawn(form_fn form, const json_t *document, const char *language)
{
	struct ck_catalogue *catalogue = words(language);
	struct ck_buf out = CK_BUF_INIT;
	char *text;

	assert_int_equal(form(document, catalogue, &out), CK_OK);
	text = strndup((const char *)out.ptr, out.len);
	assert_non_null(text);
	ck_buf_wipe(&out);
	ck_catalogue_free(&catalogue);

	return text;
}

static void
assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("not in the text: %s", part);
}

static void
assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part) != NULL)
		fail_msg("in the text: %s", part);
}

static void
test_sentence(void **state)
{
	json_t *document = parsed();
	char *text = drawn(ck_words_sentence, document, "vi");

	(void)state;
	assert_string_equal(text, "3/3 cơ sở có đủ số liệu; 63.136 lượt tra "
	    "cứu bằng CCCD từ 01/03/2022 đến 12/12/2022; 41.612 lượt thành "
	    "công (65,9 %). Số tạm tính, đủ đến 24:00 12/12/2022.");
	free(text);
	text = drawn(ck_words_sentence, document, "en");
	assert_string_equal(text, "3/3 facilities complete; 63,136 attempts "
	    "by CCCD from 2022-03-01 to 2022-12-12; 41,612 confirmed "
	    "(65.9 %). Provisional, whole until 24:00 2022-12-12.");
	free(text);
	json_decref(document);
}

/* The attempts are told where the confirmed are not. */
static void
test_sentence_without_the_confirmed(void **state)
{
	json_t *document = parsed();
	char *text;

	(void)state;
	json_object_set_new(json_object_get(json_object_get(document,
	    "totals"), "cccd"), "covered", json_null());
	text = drawn(ck_words_sentence, document, "vi");
	assert_has(text, "; 63.136 lượt tra cứu bằng CCCD từ 01/03/2022 đến "
	    "12/12/2022; số lượt thành công không nêu vì ");
	assert_lacks(text, "ẩn");
	free(text);
	text = drawn(ck_words_sentence, document, "en");
	assert_has(text, "; 63,136 attempts by CCCD from 2022-03-01 to "
	    "2022-12-12; the number confirmed is not given, because ");
	free(text);
	json_decref(document);
}

static void
test_text(void **state)
{
	json_t *document = parsed();
	char *text = drawn(ck_report_text, document, "vi");

	(void)state;
	assert_has(text, "Theo cơ sở");
	assert_has(text, "Bệnh viện <A>");
	assert_has(text, "63.000");
	assert_has(text, "Bản nội bộ");
	free(text);
	json_decref(document);
}

/* Of 44 columns "… phía nam và phía tây" is too long: it ends at a blank. */
static void
test_text_ends_at_a_word(void **state)
{
	json_t *document = parsed();
	json_t *clinic = json_array_get(json_object_get(json_object_get(
	    document, "groups"), "clinic"), 0);
	char *text;

	(void)state;
	json_object_set_new(clinic, "name", json_string("Trạm y tế liên xã "
	    "phía đông, phía nam và phía tây sông Hậu"));
	text = drawn(ck_report_text, document, "vi");
	assert_has(text, "Trạm y tế liên xã phía đông, phía nam và…");
	assert_lacks(text, "nam và p");
	free(text);
	json_decref(document);
}

static void
test_csv_is_what_spreadsheets_read(void **state)
{
	json_t *document = parsed();
	char *text = drawn(ck_report_csv, document, "en");

	(void)state;
	assert_int_equal(strncmp(text, "\xef\xbb\xbf" "report\r\n", 11), 0);
	assert_has(text, "\r\nclinic\r\nclinic,code,attempts,confirmed,"
	    "success_rate,visits,lookups,calls\r\n");
	assert_has(text, "\r\nBệnh viện <A>,84001,63000,41500,0.658730,63000,"
	    "63000,63000\r\n");
	/* no formula, and quoted by RFC 4180 */
	assert_has(text, "\r\n\"'=Trạm, \"\"B\"\"\",84002,133,");
	assert_has(text, "classification,internal\r\n");
	free(text);
	json_decref(document);
}

static void
test_html_is_inert(void **state)
{
	json_t *document = parsed();
	char *text = drawn(ck_report_html, document, "vi");

	(void)state;
	assert_has(text, "<html lang=\"vi\">");
	assert_has(text, "Bệnh viện &lt;A&gt;");
	assert_has(text, "=Trạm, &quot;B&quot;");
	assert_has(text, "<svg");
	assert_lacks(text, "<script");
	assert_lacks(text, "http://");
	assert_lacks(text, "https://");
	free(text);
	json_decref(document);
}

/* Since July 2025 no clinic has a district: nobody is told "none" with all
 * numbers beside it. */
static void
test_districts_that_ended_are_said_to_have(void **state)
{
	static const char row[] = "\r\ndistrict,attempts,confirmed,"
	    "success_rate,visits,lookups,calls\r\n\r\n";
	json_t *document = parsed();
	char *text;

	(void)state;
	json_object_set_new(json_array_get(json_object_get(json_object_get(
	    document, "groups"), "district"), 0), "key", json_string(""));
	text = drawn(ck_report_text, document, "vi");
	assert_has(text, "Theo huyện cũ (đến 30/06/2025)\n\n"
	    "Không cơ sở nào có huyện trong kỳ này");
	assert_lacks(text, "Huyện cũ");
	free(text);
	text = drawn(ck_report_html, document, "en");
	assert_has(text, "<p>No clinic has a district in this period: districts"
	    " ended on 1 July 2025.</p>");
	assert_lacks(text, "Old district</th>");
	free(text);
	text = drawn(ck_report_csv, document, "en");
	assert_has(text, row);
	free(text);
	json_decref(document);
}

/* Names are as they are written; all else is labels. */
static void
test_csv_is_of_no_language(void **state)
{
	json_t *document = parsed();
	char *vi = drawn(ck_report_csv, document, "vi");
	char *en = drawn(ck_report_csv, document, "en");

	(void)state;
	assert_string_equal(vi, en);
	assert_has(vi, "\r\ncccd,63136,0.659085,41612,");
	assert_has(vi, "\r\nreason,key,attempts,");
	assert_has(vi, "share\r\nvisits,attempts,cccd_share\r\n"
	    "63136,63136,1.000000\r\n");
	assert_has(vi, "\r\n060,060,21524,0,");
	assert_has(vi, "\r\n,,41612,41612,");
	free(vi);
	free(en);
	json_decref(document);
}

static void
test_xlsx_is_a_workbook(void **state)
{
	struct ck_catalogue *catalogue = words("vi");
	json_t *document = parsed();
	struct ck_buf out = CK_BUF_INIT;

	(void)state;
	assert_int_equal(ck_report_xlsx(document, catalogue, &out), CK_OK);
	assert_true(out.len > 4000);
	assert_memory_equal(out.ptr, "PK\x03\x04", 4);
	ck_buf_wipe(&out);
	ck_catalogue_free(&catalogue);
	json_decref(document);
}

/* Clinic c has 3: it is hidden, and the next smallest with it. */
static void
test_public_hides_and_tells_so(void **state)
{
	json_t *document = parsed(), *public;
	char *text;

	(void)state;
	assert_int_equal(ck_report_public(document, &public), CK_OK);
	text = drawn(ck_report_csv, public, "en");
	assert_has(text, "Bệnh viện <A>,84001,63000,");
	assert_has(text, "84002,suppressed,suppressed,suppressed,suppressed,"
	    "suppressed,suppressed\r\n");
	assert_has(text, "Trạm C,84003,suppressed,");
	assert_has(text, "classification,public\r\n");
	/* 36 attempts of which 32 were confirmed: 4 were not */
	assert_has(text, "2022-03-02,36,suppressed,suppressed,36,36,36\r\n");
	assert_has(text, "2022-03-01,63100,suppressed,suppressed,");
	free(text);
	text = drawn(ck_report_text, public, "vi");
	assert_has(text, "ẩn");
	assert_lacks(text, "Bản nội bộ");
	free(text);
	/* what is hidden is not drawn as 0: two outlines, no bar */
	text = drawn(ck_report_html, public, "vi");
	assert_has(text, "fill=\"none\" stroke=");
	assert_lacks(text, "fill=\"#0b6e4f\"");
	free(text);
	assert_null(json_object_get(public, "units"));
	assert_null(json_object_get(public, "sources"));
	json_decref(public);
	json_decref(document);
}

static void
test_changes_are_by_clinic_and_series(void **state)
{
	json_t *before = parsed(), *after = parsed(), *changes, *clinic;

	(void)state;
	clinic = json_array_get(json_object_get(json_object_get(after,
	    "groups"), "clinic"), 1);
	changes = ck_closing_changes(before, after);
	assert_int_equal(json_array_size(changes), 0);
	json_decref(changes);
	json_object_set_new(json_object_get(clinic, "cccd"), "total",
	    json_integer(135));
	json_object_set_new(json_object_get(clinic, "cccd"), "covered",
	    json_integer(112));
	changes = ck_closing_changes(before, after);
	assert_int_equal(json_array_size(changes), 2);
	assert_string_equal(ck_json_text(json_array_get(changes, 0),
	    "series"), "cccd.covered");
	assert_int_equal(json_integer_value(json_object_get(json_array_get(
	    changes, 1), "before")), 133);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(
	    changes, 1), "after")), 135);
	json_decref(changes);
	json_decref(before);
	json_decref(after);
}

static void
test_no_report_is_refused(void **state)
{
	json_t *none = json_object(), *out;
	struct ck_catalogue *catalogue = words("en");
	struct ck_buf buf = CK_BUF_INIT;

	(void)state;
	assert_int_equal(ck_report_public(none, &out), CK_ERR_REQUEST);
	assert_null(out);
	assert_int_equal(ck_report_text(none, catalogue, &buf),
	    CK_ERR_REQUEST);
	ck_buf_wipe(&buf);
	ck_catalogue_free(&catalogue);
	assert_int_equal(ck_catalogue_open(&catalogue, "xx"),
	    CK_ERR_NOT_FOUND);
	json_decref(none);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sentence),
		cmocka_unit_test(test_sentence_without_the_confirmed),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_ends_at_a_word),
		cmocka_unit_test(test_csv_is_what_spreadsheets_read),
		cmocka_unit_test(test_html_is_inert),
		cmocka_unit_test(test_districts_that_ended_are_said_to_have),
		cmocka_unit_test(test_csv_is_of_no_language),
		cmocka_unit_test(test_xlsx_is_a_workbook),
		cmocka_unit_test(test_public_hides_and_tells_so),
		cmocka_unit_test(test_changes_are_by_clinic_and_series),
		cmocka_unit_test(test_no_report_is_refused)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
