/*
 * form.c - the members that each function's answer has, in its order
 */
#include <openssl/crypto.h>

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "ck/clock.h"
#include "eligibility/decide.h"
#include "eligibility/message.h"
#include "eligibility/quota.h"
#include "proxy/form.h"
#include "proxy/proxy.h"

/* The gateway speaks Vietnamese to whoever asks; so do we in its place. */
#define LANGUAGE "vi"

#define NOTE_LEN 2048

/* What stands for {name} in words of the catalogue. */
struct filled {
	const char *name;	/* NULL: the end of the list */
	const char *value;
};

/* As far as there is room. */
static void
append(char out[NOTE_LEN], const char *text, size_t len)
{
	size_t used = strlen(out), room = NOTE_LEN - 1 - used;

	if (len > room)
		len = room;
	memcpy(out + used, text, len);
	out[used + len] = '\0';
}

static const char *
value_of(const struct filled *values, const char *name, size_t len)
{
	for (; values->name != NULL; values++) {
		if (strlen(values->name) == len &&
		    memcmp(values->name, name, len) == 0)
			return values->value;
	}

	return "";
}

/* Words of the catalogue, behind a blank. */
static void
append_words(char out[NOTE_LEN], const char *id, const struct filled *values)
{
	const char *from = ck_text(id, LANGUAGE), *open, *end;

	if (out[0] != '\0')
		append(out, " ", 1);
	while ((open = strchr(from, '{')) != NULL &&
	    (end = strchr(open, '}')) != NULL) {
		const char *value = value_of(values, open + 1,
		    (size_t)(end - open) - 1);

		append(out, from, (size_t)(open - from));
		append(out, value, strlen(value));
		from = end + 1;
	}
	append(out, from, strlen(from));
}

static const struct filled nothing[] = { { NULL, NULL } };

/* "2026-11-23T03:51:20.1040000Z": seven digits, as the gateway has them. */
static void
write_expiry(int64_t wall_ms, char *out, size_t size)
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;
	char day[24] = "";

	if (gmtime_r(&seconds, &tm) != NULL)
		(void)strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(out, size, "%s.%03u0000Z", day,
	    (unsigned)(wall_ms % 1000));
}

json_t *
ck_form_token(const struct ck_proxy_grant *grant, const char *user)
{
	char expiry[48];

	write_expiry(grant->expires_ms, expiry, sizeof(expiry));

	return json_pack("{s:s, s:{s:s, s:s, s:s, s:s, s:s}}",
	    "maKetQua", "200", "APIKey",
	    "access_token", grant->access, "id_token", grant->id,
	    "token_type", "Bearer", "username", user, "expires_in", expiry);
}

/* --- Card lookup ---------------------------------------------------------- */

/* As the gateway writes dates; "" when absent. */
static void
local_date(struct ck_date date, char out[16])
{
	out[0] = '\0';
	if (date.day != 0)
		(void)snprintf(out, 16, "%02u/%02u/%04u", date.day, date.month,
		    date.year);
	else if (date.month != 0)
		(void)snprintf(out, 16, "%02u/%04u", date.month, date.year);
	else if (date.year != 0)
		(void)snprintf(out, 16, "%04u", date.year);
}

static int
put_date(json_t *out, const char *name, struct ck_date date)
{
	char text[16];
	int failed;

	local_date(date, text);
	failed = json_object_set_new(out, name, json_string(text));
	OPENSSL_cleanse(text, sizeof(text));

	return failed;
}

static int
put(json_t *out, const char *name, const char *text)
{
	return json_object_set_new(out, name, json_string(text));
}

static const char *
sex_word(char sex)
{
	if (sex == 'M')
		return "Nam";

	return sex == 'F' ? "Nữ" : "";
}

/* The local minute and day of an instant. */
static void
write_minute(int64_t wall_ms, char minute[8], char date[16])
{
	local_date(ck_clock_local_date(wall_ms), date);
	(void)snprintf(minute, 8, "%02u:%02u",
	    ck_clock_local_hour(wall_ms) % 24u,
	    (unsigned)(wall_ms / 60000 % 60) % 60u);
}

