/*
 * test_xml0.c - the file as it leaves, against files written by hand; the
 * schema; the signature, against the openssl command
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checkin/sign.h"
#include "checkin/xml0.h"
#include "notice.h"

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define BEFORE "<CHI_TIEU_TRANG_THAI_KCB><DSACH_TRANG_THAI_KCB>" \
	"<TRANG_THAI_KCB>"
#define AFTER "</TRANG_THAI_KCB></DSACH_TRANG_THAI_KCB><CHUKYDONVI/>" \
	"</CHI_TIEU_TRANG_THAI_KCB>"
#define LK "<MA_LK>84001_2026_11_BN0001_1</MA_LK>"
#define UNTIL_VISIT "<STT>1</STT><MA_BN>BN0001</MA_BN>" \
	"<HO_TEN>Nguyễn Văn Mẫu</HO_TEN><SO_CCCD>084094000001</SO_CCCD>" \
	"<NGAY_SINH>199403050000</NGAY_SINH><GIOI_TINH>1</GIOI_TINH>" \
	"<MA_THE_BHYT>GD4840000000001</MA_THE_BHYT><MA_DKBD>84006</MA_DKBD>" \
	"<GT_THE_TU>20260101</GT_THE_TU><GT_THE_DEN>20261231</GT_THE_DEN>" \
	"<MA_DOITUONG_KCB>1.2</MA_DOITUONG_KCB>" \
	"<NGAY_VAO>202611230731</NGAY_VAO>"
#define NO_WARD "<NGAY_VAO_NOI_TRU/><LY_DO_VNT/>"
#define REST "<MA_LY_DO_VNT/><MA_LOAI_KCB>01</MA_LOAI_KCB>" \
	"<MA_CSKCB>84001</MA_CSKCB><MA_DICH_VU>02.1896</MA_DICH_VU>" \
	"<TEN_DICH_VU>Khám Nội</TEN_DICH_VU><MA_THUOC/><TEN_THUOC/>" \
	"<MA_VAT_TU/><TEN_VAT_TU/><NGAY_YL>202611230735</NGAY_YL><DU_PHONG/>"
#define WHOLE BEFORE LK UNTIL_VISIT NO_WARD REST AFTER

static void
expect_file(const struct ck_notice *notice, const char *expected)
{
	struct ck_buf file = CK_BUF_INIT;

	assert_int_equal(ck_xml0_write(notice, NULL, &file), CK_OK);
	assert_int_equal(ck_buf_push(&file, 0), CK_OK);
	assert_string_equal((const char *)file.ptr, expected);
	ck_buf_wipe(&file);
}

static void
a_notice_is_26_elements_in_order(void **state)
{
	struct ck_notice notice = CK_NOTICE_INIT;

	(void)state;
	notice_fill(&notice);
	expect_file(&notice, HEAD WHOLE "\n");
	ck_notice_wipe(&notice);
}

static void
text_that_looks_like_markup_is_escaped(void **state)
{
	struct ck_notice notice = CK_NOTICE_INIT;

	(void)state;
	notice_fill(&notice);
	notice_set(&notice, CK_FIELD_NGAY_VAO_NOI_TRU, "202611230900");
	notice_set(&notice, CK_FIELD_LY_DO_VNT,
	    "HA < 90 & sốt > 39 ]]> \"&amp;\" <MA_LK>");
	expect_file(&notice, HEAD BEFORE LK UNTIL_VISIT
	    "<NGAY_VAO_NOI_TRU>202611230900</NGAY_VAO_NOI_TRU>"
	    "<LY_DO_VNT>HA &lt; 90 &amp; sốt &gt; 39 ]]&gt; \"&amp;amp;\" "
	    "&lt;MA_LK&gt;</LY_DO_VNT>" REST AFTER "\n");
	ck_notice_wipe(&notice);
}

/* What rules.c has not seen still does not leave. */
static void
what_the_schema_refuses_is_not_written(void **state)
{
	static const struct {
		enum ck_notice_field field;
		const char *text;
	} rows[] = {
		{ CK_FIELD_MA_LK, "" }, { CK_FIELD_MA_BN, "" },
		{ CK_FIELD_SO_CCCD, "12345" },
		{ CK_FIELD_NGAY_SINH, "19940305" },
		{ CK_FIELD_NGAY_SINH, "199413050000" },
		{ CK_FIELD_MA_DOITUONG_KCB, "1.10" },
		{ CK_FIELD_MA_DOITUONG_KCB, "" },
		{ CK_FIELD_NGAY_VAO, "202611232500" },
		{ CK_FIELD_MA_LOAI_KCB, "17" }, { CK_FIELD_DU_PHONG, "x" },
		{ CK_FIELD_MA_LY_DO_VNT, "12345678901" }
	};
	struct ck_notice notice = CK_NOTICE_INIT;
	struct ck_buf file = CK_BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		notice_fill(&notice);
		notice_set(&notice, rows[i].field, rows[i].text);
		assert_int_equal(ck_xml0_write(&notice, NULL, &file),
		    CK_ERR_NOTICE_INVALID);
		assert_int_equal(file.len, 0);
		ck_notice_wipe(&notice);
	}
}

