/*
 * test_printed.c - everything that a scanner or a keyboard gives
 *
 * The codes are those of the published examples, with synthetic people.
 */
#include "files.h"

#include "ck/printed.h"

/* Only the zones of other countries depend on it. */
#define TODAY ((struct ck_date){ 2026, 11, 26 })

static const char cccd[] =
    "084090000001|331234567|Nguyễn Văn A|01011990|Nam|Ấp Mẫu, Trà Vinh|"
    "15042021";
static const char cc[] =
    "084190000002||Thạch Thị B|05031990|Nữ|Khóm 3, Trà Vinh|01072024||||";
static const char bhyt_15[] =
    "HS4840123456789|4e677579e1bb856e2056c4836e2041|01/01/2015|1|"
    "5472c3a02056696e68|84 - 001|01/01/2020|-|02/01/2020|84010123456789|-|4|"
    "01/01/2025|0123456789abcdef-8401|$";
static const char bhyt_17[] =
    "0123456789|4E677579E1BB856E2056C4836E2041|1950|2|-|84 - C54|01/01/2020|"
    "31/12/2026|02/01/2020|84010123456789|-|4| 01/01/2025|"
    "0123456789abcdef-8401|4|424858482054502e|$";
static const char bhyt_10[] =
    "HS4840123456789|4e677579e1bb856e2056c4836e2041|01/01/2015|1|"
    "5472c3a02056696e68|84 - 001|01/01/2020|-|02/01/2020|84010123456789";

static struct ck_printed
good(const char *text)
{
	struct ck_printed printed;

	assert_int_equal(
	    ck_printed_parse(ck_span_str(text), TODAY, &printed), CK_OK);

	return printed;
}

static enum ck_err
result(const char *text)
{
	struct ck_printed printed;

	return ck_printed_parse(ck_span_str(text), TODAY, &printed);
}

static void
assert_date(struct ck_date date, const char *iso)
{
	char text[CK_DATE_LEN];

	ck_date_iso(date, text);
	assert_string_equal(text, iso);
}

static void
front_of_a_cccd(void **state)
{
	struct ck_printed printed = good(cccd);

	(void)state;
	assert_int_equal(printed.kind, CK_PRINTED_CCCD_QR);
	assert_string_equal(printed.identity.number, "084090000001");
	assert_string_equal(printed.identity.old_number, "331234567");
	assert_string_equal(printed.identity.full_name, "Nguyễn Văn A");
	assert_date(printed.identity.date_of_birth, "1990-01-01");
	assert_int_equal(printed.identity.sex, 'M');
	assert_string_equal(printed.identity.residence, "Ấp Mẫu, Trà Vinh");
	assert_date(printed.identity.issue_date, "2021-04-15");
	assert_true(ck_date_absent(printed.identity.expiry_date));
	assert_string_equal(printed.insurance_number, "");
	assert_string_equal(printed.card_number, "");
}

static void
back_of_a_cc_with_any_filling(void **state)
{
	static const char *const fillings[] = {
		"||||", "|331234567|CHA|MẸ|x", "||\x01\xFF|", "|a|b|c|d|e|f"
	};
	struct ck_printed printed = good(cc);
	size_t i;

	(void)state;
	assert_int_equal(printed.kind, CK_PRINTED_CC_QR);
	assert_string_equal(printed.identity.full_name, "Thạch Thị B");
	assert_int_equal(printed.identity.sex, 'F');
	assert_string_equal(printed.identity.old_number, "");
	for (i = 0; i < sizeof(fillings) / sizeof(fillings[0]); i++) {
		char text[512];

		(void)snprintf(text, sizeof(text), "%s%s", cccd, fillings[i]);
		assert_int_equal(good(text).kind, CK_PRINTED_CC_QR);
		assert_string_equal(
		    good(text).identity.number, "084090000001");
	}
}

static void
forty_fields_are_still_a_card(void **state)
{
	char text[512];
	size_t len;

	(void)state;
	(void)snprintf(text, sizeof(text), "%s", cccd);
	for (len = strlen(text); len < 300; len++)
		text[len] = '|';
	text[len] = '\0';
	assert_int_equal(good(text).kind, CK_PRINTED_CC_QR);
}