static void
kept_note(int64_t as_of_ms, const char *words, char out[NOTE_LEN])
{
	char date[16], minute[8];
	const struct filled values[] = {
		{ "time", minute }, { "date", date }, { NULL, NULL }
	};

	write_minute(as_of_ms, minute, date);
	out[0] = '\0';
	append_words(out, "proxy.kept", values);
	append(out, " ", 1);
	append(out, words, strlen(words));
}

static int
put_person(json_t *out, const struct ck_answer *answer)
{
	const struct ck_insurance_card *card = &answer->card;

	return put(out, "maThe", card->number) |
	    put(out, "hoTen", answer->full_name) |
	    put_date(out, "ngaySinh", answer->date_of_birth) |
	    put(out, "gioiTinh", sex_word(answer->sex)) |
	    put(out, "diaChi", answer->address) |
	    put(out, "maDKBD", card->facility) |
	    put(out, "cqBHXH", answer->office) |
	    put_date(out, "gtTheTu", card->valid_from) |
	    put_date(out, "gtTheDen", card->valid_to) |
	    put(out, "maKV", answer->area) |
	    put_date(out, "ngayDu5Nam", answer->five_years) |
	    put(out, "maSoBHXH", answer->insurance_number);
}

static int
put_cards(json_t *out, const struct ck_answer *answer)
{
	const struct ck_insurance_card *card = &answer->new_card;

	return put(out, "maTheCu", answer->old_card_number) |
	    put(out, "maTheMoi", card->number) |
	    put_date(out, "gtTheTuMoi", card->valid_from) |
	    put_date(out, "gtTheDenMoi", card->valid_to) |
	    put(out, "maDKBDMoi", card->facility) |
	    put(out, "tenDKBDMoi", card->facility_name) |
	    json_object_set_new(out, "dsLichSuKCB2018", json_null()) |
	    json_object_set_new(out, "dsLichSuKT2018", json_null());
}

json_t *
ck_form_kept(const struct ck_answer *answer)
{
	json_t *out = json_object();
	char note[NOTE_LEN];

	kept_note(answer->as_of_ms, answer->note, note);
	if (out != NULL && (put(out, "maKetQua", answer->code) |
	    put(out, "ghiChu", note) | put_person(out, answer) |
	    put_cards(out, answer)) != 0) {
		json_decref(out);
		out = NULL;
	}
	OPENSSL_cleanse(note, sizeof(note));

	return out;
}

/* --- No answer ------------------------------------------------------------ */

/* The members that are null then. */
static json_t *
empty_lookup(const char *code, const char *note)
{
	static const char *const names[] = {
		"maThe", "hoTen", "ngaySinh", "gioiTinh", "diaChi", "maDKBD",
		"cqBHXH", "gtTheTu", "gtTheDen", "maKV", "ngayDu5Nam",
		"maSoBHXH", "maTheCu", "maTheMoi", "gtTheTuMoi",
		"gtTheDenMoi", "maDKBDMoi", "tenDKBDMoi", "dsLichSuKCB2018",
		"dsLichSuKT2018"
	};
	json_t *out = json_pack("{s:s, s:s}", "maKetQua", code, "ghiChu",
	    note);
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)json_object_set_new(out, names[i], json_null());

	return out;
}

static json_t *
empty_answer(enum ck_remote function, const char *code, const char *note)
{
	switch ((int)function) {
	case CK_REMOTE_LOOKUP:
		return empty_lookup(code, note);
	case CK_REMOTE_HISTORY:
		return json_pack("{s:s, s:s, s:n}", "maKetQua", code,
		    "ghiChu", note, "dsLichSuKCB2025");
	case CK_REMOTE_COPAYMENT:
		return json_pack("{s:s, s:s, s:n, s:n}", "MaKetQua", code,
		    "GhiChu", note, "DataCCT", "ThongTinSoThe");
	case CK_REMOTE_CHECK_IN:
		return json_pack("{s:s, s:s, s:s, s:s}", "maKetQua", code,
		    "maGiaoDich", "", "thoiGianTiepNhan", "", "thongDiep",
		    note);
	default:
		return json_pack("{s:s, s:s, s:n}", "maKetQua", code,
		    "ghiChu", note, "APIKey");
	}
}

