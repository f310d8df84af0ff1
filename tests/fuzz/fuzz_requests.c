/*
 * fuzz_requests.c - what pages and hospital software send us
 *
 * Bodies of the routes, forms of the gateway's own functions, files that are
 * dropped. Each begins at its bytes, as they come off the line.
 */
#include <string.h>

#include "checkin/rules.h"
#include "checkin/xml0.h"
#include "checkin/xml0_read.h"
#include "ck/text.h"
#include "daemon/config.h"
#include "drop/xml.h"
#include "fhir/fhir.h"
#include "fuzz.h"
#include "http/check_in_body.h"
#include "http/expected_list.h"
#include "http/lookup_body.h"
#include "proxy/given.h"

/* 2026-11-23 10:00 in Trà Vinh. */
#define MORNING_MS INT64_C(1795402800000)

static const struct ck_date today = { 2026, 11, 23 };

static const struct ck_config config = {
	.facility = "84001",
	.language = "vi",
	.operators = { { "NGUYỄN THỊ TIẾP ĐÓN", "084185000011" } },
	.operator_count = 1
};

static void
check_number(const char *number, size_t digits)
{
	fuzz_check(number[0] == '\0' ||
	    ck_text_digits(ck_span_str(number), digits));
}

/* What a lookup is opened with, wherever it comes from. */
static void
check_request(const struct ck_lookup_request *request)
{
	const struct ck_person_keys *keys = &request->keys;

	check_number(keys->id_number, 12);
	check_number(keys->insurance_number, 10);
	fuzz_check(keys->card_number[0] == '\0' ||
	    strlen(keys->card_number) == 15);
	fuzz_check(keys->id_number[0] != '\0' ||
	    keys->insurance_number[0] != '\0' || keys->card_number[0] != '\0');
	fuzz_check(request->identity.full_name[0] != '\0');
	fuzz_check(fuzz_clean_text(request->identity.full_name,
	    sizeof(request->identity.full_name)));
	fuzz_check(ck_date_valid(request->identity.date_of_birth));
	fuzz_check(ck_date_absent(request->visit_date) ||
	    ck_date_valid(request->visit_date));
	fuzz_check(memchr(request->desk, '\0', sizeof(request->desk)) != NULL);
	fuzz_check(fuzz_clean_text(request->operator_name,
	    sizeof(request->operator_name)));
}

/* A refusal says where and what. */
static void
check_defect(const char *where, const char *expected)
{
	fuzz_check(where != NULL && expected != NULL && expected[0] != '\0');
}

int
fuzz_lookup_body(const uint8_t *data, size_t size)
{
	struct ck_body_defect defect = { NULL, NULL };
	struct ck_lookup_request request;
	json_t *body = ck_json_parse(ck_span_of(data, size));

	memset(&request, 0, sizeof(request));
	if (json_is_object(body)) {
		if (ck_lookup_body_read(body, &config, today, &request,
		    &defect))
			check_request(&request);
		else
			check_defect(defect.field, defect.expected);
	}
	json_decref(body);

	return 0;
}

static void
check_expected(const struct ck_expected *who)
{
	check_number(who->person.id_number, 12);
	check_number(who->person.insurance_number, 10);
	fuzz_check(who->full_name[0] != '\0');
	fuzz_check(fuzz_clean_text(who->full_name, sizeof(who->full_name)));
	fuzz_check(ck_date_absent(who->date_of_birth) ||
	    ck_date_valid(who->date_of_birth));
	fuzz_check(ck_date_valid(who->visit_date) &&
	    ck_date_compare(who->visit_date, today) >= 0);
	fuzz_check(fuzz_clean_text(who->phone, sizeof(who->phone)));
}

/* What is not taken is counted, and told as far as there is room. */
static void
check_list(const struct ck_expected_list *list)
{
	size_t i;

	fuzz_check(list->count <= CK_EXPECTED_MAX);
	fuzz_check(list->defect_count <= CK_EXPECTED_DEFECTS_MAX);
	fuzz_check(list->defect_count == (list->refused <
	    CK_EXPECTED_DEFECTS_MAX ? list->refused :
	    CK_EXPECTED_DEFECTS_MAX));
	for (i = 0; i < list->count; i++)
		check_expected(&list->rows[i]);
	for (i = 0; i < list->defect_count; i++) {
		fuzz_check(list->defects[i].line > 0);
		check_defect(list->defects[i].field,
		    list->defects[i].expected);
	}
}

int
fuzz_expected_csv(const uint8_t *data, size_t size)
{
	static struct ck_expected_list list;

	memset(&list, 0, sizeof(list));
	if (ck_expected_read_csv(&list, ck_span_of(data, size), today) ==
	    CK_OK)
		check_list(&list);
	ck_expected_list_wipe(&list);

	return 0;
}

int
fuzz_expected_json(const uint8_t *data, size_t size)
{
	static struct ck_expected_list list;
	json_t *array = ck_json_parse(ck_span_of(data, size));

	memset(&list, 0, sizeof(list));
	if (json_is_array(array) &&
	    ck_expected_read_json(&list, array, today) == CK_OK)
		check_list(&list);
	ck_expected_list_wipe(&list);
	json_decref(array);

	return 0;
}

