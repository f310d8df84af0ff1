/*
 * token.h - the gateway's session token: what is asked for and what comes back
 *
 * In the flow:  gateway -> [token] -> question
 * Source:       dispatch CV1245 §1 (POST /api/token/take)
 *
 * Pure: gateway.c does the asking.
 */
#ifndef SERVICE_ELIGIBILITY_TOKEN_H
#define SERVICE_ELIGIBILITY_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"

/*
 * Renewed this long before its end, so that none ends on its way. The gateway
 * gives 10 minutes.
 */
#define CK_TOKEN_MARGIN_MS 60000
#define CK_TOKEN_LIFETIME_MS 600000

/* A base64 of hash, user name and time: about 150 characters. */
#define CK_TOKEN_TEXT_MAX 1024

struct ck_token {
	char access[CK_TOKEN_TEXT_MAX];	/* access_token; empty: no token */
	char id[128];			/* id_token */
	int64_t life_ms;		/* left when it was given out; 0 or
					 * less: over already */
};

/* MD5 of password as 32 upper-case hex digits: how the gateway wants it
 * (CV1245 §1.2). Returns CK_OK or CK_ERR_CRYPTO. */
CK_MUST_CHECK enum ck_err
ck_token_password(const char *password, char out[33]);

/* The body that asks for a token. Returns CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_token_body(struct ck_buf *out, bool json, const char *user,
    const char *password_md5);

/*
 * Read the answer. now_ms is the wall clock: the gateway's own, where it tells
 * it, so that a wrong clock of ours does not shorten or lengthen the token's
 * life. An end that is missing counts as CK_TOKEN_LIFETIME_MS from now; a
 * number counts as seconds of life, or since 1970 when it is that large.
 *
 * Returns  CK_OK
 *          CK_ERR_GATEWAY_ACCOUNT    maKetQua 401
 *          CK_ERR_GATEWAY_BLOCKED    403, or 401 beside words that say so
 *          CK_ERR_GATEWAY_FAULT      5xx
 *          CK_ERR_GATEWAY_MALFORMED  anything else that holds no token
 *          *out is wiped on every error.
 */
CK_MUST_CHECK enum ck_err
ck_token_parse(struct ck_span body, int64_t now_ms, struct ck_token *out);

/*
 * Parse "YYYY-MM-DDThh:mm:ss" with 0 to 7 fractional digits, and "Z" or
 * nothing: the gateway means UTC either way. False when it is anything else.
 */
bool ck_instant_parse(const char *text, int64_t *out_ms);

void ck_token_wipe(struct ck_token *token);

#endif /* SERVICE_ELIGIBILITY_TOKEN_H */
