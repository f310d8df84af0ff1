/*
 * ask.h - one request to the daemon of this machine, waited for
 */
#ifndef SERVICE_CLI_ASK_H
#define SERVICE_CLI_ASK_H

#include "ck/buf.h"
#include "ck/error.h"

struct ck_config;

/* Start zeroed; finish with ck_cli_reply_wipe(). */
struct ck_cli_reply {
	int status;		/* HTTP status */
	struct ck_buf bytes;	/* the whole answer */
	struct ck_span body;	/* inside bytes */
};

/*
 * Ask the daemon that config describes. accept may be NULL, body empty; a body
 * is JSON. Returns CK_OK with any HTTP status, CK_ERR_LINE when nobody
 * answers, CK_ERR_REQUEST when the answer is not HTTP, CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_cli_ask(const struct ck_config *config, const char *method,
    const char *target, const char *accept, struct ck_span body,
    struct ck_cli_reply *reply);

/* POST a body of another type. As above. */
CK_MUST_CHECK enum ck_err
ck_cli_post(const struct ck_config *config, const char *target,
    const char *type, struct ck_span body, struct ck_cli_reply *reply);

void ck_cli_reply_wipe(struct ck_cli_reply *reply);

#endif /* SERVICE_CLI_ASK_H */
