/*
 * test_sim_gateway_checkin.c - XML0 is received, remembered, complained about
 *
 * Files written by hand from the elements of gateway.md §4.
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

#include <openssl/evp.h>

#include "support/desk.h"

#define CHECKIN "/api/qd130/checkInKcbQd3176"

#define BEFORE "<CHI_TIEU_TRANG_THAI_KCB><DSACH_TRANG_THAI_KCB>" \
	"<TRANG_THAI_KCB>"
#define AFTER "</TRANG_THAI_KCB></DSACH_TRANG_THAI_KCB><CHUKYDONVI/>" \
	"</CHI_TIEU_TRANG_THAI_KCB>"
#define REST "<STT>1</STT><MA_BN>BN1</MA_BN>" \
	"<HO_TEN><![CDATA[Nguyễn Văn Mẫu]]></HO_TEN><SO_CCCD/>" \
	"<NGAY_SINH>199403050000</NGAY_SINH><GIOI_TINH>1</GIOI_TINH>" \
	"<MA_THE_BHYT/><MA_DKBD/><GT_THE_TU/><GT_THE_DEN/>" \
	"<MA_DOITUONG_KCB>1.2</MA_DOITUONG_KCB>" \
	"<NGAY_VAO>202611230731</NGAY_VAO><NGAY_VAO_NOI_TRU/><LY_DO_VNT/>" \
	"<MA_LY_DO_VNT/><MA_LOAI_KCB>01</MA_LOAI_KCB>" \
	"<MA_CSKCB>84001</MA_CSKCB><MA_DICH_VU/><TEN_DICH_VU/><MA_THUOC/>" \
	"<TEN_THUOC/><MA_VAT_TU/><TEN_VAT_TU/>" \
	"<NGAY_YL>202611230735</NGAY_YL><DU_PHONG/>"
#define GOOD BEFORE "<MA_LK>84001_1</MA_LK>" REST AFTER

static json_t *
send_form(struct desk *desk, const char *file)
{
	char headers[1024], body[16384] = "";

	desk_headers(desk, headers);
	desk_append(body, "username", "84001_BV");
	desk_append(body, "loaiHoSo", "0");
	desk_append(body, "maTinh", "84");
	desk_append(body, "maCSKCB", "84001");
	desk_append(body, "fileHSBase64", file);
	return desk_parse(desk_post(desk, CHECKIN, headers, FORM, body));
}

static json_t *
send_xml(struct desk *desk, const char *xml)
{
	unsigned char file[8192];

	EVP_EncodeBlock(file, (const unsigned char *)xml, (int)strlen(xml));
	return send_form(desk, (const char *)file);
}

static void
a_check_in_is_received_and_remembered(void **state)
{
	struct desk *desk = *state;
	char transaction[64];
	json_t *json;

	desk_log_in(desk);
	json = send_xml(desk, GOOD);
	assert_string_equal(desk_text(json, "thongDiep"),
	    "Tiếp nhận thành công");
	assert_int_equal(strlen(desk_text(json, "thoiGianTiepNhan")), 14);
	snprintf(transaction, sizeof(transaction), "%s",
	    desk_text(json, "maGiaoDich"));
	assert_string_not_equal(transaction, "");
	desk_expect(json, "200");
	json = send_xml(desk, GOOD);
	assert_string_equal(desk_text(json, "maGiaoDich"), transaction);
	json_decref(json);
	json = desk_get(desk, "/sim/check-ins");
	assert_int_equal(json_object_size(json), 1);
	assert_int_equal(json_integer_value(json_object_get(json,
	    "84001_1")), 2);
	json_decref(json);
	json = desk_get(desk, "/sim/arrivals");
	assert_int_equal(json_array_size(json), 2);
	assert_string_equal(desk_text(json_array_get(json, 1), "ma_lk"),
	    "84001_1");
	assert_string_equal(desk_text(json_array_get(json, 1), "ma_bn"),
	    "BN1");
	assert_true(json_is_false(json_object_get(json_array_get(json, 1),
	    "ward")));
	json_decref(json);
}

static void
errors_in_a_check_in_are_named(void **state)
{
	static const struct {
		const char *xml, *code, *message;
	} rows[] = {
		{ BEFORE REST AFTER, "200",
		  "Thiếu hoặc sai thứ tự trường: MA_LK" },
		{ BEFORE "<MA_LK/>" REST AFTER, "200",
		  "Trường không được để trống: MA_LK" },
		{ BEFORE "<MA_LK>1</MA_LK>" REST "<EXTRA/>" AFTER, "200",
		  "Trường không có trong quy định: EXTRA" },
		{ "<CHI_TIEU_TRANG_THAI_KCB><DSACH_TRANG_THAI_KCB/>"
		  "<CHUKYDONVI/></CHI_TIEU_TRANG_THAI_KCB>", "200",
		  "Thiếu phần tử: TRANG_THAI_KCB" },
		{ "<OTHER/>", "202", "Nội dung tệp XML không đúng" },
		{ "<unclosed>", "201", "Tệp XML không hợp lệ" }
	};
	struct desk *desk = *state;
	json_t *json;
	size_t i;

	desk_log_in(desk);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json = send_xml(desk, rows[i].xml);
		assert_string_equal(desk_text(json, "thongDiep"),
		    rows[i].message);
		desk_expect(json, rows[i].code);
	}
	desk_expect(send_form(desk, "*"), "202");
	desk_expect(send_form(desk, ""), "204");
	json = desk_get(desk, "/sim/check-ins");
	assert_int_equal(json_object_size(json), 0);
	json_decref(json);
}

static void
check_ins_need_a_token(void **state)
{
	struct desk *desk = *state;

	desk_log_in(desk);
	desk->id_token[0] = 'x';
	desk_expect(send_xml(desk, GOOD), "401");
}

#define LIST BEFORE "<MA_LK>84001_1</MA_LK>" REST \
	"</TRANG_THAI_KCB></DSACH_TRANG_THAI_KCB>"

static char folder[] = "/tmp/sim-signer-XXXXXX";

/* A gateway that wants the signature of one of two keys. */
static int
open_with_signer(void **state)
{
	struct sim_gateway_config config;
	char line[1024];

	sim_gateway_defaults(&config);
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(line, sizeof(line), "cd %s && for k in ours theirs; do "
	    "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=$k "
	    "-keyout $k.key -out $k.pem 2>/dev/null || exit 1; done", folder);
	assert_int_equal(system(line), 0);
	snprintf(config.signer, sizeof(config.signer), "%s/ours.pem", folder);
	return desk_start(state, &config);
}

