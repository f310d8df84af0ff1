/*
 * guard.h - who may talk to us: Host, Origin and access token
 *
 * Host is checked so that a hostile web page cannot reach a loopback address
 * through the staff's browser (DNS rebinding), Origin so that it cannot post
 * there, the token so that nobody else on the network can read.
 */
#ifndef SERVICE_HTTP_GUARD_H
#define SERVICE_HTTP_GUARD_H

#include <stdbool.h>
#include <stdint.h>

struct ck_guard {
	const char *listen;		/* numeric address; borrowed */
	uint16_t port;
	const char *allowed_hosts;	/* blank separated; borrowed */
	const char *token;		/* empty: none; borrowed */
	const char *feed_token;		/* empty or NULL: none; borrowed */
	/* Is it the token of an account that sees a part? NULL: there are
	 * none. From any thread. */
	bool (*member)(void *ctx, const char *authorization);
	void *member_ctx;
};

/* Bytes of a secret, with NUL. */
#define CK_GUARD_SECRET_LEN 129

/* Who asks. The staff has all rights. */
enum ck_role {
	CK_ROLE_NONE,			/* nobody we know */
	CK_ROLE_FEED,			/* a collector or a monitor */
	CK_ROLE_MEMBER,			/* an account that sees a part */
	CK_ROLE_STAFF			/* pages and programs of the clinic */
};

/*
 * True when host, the value of the Host header, names this server: its
 * address, localhost, or a configured name, with our port or none (simple
 * clients leave it out). A configured name without a port goes with any. Where we listen on every address of the machine, any numeric
 * address is one of ours or harmless: a name is needed to rebind.
 */
bool ck_guard_host(const struct ck_guard *guard, const char *host);

/* True when origin is absent (NULL) or the very host of the request. */
bool ck_guard_origin(const char *origin, const char *host);

/* Whose token authorization carries, in the forms of ck_guard_token(). Without
 * a configured token everybody is CK_ROLE_STAFF. */
enum ck_role
ck_guard_role(const struct ck_guard *guard, const char *authorization);

/* The secret that authorization carries, in the forms of ck_guard_token().
 * False, and out empty: none, or one that is too long to be one. */
bool ck_guard_secret(const char *authorization,
    char out[CK_GUARD_SECRET_LEN]);

/*
 * True when no token is configured or authorization carries it, as "Bearer
 * TOKEN" or as the password of "Basic". Compares in constant time.
 */
bool ck_guard_token(const struct ck_guard *guard, const char *authorization);

#endif /* SERVICE_HTTP_GUARD_H */