static void
scanners_add_white_space(void **state)
{
	char text[512];

	(void)state;
	(void)snprintf(text, sizeof(text), "\xEF\xBB\xBF \t%s\r\n", cccd);
	assert_int_equal(good(text).kind, CK_PRINTED_CCCD_QR);
	assert_date(good(text).identity.issue_date, "2021-04-15");
}

static void
partial_and_absent_parts_of_a_card(void **state)
{
	struct ck_printed printed = good(
	    "084050000003||Lâm Văn C|00001950|Nam||");

	(void)state;
	assert_date(printed.identity.date_of_birth, "1950");
	assert_true(ck_date_absent(printed.identity.issue_date));
	assert_string_equal(printed.identity.residence, "");
	assert_date(good("084050000003||Lâm Văn C|00031950|Nam||01012022")
	    .identity.date_of_birth, "1950-03");
	assert_string_equal(good("084050000003|084050000009|Lâm Văn C|"
	    "01011950|Nam||01012022").identity.old_number, "");
}

static void
damaged_cards_are_told_from_unknown_codes(void **state)
{
	static const char *const damaged[] = {
		"084090000001|331234567|Nguyễn Văn A|01011990|Nam|Trà Vinh",
		"084090000001|",
		"084090000001|33123456|A|01011990|Nam|x|15042021",
		"084090000001||A|31021990|Nam|x|15042021",
		"084090000001||A||Nam|x|15042021",
		"084090000001||A|01011990|Nam|x|1504202",
		"084090000001|||01011990|Nam|x|15042021",
		"084090000001||Nguy\xE1\xBB|01011990|Nam|x|15042021",
		"084090000001||Nguy\x1B|01011990|Nam|x|15042021"
	};
	static const char *const unknown[] = {
		"08409000000|331234567|A|01011990|Nam|x|15042021",
		"|", "||||||", "a|b", "https://example.org/|x", "$",
		"08409000000A||A|01011990|Nam|x|15042021"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++)
		assert_int_equal(
		    result(damaged[i]), CK_ERR_PRINTED_MALFORMED);
	for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		assert_int_equal(result(unknown[i]), CK_ERR_PRINTED_UNKNOWN);
}

static void
insurance_card_of_fifteen_characters(void **state)
{
	struct ck_printed printed = good(bhyt_15);

	(void)state;
	assert_int_equal(printed.kind, CK_PRINTED_BHYT_QR);
	assert_string_equal(printed.card_number, "HS4840123456789");
	assert_string_equal(printed.insurance_number, "0123456789");
	assert_string_equal(printed.identity.full_name, "Nguyễn Văn A");
	assert_string_equal(printed.identity.residence, "Trà Vinh");
	assert_date(printed.identity.date_of_birth, "2015-01-01");
	assert_int_equal(printed.identity.sex, 'M');
	assert_string_equal(printed.identity.number, "");
	assert_true(ck_date_absent(printed.identity.issue_date));
}

static void
insurance_card_of_ten_digits(void **state)
{
	struct ck_printed printed = good(bhyt_17);

	(void)state;
	assert_int_equal(printed.kind, CK_PRINTED_BHYT_QR);
	assert_string_equal(printed.card_number, "");
	assert_string_equal(printed.insurance_number, "0123456789");
	assert_string_equal(printed.identity.full_name, "Nguyễn Văn A");
	assert_string_equal(printed.identity.residence, "");
	assert_date(printed.identity.date_of_birth, "1950");
	assert_int_equal(printed.identity.sex, 'F');
}

static void
the_end_may_follow_without_a_bar(void **state)
{
	char text[512];

	(void)state;
	(void)snprintf(text, sizeof(text), "%.*s$",
	    (int)(strlen(bhyt_15) - 2), bhyt_15);
	assert_string_equal(good(text).card_number, "HS4840123456789");
}

static void
short_insurance_code_needs_no_end(void **state)
{
	char text[512];

	(void)state;
	assert_string_equal(good(bhyt_10).card_number, "HS4840123456789");
	(void)snprintf(text, sizeof(text), "%s|$", bhyt_10);
	assert_string_equal(good(text).card_number, "HS4840123456789");
}

/* The citizen number in front; "$" says that it is an insurance card. */
static void
insurance_card_may_carry_twelve_digits(void **state)
{
	char text[512];
	struct ck_printed printed;

	(void)state;
	(void)snprintf(text, sizeof(text), "084090000001%s", bhyt_15 + 15);
	printed = good(text);
	assert_int_equal(printed.kind, CK_PRINTED_BHYT_QR);
	assert_string_equal(printed.identity.number, "084090000001");
	assert_string_equal(printed.insurance_number, "");
}

