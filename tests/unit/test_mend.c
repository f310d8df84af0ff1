/*
 * test_mend.c - codes damaged on their way, as scanners and keyboards do it
 *
 * Every damaged code is written out. The recipe of those in hexadecimal, with
 * CODE one of the two undamaged codes below:
 *	printf %s "$CODE" | iconv -f UTF-8 -t CP1258 | xxd -p	(sent as 1258)
 *	printf %s "$CODE" | iconv -f CP1252 -t UTF-8 | xxd -p	(read as 1252)
 * and so on with CP437, CP1258 and ISO-8859-1 in place of CP1252.
 */
#include "files.h"

#include "ck/printed.h"
#include "printed/codepage.h"
#include "printed/syllable.h"
#include "printed/wedge.h"

/* Only the zones of other countries depend on it. */
#define TODAY ((struct ck_date){ 2026, 11, 26 })

/* Undamaged: woman "Thạch Thị Bưởi", residence "Khóm 3, Trà Vinh". */
#define WOMAN "084190000002||Thạch Thị Bưởi|05031990|Nữ|Khóm 3, Trà Vinh|" \
	"01072024||||"
/* Undamaged: man "Nguyễn Văn A", residence "Ấp Mẫu, Trà Vinh". */
#define MAN "084090000001|331234567|Nguyễn Văn A|01011990|Nam|" \
	"Ấp Mẫu, Trà Vinh|15042021"

static size_t
of_hex(const char *hex, uint8_t *out)
{
	size_t len = 0;
	unsigned byte;

	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		out[len++] = (uint8_t)byte;

	return len;
}

static enum ck_err
parse_hex(const char *hex, struct ck_printed *out)
{
	uint8_t bytes[CK_PRINTED_MAX];
	size_t len = of_hex(hex, bytes);
	uint8_t *copy = exact_copy(ck_span_of(bytes, len));
	enum ck_err err = ck_printed_parse(ck_span_of(copy, len), TODAY, out);

	free(copy);

	return err;
}

static struct ck_printed
parsed(const char *text)
{
	struct ck_printed printed;

	assert_int_equal(ck_printed_parse(ck_span_str(text), TODAY, &printed),
	    CK_OK);

	return printed;
}

static void
assert_woman(const struct ck_printed *printed)
{
	assert_string_equal(printed->identity.number, "084190000002");
	assert_string_equal(printed->identity.full_name, "Thạch Thị Bưởi");
	assert_string_equal(printed->identity.residence, "Khóm 3, Trà Vinh");
	assert_int_equal(printed->identity.sex, 'F');
}

static void
undamaged_codes_stay_as_they_are(void **state)
{
	struct ck_printed woman = parsed(WOMAN), man = parsed(MAN);

	(void)state;
	assert_woman(&woman);
	assert_int_equal(woman.damage, CK_DAMAGE_NONE);
	assert_int_equal(man.damage, CK_DAMAGE_NONE);
	assert_string_equal(man.identity.full_name, "Nguyễn Văn A");
}

