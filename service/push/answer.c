/*
 * answer.c - what a collector's answer means
 */
#include <string.h>

#include "io/json.h"
#include "push/answer.h"
#include "stats/origin.h"

const char *
ck_push_error_label(enum ck_push_error error)
{
	static const char *const labels[] = {
#define X(sym, label, words) label,
		CK_PUSH_ERROR_LIST(X)
#undef X
	};

	return (size_t)error < CK_PUSH_ERRORS ? labels[error] : "?";
}

const char *
ck_push_error_words(enum ck_push_error error)
{
	static const char *const texts[] = {
#define X(sym, label, words) words,
		CK_PUSH_ERROR_LIST(X)
#undef X
	};

	return (size_t)error < CK_PUSH_ERRORS ? texts[error] : "?";
}

static enum ck_push_error
of_end(enum ck_client_end end)
{
	switch (end) {
	case CK_CLIENT_ANSWERED:
		return CK_PUSH_OK;
	case CK_CLIENT_NAME:
		return CK_PUSH_NAME;
	case CK_CLIENT_CONNECT:
	case CK_CLIENT_PROXY:
		return CK_PUSH_CONNECT;
	case CK_CLIENT_TLS:
		return CK_PUSH_TLS;
	case CK_CLIENT_TIMEOUT:
		return CK_PUSH_TIMEOUT;
	case CK_CLIENT_FAILED:
		return CK_PUSH_OURS;
	case CK_CLIENT_TOO_LARGE:
	case CK_CLIENT_BROKEN:
	default:
		return CK_PUSH_BROKEN;
	}
}

static enum ck_push_error
of_status(long status)
{
	switch (status) {
	case 200:
	case 409:
		return CK_PUSH_OK;
	case 401:
	case 403:
		return CK_PUSH_DENIED;
	case 413:
	case 422:
		return CK_PUSH_REFUSED;
	case 404:
	case 405:
		return CK_PUSH_BROKEN;
	default:
		return status == 429 || (status >= 500 && status < 600) ?
		    CK_PUSH_BUSY : CK_PUSH_BROKEN;
	}
}

static bool
names(const json_t *json, const char *member, const char *ours)
{
	const char *text = json_string_value(json_object_get(json, member));

	return text != NULL && strcmp(text, ours) == 0;
}

static bool
read_position(struct ck_span body, const struct ck_origin *origin,
    int64_t *revision)
{
	json_t *json = ck_json_parse(body);
	const json_t *number = json_object_get(json, "revision");
	bool good;

	*revision = json_integer_value(number);
	good = names(json, "facility", origin->facility) &&
	    names(json, "station", origin->station) &&
	    names(json, "epoch", origin->epoch) && json_is_integer(number) &&
	    *revision >= 0 && *revision <= CK_JSON_INTEGER_MAX;
	json_decref(json);

	return good;
}

void
ck_push_read(const struct ck_client_answer *answer,
    const struct ck_origin *origin, struct ck_push_answer *out)
{
	*out = (struct ck_push_answer){ .error = of_end(answer->end) };
	if (out->error != CK_PUSH_OK)
		return;
	out->error = of_status(answer->status);
	out->gap = answer->status == 409;
	out->too_large = answer->status == 413;
	if (out->error == CK_PUSH_OK && !read_position(answer->body, origin,
	    &out->revision))
		out->error = CK_PUSH_BROKEN;
}