/* A notice that breaks no rule of ours is valid against the schema, too. */
static void
check_notice(const struct ck_notice *notice)
{
	struct ck_defect defects[CK_FIELDS];
	size_t count = ck_notice_check(notice, defects), i;
	struct ck_buf file = CK_BUF_INIT;

	fuzz_check(count <= CK_FIELDS);
	for (i = 0; i < count; i++)
		fuzz_check(defects[i].field < CK_FIELDS &&
		    strcmp(ck_defect_label(defects[i].kind), "none") != 0);
	if (count == 0)
		fuzz_check(ck_xml0_write(notice, NULL, &file) == CK_OK);
	ck_buf_wipe(&file);
}

static void
check_admission(const struct ck_check_in_body *body)
{
	const struct ck_admission *admission = &body->admission;
	static struct ck_check_in check_in;
	struct ck_category_answer category;
	unsigned level;

	fuzz_check(fuzz_clean_text(admission->full_name,
	    sizeof(admission->full_name)));
	fuzz_check(fuzz_clean_text(admission->number,
	    sizeof(admission->number)));
	fuzz_check(ck_date_absent(admission->date_of_birth) ||
	    ck_date_valid(admission->date_of_birth));
	fuzz_check(admission->arrived_ms > 0);
	memset(&check_in, 0, sizeof(check_in));
	fuzz_check(ck_admission_fill(admission, NULL, config.facility,
	    &check_in) == CK_OK);
	for (level = 0; level < CK_LEVELS; level++)
		ck_admission_category(&check_in, (enum ck_level)level,
		    level % 2 != 0, &category);
	check_notice(&check_in.draft);
	ck_check_in_wipe(&check_in);
}

int
fuzz_check_in_body(const uint8_t *data, size_t size)
{
	struct ck_body_defect defect = { NULL, NULL };
	struct ck_check_in_body out;
	json_t *body = ck_json_parse(ck_span_of(data, size));

	memset(&out, 0, sizeof(out));
	if (json_is_object(body)) {
		if (ck_check_in_body_read(body, &config, MORNING_MS, &out,
		    &defect))
			check_admission(&out);
		else
			check_defect(defect.field, defect.expected);
	}
	json_decref(body);

	return 0;
}

/* Laid over a notice that is right in every field. */
static void
fill_notice(struct ck_notice *notice)
{
	static const struct {
		enum ck_notice_field field;
		const char *text;
	} values[] = {
		{ CK_FIELD_MA_LK, "84001_2026_11_BN0001_1" },
		{ CK_FIELD_STT, "1" },
		{ CK_FIELD_MA_BN, "BN0001" },
		{ CK_FIELD_HO_TEN, "Nguyễn Văn Mẫu" },
		{ CK_FIELD_SO_CCCD, "084094000001" },
		{ CK_FIELD_NGAY_SINH, "199403050000" },
		{ CK_FIELD_GIOI_TINH, "1" },
		{ CK_FIELD_MA_THE_BHYT, "GD4840000000001" },
		{ CK_FIELD_MA_DKBD, "84006" },
		{ CK_FIELD_GT_THE_TU, "20260101" },
		{ CK_FIELD_GT_THE_DEN, "20261231" },
		{ CK_FIELD_MA_DOITUONG_KCB, "1.2" },
		{ CK_FIELD_NGAY_VAO, "202611230731" },
		{ CK_FIELD_MA_LOAI_KCB, "01" },
		{ CK_FIELD_MA_CSKCB, "84001" },
		{ CK_FIELD_MA_DICH_VU, "02.1896" },
		{ CK_FIELD_TEN_DICH_VU, "Khám Nội" },
		{ CK_FIELD_NGAY_YL, "202611230735" }
	};
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		fuzz_check(ck_notice_set(notice, values[i].field,
		    values[i].text) == CK_OK);
}

int
fuzz_notice_body(const uint8_t *data, size_t size)
{
	struct ck_body_defect defect = { NULL, NULL };
	struct ck_notice notice = CK_NOTICE_INIT;
	json_t *body = ck_json_parse(ck_span_of(data, size));

	if (json_is_object(body)) {
		fill_notice(&notice);
		if (ck_notice_body_read(body, &notice, &defect))
			check_notice(&notice);
		else
			check_defect(defect.field, defect.expected);
		ck_notice_wipe(&notice);
	}
	json_decref(body);

	return 0;
}

/* What has been asked is answered in FHIR again, whatever the texts are. */
static void
check_response(const struct ck_lookup_request *request)
{
	static struct ck_lookup_record record;
	json_t *response, *coverage;

	memset(&record, 0, sizeof(record));
	memset(record.id, '0', sizeof(record.id) - 1);
	record.identity = request->identity;
	record.person = request->keys;
	record.visit_date = request->visit_date;
	record.opened_ms = MORNING_MS;
	response = ck_fhir_response(&record, "vi");
	coverage = ck_fhir_coverage(&record);
	fuzz_check(json_is_object(response) && json_is_object(coverage));
	json_decref(response);
	json_decref(coverage);
}