static void
wrong_code_pages_are_walked_back(void **state)
{
	static const char *const women[] = {
		/* sent as Windows-1258 */
		"3038343139303030303030327c7c546861f2636820546869f22042fdf5d2"
		"697c30353033313939307c4efdde7c4b68f36d20332c205472e02056696e"
		"687c30313037323032347c7c7c7c",
		/* UTF-8 read as ISO-8859-1 */
		"3038343139303030303030327c7c5468c3a1c2bac2a16368205468c3a1c2"
		"bbc28b2042c386c2b0c3a1c2bbc29f697c30353033313939307c4ec3a1c2"
		"bbc2af7c4b68c383c2b36d20332c205472c383c2a02056696e687c303130"
		"37323032347c7c7c7c",
		/* read as Windows-1252 */
		"3038343139303030303030327c7c5468c3a1c2bac2a16368205468c3a1c2"
		"bbe280b92042c386c2b0c3a1c2bbc5b8697c30353033313939307c4ec3a1"
		"c2bbc2af7c4b68c383c2b36d20332c205472c383c2a02056696e687c3031"
		"3037323032347c7c7c7c",
		/* read as Windows-1258 */
		"3038343139303030303030327c7c5468c3a1c2bac2a16368205468c3a1c2"
		"bbe280b92042c386c2b0c3a1c2bbc5b8697c30353033313939307c4ec3a1"
		"c2bbc2af7c4b68c482c2b36d20332c205472c482c2a02056696e687c3031"
		"3037323032347c7c7c7c",
		/* read as CP437 */
		"3038343139303030303030327c7c5468c39fe29591c3ad6368205468c39f"
		"e29597c3af2042e2959ee29691c39fe29597c692697c3035303331393930"
		"7c4ec39fe29597c2bb7c4b68e2949ce294826d20332c205472e2949cc3a1"
		"2056696e687c30313037323032347c7c7c7c",
		/* read as ISO-8859-1, twice */
		"3038343139303030303030327c7c5468c383c2a1c382c2bac382c2a16368"
		"205468c383c2a1c382c2bbc382c28b2042c383c286c382c2b0c383c2a1c3"
		"82c2bbc382c29f697c30353033313939307c4ec383c2a1c382c2bbc382c2"
		"af7c4b68c383c283c382c2b36d20332c205472c383c283c382c2a0205669"
		"6e687c30313037323032347c7c7c7c"
	};
	struct ck_printed printed;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(women) / sizeof(women[0]); i++) {
		assert_int_equal(parse_hex(women[i], &printed), CK_OK);
		assert_woman(&printed);
		assert_int_equal(printed.damage, CK_DAMAGE_ENCODING);
		assert_true(ck_printed_name_good(&printed));
	}
}

/* Capitals: Đ is C4 90, and 0x90 is a hole of Windows-1252. */
static void
holes_of_the_code_page_are_no_loss(void **state)
{
	struct ck_printed printed;

	(void)state;
	/* "ĐẶNG QUỐC HUỲNH", "Phường 1, Trà Vinh" read as ISO-8859-1 */
	assert_int_equal(parse_hex("3038343039303030303030337c7cc384c290c3a1c2"
	    "bac2b64e47205155c3a1c2bbc29043204855c3a1c2bbc2b24e487c3037303831"
	    "3939307c4e616d7c5068c386c2b0c3a1c2bbc29d6e6720312c205472c383c2a0"
	    "2056696e687c3031303732303234", &printed), CK_OK);
	assert_string_equal(printed.identity.full_name, "ĐẶNG QUỐC HUỲNH");
	assert_string_equal(
	    printed.identity.residence, "Phường 1, Trà Vinh");
	/* the same sent as Windows-1258 */
	assert_int_equal(parse_hex("3038343039303030303030337c7cd0c3f24e472051"
	    "55d4ec4320485559cc4e487c30373038313939307c4e616d7c5068fdf5cc6e67"
	    "20312c205472e02056696e687c3031303732303234", &printed), CK_OK);
	assert_string_equal(printed.identity.full_name, "ĐẶNG QUỐC HUỲNH");
	assert_int_equal(printed.damage, CK_DAMAGE_ENCODING);
}