static void
the_schema_knows_files_by_hand(void **state)
{
	static const struct {
		const char *file;
		enum ck_err err;
	} rows[] = {
		{ WHOLE, CK_OK },
		{ BEFORE LK UNTIL_VISIT NO_WARD REST
		    "</TRANG_THAI_KCB><TRANG_THAI_KCB>"
		    LK UNTIL_VISIT NO_WARD REST AFTER, CK_OK },
		{ BEFORE UNTIL_VISIT LK NO_WARD REST AFTER,
		    CK_ERR_NOTICE_INVALID },
		{ BEFORE LK UNTIL_VISIT REST AFTER, CK_ERR_NOTICE_INVALID },
		{ BEFORE LK UNTIL_VISIT NO_WARD REST "<X/>" AFTER,
		    CK_ERR_NOTICE_INVALID },
		{ "<CHI_TIEU_TRANG_THAI_KCB><DSACH_TRANG_THAI_KCB/>"
		    "<CHUKYDONVI/></CHI_TIEU_TRANG_THAI_KCB>",
		    CK_ERR_NOTICE_INVALID },
		{ "<unclosed>", CK_ERR_NOTICE_INVALID },
		{ "", CK_ERR_NOTICE_INVALID }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(ck_xml0_validate(ck_span_str(rows[i].file)),
		    rows[i].err);
}

/* --- The signature --------------------------------------------------------- */

static void
shell(const char *directory, const char *command)
{
	char line[1024];

	(void)snprintf(line, sizeof(line), "cd %s && { %s; } >log 2>&1",
	    directory, command);
	if (system(line) != 0)
		fail_msg("%s", command);
}

static void
put(const char *directory, const char *name, struct ck_span bytes)
{
	char path[128];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
	assert_int_equal(fclose(file), 0);
}

static void
the_signature_covers_the_list_as_it_stands(void **state)
{
	static const char signed_text[] = "<CHI_TIEU_TRANG_THAI_KCB>"
	    "<DSACH_TRANG_THAI_KCB><TRANG_THAI_KCB>" LK UNTIL_VISIT NO_WARD
	    REST "</TRANG_THAI_KCB></DSACH_TRANG_THAI_KCB>";
	char directory[] = "/tmp/ck-sign-XXXXXX", path[64], *from, *to;
	struct ck_signer_file *signer = NULL;
	struct ck_notice notice = CK_NOTICE_INIT;
	struct ck_buf file = CK_BUF_INIT;

	(void)state;
	assert_non_null(mkdtemp(directory));
	shell(directory, "openssl req -x509 -newkey rsa:2048 -nodes "
	    "-subj /CN=test -keyout k.pem -out c.pem && openssl pkcs12 "
	    "-export -inkey k.pem -in c.pem -passout pass:mau -out c.p12 && "
	    "openssl pkey -in k.pem -pubout -out p.pem");
	(void)snprintf(path, sizeof(path), "%s/c.p12", directory);
	assert_int_equal(ck_sign_open(&signer, path, "sai"), CK_ERR_CONFIG);
	assert_null(signer);
	assert_int_equal(ck_sign_open(&signer, path, "mau"), CK_OK);
	notice_fill(&notice);
	assert_int_equal(ck_xml0_write(&notice, signer, &file), CK_OK);
	assert_int_equal(ck_buf_push(&file, 0), CK_OK);
	assert_non_null(strstr((const char *)file.ptr, signed_text));
	from = strstr((char *)file.ptr, "<CHUKYDONVI>");
	assert_non_null(from);
	from += strlen("<CHUKYDONVI>");
	to = strstr(from, "</CHUKYDONVI>");
	assert_non_null(to);
	put(directory, "s.b64", ck_span_of(from, (size_t)(to - from)));
	put(directory, "text", ck_span_str(signed_text));
	shell(directory, "openssl base64 -d -A -in s.b64 -out s.bin && "
	    "openssl dgst -sha256 -verify p.pem -signature s.bin text");
	ck_sign_free(&signer);
	ck_buf_wipe(&file);
	ck_notice_wipe(&notice);
	(void)snprintf(path, sizeof(path), "rm -rf %s", directory);
	assert_int_equal(system(path), 0);
}

static void
files_that_are_no_key_are_told(void **state)
{
	struct ck_signer_file *signer = NULL;

	(void)state;
	assert_int_equal(ck_sign_open(&signer, "/nonexistent", ""),
	    CK_ERR_CONFIG);
	assert_int_equal(ck_sign_open(&signer, "Makefile", ""),
	    CK_ERR_CONFIG);
	assert_null(signer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_notice_is_26_elements_in_order),
		cmocka_unit_test(text_that_looks_like_markup_is_escaped),
		cmocka_unit_test(what_the_schema_refuses_is_not_written),
		cmocka_unit_test(the_schema_knows_files_by_hand),
		cmocka_unit_test(the_signature_covers_the_list_as_it_stands),
		cmocka_unit_test(files_that_are_no_key_are_told)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
