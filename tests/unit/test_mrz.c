/*
 * test_mrz.c - zones of all three sizes
 *
 * Specimens: ICAO 9303-4 appendix B, 9303-5 appendix B, 9303-6 appendix B
 * (UTO); the Vietnamese zones are synthetic with check digits computed by
 * another program.
 */
#include "files.h"

#include "lds/dg1.h"
#include "lds/mrz.h"

static const struct ck_date today = { 2026, 11, 23 };

static const char td1_vnm[] =
    "IDVNM0900000018084090000001<<6"
    "9001011M3001019VNM<<<<<<<<<<<4"
    "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<";
static const char td1_vnm_no_expiry[] =
    "IDVNM1600000027084160000002<<5"
    "6002291F9912315VNM<<<<<<<<<<<8"
    "NGUYEN<<THI<B<<<<<<<<<<<<<<<<<";
static const char td1_uto[] =
    "I<UTOD231458907<<<<<<<<<<<<<<<"
    "7408122F1204159UTO<<<<<<<<<<<6"
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<";
static const char td2_uto[] =
    "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<"
    "D231458907UTO7408122F1204159<<<<<<<6";
static const char td3_uto[] =
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10";

static enum ck_err
parse(struct ck_span text)
{
	struct ck_mrz mrz;

	return ck_mrz_parse(text, today, &mrz);
}

static struct ck_mrz
good(const char *text)
{
	struct ck_mrz mrz;

	assert_int_equal(ck_mrz_parse(ck_span_str(text), today, &mrz), CK_OK);

	return mrz;
}

static void
assert_date(struct ck_date date, const char *iso)
{
	char text[CK_DATE_LEN];

	ck_date_iso(date, text);
	assert_string_equal(text, iso);
}

static void
citizen_card_gives_all_twelve_digits(void **state)
{
	struct ck_mrz mrz = good(td1_vnm);

	(void)state;
	assert_string_equal(mrz.number, "084090000001");
	assert_string_equal(mrz.document_number, "090000001");
	assert_string_equal(mrz.document_code, "ID");
	assert_string_equal(mrz.issuing_state, "VNM");
	assert_string_equal(mrz.nationality, "VNM");
	assert_string_equal(mrz.name, "NGUYEN VAN A");
	assert_string_equal(mrz.text, td1_vnm);
	assert_date(mrz.date_of_birth, "1990-01-01");
	assert_date(mrz.expiry_date, "2030-01-01");
	assert_int_equal(mrz.sex, 'M');
	assert_false(mrz.no_expiry);
}

static void
card_without_expiry_says_so(void **state)
{
	struct ck_mrz mrz = good(td1_vnm_no_expiry);
	struct ck_identity identity;

	(void)state;
	assert_true(mrz.no_expiry);
	assert_date(mrz.expiry_date, "2099-12-31");
	assert_date(mrz.date_of_birth, "1960-02-29");
	ck_mrz_identity(&mrz, &identity);
	assert_true(identity.no_expiry);
	assert_true(ck_date_absent(identity.expiry_date));
	assert_string_equal(identity.number, "084160000002");
	assert_string_equal(identity.full_name, "NGUYEN THI B");
	assert_int_equal(identity.sex, 'F');
}

static void
specimens_of_every_size_are_read(void **state)
{
	const char *const zones[] = { td1_uto, td2_uto, td3_uto };
	const char *const numbers[] = { "D23145890", "D23145890", "L898902C3" };
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct ck_mrz mrz = good(zones[i]);

		assert_string_equal(mrz.document_number, numbers[i]);
		assert_string_equal(mrz.issuing_state, "UTO");
		assert_string_equal(mrz.name, "ERIKSSON ANNA MARIA");
		assert_string_equal(mrz.number, "");
		assert_date(mrz.date_of_birth, "1974-08-12");
		assert_date(mrz.expiry_date, "2012-04-15");
		assert_int_equal(mrz.sex, 'F');
		assert_false(mrz.no_expiry);
	}
}

/* 9303-5 appendix B: a number of twelve characters, D23145890734. */
static void
long_document_number_is_joined(void **state)
{
	struct ck_mrz mrz = good(
	    "I<UTOD23145890<7349<<<<<<<<<<<"
	    "3407127M9507122UTO<<<<<<<<<<<2"
	    "STEVENSON<<PETER<JOHN<<<<<<<<<");

	(void)state;
	assert_string_equal(mrz.document_number, "D23145890734");
	assert_date(mrz.date_of_birth, "1934-07-12");
}

static void
check_digit_of_the_standard(void **state)
{
	(void)state;
	/* 9303-3 §4.9 examples */
	assert_int_equal(ck_mrz_check_digit(ck_span_str("520727")), 3);
	assert_int_equal(ck_mrz_check_digit(ck_span_str("AB2134<<<")), 5);
	assert_int_equal(ck_mrz_check_digit(ck_span_str("ab2134<<<")), -1);
}