/* Windows-1258 of "Kim Krách": no syllable, yet only Vietnamese letters. */
static void
names_of_other_peoples_are_flagged_not_refused(void **state)
{
	struct ck_printed printed;

	(void)state;
	assert_int_equal(parse_hex("3038343039303030303030337c7c4b696d204b72e1"
	    "63687c30373038313939307c4e616d7c7c3031303732303234", &printed),
	    CK_OK);
	assert_string_equal(printed.identity.full_name, "Kim Krách");
	assert_int_equal(printed.damage, CK_DAMAGE_UNCERTAIN);
	assert_false(ck_printed_name_good(&printed));
	/* "Mol" has no marks, and says nothing for or against */
	assert_int_equal(parse_hex("3038343037393833373531307c7c53f56e2053e0204"
	    "d6f6c7c30373038313937397c4e616d7c7c3031303732303234", &printed),
	    CK_OK);
	assert_string_equal(printed.identity.full_name, "Sơn Sà Mol");
	assert_int_equal(printed.damage, CK_DAMAGE_ENCODING);
	/* with "Ấp Mẫu, Trà Vinh" beside it, "Kim Krách" is certain too */
	assert_int_equal(parse_hex("3038343039303030303030337c7c4b696d204b72e1"
	    "63687c30373038313939307c4e616d7cc2ec70204de2de752c205472e02056696e"
	    "687c3031303732303234", &printed), CK_OK);
	assert_string_equal(printed.identity.full_name, "Kim Krách");
	assert_int_equal(printed.damage, CK_DAMAGE_ENCODING);
	/* undamaged they are as good as any */
	assert_int_equal(parsed("084090000003||Kim Krách|07081990|Nam|"
	    "Ấp Mẫu, Trà Vinh|01072024").damage, CK_DAMAGE_NONE);
	assert_int_equal(parsed("066190000003||H'Hen Niê|07081990|Nữ|"
	    "Buôn Mẫu, Đắk Lắk|01072024").damage, CK_DAMAGE_NONE);
	assert_int_equal(parsed("066190000003||H’ Yam Bkrông|07081990|Nữ||"
	    "01072024").damage, CK_DAMAGE_NONE);
}

static void
other_bytes_are_damage(void **state)
{
	static const char *const names[] = {
		"4e677579e1bb",		/* UTF-8 cut inside a letter */
		"4e67757989df6e",	/* sharp s: no letter of Vietnamese */
		"4e6775798e6e",		/* a byte that 1258 has not */
		"f24e67757965"		/* a tone without a letter */
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char hex[400];
		struct ck_printed printed;

		(void)snprintf(hex, sizeof(hex), "3038343039303030303030337c7c"
		    "%s7c30373038313939307c4e616d7c7c3031303732303234",
		    names[i]);
		assert_int_equal(
		    parse_hex(hex, &printed), CK_ERR_PRINTED_MALFORMED);
	}
}

static void
lost_marks_are_told_from_names_without_any(void **state)
{
	static const struct {
		const char *text;
		enum ck_damage damage;
	} rows[] = {
		{ "084090000001||Nguyen Van A|01011990|Nam|Ap Mau|15042021",
		    CK_DAMAGE_LOST },
		{ "084090000001||TRAN VAN BA|01011990|Nam|Khom 3, Phuong 1, "
		    "Tra Vinh|15042021", CK_DAMAGE_LOST },
		{ "084190000001||Mai Lan Anh|01011990|Nu||15042021",
		    CK_DAMAGE_LOST },
		{ "084190000001||Mai Lan Anh|01011990|N?||15042021",
		    CK_DAMAGE_LOST },
		{ "084090000001||Nguy?n V?n A|01011990|Nam|?p M?u|15042021",
		    CK_DAMAGE_LOST },
		{ "084090000001||Nguy\xEF\xBF\xBDn V\xEF\xBF\xBDn A|01011990|"
		    "Nam||15042021", CK_DAMAGE_LOST },
		/* nobody took anything from these */
		{ "084090000001||Mai Lan Anh|01011990|Nam|Long An|15042021",
		    CK_DAMAGE_NONE },
		{ "084090000001||Kim Sa Ra|01011990|Nam||15042021",
		    CK_DAMAGE_NONE },
		{ "084190000001||Mai Lan Anh|01011990|Nữ|Trà Vinh|15042021",
		    CK_DAMAGE_NONE },
		/* pieces of letters that lead back to no text: "»" is gone */
		{ "084090000001||Nguyá…n Văn A|01011990|Nam||15042021",
		    CK_DAMAGE_UNCERTAIN }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ck_printed printed = parsed(rows[i].text);

		assert_int_equal(printed.damage, rows[i].damage);
		assert_true(printed.identity.sex != 'X');
	}
	assert_int_equal(parsed(rows[2].text).identity.sex, 'F');
	assert_int_equal(parsed(rows[3].text).identity.sex, 'F');
}

