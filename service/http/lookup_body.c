/*
 * lookup_body.c - from JSON to a lookup request
 */
#include <stdio.h>
#include <string.h>

#include "ck/printed.h"
#include "ck/text.h"
#include "daemon/config.h"
#include "http/lookup_body.h"
#include "stats/visit_date.h"

struct member {
	const char *name;
	bool required;
	const char *expected;
	bool (*read)(const char *text, const struct ck_config *config,
	    struct ck_lookup_request *request);
};

bool
ck_number_read(const char *text, struct ck_person_keys *keys)
{
	/* only a zone needs it, and a zone is no number */
	static const struct ck_date today = { 9999, 12, 31 };
	struct ck_printed printed;
	bool good = true;

	if (ck_printed_parse(ck_span_str(text), today, &printed) != CK_OK)
		return false;
	if (printed.kind == CK_PRINTED_ID_NUMBER)
		memcpy(keys->id_number, printed.identity.number,
		    sizeof(keys->id_number));
	else if (printed.kind == CK_PRINTED_INSURANCE_NUMBER)
		memcpy(keys->insurance_number, printed.insurance_number,
		    sizeof(keys->insurance_number));
	else if (printed.kind == CK_PRINTED_CARD_NUMBER)
		(void)snprintf(keys->card_number, sizeof(keys->card_number),
		    "%s", printed.card_number);
	else
		good = false;
	ck_printed_wipe(&printed);

	return good;
}

static bool
read_number(const char *text, const struct ck_config *config,
    struct ck_lookup_request *request)
{
	bool good = ck_number_read(text, &request->keys);

	(void)config;
	if (good)
		memcpy(request->identity.number, request->keys.id_number,
		    sizeof(request->identity.number));

	return good;
}

static bool
read_name(const char *text, const struct ck_config *config,
    struct ck_lookup_request *request)
{
	(void)config;

	return ck_text_store(ck_span_str(text), request->identity.full_name,
	    sizeof(request->identity.full_name)) == CK_OK &&
	    request->identity.full_name[0] != '\0';
}

static bool
read_birth(const char *text, const struct ck_config *config,
    struct ck_lookup_request *request)
{
	(void)config;

	return ck_date_parse_iso(text, &request->identity.date_of_birth) ==
	    CK_OK;
}

static bool
read_operator(const char *text, const struct ck_config *config,
    struct ck_lookup_request *request)
{
	if (text[0] == '\0' || ck_config_operator(config, text) == NULL)
		return false;
	(void)snprintf(request->operator_name,
	    sizeof(request->operator_name), "%s", text);

	return true;
}

static bool
read_visit_date(const char *text, const struct ck_config *config,
    struct ck_lookup_request *request)
{
	(void)config;

	return ck_date_parse_iso(text, &request->visit_date) == CK_OK &&
	    request->visit_date.day != 0;
}

static bool
read_desk(const char *text, const struct ck_config *config,
    struct ck_lookup_request *request)
{
	size_t len = strlen(text);

	(void)config;
	if (len == 0 || len >= CK_DESK_LEN ||
	    strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
		return false;
	memcpy(request->desk, text, len + 1);

	return true;
}

static bool
read_presented(const char *text, const struct ck_config *config,
    struct ck_lookup_request *request)
{
	(void)config;

	return ck_presented_parse(text, &request->presented);
}

/* Re-checks and appointments are the daemon's own. */
static bool
read_kind(const char *text, const struct ck_config *config,
    struct ck_lookup_request *request)
{
	(void)config;

	return ck_kind_parse(text, &request->kind) &&
	    request->kind != CK_KIND_RECHECK &&
	    request->kind != CK_KIND_APPOINTMENT;
}

static const struct member members[] = {
	{ "number", true, "12 digits (identity number), 10 digits (insurance "
	    "number) or 15 characters (card number)", read_number },
	{ "full_name", true, "the name, 1 to 399 bytes of UTF-8", read_name },
	{ "date_of_birth", true, "YYYY-MM-DD, YYYY-MM or YYYY", read_birth },
	{ "operator", true, "the name of a configured operator",
	    read_operator },
	{ "visit_date", false, CK_VISIT_DATE_EXPECTED, read_visit_date },
	{ "desk", false, "a short name of a-z, 0-9 and -", read_desk },
	{ "presented", false, "cccd, cc, vneid, vssid, bhyt_paper or none",
	    read_presented },
	{ "kind", false, "desk, during, close or integration", read_kind },
};

#define MEMBERS (sizeof(members) / sizeof(members[0]))

static bool
is_known(const char *key)
{
	size_t i;

	for (i = 0; i < MEMBERS; i++) {
		if (strcmp(members[i].name, key) == 0)
			return true;
	}

	return false;
}

static bool
only_known(const json_t *body, struct ck_body_defect *defect)
{
	const char *key;
	json_t *value;

	/* The macro wants a non-const object, but changes nothing. */
	json_object_foreach((json_t *)(uintptr_t)body, key, value) {
		if (is_known(key))
			continue;
		defect->field = "";
		defect->expected = "number, full_name, date_of_birth, operator, "
		    "visit_date, desk, presented and kind; nothing else";
		return false;
	}

	return true;
}

static bool
read_member(const struct member *member, const json_t *body,
    const struct ck_config *config, struct ck_lookup_request *request)
{
	const json_t *value = json_object_get(body, member->name);

	if (value == NULL || json_is_null(value))
		return !member->required;

	return json_is_string(value) &&
	    strlen(json_string_value(value)) == json_string_length(value) &&
	    member->read(json_string_value(value), config, request);
}

static bool
in_time(const struct ck_lookup_request *request, struct ck_date today,
    struct ck_body_defect *defect)
{
	if (ck_date_absent(request->visit_date) ||
	    ck_visit_date_possible(request->visit_date, today))
		return true;
	defect->field = "visit_date";
	defect->expected = CK_VISIT_DATE_EXPECTED;

	return false;
}

bool
ck_lookup_body_read(const json_t *body, const struct ck_config *config,
    struct ck_date today, struct ck_lookup_request *request,
    struct ck_body_defect *defect)
{
	size_t i;

	memset(request, 0, sizeof(*request));
	request->kind = CK_KIND_INTEGRATION;
	request->assurance = CK_ASSURANCE_TYPED;
	if (!only_known(body, defect))
		return false;
	for (i = 0; i < MEMBERS; i++) {
		if (read_member(&members[i], body, config, request))
			continue;
		defect->field = members[i].name;
		defect->expected = members[i].expected;
		return false;
	}
	request->captured = request->kind == CK_KIND_INTEGRATION ?
	    CK_CAPTURED_HIS : CK_CAPTURED_TYPED;

	return in_time(request, today, defect);
}
