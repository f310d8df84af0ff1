/*
 * token.h - log-in and tokens of the gateway (gateway.md §1)
 */
#ifndef SIM_TOKEN_H
#define SIM_TOKEN_H

#include <stdbool.h>

struct sim_call;
struct sim_gateway;
struct sim_tokens;

/* A fresh key; tokens of an earlier one do not hold. NULL: no entropy. */
struct sim_tokens *sim_tokens_new(void);

void sim_tokens_free(struct sim_tokens **tokens);

/* Make every token given out so far invalid. */
void sim_tokens_revoke(struct sim_tokens *tokens);

/* Serve POST /api/token/take. */
void sim_token_take(struct sim_call *call);

/* What a call shows to be let in; absent parts are NULL. */
struct sim_credentials {
	const char *access_token;
	const char *id_token;
	const char *user;
	const char *password_hash;
};

/*
 * Whether the credentials hold now, for the address that sent this call. A
 * NULL user is read from the token (paths that do not send it).
 */
bool sim_token_holds(const struct sim_call *call,
    const struct sim_credentials *credentials);

/* The account that the token of this call, shown or asked for, is of; "" when
 * there is none. Says nothing of whether it holds. */
void sim_token_user(const struct sim_call *call, char user[64]);

#endif /* SIM_TOKEN_H */