static void
spelled_words_are_put_together(void **state)
{
	static const char *const women[] = {
		/* Telex and VNI, the tone behind its vowel or the word */
		"084190000002||Thajch Thij Buwowri|05031990|Nuwx|Khosm 3, "
		"Traf Vinh|01072024||||",
		"084190000002||Thachj Thij Buwowir|05031990|Nuwx|Khoms 3, "
		"Traf Vinh|01072024||||",
		"084190000002||Tha5ch Thi5 Bu7o73i|05031990|Nu74|Kho1m 3, "
		"Tra2 Vinh|01072024||||"
	};
	struct ck_printed printed;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(women) / sizeof(women[0]); i++) {
		printed = parsed(women[i]);
		assert_woman(&printed);
		assert_int_equal(printed.damage, CK_DAMAGE_KEYBOARD);
	}
	printed = parsed("084090000003||DDAWJNG QUOOCS HUYFNH|07081990|Nam|"
	    "Phuwowfng 1|01072024");
	assert_string_equal(printed.identity.full_name, "ĐẶNG QUỐC HUỲNH");
	assert_string_equal(printed.identity.residence, "Phường 1");
	assert_int_equal(printed.damage, CK_DAMAGE_KEYBOARD);
}

/* One word that a spelling would explain may as well be somebody's name. */
static void
a_single_spelled_word_is_not_certain(void **state)
{
	struct ck_printed printed = parsed(
	    "084090000001||Kim Soo|01011990|Nam||15042021");

	(void)state;
	assert_string_equal(printed.identity.full_name, "Kim Soo");
	assert_int_equal(printed.damage, CK_DAMAGE_UNCERTAIN);
	/* with letters that no Telex text has beside it, it is a name */
	printed = parsed(
	    "084090000001||Kim Soo|01011990|Nam|Ấp Mẫu|15042021");
	assert_string_equal(printed.identity.full_name, "Kim Soo");
	assert_int_equal(printed.damage, CK_DAMAGE_NONE);
}

/* House numbers and villages look spelled where the name has lost its marks. */
static void
an_address_proves_no_spelling(void **state)
{
	static const char *const texts[] = {
		"084090000001||LE VAN AN|01011990|Nam|Can ho A1, Lo E2|15042021",
		"084090000001||LE VAN AN|01011990|Nam|Buon Tar, Ea Tir|15042021"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct ck_printed printed = parsed(texts[i]);

		assert_string_equal(printed.identity.full_name, "LE VAN AN");
		assert_true(printed.damage >= CK_DAMAGE_LOST);
		assert_false(ck_printed_name_good(&printed));
	}
}

static void
caps_lock_is_turned_over(void **state)
{
	struct ck_printed printed = parsed("084190000002||tHẠCH tHỊ bƯỞI|"
	    "05031990|nỮ|kHÓM 3, tRÀ vINH|01072024||||");

	(void)state;
	assert_woman(&printed);
	assert_int_equal(printed.damage, CK_DAMAGE_KEYBOARD);
	/* other habits are no damage */
	assert_int_equal(parsed("084190000002||THẠCH THỊ BƯỞI|05031990|NỮ||"
	    "01072024").damage, CK_DAMAGE_NONE);
	assert_int_equal(parsed("084190000002||thạch thị bưởi|05031990|nữ||"
	    "01072024").damage, CK_DAMAGE_NONE);
}

static void
bars_of_other_layouts_are_put_back(void **state)
{
	static const char *const bars[] = { "~", "¦", "*", "§", "'", "µ" };
	struct ck_printed printed;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bars) / sizeof(bars[0]); i++) {
		const char *b = bars[i];
		char text[400];

		(void)snprintf(text, sizeof(text), "084190000002%s%sThạch Thị "
		    "Bưởi%s05031990%sNữ%sKhóm 3, Trà Vinh%s01072024%s%s%s%s",
		    b, b, b, b, b, b, b, b, b, b);
		printed = parsed(text);
		assert_woman(&printed);
		assert_int_equal(printed.kind, CK_PRINTED_CC_QR);
		assert_int_equal(printed.damage, CK_DAMAGE_KEYBOARD);
	}
	/* too few of them to be bars */
	assert_int_equal(ck_printed_parse(
	    ck_span_str("084190000002~a~b"), TODAY,
	    &printed), CK_ERR_PRINTED_UNKNOWN);
}

