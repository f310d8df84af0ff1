/*
 * token.c - the shapes of token/take
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ck/identity.h"
#include "eligibility/question.h"
#include "eligibility/token.h"
#include "io/json.h"

/* Numbers from here on are seconds since 1970 (2001), not of life. */
#define EPOCH_SECONDS_MIN 1000000000.0

/* Beyond this an expiry is nonsense; it also keeps the sums in range. */
#define EPOCH_SECONDS_MAX 99999999999.0

enum ck_err
ck_token_password(const char *password, char out[33])
{
	unsigned char digest[16];
	size_t len = 0, i;

	memset(out, 0, 33);
	if (EVP_Q_digest(NULL, "MD5", NULL, password, strlen(password),
	    digest, &len) != 1 || len != sizeof(digest))
		return CK_ERR_CRYPTO;
	for (i = 0; i < sizeof(digest); i++)
		(void)snprintf(out + 2 * i, 3, "%02X", (unsigned)digest[i]);
	OPENSSL_cleanse(digest, sizeof(digest));

	return CK_OK;
}

enum ck_err
ck_token_body(struct ck_buf *out, bool json, const char *user,
    const char *password_md5)
{
	const struct ck_field fields[] = {
		{ "username", user }, { "password", password_md5 }
	};

	return ck_fields_body(out, json, fields, 2);
}

/* All of text is digits, len of them; the number they make. */
static bool
digits(const char **text, unsigned len, int *out)
{
	*out = 0;
	for (; len > 0; len--, (*text)++) {
		if (**text < '0' || **text > '9')
			return false;
		*out = *out * 10 + (**text - '0');
	}

	return true;
}

/* hh:mm:ss; a leap second counts as the one after it. */
static bool
parse_time(const char **text, struct tm *tm)
{
	const char *at = *text;
	bool ok;

	ok = digits(&at, 2, &tm->tm_hour) && *at++ == ':' &&
	    digits(&at, 2, &tm->tm_min) && *at++ == ':' &&
	    digits(&at, 2, &tm->tm_sec);
	*text = at;

	return ok && tm->tm_hour < 24 && tm->tm_min < 60 && tm->tm_sec <= 60;
}

/* ".1047187": 0 to 7 digits, of which milliseconds are kept. */
static bool
parse_fraction(const char **text, int *out_ms)
{
	int weight = 100, count = 0;

	*out_ms = 0;
	if (**text != '.')
		return true;
	for ((*text)++; **text >= '0' && **text <= '9'; (*text)++, count++) {
		*out_ms += (**text - '0') * weight;
		weight /= 10;
	}

	return count <= 7;
}

bool
ck_instant_parse(const char *text, int64_t *out_ms)
{
	char day[CK_DATE_LEN] = { 0 };
	struct ck_date date;
	struct tm tm = { 0 };
	int ms;

	(void)strncpy(day, text, sizeof(day) - 1);
	if (ck_date_parse_iso(day, &date) != CK_OK || date.day == 0)
		return false;
	text += sizeof(day) - 1;
	if (*text++ != 'T' || !parse_time(&text, &tm) ||
	    !parse_fraction(&text, &ms))
		return false;
	if (*text == 'Z')
		text++;
	tm.tm_year = date.year - 1900;
	tm.tm_mon = date.month - 1;
	tm.tm_mday = date.day;
	*out_ms = (int64_t)timegm(&tm) * 1000 + ms;

	return *text == '\0';
}

static bool
parse_expiry(const json_t *value, int64_t now_ms, int64_t *out_ms)
{
	int64_t end_ms;
	double number;

	*out_ms = CK_TOKEN_LIFETIME_MS;
	if (value == NULL || json_is_null(value))
		return true;
	if (json_is_string(value)) {
		if (!ck_instant_parse(json_string_value(value), &end_ms))
			return false;
		*out_ms = end_ms - now_ms;
		return true;
	}
	number = json_number_value(value);
	if (!json_is_number(value) || number < 0 || number > EPOCH_SECONDS_MAX)
		return false;
	*out_ms = (int64_t)(number * 1000);
	if (number >= EPOCH_SECONDS_MIN)
		*out_ms -= now_ms;

	return true;
}

static bool
copy(json_t *object, const char *name, char *out, size_t size)
{
	const char *text = json_string_value(ck_json_member(object, name));
	size_t len = text != NULL ? strlen(text) : 0;

	if (len == 0 || len >= size)
		return false;
	memcpy(out, text, len + 1);

	return true;
}

/*
 * Does the sentence beside a refusal say that the account is locked? The
 * documents name no code for it; clients have seen only the words.
 */
static bool
says_locked(json_t *object)
{
	static const char *const words[] = {
		"khóa", "khoá", "KHÓA", "KHOÁ", "ngừng hoạt động",
		"vô hiệu", "locked"
	};
	const char *note = json_string_value(
	    ck_json_member(object, "ghiChu"));
	size_t i;

	if (note == NULL)
		note = json_string_value(ck_json_member(object, "thongDiep"));
	for (i = 0; note != NULL && i < sizeof(words) / sizeof(words[0]);
	    i++) {
		if (strcasestr(note, words[i]) != NULL)
			return true;
	}

	return false;
}

static enum ck_err
refusal(json_t *object)
{
	const char *code = json_string_value(
	    ck_json_member(object, "maKetQua"));

	if (code == NULL)
		return CK_ERR_GATEWAY_MALFORMED;
	if (strcmp(code, "403") == 0 ||
	    (strcmp(code, "401") == 0 && says_locked(object)))
		return CK_ERR_GATEWAY_BLOCKED;
	if (strcmp(code, "401") == 0)
		return CK_ERR_GATEWAY_ACCOUNT;

	return code[0] == '5' ? CK_ERR_GATEWAY_FAULT :
	    CK_ERR_GATEWAY_MALFORMED;
}

enum ck_err
ck_token_parse(struct ck_span body, int64_t now_ms, struct ck_token *out)
{
	json_t *json = ck_json_parse(body);
	json_t *key = ck_json_member(json, "APIKey");
	enum ck_err err = CK_ERR_GATEWAY_MALFORMED;

	ck_token_wipe(out);
	if (!json_is_object(json))
		goto out;
	if (!json_is_object(key))
		key = json;	/* some versions have no APIKey around it */
	err = refusal(json);
	if (copy(key, "access_token", out->access, sizeof(out->access)) &&
	    copy(key, "id_token", out->id, sizeof(out->id)) &&
	    parse_expiry(ck_json_member(key, "expires_in"), now_ms,
	    &out->life_ms))
		err = CK_OK;
out:
	json_decref(json);
	if (err != CK_OK)
		ck_token_wipe(out);

	return err;
}

void
ck_token_wipe(struct ck_token *token)
{
	OPENSSL_cleanse(token, sizeof(*token));
}