int
fuzz_fhir(const uint8_t *data, size_t size)
{
	struct ck_fhir_defect defect = { NULL, NULL };
	struct ck_lookup_request request;
	json_t *body = ck_json_parse(ck_span_of(data, size));

	memset(&request, 0, sizeof(request));
	if (json_is_object(body)) {
		if (ck_fhir_request_read(body, &config, today, &request,
		    &defect)) {
			check_request(&request);
			check_response(&request);
		} else {
			check_defect(defect.where, defect.expected);
		}
	}
	json_decref(body);

	return 0;
}

/* An answer of the same members, with the name of a question again. */
static json_t *
read_back(const json_t *members)
{
	static const char begin[] = "<answer", end[] = "</answer>";
	struct ck_buf file = CK_BUF_INIT;
	char *at;
	json_t *read;

	fuzz_check(ck_drop_xml_write(&file, members) == CK_OK);
	fuzz_check(ck_buf_push(&file, '\0') == CK_OK);
	at = strstr((char *)file.ptr, begin);
	fuzz_check(at != NULL);
	memcpy(at + 1, "lookup", 6);
	while ((at = strstr(at + 1, end)) != NULL)
		memcpy(at + 2, "lookup", 6);
	read = ck_drop_xml_read(ck_span_of(file.ptr, file.len - 1));
	ck_buf_wipe(&file);

	return read;
}

int
fuzz_drop_xml(const uint8_t *data, size_t size)
{
	struct ck_body_defect defect = { NULL, NULL };
	struct ck_lookup_request request;
	json_t *body = ck_drop_xml_read(ck_span_of(data, size)), *again;
	const char *name;
	json_t *member;

	if (body == NULL)
		return 0;
	json_object_foreach(body, name, member)
		fuzz_check(name[0] != '\0' && json_is_string(member));
	again = read_back(body);
	fuzz_check(json_equal(body, again));
	json_decref(again);
	memset(&request, 0, sizeof(request));
	if (ck_lookup_body_read(body, &config, today, &request,
		    &defect))
		check_request(&request);
	else
		check_defect(defect.field, defect.expected);
	json_decref(body);

	return 0;
}

/* Few, so that their limit is reached. */
#define VISITS_MAX 3

/* What we would write of a visit is read again as the same visit. */
static void
check_visit(const struct ck_notice *visit)
{
	struct ck_notice again = CK_NOTICE_INIT;
	struct ck_defect defects[CK_FIELDS];
	struct ck_buf file = CK_BUF_INIT;
	size_t count;

	fuzz_check(ck_notice_get(visit, CK_FIELD_MA_LK)[0] != '\0');
	if (ck_notice_check(visit, defects) > 0)
		return;
	fuzz_check(ck_xml0_write(visit, NULL, &file) == CK_OK);
	fuzz_check(ck_xml0_read(ck_buf_view(&file), &again, 1, &count) ==
	    CK_OK);
	fuzz_check(count == 1 && ck_notice_equal(visit, &again));
	ck_notice_wipe(&again);
	ck_buf_wipe(&file);
}

static void
check_texts(const struct ck_notice *visit)
{
	size_t i;

	for (i = 0; i < CK_FIELDS; i++) {
		const struct ck_buf *value = &visit->value[i];

		fuzz_check(value->len == 0 || fuzz_clean_text(
		    (const char *)value->ptr, value->len));
	}
}

/* Files of hospital software: whatever they hold, each visit has its MA_LK and
 * clean text, and of a file that is refused nothing is left. */
int
fuzz_xml0(const uint8_t *data, size_t size)
{
	struct ck_notice visits[VISITS_MAX];
	enum ck_err err;
	size_t count, i;

	memset(visits, 0, sizeof(visits));
	err = ck_xml0_read(ck_span_of(data, size), visits, VISITS_MAX,
	    &count);
	fuzz_check(count <= VISITS_MAX && (err == CK_OK || count == 0));
	for (i = 0; i < count; i++) {
		check_texts(&visits[i]);
		check_visit(&visits[i]);
		ck_notice_wipe(&visits[i]);
	}
	fuzz_check(fuzz_zero(visits, sizeof(visits)));

	return 0;
}

/* One name, one meaning, in whatever case; no text that ends early. */
int
fuzz_given(const uint8_t *data, size_t size)
{
	static const char *const names[] = {
		"username", "password", "maThe", "hoTen", "ngaySinh",
		"hoTenCb", "cccdCb"
	};
	json_t *given = ck_given_parse(ck_span_of(data, size)), *value;
	const char *name;
	size_t i;

	if (given == NULL)
		return 0;
	fuzz_check(json_is_object(given));
	fuzz_check(json_object_size(given) <= CK_GIVEN_FIELDS_MAX);
	json_object_foreach(given, name, value)
		fuzz_check(ck_json_member(given, name) == value);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		fuzz_check(ck_given_text(given, names[i]) != NULL);
	json_decref(given);

	return 0;
}
