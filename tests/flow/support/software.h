/*
 * software.h - hospital software that talks to the insurance gateway
 *
 * Written as shipped clients are: it takes a token with its own account and
 * MD5, puts secrets into the query string or into headers as the function
 * wants, sends a form or JSON. It does not know whether the gateway or checkind
 * listens at the port that it was given.
 */
#ifndef FLOW_SOFTWARE_H
#define FLOW_SOFTWARE_H

#include <jansson.h>
#include <stddef.h>

#include "world.h"

#define SOFTWARE_TAKE "/api/token/take"
#define SOFTWARE_LOOKUP "/api/egw/KQNhanLichSuKCB2024"
#define SOFTWARE_HISTORY "/api/egw/Lskcb2025"
#define SOFTWARE_COPAYMENT "/api/TraCuuCCT/TraCuuTienMCCT"
#define SOFTWARE_CHECK_IN "/api/qd130/checkInKcbQd3176"

#define SOFTWARE_FORM "Content-Type: application/x-www-form-urlencoded"
#define SOFTWARE_JSON "Content-Type: application/json"

/* One installation, with the account of one person. */
struct software {
	int port;		/* whom it takes for the gateway */
	char user[64];
	char md5[33];		/* of the password, capitals */
	char access[512], id[128];	/* its session */
};

/* An answer. */
struct answer {
	long status;
	char receipt[64];	/* header Checkin-Receipt; "": none */
	char *text;		/* owned; never NULL */
	size_t len;
	json_t *json;		/* owned; NULL when it is none */
};

/* Account and password; the port is that of the daemon, as it is now. */
void software_open(struct software *software, const struct world *world,
    const char *user, const char *password);

struct answer software_post(const struct software *software,
    const char *path, const char *body, const char *const *headers);
void answer_drop(struct answer *answer);

/* Fails the test unless the value at a dotted path is this. */
void answer_expect(const struct answer *answer, const char *path,
    const char *value);

/* Log in; fails unless it is let in. */
void software_log_in(struct software *software);

/* The answer to a log-in as it stands. */
struct answer software_take(const struct software *software);

/* Secrets in the query string; type is a header line. */
struct answer software_ask(const struct software *software,
    const char *path, const char *type, const char *body);

/* Secrets in headers. */
struct answer software_send(const struct software *software,
    const char *path, const char *type, const char *body);

/* The five fields about this person, in the name of this clerk. Returns out. */
char *software_form(const struct world *world, const char *label,
    const char *clerk, const char *number, char *out, size_t size);

/* "1994-03-05" as 05/03/1994. */
void software_date(const char *iso, char out[16]);

/* Percent-encoded. Free with curl_free(). */
char *software_escape(const char *text);

#endif /* FLOW_SOFTWARE_H */