static int
close_with_signer(void **state)
{
	char line[128];

	snprintf(line, sizeof(line), "rm -rf %s", folder);
	assert_int_equal(system(line), 0);
	return desk_close(state);
}

/* list as it is sent, under the signature over signed_list by this key: made
 * by the openssl command. */
static void
sign(const char *key, const char *signed_list, const char *list,
    char out[8192])
{
	char line[1024], encoded[1024] = "";
	FILE *file;

	snprintf(line, sizeof(line), "%s/list", folder);
	file = fopen(line, "w");
	assert_non_null(file);
	fputs(signed_list, file);
	fclose(file);
	snprintf(line, sizeof(line), "cd %s && openssl dgst -sha256 -sign "
	    "%s.key -out sig list && openssl base64 -A -in sig", folder, key);
	file = popen(line, "r");
	assert_non_null(file);
	assert_non_null(fgets(encoded, sizeof(encoded), file));
	assert_int_equal(pclose(file), 0);
	snprintf(out, 8192, "%s<CHUKYDONVI>%s</CHUKYDONVI>"
	    "</CHI_TIEU_TRANG_THAI_KCB>", list, encoded);
}

static void
a_signer_is_demanded_where_one_is_registered(void **state)
{
	struct desk *desk = *state;
	char xml[8192];
	json_t *json;

	desk_log_in(desk);
	json = send_xml(desk, GOOD);
	assert_string_equal(desk_text(json, "thongDiep"),
	    "Chữ ký số không hợp lệ: CHUKYDONVI");
	json_decref(json);
	sign("theirs", LIST, LIST, xml);
	json = send_xml(desk, xml);
	assert_string_equal(desk_text(json, "thongDiep"),
	    "Chữ ký số không hợp lệ: CHUKYDONVI");
	json_decref(json);
	sign("ours", LIST " ", LIST, xml);
	json = send_xml(desk, xml);
	assert_string_equal(desk_text(json, "thongDiep"),
	    "Chữ ký số không hợp lệ: CHUKYDONVI");
	json_decref(json);
	sign("ours", LIST, LIST, xml);
	json = send_xml(desk, xml);
	assert_string_equal(desk_text(json, "thongDiep"),
	    "Tiếp nhận thành công");
	json_decref(json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		AT_DESK(a_check_in_is_received_and_remembered),
		AT_DESK(errors_in_a_check_in_are_named),
		AT_DESK(check_ins_need_a_token),
		cmocka_unit_test_setup_teardown(
		    a_signer_is_demanded_where_one_is_registered,
		    open_with_signer, close_with_signer)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
