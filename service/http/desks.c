/*
 * desks.c - the desks: views, scans, the photo
 */
#include <string.h>

#include "desk/desk.h"
#include "http/events.h"
#include "http/site.h"

void
ck_http_desks(void *ctx, struct ck_request *request)
{
	const struct ck_http *http = ctx;

	ck_request_reply_json(request, 200, ck_desks_json(http->use.desks));
}

void
ck_http_readers(void *ctx, struct ck_request *request)
{
	const struct ck_http *http = ctx;

	ck_request_reply_json(request, 200,
	    ck_desks_readers_json(http->use.desks));
}

void
ck_http_events(void *ctx, struct ck_request *request)
{
	const struct ck_http *http = ctx;

	ck_events_attach(http->use.events, ck_request_param(request, 0),
	    request);
}

static void
reply_scanned(struct ck_request *request, enum ck_err err)
{
	static const struct {
		enum ck_err err;
		unsigned status;
		const char *type, *title;
	} problems[] = {
		{ CK_ERR_NOT_FOUND, 404, "unknown-desk",
		    "There is no desk of this name." },
		{ CK_ERR_PRINTED_UNKNOWN, 422, "scan-unknown",
		    "This is no code or number that we know." },
		{ CK_ERR_PRINTED_MALFORMED, 422, "scan-malformed",
		    "The printed code is damaged." },
		{ CK_ERR_PRINTED_OLD_NUMBER, 422, "scan-old-number",
		    "This is an old CMND of 9 digits." },
		{ CK_ERR_PRINTED_APP_CODE, 422, "scan-app-code",
		    "This is an app's own code: it says nothing offline." },
		{ CK_ERR_PRINTED_KEYBOARD, 422, "scan-keyboard",
		    "An input method has changed what the scanner typed." },
		{ CK_ERR_LIMIT, 422, "scan-too-long",
		    "The scanned text is too long." }
	};
	size_t i;

	for (i = 0; i < sizeof(problems) / sizeof(problems[0]); i++) {
		if (problems[i].err != err)
			continue;
		ck_request_reply_problem(request, problems[i].status,
		    problems[i].type, problems[i].title, NULL);
		return;
	}
	if (err == CK_OK)
		ck_request_reply_empty(request, 204);
	else
		ck_http_reply_error(request, err);
}

/* Optional text member: NULL when absent or null; false when of another type. */
static bool
optional_text(const json_t *body, const char *key, const char **out)
{
	const json_t *value = json_object_get(body, key);

	*out = json_string_value(value);

	return value == NULL || json_is_null(value) || *out != NULL;
}

void
ck_http_scan(void *ctx, struct ck_request *request)
{
	const struct ck_http *http = ctx;
	const json_t *body = ck_request_json(request);
	const json_t *payload = json_object_get(body, "payload");
	const char *birth = NULL;
	struct ck_scan scan = { 0 };

	if (!json_is_string(payload)) {
		ck_request_reply_invalid(request, "payload",
		    "the scanned or typed text");
		return;
	}
	if (!optional_text(body, "full_name", &scan.full_name)) {
		ck_request_reply_invalid(request, "full_name", "text");
		return;
	}
	if (!optional_text(body, "date_of_birth", &birth) || (birth != NULL &&
	    ck_date_parse_iso(birth, &scan.date_of_birth) != CK_OK)) {
		ck_request_reply_invalid(request, "date_of_birth",
		    "YYYY-MM-DD, YYYY-MM or YYYY");
		return;
	}
	scan.payload = ck_span_of(json_string_value(payload),
	    json_string_length(payload));
	reply_scanned(request, ck_desks_scan(http->use.desks,
	    ck_request_param(request, 0), &scan));
}

void
ck_http_reset(void *ctx, struct ck_request *request)
{
	const struct ck_http *http = ctx;

	reply_scanned(request, ck_desks_reset(http->use.desks,
	    ck_request_param(request, 0)));
}

void
ck_http_photo(void *ctx, struct ck_request *request)
{
	const struct ck_http *http = ctx;
	enum ck_image_format format = CK_IMAGE_NONE;
	struct ck_span photo = CK_SPAN_EMPTY;

	if (ck_desks_photo(http->use.desks, ck_request_param(request, 0),
	    &photo, &format) != CK_OK)
		ck_request_reply_problem(request, 404, "no-photo",
		    "There is no such desk, or no photo now.", NULL);
	else
		ck_request_reply_bytes(request, 200,
		    format == CK_IMAGE_JPEG2000 ? "image/jp2" : "image/jpeg",
		    photo);
}