/* Every cut is refused, but the one that leaves the short form. */
static void
insurance_code_cut_short_is_damaged(void **state)
{
	size_t len;

	(void)state;
	for (len = 16; len + 1 < sizeof(bhyt_15); len++) {
		struct ck_printed printed;
		struct ck_span cut = ck_span_of(bhyt_15, len);
		enum ck_err err = ck_printed_parse(cut, TODAY, &printed);
		size_t i, bars = 0;

		for (i = 0; i < len; i++)
			bars += bhyt_15[i] == '|';
		if (bars != 9)
			assert_int_equal(err, CK_ERR_PRINTED_MALFORMED);
	}
}

static void
damaged_insurance_fields_are_refused(void **state)
{
	static const char *const starts[] = {
		"HS4840123456789|4e67757|01/01/2015|1|-",	/* odd digits */
		"HS4840123456789|4e67zz|01/01/2015|1|-",	/* no hex */
		"HS4840123456789|ff|01/01/2015|1|-",		/* no UTF-8 */
		"HS4840123456789|4e0a4e|01/01/2015|1|-",	/* control */
		"HS4840123456789|-|01/01/2015|1|-",		/* no name */
		"HS4840123456789|4e|31/02/2015|1|-",		/* no date */
		"HS4840123456789|4e|01/01/2015|3|-",		/* no sex */
		"HS4840123456789|4e|01/01/2015|1|4",		/* address */
		"HS6840123456789|4e|01/01/2015|1|-",		/* level 6 */
		"012345678|4e|01/01/2015|1|-"			/* 9 digits */
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		char text[512];

		(void)snprintf(text, sizeof(text), "%s|84 - 001|01/01/2020|-|"
		    "02/01/2020|8401|-|4|01/01/2025|x|$", starts[i]);
		assert_int_equal(result(text), CK_ERR_PRINTED_MALFORMED);
	}
}

static void
bare_numbers_are_known_by_length(void **state)
{
	(void)state;
	assert_int_equal(good("084090000001").kind, CK_PRINTED_ID_NUMBER);
	assert_string_equal(
	    good(" 084 090 000 001\n").identity.number, "084090000001");
	assert_int_equal(
	    good("0123456789").kind, CK_PRINTED_INSURANCE_NUMBER);
	assert_string_equal(good("0123456789").insurance_number, "0123456789");
	assert_int_equal(good("000001").kind, CK_PRINTED_CAN);
	assert_string_equal(good("000001").can, "000001");
	assert_int_equal(
	    good("hs4840123456789").kind, CK_PRINTED_CARD_NUMBER);
	assert_string_equal(
	    good("hs 4 84 012-345-6789").card_number, "HS4840123456789");
	assert_string_equal(
	    good("HS4840123456789").insurance_number, "0123456789");
}

/* A prefix of no province is still a number: the code list has expired. */
static void
province_prefix_is_no_reason_to_refuse(void **state)
{
	(void)state;
	assert_int_equal(good("999999999999").kind, CK_PRINTED_ID_NUMBER);
	assert_int_equal(good("000000000000").kind, CK_PRINTED_ID_NUMBER);
}

static void
other_texts_are_unknown(void **state)
{
	static const char *const texts[] = {
		"", " ", "12345", "1234567", "33123456", "08409000000",
		"0840900000011", "HS484012345678", "HS9840123456789",
		"H14840123456789", "HS48401234567890", "hello",
		"08409000000\xC2\xB2", "084090000001084090000001"
	};
	static const char with_nul[] = "08409\0000001";
	struct ck_printed printed;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(result(texts[i]), CK_ERR_PRINTED_UNKNOWN);
	assert_int_equal(ck_printed_parse(
	    ck_span_of(with_nul, sizeof(with_nul) - 1), TODAY, &printed),
	    CK_ERR_PRINTED_UNKNOWN);
}

