/*
 * history.c - treatment history and cumulated co-payment (gateway.md §3)
 *
 * How much history a person has follows from the index: none for every third,
 * so that "nothing" is met as often as it should be.
 */
#include <stdio.h>
#include <string.h>

#include "../people/dates.h"
#include "answer.h"
#include "call.h"
#include "faults.h"
#include "history.h"
#include "lookup.h"
#include "token.h"

#define DAYS_BETWEEN 37		/* from one visit back to the one before */
#define PAID_EACH 412500	/* co-payment of one visit, in dong */

static void
write_minute(struct sim_date date, const char *clock, char out[16])
{
	snprintf(out, 16, "%04u%02u%02u%s", (unsigned)date.year % 10000,
	    (unsigned)date.month % 100, (unsigned)date.day % 100, clock);
}

static json_t *
visit_new(const struct sim_person *person, unsigned number)
{
	struct sim_date date = sim_date_plus(sim_today(),
	    -DAYS_BETWEEN * (int)number);
	char in[16], out[16], id[32];

	write_minute(date, "0731", in);
	write_minute(date, "0915", out);
	snprintf(id, sizeof(id), "%u%03u", person->index + 1000000, number);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "maHoSo",
	    id, "maCSKCB", person->card.facility, "ngayVao", in, "ngayRa",
	    out, "tenBenh", "J06 - Nhiễm khuẩn hô hấp trên cấp", "tinhTrang",
	    "1", "kqDieuTri", "2", "lyDoVV", "1");
}

static unsigned
visit_count(const struct sim_person *person)
{
	return person->index % 3;
}

void
sim_history_serve(struct sim_call *call)
{
	struct sim_question question;
	struct sim_finding finding;
	json_t *visits;
	unsigned i;

	if (call->kind != SIM_BODY_FORM) {
		sim_answer_code(call, "205");
		return;
	}
	if (!sim_lookup_admit(call, &question))
		return;
	sim_lookup_find(call->gateway->config.seed, &question, &finding);
	if (call->fault == SIM_FAULT_UNKNOWN_CODE)
		strcpy(finding.code, "999");
	if (strcmp(finding.code, "000") != 0) {
		sim_answer_code(call, finding.code);
		return;
	}
	visits = json_array();
	for (i = 1; i <= visit_count(&finding.person); i++)
		json_array_append_new(visits, visit_new(&finding.person, i));
	sim_call_set_code(call, "000");
	sim_reply_json_new(call, 200, json_pack("{s:s, s:n, s:o}", "maKetQua",
	    "000", "ghiChu", "dsLichSuKCB2025", visits));
}

static void
reply_copayment(struct sim_call *call, const char *code, const char *note,
    json_t *rows, json_t *card)
{
	sim_call_set_code(call, code);
	sim_reply_json_new(call, 200, json_pack("{s:s, s:s, s:o?, s:o?}",
	    "MaKetQua", code, "GhiChu", note, "DataCCT", rows, "ThongTinSoThe",
	    card));
}

/* Rows run from the latest discharge back; the total includes all before. */
static json_t *
payment_new(const struct sim_person *person, unsigned number, unsigned count)
{
	char day[SIM_DATE_LEN], today[SIM_DATE_LEN];

	sim_date_text(sim_date_plus(sim_today(),
	    -DAYS_BETWEEN * (int)number), day);
	sim_date_text(sim_today(), today);
	return json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:s,"
	    " s:s}", "Id", (int)number, "ngayTraCuu", today, "maThe",
	    person->card.number, "maCskcb", person->card.facility, "ngayVao",
	    day, "ngayRa", day, "maDoiTuongKCB", "1.1", "tBNCCTMCCT",
	    PAID_EACH, "tBNCCTLuyKe", PAID_EACH * (int)(count + 1 - number),
	    "ngayNhanCong", day, "ngayNhan", day);
}

static json_t *
holder_new(const struct sim_person *person)
{
	char birth[SIM_DATE_LEN], to[SIM_DATE_LEN];

	sim_date_text(person->gateway_birth, birth);
	sim_date_text(person->card.to, to);
	return json_pack("{s:s, s:s, s:s, s:s}", "hoTen",
	    person->gateway_name, "ngaySinh", birth, "ngayKetThuc", to,
	    "maBhxh", person->insurance_number);
}

static bool
is_complete(const struct sim_call *call, const struct sim_question *question)
{
	return call->kind == SIM_BODY_JSON && question->key != NULL &&
	    question->name != NULL && question->birth != NULL;
}

static void
answer_copayment(struct sim_call *call, const struct sim_finding *finding)
{
	unsigned count, i;
	json_t *rows;

	count = visit_count(&finding->person);
	if (strcmp(finding->code, "000") != 0 || count == 0) {
		reply_copayment(call, "204", "Không có dữ liệu cùng chi trả",
		    NULL, NULL);
		return;
	}
	rows = json_array();
	for (i = 1; i <= count; i++)
		json_array_append_new(rows,
		    payment_new(&finding->person, i, count));
	reply_copayment(call, "200", "Dữ liệu tính đến ngày hôm qua", rows,
	    holder_new(&finding->person));
}

void
sim_copayment_serve(struct sim_call *call)
{
	struct sim_question question = { sim_call_field(call, "maThe"),
		sim_call_field(call, "hoTen"),
		sim_call_field(call, "ngaySinh") };
	struct sim_finding finding;

	call->key_kind = sim_key_kind(question.key);
	/* Whether username is the account or the facility is open: either. */
	if (!sim_token_holds(call, &(struct sim_credentials){
	    sim_call_header(call, "accessToken"),
	    sim_call_header(call, "tokenId"), NULL,
	    sim_call_header(call, "passwordHash") })) {
		sim_call_set_code(call, "401");
		sim_reply_text(call, 401, "application/json", "");
		return;
	}
	if (!is_complete(call, &question)) {
		reply_copayment(call, "400", "Dữ liệu đầu vào không hợp lệ",
		    NULL, NULL);
		return;
	}
	if (call->fault == SIM_FAULT_RESTRICTED) {
		reply_copayment(call, "500",
		    "Có lỗi xảy ra trong quá trình tra cứu!", NULL, NULL);
		return;
	}
	sim_lookup_find(call->gateway->config.seed, &question, &finding);
	answer_copayment(call, &finding);
}
