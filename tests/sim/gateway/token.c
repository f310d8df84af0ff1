/*
 * token.c - log-in and tokens of the gateway (gateway.md §1)
 *
 * access_token is base64 of HMAC:username:FILETIME. The HMAC covers user,
 * caller's address, id_token and time, so the server keeps no list: it
 * computes again and compares, as the real one is said to do.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "call.h"
#include "faults.h"
#include "token.h"

#define KEY_SIZE 32
#define TICKS_PER_SECOND 10000000LL	/* FILETIME counts 100 ns */
#define FILETIME_OF_1970 116444736000000000LL
#define ACCOUNT_ERROR "Lỗi xác thực tài khoản"
#define LOCKED "Tài khoản đã bị khóa"
#define MAC_TEXT 65			/* 64 hex digits and the end */
#define TOKEN_TEXT 256			/* MAC, user of 63, time */

struct sim_tokens {
	unsigned char key[KEY_SIZE];
	atomic_uint generation;		/* raised to revoke */
};

struct sim_tokens *
sim_tokens_new(void)
{
	struct sim_tokens *tokens = calloc(1, sizeof(*tokens));

	if (tokens != NULL && RAND_bytes(tokens->key, KEY_SIZE) != 1)
		sim_tokens_free(&tokens);
	return tokens;
}

void
sim_tokens_free(struct sim_tokens **tokens)
{
	if (*tokens == NULL)
		return;
	OPENSSL_cleanse(*tokens, sizeof(**tokens));
	free(*tokens);
	*tokens = NULL;
}

void
sim_tokens_revoke(struct sim_tokens *tokens)
{
	atomic_fetch_add(&tokens->generation, 1);
}

static int64_t
filetime_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return FILETIME_OF_1970 + now.tv_sec * TICKS_PER_SECOND +
	    now.tv_nsec / 100;
}

static void
to_hex(const unsigned char *bytes, size_t size, const char *digits, char *out)
{
	size_t i;

	for (i = 0; i < size; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * size] = '\0';
}

/* The MAC over all that a token is bound to. */
static void
compute_mac(const struct sim_call *call, const char *user,
    const char *id_token, int64_t ticks, char out[MAC_TEXT])
{
	struct sim_tokens *tokens = call->gateway->tokens;
	unsigned char mac[EVP_MAX_MD_SIZE] = { 0 };
	unsigned size = 0;
	char text[512];

	snprintf(text, sizeof(text), "%s|%s|%s|%lld|%u", user, call->address,
	    id_token, (long long)ticks, atomic_load(&tokens->generation));
	HMAC(EVP_sha256(), tokens->key, KEY_SIZE, (unsigned char *)text,
	    strlen(text), mac, &size);
	to_hex(mac, 32, "0123456789abcdef", out);
}

/* MD5 of a password, as the gateway wants it: capital hex. */
static void
md5_upper(const char *text, char out[33])
{
	unsigned char digest[EVP_MAX_MD_SIZE] = { 0 };

	EVP_Digest(text, strlen(text), digest, NULL, EVP_md5(), NULL);
	to_hex(digest, 16, "0123456789ABCDEF", out);
}

static bool
password_fits(const struct sim_gateway *gateway, const char *user,
    const char *hash)
{
	unsigned i;

	if (user == NULL || hash == NULL)
		return false;
	for (i = 0; i < gateway->config.account_count; i++) {
		const struct sim_account *account =
		    &gateway->config.accounts[i];
		char expected[33];

		if (strcmp(account->user, user) != 0)
			continue;
		md5_upper(account->password, expected);
		return gateway->config.lower_md5 ?
		    strcasecmp(expected, hash) == 0 :
		    strcmp(expected, hash) == 0;
	}
	return false;
}

/* A random UUID (RFC 4122 version 4). */
static bool
draw_uuid(char out[37])
{
	unsigned char b[16];
	char hex[33];

	if (RAND_bytes(b, sizeof(b)) != 1)
		return false;
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	to_hex(b, sizeof(b), "0123456789abcdef", hex);
	snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
	    hex + 12, hex + 16, hex + 20);
	return true;
}

/* ISO 8601 in UTC with seven fractional digits: 2026-11-23T03:51:20.1047187Z */
static void
write_instant(int64_t ticks, char out[40])
{
	time_t seconds = (time_t)((ticks - FILETIME_OF_1970) /
	    TICKS_PER_SECOND);
	struct tm tm;
	char text[24];

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out, 40, "%s.%07uZ", text,
	    (unsigned)(ticks % TICKS_PER_SECOND));
}

