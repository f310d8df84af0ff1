/*
 * answer.c - the shapes of the lookup's answers (gateway.md §2.2)
 *
 * Codes 000 to 004 and 010, 110, 12x fill person and card. 060, 061, 070 fill
 * them for every second person only: clients must cope with both. All others
 * are null but for code and sentence.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../people/dates.h"
#include "../people/places.h"
#include "answer.h"
#include "call.h"
#include "lookup.h"

#define NOTE_SIZE 1024
#define OFFICE "Bảo hiểm Xã hội huyện Mẫu"

/* CV1923 §4; 500 and 999 stand outside of it. */
static const struct {
	const char *code, *note;
} notes[] = {
	{ "000", "Thông tin thẻ BHYT chính xác" },
	{ "001", "Thẻ BHYT do BHXH Bộ Quốc phòng quản lý, đề nghị kiểm tra "
	  "thẻ BHYT và thông tin giấy tờ tùy thân" },
	{ "002", "Thẻ BHYT do BHXH Bộ Công an quản lý, đề nghị kiểm tra thẻ "
	  "BHYT và thông tin giấy tờ tùy thân" },
	{ "003", "Thẻ BHYT cũ hết giá trị sử dụng, được cấp thẻ mới." },
	{ "004", "Thẻ BHYT cũ còn giá trị sử dụng, được cấp thẻ mới" },
	{ "010", "Thẻ BHYT hết giá trị sử dụng" },
	{ "050", "Không có thông tin thẻ BHYT" },
	{ "051", "Mã thẻ BHYT không đúng" },
	{ "052", "Mã tỉnh cấp thẻ BHYT (ký tự thứ 4,5) của thẻ BHYT không "
	  "đúng" },
	{ "053", "Mã quyền lợi BHYT (ký tự thứ 3) của thẻ BHYT không đúng" },
	{ "054", "Số CCCD của cán bộ thực hiện tra cứu không tồn tại trong "
	  "danh sách người sử dụng do CSKCB đăng ký" },
	{ "055", "Họ và tên của cán bộ thực hiện tra cứu không khớp với số "
	  "CCCD" },
	{ "060", "Thẻ BHYT sai họ tên" },
	{ "061", "Thẻ BHYT sai họ tên (đúng ký tự đầu)" },
	{ "070", "Thẻ BHYT sai ngày sinh" },
	{ "100", "Lỗi khi lấy dữ liệu sổ thẻ" },
	{ "101", "Lỗi server" },
	{ "110", "Thẻ BHYT đã thu hồi" },
	{ "120", "Thẻ BHYT đã báo giảm" },
	{ "121", "Thẻ BHYT đã báo giảm chuyển ngoại tỉnh" },
	{ "122", "Thẻ BHYT đã báo giảm chuyển nội tỉnh" },
	{ "123", "Thẻ BHYT đã báo giảm do tăng lại cùng đơn vị" },
	{ "124", "Thẻ BHYT đã báo giảm ngừng tham gia" },
	{ "130", "Trẻ em không xuất trình thẻ BHYT" },
	{ "205", "Lỗi sai định dạng tham số" },
	{ "401", "Lỗi xác thực tài khoản" },
	{ "500", "Lỗi máy chủ" },
	{ "999", "Mã kết quả chưa được công bố" }
};

/* All fields of an answer, in the order of CV1923 §3. */
static const char *const fields[] = {
	"maKetQua", "ghiChu", "maThe", "hoTen", "ngaySinh", "gioiTinh",
	"diaChi", "maDKBD", "cqBHXH", "gtTheTu", "gtTheDen", "maKV",
	"ngayDu5Nam", "maSoBHXH", "maTheCu", "maTheMoi", "gtTheTuMoi",
	"gtTheDenMoi", "maDKBDMoi", "tenDKBDMoi", "dsLichSuKCB2018",
	"dsLichSuKT2018"
};

static const char *
note_of(const char *code)
{
	size_t i;

	for (i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
		if (strcmp(notes[i].code, code) == 0)
			return notes[i].note;
	}
	return "";
}

static json_t *
empty_answer_new(const char *code, const char *note)
{
	json_t *json = json_object();
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		json_object_set_new(json, fields[i], json_null());
	json_object_set_new(json, "maKetQua", json_string(code));
	json_object_set_new(json, "ghiChu", json_string(note));
	return json;
}

void
sim_answer_code(struct sim_call *call, const char *code)
{
	const char *note = note_of(code);

	if (strcmp(code, "401") == 0 || strcmp(code, "205") == 0) {
		sim_reply_code(call, code, note);
		return;
	}
	sim_call_set_code(call, code);
	sim_reply_json_new(call, 200, empty_answer_new(code, note));
}

static void
set_text(json_t *json, const char *field, const char *text)
{
	json_object_set_new(json, field, json_string(text));
}

static void
set_date(json_t *json, const char *field, struct sim_date date)
{
	char text[SIM_DATE_LEN];

	sim_date_text(date, text);
	set_text(json, field, text);
}