static const char *
code_of(enum ck_remote function, enum ck_err err)
{
	if (err == CK_ERR_GATEWAY_ACCOUNT || err == CK_ERR_GATEWAY_BLOCKED)
		return "401";
	if (err == CK_ERR_REQUEST)
		return function == CK_REMOTE_COPAYMENT ? "400" :
		    function == CK_REMOTE_TOKEN ? "401" : "205";

	return function == CK_REMOTE_LOOKUP || function == CK_REMOTE_HISTORY ?
	    "101" : "500";
}

/* What happened, in the clerk's words. */
static void
begin_failure(enum ck_err err, struct ck_counted *counted,
    char note[NOTE_LEN])
{
	struct ck_decision decision;
	const char *words;

	memset(counted, 0, sizeof(*counted));
	counted->outcome = CK_OUTCOME_UNAVAILABLE;
	ck_decide_failure(err, &decision);
	memcpy(counted->reason, decision.reason, sizeof(counted->reason));
	counted->owner = ck_decide_owner(counted);
	words = ck_message(counted, LANGUAGE);
	note[0] = '\0';
	append_words(note, "proxy.mark", nothing);
	append(note, " ", 1);
	append(note, words, strlen(words));
}

json_t *
ck_form_failure(enum ck_remote function, enum ck_err err)
{
	struct ck_counted counted;
	char note[NOTE_LEN];
	const char *step;

	begin_failure(err, &counted, note);
	step = ck_next_step(&counted, LANGUAGE);
	append(note, " ", 1);
	append(note, step, strlen(step));

	return empty_answer(function, code_of(function, err), note);
}

json_t *
ck_form_check_in_failure(enum ck_err err, bool arrived)
{
	struct ck_counted counted;
	char note[NOTE_LEN];

	begin_failure(err, &counted, note);
	append_words(note, arrived ? "proxy.check_in.unknown" :
	    "proxy.check_in.not_sent", nothing);

	return empty_answer(CK_REMOTE_CHECK_IN,
	    code_of(CK_REMOTE_CHECK_IN, err), note);
}

json_t *
ck_form_kept_copayment(struct ck_span raw, int64_t asked_ms)
{
	json_t *answer = ck_json_parse(raw);
	const char *key, *words = "";
	char note[NOTE_LEN];
	json_t *value;

	if (!json_is_object(answer)) {
		json_decref(answer);
		return NULL;
	}
	/* Under the name that it has there; only the value is ours. */
	json_object_foreach(answer, key, value) {
		if (strcasecmp(key, "GhiChu") == 0)
			break;
	}
	if (key != NULL && json_is_string(value))
		words = json_string_value(value);
	kept_note(asked_ms, words, note);
	(void)json_object_set_new(answer, key != NULL ? key : "GhiChu",
	    json_string(note));

	return answer;
}

json_t *
ck_form_repeated_copayment(int64_t asked_ms)
{
	char date[16], minute[8], note[NOTE_LEN] = "";
	const struct filled values[] = { { "time", minute }, { NULL, NULL } };

	write_minute(asked_ms + CK_QUOTA_MS, minute, date);
	append_words(note, "proxy.mark", nothing);
	append_words(note, "proxy.copayment.repeated", values);

	return empty_answer(CK_REMOTE_COPAYMENT, "500", note);
}

json_t *
ck_form_stale(enum ck_remote function)
{
	char note[NOTE_LEN] = "";

	append_words(note, "proxy.mark", nothing);
	append_words(note, "proxy.stale", nothing);

	return empty_answer(function, "401", note);
}
