/*
 * checkin.c - the status notice of a visit, XML0 (gateway.md §4)
 *
 * Errors in the file come with maKetQua 200 and a thongDiep that names the
 * fields; only a file that cannot be read at all has a code of its own.
 */
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "call.h"
#include "checkin.h"
#include "faults.h"
#include "receipts.h"
#include "signature.h"
#include "token.h"

#define TEXT_SIZE 512
#define ACCEPTED "Tiếp nhận thành công"

/* The elements of TRANG_THAI_KCB in their order; checkin-fields.csv. */
static const struct element {
	const char *name;
	size_t max;		/* characters, 0: no limit known */
	bool required;
	bool in_qd130;
} elements[] = {
	{ "MA_LK", 100, true, true }, { "STT", 10, true, true },
	{ "MA_BN", 100, true, true }, { "HO_TEN", 255, true, true },
	{ "SO_CCCD", 15, false, true }, { "NGAY_SINH", 12, true, true },
	{ "GIOI_TINH", 1, true, true }, { "MA_THE_BHYT", 15, false, true },
	{ "MA_DKBD", 5, false, true }, { "GT_THE_TU", 8, false, true },
	{ "GT_THE_DEN", 8, false, true },
	{ "MA_DOITUONG_KCB", 5, true, true }, { "NGAY_VAO", 12, true, true },
	{ "NGAY_VAO_NOI_TRU", 12, false, false },
	{ "LY_DO_VNT", 0, false, false },
	{ "MA_LY_DO_VNT", 10, false, false },
	{ "MA_LOAI_KCB", 2, true, true }, { "MA_CSKCB", 5, true, true },
	{ "MA_DICH_VU", 50, false, true }, { "TEN_DICH_VU", 1024, false, true },
	{ "MA_THUOC", 255, false, false }, { "TEN_THUOC", 2000, false, false },
	{ "MA_VAT_TU", 255, false, false },
	{ "TEN_VAT_TU", 2000, false, false },
	{ "NGAY_YL", 12, true, true }, { "DU_PHONG", 0, false, false }
};

#define ELEMENTS (sizeof(elements) / sizeof(elements[0]))

static void
reply(struct sim_call *call, const char *code, uint64_t number,
    const char *message)
{
	time_t now = time(NULL) + 7 * 3600; /* Asia/Ho_Chi_Minh */
	char instant[16], transaction[32] = "";
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(instant, sizeof(instant), "%Y%m%d%H%M%S", &tm);
	if (number != 0)
		snprintf(transaction, sizeof(transaction), "GD%.8s%llu",
		    instant, (unsigned long long)number);
	sim_call_set_code(call, code);
	sim_reply_json_new(call, 200, json_pack("{s:s, s:s, s:s, s:s}",
	    "maKetQua", code, "maGiaoDich", transaction, "thoiGianTiepNhan",
	    instant, "thongDiep", message));
}

/* Decode base64; the result is malloc'd. NULL when it is none. */
static unsigned char *
decode_file_new(const char *text, size_t *size)
{
	size_t length = strlen(text), padding = 0;
	unsigned char *file;
	int decoded;

	if (length == 0 || length % 4 != 0)
		return NULL;
	while (padding < 2 && text[length - 1 - padding] == '=')
		padding++;
	file = malloc(length / 4 * 3 + 1);
	if (file == NULL)
		return NULL;
	decoded = EVP_DecodeBlock(file, (const unsigned char *)text,
	    (int)length);
	if (decoded < 0) {
		free(file);
		return NULL;
	}
	*size = (size_t)decoded - padding;
	return file;
}

static xmlNode *
first_child(xmlNode *parent, const char *name)
{
	xmlNode *node = parent != NULL ? xmlFirstElementChild(parent) : NULL;

	return node != NULL &&
	    strcmp((const char *)node->name, name) == 0 ? node : NULL;
}

/* Note the first complaint only: as the portal, which stops there. */
static void
complain(char message[TEXT_SIZE], const char *text, const char *field)
{
	if (message[0] == '\0')
		snprintf(message, TEXT_SIZE, "%s: %s", text, field);
}

static void
check_value(xmlNode *node, const struct element *element,
    char message[TEXT_SIZE])
{
	xmlChar *text = xmlNodeGetContent(node);
	int length = xmlUTF8Strlen(text);

	if (element->required && length <= 0)
		complain(message, "Trường không được để trống",
		    element->name);
	if (element->max != 0 && length > 0 && (size_t)length > element->max)
		complain(message, "Trường vượt quá độ dài", element->name);
	xmlFree(text);
}

/* Every element of the decision, in its order, and nothing else. */
static void
check_elements(xmlNode *status, bool qd130, char message[TEXT_SIZE])
{
	xmlNode *node = xmlFirstElementChild(status);
	size_t i;

	for (i = 0; i < ELEMENTS; i++) {
		if (qd130 && !elements[i].in_qd130)
			continue;
		if (node == NULL || strcmp((const char *)node->name,
		    elements[i].name) != 0) {
			complain(message, "Thiếu hoặc sai thứ tự trường",
			    elements[i].name);
			return;
		}
		check_value(node, &elements[i], message);
		node = xmlNextElementSibling(node);
	}
	if (node != NULL)
		complain(message, "Trường không có trong quy định",
		    (const char *)node->name);
}