/* Keys 1 2 3 4 5 6 7 8 9 0 type ă â ê ô U+0300 U+0309 U+0303 U+0301 U+0323 đ */
static void
digits_of_the_vietnamese_layout_are_put_back(void **state)
{
	struct ck_printed printed = parsed(
	    "đ\xCC\x81ô\xCC\xA3đđđđđđđă");

	(void)state;
	assert_int_equal(printed.kind, CK_PRINTED_ID_NUMBER);
	assert_string_equal(printed.identity.number, "084900000001");
	assert_int_equal(printed.damage, CK_DAMAGE_KEYBOARD);
	/* HS4840123456789 | "Lê Văn B" in hexadecimal | 01/01/1990 | 1 | - |
	 * 84 - 001 | - | - | - | - | $ */
	printed = parsed("đăâêô\xCC\x80\xCC\x89\xCC\x83\xCC\x81\xCC\xA3|ôc"
	    "cêaaâđ\xCC\x80\xCC\x89" "cô\xCC\x81ê\xCC\x89" "eâđôâ|đă/đă/ă\xCC\xA3"
	    "\xCC\xA3đ|ă|-|\xCC\x81ô - đđă|-|-|-|-|$");
	assert_int_equal(printed.kind, CK_PRINTED_BHYT_QR);
	assert_string_equal(printed.insurance_number, "0123456789");
	assert_string_equal(printed.identity.full_name, "Lê Văn B");
}

/* VNI on: the 1 behind a vowel has become its tone. Nothing to walk back. */
static void
what_an_input_method_ate_is_said(void **state)
{
	static const char *const eaten[] = {
		"HS4840123456789|ébaa520416e|01/01/1990|1|-|84 - 001|-|-|-|-|$",
		"TÉ840123456789|4e|01/01/1990|1|-|84 - 001|-|-|-|-|$",
		"08409000000ă||Nguyễn Văn A|01011990|Nam||15042021"
	};
	struct ck_printed printed;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(eaten) / sizeof(eaten[0]); i++)
		assert_int_equal(ck_printed_parse(ck_span_str(eaten[i]), TODAY,
		    &printed), CK_ERR_PRINTED_KEYBOARD);
}

static bool
valid(const char *word)
{
	struct ck_syllable syllable;

	return ck_syllable_take(ck_span_str(word), &syllable) &&
	    ck_syllable_valid(&syllable);
}

static void
syllables_are_known(void **state)
{
	static const char *const good[] = {
		"Nguyễn", "Văn", "Á", "Ý", "thuở", "QUỲNH", "huỳnh", "khuya",
		"nghiêng", "giếng", "gì", "già", "Thạch", "Kiên", "yến",
		"Quý", "xoong", "ướt", "Đoàn", "hươu", "khuỷu", "quốc",
		"ho\xCC\x80" "a"	/* the mark on its own */
	};
	static const char *const bad[] = {
		"", "Nguyen", "Nguyeenx", "thach", "át̀", "càt", "Krách",
		"Soo", "w", "3", "Nguyễnn", "ñ", "bcd", "Buwowri", "aa",
		"hò\xCC\x81" "a"	/* two tones */
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!valid(good[i]))
			fail_msg("%s", good[i]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (valid(bad[i]))
			fail_msg("%s", bad[i]);
	}
}