/* What it is has words of its own, though nothing can be done with it. */
static void
an_old_number_and_an_apps_code_are_named(void **state)
{
	static const char *const codes[] = {
		"https://example.invalid/vneid?x=1", "HTTPS://EXAMPLE.INVALID",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtYXUifQ.c3ludGhldGlj",
		"{\"t\":\"0123456789abcdef0123456789abcdef\"}",
		"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
	};
	size_t i;

	(void)state;
	assert_int_equal(result("331234567"), CK_ERR_PRINTED_OLD_NUMBER);
	assert_int_equal(result(" 331 234 567 "), CK_ERR_PRINTED_OLD_NUMBER);
	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		assert_int_equal(result(codes[i]), CK_ERR_PRINTED_APP_CODE);
}

static void
numbers_are_taken_as_people_write_them(void **state)
{
	(void)state;
	/* full-width digits, and a no-break space between groups */
	assert_string_equal(good("\xEF\xBC\x90\xEF\xBC\x98\xEF\xBC\x94"
	    "090000001").identity.number, "084090000001");
	assert_string_equal(good("084\xC2\xA0" "090\xE2\x80\x93" "000001")
	    .identity.number, "084090000001");
	assert_string_equal(good("\xEF\xBC\xA8\xEF\xBC\xB3" "4840123456789")
	    .card_number, "HS4840123456789");
}

#define ZONE "IDVNM0900000018084090000001<<6\r\n" \
	"9001011M3001019VNM<<<<<<<<<<<4\r\nNGUYEN<<VAN<A<<<<<<<<<<<<<<<<<"

static void
zone_of_a_citizen_card(void **state)
{
	struct ck_printed printed = good(ZONE);
	struct ck_secret secret;

	(void)state;
	assert_int_equal(printed.kind, CK_PRINTED_MRZ);
	assert_string_equal(printed.identity.number, "084090000001");
	assert_string_equal(printed.identity.full_name, "NGUYEN VAN A");
	assert_date(printed.identity.date_of_birth, "1990-01-01");
	/* a name without its marks is not asked about */
	assert_false(ck_printed_name_good(&printed));
	assert_int_equal(ck_printed_secret(&printed, &secret), CK_OK);
	assert_int_equal(secret.kind, CK_SECRET_MRZ);
	assert_string_equal(secret.document_number, "090000001");
	assert_string_equal(secret.can, "");
	assert_date(secret.date_of_birth, "1990-01-01");
	assert_date(secret.expiry_date, "2030-01-01");
	/* no expiry: the key is made of 991231; typed in small letters */
	printed = good("idvnm1600000027084160000002<<5"
	    "6002291f9912315vnm<<<<<<<<<<<8"
	    "thach<<thi<mau<<<<<<<<<<<<<<<<");
	assert_int_equal(ck_printed_secret(&printed, &secret), CK_OK);
	assert_date(secret.expiry_date, "2099-12-31");
	assert_date(secret.date_of_birth, "1960-02-29");
}

static void
zones_with_a_wrong_digit_are_refused(void **state)
{
	(void)state;
	assert_int_equal(result("IDVNM0900000018084090000001<<6"
	    "9001011M3001019VNM<<<<<<<<<<<5NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<"),
	    CK_ERR_PRINTED_MALFORMED);
	assert_int_equal(result("IDVNM0900000018084090000001<<6"),
	    CK_ERR_PRINTED_UNKNOWN);
	assert_int_equal(result("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
	    "L898902C36UTO7408122F1204159ZE184226B<<<<<11"),
	    CK_ERR_PRINTED_MALFORMED);
	assert_int_equal(result("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<"
	    "L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
	    CK_ERR_PRINTED_UNKNOWN);
}

/* The specimens of ICAO 9303 parts 5, 6 and 4. */
static void
zones_of_other_documents_are_keys(void **state)
{
	static const struct {
		const char *text, *number;
	} rows[] = {
		{ "I<UTOD231458907<<<<<<<<<<<<<<<\r\n"
		"7408122F1204159UTO<<<<<<<<<<<6\r\n"
		"ERIKSSON<<ANNA<MARIA<<<<<<<<<<", "D23145890" },
		{ "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\r\n"
		"D231458907UTO7408122F1204159<<<<<<<6", "D23145890" },
		{ "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\r\n"
		"L898902C36UTO7408122F1204159ZE184226B<<<<<10", "L898902C3" },
	};
	struct ck_secret secret;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ck_printed printed = good(rows[i].text);

		assert_int_equal(printed.kind, CK_PRINTED_MRZ);
		assert_string_equal(printed.identity.full_name,
		    "ERIKSSON ANNA MARIA");
		assert_string_equal(printed.identity.number, "");
		assert_date(printed.identity.date_of_birth, "1974-08-12");
		assert_int_equal(printed.damage, CK_DAMAGE_NONE);
		assert_int_equal(ck_printed_secret(&printed, &secret), CK_OK);
		assert_int_equal(secret.kind, CK_SECRET_MRZ);
		assert_string_equal(secret.document_number, rows[i].number);
		assert_date(secret.date_of_birth, "1974-08-12");
		assert_date(secret.expiry_date, "2012-04-15");
	}
}