/* The text of a child; owned, NULL when there is none. */
static xmlChar *
get_text_new(xmlNode *parent, const char *name)
{
	xmlNode *node = xmlFirstElementChild(parent);

	while (node != NULL && strcmp((const char *)node->name, name) != 0)
		node = xmlNextElementSibling(node);
	return node != NULL ? xmlNodeGetContent(node) : NULL;
}

static uint64_t
note_arrival(struct sim_call *call, xmlNode *status)
{
	xmlChar *ma_lk = get_text_new(status, "MA_LK");
	xmlChar *ma_bn = get_text_new(status, "MA_BN");
	xmlChar *ward = get_text_new(status, "NGAY_VAO_NOI_TRU");
	uint64_t number = 0;

	if (ma_lk != NULL && ma_lk[0] != '\0')
		number = sim_receipts_add(call->gateway->receipts,
		    &(struct sim_arrival){ (const char *)ma_lk,
		    (const char *)ma_bn, ward != NULL && ward[0] != '\0' });
	xmlFree(ma_lk);
	xmlFree(ma_bn);
	xmlFree(ward);
	return number;
}

/* Check all, then take all: a file with one error is not half received. */
static void
take_notices(struct sim_call *call, xmlNode *list, bool qd130)
{
	char message[TEXT_SIZE] = "";
	xmlNode *status = first_child(list, "TRANG_THAI_KCB");
	uint64_t number = 0;
	xmlNode *node;

	if (status == NULL)
		complain(message, "Thiếu phần tử", "TRANG_THAI_KCB");
	for (node = status; node != NULL; node = xmlNextElementSibling(node))
		check_elements(node, qd130, message);
	for (node = status; node != NULL && message[0] == '\0';
	    node = xmlNextElementSibling(node))
		number = note_arrival(call, node);
	reply(call, "200", number, message[0] != '\0' ? message : ACCEPTED);
}

/* True also where no signature is asked for. */
static bool
is_signed(const struct sim_call *call, const char *file, size_t size)
{
	const char *signer = call->gateway->config.signer;

	return signer[0] == '\0' || sim_signature_holds(signer, file, size);
}

static void
read_document(struct sim_call *call, const char *file, size_t size,
    bool qd130)
{
	xmlDoc *document = xmlReadMemory(file, (int)size, NULL, NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlNode *root = document != NULL ? xmlDocGetRootElement(document) :
	    NULL;
	xmlNode *list = first_child(root, "DSACH_TRANG_THAI_KCB");

	if (root == NULL)
		reply(call, "201", 0, "Tệp XML không hợp lệ");
	else if (strcmp((const char *)root->name,
	    "CHI_TIEU_TRANG_THAI_KCB") != 0 || list == NULL)
		reply(call, "202", 0, "Nội dung tệp XML không đúng");
	else if (xmlNextElementSibling(list) == NULL)
		reply(call, "200", 0, "Thiếu phần tử: CHUKYDONVI");
	else if (!is_signed(call, file, size))
		reply(call, "200", 0, "Chữ ký số không hợp lệ: CHUKYDONVI");
	else
		take_notices(call, list, qd130);
	xmlFreeDoc(document);
}

/* What is wrong with the form around the file, or NULL. */
static const char *
judge_form(const struct sim_call *call)
{
	const char *kind = sim_call_field(call, "loaiHoSo");
	const char *province = sim_call_field(call, "maTinh");
	const char *facility = sim_call_field(call, "maCSKCB");

	if (call->kind != SIM_BODY_FORM)
		return "Sai định dạng dữ liệu gửi lên";
	if (kind == NULL || strcmp(kind, "0") != 0)
		return "Sai loại hồ sơ: loaiHoSo";
	if (facility == NULL || strlen(facility) != 5)
		return "Sai mã cơ sở: maCSKCB";
	if (province == NULL || strncmp(province, facility, 2) != 0 ||
	    strlen(province) != 2)
		return "Sai mã tỉnh: maTinh";
	return NULL;
}

static bool
is_logged_in(const struct sim_call *call)
{
	return sim_token_holds(call, &(struct sim_credentials){
	    sim_call_header(call, "accessToken"),
	    sim_call_header(call, "tokenId"),
	    sim_call_field(call, "username"),
	    sim_call_header(call, "passwordHash") });
}

static void
serve(struct sim_call *call, bool qd130)
{
	const char *text = sim_call_field(call, "fileHSBase64");
	const char *objection = judge_form(call);
	unsigned char *file;
	size_t size = 0;

	if (!is_logged_in(call)) {
		reply(call, "401", 0, "Lỗi xác thực tài khoản");
		return;
	}
	if (call->fault == SIM_FAULT_UNKNOWN_CODE) {
		reply(call, "999", 0, "Mã kết quả chưa được công bố");
		return;
	}
	if (call->fault == SIM_FAULT_REJECT)
		objection = "Mã thẻ không có trong danh mục: MA_THE_BHYT";
	if (objection != NULL) {
		reply(call, "200", 0, objection);
		return;
	}
	if (text == NULL || text[0] == '\0') {
		reply(call, "204", 0, "Không có tệp hồ sơ");
		return;
	}
	file = decode_file_new(text, &size);
	if (file == NULL)
		reply(call, "202", 0, "fileHSBase64 không phải base64");
	else
		read_document(call, (const char *)file, size, qd130);
	free(file);
}

void
sim_checkin_serve(struct sim_call *call)
{
	serve(call, false);
}

void
sim_checkin_serve_qd130(struct sim_call *call)
{
	serve(call, true);
}