static void
give_token(struct sim_call *call, const char *user, int64_t issued)
{
	int64_t life = call->gateway->config.token_seconds * TICKS_PER_SECOND;
	char mac[MAC_TEXT], id_token[37], expires[40], text[TOKEN_TEXT];
	unsigned char token[2 * TOKEN_TEXT];

	if (!draw_uuid(id_token)) {
		sim_reply_code(call, "500", "Lỗi server");
		return;
	}
	compute_mac(call, user, id_token, issued, mac);
	snprintf(text, sizeof(text), "%s:%s:%lld", mac, user,
	    (long long)issued);
	EVP_EncodeBlock(token, (unsigned char *)text, (int)strlen(text));
	write_instant(issued + life, expires);
	sim_call_set_code(call, "200");
	sim_reply_json_new(call, 200, json_pack("{s:s, s:{s:s, s:s, s:s, s:s,"
	    " s:s}}", "maKetQua", "200", "APIKey", "access_token",
	    (char *)token, "id_token", id_token, "token_type", "Bearer",
	    "username", user, "expires_in", expires));
}

void
sim_token_take(struct sim_call *call)
{
	const char *user = sim_call_field(call, "username");
	const char *hash = sim_call_field(call, "password");
	int64_t issued = filetime_now();

	if (call->fault == SIM_FAULT_LOCKED) {
		sim_call_set_code(call, "401");
		sim_reply_json_new(call, 200, json_pack("{s:s, s:s, s:n}",
		    "maKetQua", "401", "ghiChu", LOCKED, "APIKey"));
		return;
	}
	if (call->fault == SIM_FAULT_TOKEN_401 ||
	    !password_fits(call->gateway, user, hash)) {
		sim_call_set_code(call, "401");
		sim_reply_json_new(call, 200, json_pack("{s:s, s:s, s:n}",
		    "maKetQua", "401", "ghiChu", ACCOUNT_ERROR, "APIKey"));
		return;
	}
	if (call->fault == SIM_FAULT_EXPIRED_TOKEN)
		issued -= (call->gateway->config.token_seconds + 1) *
		    TICKS_PER_SECOND;
	give_token(call, user, issued);
}

/* Take base64 apart into MAC, user and time. */
static bool
open_token(const char *token, char mac[MAC_TEXT], char user[64],
    int64_t *ticks)
{
	unsigned char text[TOKEN_TEXT];
	size_t size = strlen(token);
	long long value;
	int length;

	if (size % 4 != 0 || size / 4 * 3 >= sizeof(text))
		return false;
	length = EVP_DecodeBlock(text, (const unsigned char *)token,
	    (int)size);
	if (length < 0)
		return false;
	text[length] = '\0';
	if (sscanf((char *)text, "%64[0-9a-f]:%63[^:]:%lld", mac, user,
	    &value) != 3)
		return false;
	*ticks = value;
	return true;
}

static bool
is_in_time(const struct sim_call *call, int64_t issued)
{
	int64_t age = filetime_now() - issued;

	return age >= 0 &&
	    age < call->gateway->config.token_seconds * TICKS_PER_SECOND;
}

bool
sim_token_holds(const struct sim_call *call,
    const struct sim_credentials *credentials)
{
	char mac[MAC_TEXT], expected[MAC_TEXT], user[64];
	int64_t issued;

	if (credentials->access_token == NULL ||
	    credentials->id_token == NULL ||
	    !open_token(credentials->access_token, mac, user, &issued))
		return false;
	if (credentials->user != NULL && strcmp(credentials->user, user) != 0)
		return false;
	compute_mac(call, user, credentials->id_token, issued, expected);
	return strcmp(mac, expected) == 0 && is_in_time(call, issued) &&
	    password_fits(call->gateway, user, credentials->password_hash);
}

void
sim_token_user(const struct sim_call *call, char user[64])
{
	const char *token = sim_call_header(call, "accessToken");
	const char *asked = sim_call_field(call, "username");
	char mac[MAC_TEXT];
	int64_t issued;

	user[0] = '\0';
	if (token == NULL)
		token = sim_call_query(call, "token");
	if (token == NULL)
		snprintf(user, 64, "%s", asked != NULL ? asked : "");
	else if (!open_token(token, mac, user, &issued))
		user[0] = '\0';
}
