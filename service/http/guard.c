/*
 * guard.c - Host, Origin and token, each refused unless it fits exactly
 */
#include <arpa/inet.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/guard.h"

/* A host name has at most 253 bytes (RFC 1035 §2.3.4). */
#define NAME_LEN 256

/* Base64 of any user name and our longest token. */
#define BASIC_MAX 1024

/* "name:port" or "[v6]:port" taken apart. */
struct authority {
	char name[NAME_LEN];	/* without brackets */
	unsigned port;
	bool has_port;
};

static bool
split_port(const char *text, struct authority *out)
{
	char *end = NULL;
	unsigned long port;

	out->has_port = *text == ':';
	if (*text == '\0')
		return true;
	if (*text != ':' || text[1] < '0' || text[1] > '9')
		return false;
	port = strtoul(text + 1, &end, 10);
	out->port = (unsigned)port;

	return *end == '\0' && port > 0 && port <= 65535;
}

static bool
split(const char *text, struct authority *out)
{
	bool bracket = text[0] == '[';
	size_t len;

	text += bracket ? 1 : 0;
	len = strcspn(text, bracket ? "]" : ":");
	if (len == 0 || len >= NAME_LEN || (bracket && text[len] != ']'))
		return false;
	memcpy(out->name, text, len);
	out->name[len] = '\0';

	return split_port(text + len + (bracket ? 1 : 0), out);
}

static bool
is_numeric(const char *name)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, name, bytes) == 1 ||
	    inet_pton(AF_INET6, name, bytes) == 1;
}

static bool
is_any_address(const char *listen)
{
	return strcmp(listen, "0.0.0.0") == 0 || strcmp(listen, "::") == 0;
}

static bool
is_own_name(const struct ck_guard *guard, const char *name)
{
	return strcasecmp(name, "localhost") == 0 ||
	    strcasecmp(name, guard->listen) == 0 ||
	    (is_any_address(guard->listen) && is_numeric(name));
}

static bool
is_allowed(const char *list, const struct authority *wanted)
{
	char entry[NAME_LEN + 8];
	struct authority known;

	while (*(list += strspn(list, " \t")) != '\0') {
		size_t len = strcspn(list, " \t");

		if (len < sizeof(entry)) {
			memcpy(entry, list, len);
			entry[len] = '\0';
			if (split(entry, &known) &&
			    strcasecmp(known.name, wanted->name) == 0 &&
			    (!known.has_port || known.port == wanted->port))
				return true;
		}
		list += len;
	}

	return false;
}

bool
ck_guard_host(const struct ck_guard *guard, const char *host)
{
	struct authority wanted;

	if (host == NULL || !split(host, &wanted))
		return false;
	if (is_own_name(guard, wanted.name) &&
	    (!wanted.has_port || wanted.port == guard->port))
		return true;

	return is_allowed(guard->allowed_hosts, &wanted);
}

bool
ck_guard_origin(const char *origin, const char *host)
{
	if (origin == NULL)
		return true;
	if (strncasecmp(origin, "http://", 7) == 0)
		return strcasecmp(origin + 7, host) == 0;
	if (strncasecmp(origin, "https://", 8) == 0)
		return strcasecmp(origin + 8, host) == 0;

	return false;
}

/* Digests of equal length hide the token's length as well. */
static bool
same_secret(const char *given, const char *token)
{
	unsigned char a[EVP_MAX_MD_SIZE], b[EVP_MAX_MD_SIZE];
	unsigned len_a = 0, len_b = 0;

	if (EVP_Digest(given, strlen(given), a, &len_a, EVP_sha256(),
	    NULL) != 1 ||
	    EVP_Digest(token, strlen(token), b, &len_b, EVP_sha256(),
	    NULL) != 1)
		return false;

	return len_a == len_b && CRYPTO_memcmp(a, b, len_a) == 0;
}

static bool
copy_secret(const char *secret, char out[CK_GUARD_SECRET_LEN])
{
	size_t len = strlen(secret);

	if (len == 0 || len >= CK_GUARD_SECRET_LEN)
		return false;
	memcpy(out, secret, len + 1);

	return true;
}

/* RFC 7617: base64 of "user:password". */
static bool
basic_secret(const char *encoded, char out[CK_GUARD_SECRET_LEN])
{
	unsigned char plain[BASIC_MAX + 4] = { 0 };
	size_t len = strlen(encoded);
	const char *colon;
	bool good = false;

	if (len == 0 || len > BASIC_MAX ||
	    EVP_DecodeBlock(plain, (const unsigned char *)encoded,
	    (int)len) < 0)
		goto out;
	colon = strchr((const char *)plain, ':');
	good = colon != NULL && copy_secret(colon + 1, out);
out:
	OPENSSL_cleanse(plain, sizeof(plain));

	return good;
}

bool
ck_guard_secret(const char *authorization, char out[CK_GUARD_SECRET_LEN])
{
	out[0] = '\0';
	if (authorization == NULL)
		return false;
	if (strncasecmp(authorization, "Bearer ", 7) == 0)
		return copy_secret(authorization + 7, out);
	if (strncasecmp(authorization, "Basic ", 6) == 0)
		return basic_secret(authorization + 6, out);

	return false;
}

static bool
carries(const char *authorization, const char *token)
{
	char secret[CK_GUARD_SECRET_LEN];
	bool good = ck_guard_secret(authorization, secret) &&
	    same_secret(secret, token);

	OPENSSL_cleanse(secret, sizeof(secret));

	return good;
}

bool
ck_guard_token(const struct ck_guard *guard, const char *authorization)
{
	return guard->token[0] == '\0' ||
	    carries(authorization, guard->token);
}

enum ck_role
ck_guard_role(const struct ck_guard *guard, const char *authorization)
{
	if (ck_guard_token(guard, authorization))
		return CK_ROLE_STAFF;
	if (guard->member != NULL &&
	    guard->member(guard->member_ctx, authorization))
		return CK_ROLE_MEMBER;

	return guard->feed_token != NULL && guard->feed_token[0] != '\0' &&
	    carries(authorization, guard->feed_token) ? CK_ROLE_FEED :
	    CK_ROLE_NONE;
}