static void
set_person(json_t *json, const struct sim_person *person)
{
	set_text(json, "hoTen", person->gateway_name);
	set_date(json, "ngaySinh", person->gateway_birth);
	set_text(json, "gioiTinh", person->male ? "Nam" : "Nữ");
	set_text(json, "diaChi", person->residence);
	set_text(json, "cqBHXH", OFFICE);
	set_text(json, "maKV", person->area);
	set_date(json, "ngayDu5Nam", person->five_years);
	set_text(json, "maSoBHXH", person->insurance_number);
	set_text(json, "maTheCu", "");
}

static void
set_card(json_t *json, const struct sim_insurance *card)
{
	set_text(json, "maThe", card->number);
	set_text(json, "maDKBD", card->facility);
	set_date(json, "gtTheTu", card->from);
	set_date(json, "gtTheDen", card->to);
}

/* An empty card writes empty texts. */
static void
set_new_card(json_t *json, const struct sim_insurance *card)
{
	bool none = card->number[0] == '\0';

	set_text(json, "maTheMoi", card->number);
	set_text(json, "maDKBDMoi", card->facility);
	set_text(json, "tenDKBDMoi",
	    none ? "" : sim_facility_name(card->facility));
	set_date(json, "gtTheTuMoi", card->from);
	set_date(json, "gtTheDenMoi", card->to);
}

static bool
is_in_force(const char *code)
{
	return strcmp(code, "000") == 0 || strcmp(code, "001") == 0 ||
	    strcmp(code, "002") == 0;
}

/* The long sentence of 000, as CV1923 prints it. */
static void
write_covered_note(const struct sim_person *person,
    const struct sim_insurance *card, char out[NOTE_SIZE])
{
	char birth[SIM_DATE_LEN], from[SIM_DATE_LEN], to[SIM_DATE_LEN];
	char five_years[SIM_DATE_LEN];

	sim_date_text(person->gateway_birth, birth);
	sim_date_text(card->from, from);
	sim_date_text(card->to, to);
	sim_date_text(person->five_years, five_years);
	snprintf(out, NOTE_SIZE, "Thẻ còn giá trị sử dụng! Họ tên : %s, Ngày "
	    "sinh: %s, Giới tính : %s! (ĐC: %s; Nơi KCBBĐ: %s; Hạn thẻ: %s - "
	    "%s; Thời điểm đủ 5 năm liên tục: %s).", person->gateway_name,
	    birth, person->male ? "Nam" : "Nữ", person->residence,
	    card->facility, from, to, five_years);
}

/* dsLichSuKT2018 with this very check as its one entry. */
static json_t *
checks_new(const char *user, const char *note, const char *code)
{
	time_t now = time(NULL) + 7 * 3600; /* Asia/Ho_Chi_Minh */
	struct tm tm;
	char text[16];

	gmtime_r(&now, &tm);
	strftime(text, sizeof(text), "%Y%m%d%H%M", &tm);
	return json_pack("[{s:s?, s:s, s:s, s:s}]", "userKT", user,
	    "thoiGianKT", text, "thongBao", note, "maLoi", code);
}

static bool
fills_person(const struct sim_finding *finding)
{
	static const char *const wrong_person[] = { "060", "061", "070" };
	static const char *const filled[] = {
		"000", "001", "002", "003", "004", "010", "110", "120", "121",
		"122", "123", "124", "130", "999"
	};
	size_t i;

	if (!finding->found || finding->person.card.number[0] == '\0')
		return false;
	for (i = 0; i < sizeof(wrong_person) / sizeof(wrong_person[0]); i++) {
		if (strcmp(wrong_person[i], finding->code) == 0)
			return finding->person.index % 2 == 0;
	}
	for (i = 0; i < sizeof(filled) / sizeof(filled[0]); i++) {
		if (strcmp(filled[i], finding->code) == 0)
			return true;
	}
	return false;
}

void
sim_answer_finding(struct sim_call *call, const struct sim_finding *finding,
    const char *user)
{
	const struct sim_person *person = &finding->person;
	const struct sim_insurance *card = finding->new_card ?
	    &person->new_card : &person->card;
	char note[NOTE_SIZE];
	json_t *json;

	if (!fills_person(finding)) {
		sim_answer_code(call, finding->code);
		return;
	}
	snprintf(note, sizeof(note), "%s", note_of(finding->code));
	if (strcmp(finding->code, "000") == 0)
		write_covered_note(person, card, note);
	json = empty_answer_new(finding->code, note);
	set_person(json, person);
	set_card(json, card);
	/* In a plain 000 the new-card fields repeat the current card. */
	set_new_card(json, is_in_force(finding->code) ? card :
	    &person->new_card);
	if (is_in_force(finding->code))
		json_object_set_new(json, "dsLichSuKT2018",
		    checks_new(user, note, finding->code));
	sim_call_set_code(call, finding->code);
	sim_reply_json_new(call, 200, json);
}