static void
every_prefix_and_a_longer_zone_are_refused(void **state)
{
	(void)state;
	assert_only_whole(ck_span_str(td1_vnm), parse);
	assert_only_whole(ck_span_str(td1_uto), parse);
	assert_only_whole(ck_span_str(td2_uto), parse);
	assert_only_whole(ck_span_str(td3_uto), parse);
}

/* Each digit of the checked part changed by one is found. */
static void
one_wrong_digit_is_found(void **state)
{
	char zone[sizeof(td1_vnm)];
	size_t i;

	(void)state;
	for (i = 5; i < 60; i++) {
		memcpy(zone, td1_vnm, sizeof(zone));
		if (zone[i] < '0' || zone[i] > '9')
			continue;
		zone[i] = (char)('0' + (zone[i] - '0' + 1) % 10);
		assert_int_equal(
		    parse(ck_span_str(zone)), CK_ERR_FILE_MALFORMED);
	}
}

static void
foreign_characters_are_refused(void **state)
{
	static const char bad[] = { 'a', ' ', '\0', '>', '\xC3', '\n' };
	char zone[sizeof(td1_vnm)];
	size_t i, j;

	(void)state;
	for (i = 0; i < 90; i++) {
		for (j = 0; j < sizeof(bad); j++) {
			memcpy(zone, td1_vnm, sizeof(zone));
			zone[i] = bad[j];
			assert_int_equal(parse(ck_span_of(zone, 90)),
			    CK_ERR_FILE_MALFORMED);
		}
	}
}

static void
unknown_day_and_month_stay_unknown(void **state)
{
	/* 9303-3 §4.8: filler stands for the unknown parts. */
	struct ck_mrz mrz = good(
	    "I<UTOD231458907<<<<<<<<<<<<<<<"
	    "50<<<<5F1204159UTO<<<<<<<<<<<6"
	    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<");

	(void)state;
	assert_date(mrz.date_of_birth, "1950");
}

/* Fourth digit 1: born in the 1900s, although 2020 has passed as well. */
static void
number_settles_the_century(void **state)
{
	struct ck_mrz mrz = good(
	    "IDVNM1200000014001120000001<<5"
	    "2001012M3501014VNM<<<<<<<<<<<4"
	    "TRAN<<B<<<<<<<<<<<<<<<<<<<<<<<");

	(void)state;
	assert_string_equal(mrz.number, "001120000001");
	assert_date(mrz.date_of_birth, "1920-01-01");
}

static void
data_group_is_unwrapped(void **state)
{
	struct ck_buf file = file_must_read(SAMPLE "EF_DG1.bin");
	struct ck_mrz mrz;

	(void)state;
	assert_int_equal(
	    ck_dg1_parse(ck_buf_view(&file), today, &mrz), CK_OK);
	assert_string_equal(mrz.number, "084190123456");
	assert_string_equal(mrz.document_number, "190123456");
	assert_string_equal(mrz.name, "NGUYEN THI MAU");
	assert_date(mrz.date_of_birth, "1990-03-05");
	assert_date(mrz.expiry_date, "2030-03-05");
	assert_int_equal(mrz.sex, 'F');
	ck_buf_wipe(&file);
}

static enum ck_err
parse_dg1(struct ck_span file)
{
	struct ck_mrz mrz;

	return ck_dg1_parse(file, today, &mrz);
}

static void
damaged_data_group_is_refused(void **state)
{
	struct ck_buf file = file_must_read(SAMPLE "EF_DG1.bin");

	(void)state;
	assert_only_whole(ck_buf_view(&file), parse_dg1);
	survive_changes(ck_buf_view(&file), parse_dg1);
	ck_buf_wipe(&file);
}

static void
bsi_2008_passport_is_read(void **state)
{
	struct ck_buf file = file_read_or_skip(BSI "EF_DG1.bin");
	struct ck_mrz mrz;

	(void)state;
	assert_int_equal(
	    ck_dg1_parse(ck_buf_view(&file), today, &mrz), CK_OK);
	assert_string_equal(mrz.document_number, "C11T002JM");
	assert_string_equal(mrz.issuing_state, "D");
	assert_string_equal(mrz.name, "MUSTERMANN ERIKA");
	assert_date(mrz.date_of_birth, "1996-08-12");
	assert_date(mrz.expiry_date, "2013-10-31");
	ck_buf_wipe(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(citizen_card_gives_all_twelve_digits),
		cmocka_unit_test(card_without_expiry_says_so),
		cmocka_unit_test(specimens_of_every_size_are_read),
		cmocka_unit_test(long_document_number_is_joined),
		cmocka_unit_test(check_digit_of_the_standard),
		cmocka_unit_test(every_prefix_and_a_longer_zone_are_refused),
		cmocka_unit_test(one_wrong_digit_is_found),
		cmocka_unit_test(foreign_characters_are_refused),
		cmocka_unit_test(unknown_day_and_month_stay_unknown),
		cmocka_unit_test(number_settles_the_century),
		cmocka_unit_test(data_group_is_unwrapped),
		cmocka_unit_test(damaged_data_group_is_refused),
		cmocka_unit_test(bsi_2008_passport_is_read)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
