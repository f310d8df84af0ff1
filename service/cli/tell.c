/*
 * tell.c - why the daemon did not do what was asked
 */
#include <stdio.h>
#include <string.h>

#include "cli/line.h"
#include "cli/tell.h"
#include "daemon/config.h"
#include "io/json.h"

void
ck_cli_url(const struct ck_config *config, char out[CK_CLI_URL_LEN])
{
	bool bracket = strchr(config->listen, ':') != NULL;

	(void)snprintf(out, CK_CLI_URL_LEN, "%s://%s%s%s:%u",
	    config->http_certificate[0] != '\0' ? "https" : "http",
	    bracket ? "[" : "", ck_line_address(config), bracket ? "]" : "",
	    config->port);
}

/* The words of ck_err_text() are about the gateway: here is another line. */
static void
tell_no_answer(const struct ck_config *config, enum ck_err err)
{
	char url[CK_CLI_URL_LEN];

	ck_cli_url(config, url);
	if (err == CK_ERR_LINE)
		(void)fprintf(stderr, "checkin: checkind does not answer at "
		    "%s: start it (systemctl start checkind), or correct "
		    "[http] port\n", url);
	else if (err == CK_ERR_REQUEST)
		(void)fprintf(stderr, "checkin: what answers at %s is not "
		    "checkind: correct [http] port\n", url);
	else if (err == CK_ERR_CONFIG)
		(void)fprintf(stderr, "checkin: %s cannot be read: checkind "
		    "at %s is known by this certificate; run checkin as a "
		    "user who may read it\n", config->http_certificate, url);
	else
		(void)fprintf(stderr, "checkin: %s\n", ck_err_text(err));
}

/* " #/to: detail", of the first of its errors; else " detail". */
static void
tell_detail(const json_t *problem)
{
	const json_t *first = json_array_get(json_object_get(problem,
	    "errors"), 0);
	const char *pointer = ck_json_text(first, "pointer");
	const char *detail = ck_json_text(problem, "detail");

	if (detail[0] != '\0')
		(void)fprintf(stderr, " %s%s%s", pointer,
		    pointer[0] != '\0' ? ": " : "", detail);
}

void
ck_cli_tell(const struct ck_config *config, enum ck_err err,
    const struct ck_cli_reply *reply)
{
	json_t *problem;

	if (err != CK_OK) {
		tell_no_answer(config, err);
		return;
	}
	problem = ck_json_parse(reply->body);
	(void)fprintf(stderr, "checkin: refused (HTTP %d): ", reply->status);
	if (ck_json_text(problem, "title")[0] != '\0') {
		(void)fputs(ck_json_text(problem, "title"), stderr);
		tell_detail(problem);
	} else if (reply->body.len > 0) {
		(void)fwrite(reply->body.ptr, 1, reply->body.len, stderr);
	}
	(void)fputc('\n', stderr);
	json_decref(problem);
}