static void
tones_stand_where_they_belong(void **state)
{
	static const char *const rows[][2] = {
		{ "hoaf", "hòa" }, { "hoanf", "hoàn" }, { "hoais", "hoái" },
		{ "quys", "quý" }, { "quar", "quả" }, { "giaf", "già" },
		{ "thuys", "thúy" }, { "khuyur", "khuỷu" },
		{ "tuyeenf", "tuyền" }, { "muaf", "mùa" }, { "muwaf", "mừa" },
		{ "huowus", "hướu" }, { "ddeens", "đến" }, { "gif", "gì" },
		{ "truowngf", "trường" }, { "Thuys", "Thúy" },
		{ "THUYS", "THÚY" }, { "As", "Á" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char out[CK_SYLLABLE_LEN];

		assert_true(ck_wedge_spelled(CK_SPELLING_TELEX,
		    ck_span_str(rows[i][0]), out, sizeof(out)));
		assert_string_equal(out, rows[i][1]);
	}
}

static void
words_without_a_spelling_are_left(void **state)
{
	static const char *const words[] = {
		"", "hoa", "Nguyen", "xinh", "sfr", "hoafs", "Soons1", "ddd",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "kraas"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		char out[CK_SYLLABLE_LEN];

		if (ck_wedge_spelled(CK_SPELLING_TELEX,
		    ck_span_str(words[i]), out, sizeof(out)))
			fail_msg("%s became %s", words[i], out);
	}
}

/* Any bytes at any place of damaged codes: only staying inside matters. */
static void
any_bytes_are_survived(void **state)
{
	static const char *const codes[] = {
		"084190000002||ThÃ¡ch ThÃ­ BÃ¹i|05031990|Ná»¯|x|01072024",
		"084190000002||Thajch Thij Buwowri|05031990|Nuwx|x|01072024",
		"đ\xCC\x81ô\xCC\xA3đđđđđđđă|||||||",
		"084190000002~~A B~05031990~Nam~x~01072024",
		"IDVNM0900000018084090000001<<69001011M3001019VNM<<<<<<<<<<<4"
		"NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<"
	};
	size_t i, at;
	unsigned byte;

	(void)state;
	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct ck_span code = ck_span_str(codes[i]);
		uint8_t *copy = exact_copy(code);

		for (at = 0; at < code.len; at++) {
			for (byte = 0; byte < 256; byte += 7) {
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

/* The longest text there may be, made of the worst letters. */
static void
long_texts_stay_inside(void **state)
{
	static const char start[] = "084190000002||";
	char text[CK_PRINTED_MAX];
	struct ck_printed printed;
	size_t len;

	(void)state;
	memcpy(text, start, sizeof(start) - 1);
	for (len = sizeof(start) - 1; len + 2 <= sizeof(text) - 40; len += 2)
		memcpy(text + len, "\xC3\xA1", 2);
	(void)snprintf(text + len, sizeof(text) - len,
	    "|05031990|Nam||01072024");
	assert_int_equal(ck_printed_parse(ck_span_of(text, strlen(text)), TODAY,
	    &printed), CK_ERR_PRINTED_MALFORMED);
	/* the same as Windows-1258: each byte becomes two */
	for (len = sizeof(start) - 1; len + 1 <= sizeof(text) - 40; len++)
		text[len] = '\xE1';
	(void)snprintf(text + len, sizeof(text) - len,
	    "|05031990|Nam||01072024");
	assert_int_equal(ck_printed_parse(ck_span_of(text, strlen(text)), TODAY,
	    &printed), CK_ERR_PRINTED_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(undamaged_codes_stay_as_they_are),
		cmocka_unit_test(wrong_code_pages_are_walked_back),
		cmocka_unit_test(holes_of_the_code_page_are_no_loss),
		cmocka_unit_test(
		    names_of_other_peoples_are_flagged_not_refused),
		cmocka_unit_test(other_bytes_are_damage),
		cmocka_unit_test(lost_marks_are_told_from_names_without_any),
		cmocka_unit_test(spelled_words_are_put_together),
		cmocka_unit_test(a_single_spelled_word_is_not_certain),
		cmocka_unit_test(an_address_proves_no_spelling),
		cmocka_unit_test(caps_lock_is_turned_over),
		cmocka_unit_test(bars_of_other_layouts_are_put_back),
		cmocka_unit_test(
		    digits_of_the_vietnamese_layout_are_put_back),
		cmocka_unit_test(what_an_input_method_ate_is_said),
		cmocka_unit_test(syllables_are_known),
		cmocka_unit_test(tones_stand_where_they_belong),
		cmocka_unit_test(words_without_a_spelling_are_left),
		cmocka_unit_test(any_bytes_are_survived),
		cmocka_unit_test(long_texts_stay_inside)
	};

	return cmocka_run_group_tests_name("mend", tests, NULL, NULL);
}