/* Nobody is born tomorrow. */
static void
today_settles_the_century(void **state)
{
	static const char zone[] =
	    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
	    "L898902C36UTO7408122F1204159ZE184226B<<<<<10";
	struct ck_printed printed;

	(void)state;
	assert_int_equal(ck_printed_parse(ck_span_str(zone),
	    (struct ck_date){ 2074, 8, 11 }, &printed), CK_OK);
	assert_date(printed.identity.date_of_birth, "1974-08-12");
	assert_int_equal(ck_printed_parse(ck_span_str(zone),
	    (struct ck_date){ 2074, 8, 12 }, &printed), CK_OK);
	assert_date(printed.identity.date_of_birth, "2074-08-12");
}

static void
digits_that_contradict_their_holder_are_a_doubt(void **state)
{
	static const struct {
		const char *text;
		unsigned doubts;
	} rows[] = {
		{ "084090000001||A|01011990|Nam||15042021", 0 },
		{ "084190000001||A|01011990|Nữ||15042021", 0 },
		{ "084302000001||A|01012002|Nữ||15042021", 0 },
		{ "084202000001||A|01012002|Nam||15042021", 0 },
		{ "999090000001||A|01011990|Nam||15042021", 0 },
		{ "084091000001||A|01011990|Nam||15042021", CK_DOUBT_BIRTH },
		{ "084290000001||A|01011990|Nam||15042021", CK_DOUBT_BIRTH },
		{ "084190000001||A|01011990|Nam||15042021", CK_DOUBT_SEX },
		{ "084391000001||A|01011990|Nam||15042021",
		    CK_DOUBT_BIRTH | CK_DOUBT_SEX },
		{ "084190000001", 0 }, { "0123456789", 0 }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ck_printed printed = good(rows[i].text);

		assert_int_equal(
		    ck_printed_doubts(&printed.identity), rows[i].doubts);
	}
}

static void
length_is_limited(void **state)
{
	char text[CK_PRINTED_MAX + 2];
	struct ck_printed printed;

	(void)state;
	memset(text, '1', sizeof(text));
	assert_int_equal(ck_printed_parse(
	    ck_span_of(text, CK_PRINTED_MAX + 1), TODAY, &printed),
	    CK_ERR_LIMIT);
	assert_int_equal(ck_printed_parse(
	    ck_span_of(text, CK_PRINTED_MAX), TODAY, &printed),
	    CK_ERR_PRINTED_UNKNOWN);
}

static void
error_leaves_nothing_behind(void **state)
{
	struct ck_printed printed, empty;

	(void)state;
	memset(&empty, 0, sizeof(empty));
	memset(&printed, 0x55, sizeof(printed));
	assert_int_equal(ck_printed_parse(ck_span_str(
	    "084090000001||Nguyễn Văn A|01011990|Nam|x|99999999"),
	    TODAY, &printed),
	    CK_ERR_PRINTED_MALFORMED);
	assert_memory_equal(&printed, &empty, sizeof(empty));
}

/* All bytes at all places of a good code: only staying inside matters. */
static void
any_bytes_are_survived(void **state)
{
	const char *const codes[] = { cccd, cc, bhyt_15, bhyt_17 };
	size_t i, at;
	unsigned byte;

	(void)state;
	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct ck_span code = ck_span_str(codes[i]);
		uint8_t *copy = exact_copy(code);

		for (at = 0; at < code.len; at++) {
			for (byte = 0; byte < 256; byte += 5) {
				struct ck_printed printed;
				enum ck_err err;

				copy[at] = (uint8_t)byte;
				err = ck_printed_parse(
				    ck_span_of(copy, code.len), TODAY,
				    &printed);
				assert_true(err == CK_OK ||
				    ck_err_class(err) == CK_CLASS_DATA);
			}
			copy[at] = code.ptr[at];
		}
		free(copy);
	}
}

static void
secret_follows_from_the_print(void **state)
{
	struct ck_printed printed = good(cccd);
	struct ck_secret secret;

	(void)state;
	assert_int_equal(ck_printed_secret(&printed, &secret), CK_OK);
	assert_int_equal(secret.kind, CK_SECRET_QR);
	assert_string_equal(secret.can, "000001");
	assert_string_equal(secret.number, "084090000001");
	assert_string_equal(secret.document_number, "090000001");
	assert_date(secret.date_of_birth, "1990-01-01");
	assert_date(secret.issue_date, "2021-04-15");
	printed = good("084090123456");
	assert_int_equal(ck_printed_secret(&printed, &secret), CK_OK);
	assert_int_equal(secret.kind, CK_SECRET_CAN);
	assert_string_equal(secret.can, "123456");
	printed = good("123456");
	assert_int_equal(ck_printed_secret(&printed, &secret), CK_OK);
	assert_int_equal(secret.kind, CK_SECRET_CAN);
	assert_string_equal(secret.can, "123456");
	assert_string_equal(secret.number, "");
}

static void
insurance_numbers_open_no_chip(void **state)
{
	const char *const texts[] = {
		bhyt_15, bhyt_17, "0123456789", "HS4840123456789"
	};
	struct ck_secret secret;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct ck_printed printed = good(texts[i]);

		assert_int_equal(ck_printed_secret(&printed, &secret),
		    CK_ERR_ACCESS_KEY_NEEDED);
		assert_string_equal(secret.can, "");
	}
}

static void
presented_follows_from_the_kind(void **state)
{
	(void)state;
	assert_int_equal(ck_printed_presented(CK_PRINTED_CCCD_QR),
	    CK_PRESENTED_CCCD);
	assert_int_equal(ck_printed_presented(CK_PRINTED_CC_QR),
	    CK_PRESENTED_CC);
	assert_int_equal(ck_printed_presented(CK_PRINTED_BHYT_QR),
	    CK_PRESENTED_BHYT_PAPER);
	assert_int_equal(ck_printed_presented(CK_PRINTED_ID_NUMBER),
	    CK_PRESENTED_CCCD);
	assert_int_equal(ck_printed_presented(CK_PRINTED_INSURANCE_NUMBER),
	    CK_PRESENTED_BHYT_PAPER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(front_of_a_cccd),
		cmocka_unit_test(back_of_a_cc_with_any_filling),
		cmocka_unit_test(forty_fields_are_still_a_card),
		cmocka_unit_test(scanners_add_white_space),
		cmocka_unit_test(partial_and_absent_parts_of_a_card),
		cmocka_unit_test(damaged_cards_are_told_from_unknown_codes),
		cmocka_unit_test(insurance_card_of_fifteen_characters),
		cmocka_unit_test(insurance_card_of_ten_digits),
		cmocka_unit_test(the_end_may_follow_without_a_bar),
		cmocka_unit_test(short_insurance_code_needs_no_end),
		cmocka_unit_test(insurance_card_may_carry_twelve_digits),
		cmocka_unit_test(insurance_code_cut_short_is_damaged),
		cmocka_unit_test(damaged_insurance_fields_are_refused),
		cmocka_unit_test(bare_numbers_are_known_by_length),
		cmocka_unit_test(province_prefix_is_no_reason_to_refuse),
		cmocka_unit_test(other_texts_are_unknown),
		cmocka_unit_test(an_old_number_and_an_apps_code_are_named),
		cmocka_unit_test(numbers_are_taken_as_people_write_them),
		cmocka_unit_test(zone_of_a_citizen_card),
		cmocka_unit_test(zones_with_a_wrong_digit_are_refused),
		cmocka_unit_test(zones_of_other_documents_are_keys),
		cmocka_unit_test(today_settles_the_century),
		cmocka_unit_test(
		    digits_that_contradict_their_holder_are_a_doubt),
		cmocka_unit_test(length_is_limited),
		cmocka_unit_test(error_leaves_nothing_behind),
		cmocka_unit_test(any_bytes_are_survived),
		cmocka_unit_test(secret_follows_from_the_print),
		cmocka_unit_test(insurance_numbers_open_no_chip),
		cmocka_unit_test(presented_follows_from_the_kind)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
