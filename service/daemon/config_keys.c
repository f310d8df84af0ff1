/*
 * config_keys.c - the table of keys, and what each type of value may be
 */
#include <arpa/inet.h>
#include <unistr.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/config.h"
#include "daemon/config_keys.h"

#define IN(type, member) offsetof(type, member), sizeof(((type *)0)->member)
#define CONFIG(member) IN(struct ck_config, member)
#define OPERATOR(member) IN(struct ck_operator, member)
#define DESK(member) IN(struct ck_desk_config, member)

/* The three keys of one remote function. */
#define REMOTE(name, number, version_now) \
	{ "gateway", name "_version", CK_VALUE_VERSION, \
	    CONFIG(remotes[number].version), version_now, 0, 0 }, \
	{ "gateway", name "_path", CK_VALUE_URL_PATH, \
	    CONFIG(remotes[number].path), "", 0, 0 }, \
	{ "gateway", name "_encoding", CK_VALUE_ENCODING, \
	    CONFIG(remotes[number].encoding), "version", 0, 0 }

static const struct ck_config_key keys[] = {
	{ "clinic", "facility", CK_VALUE_FACILITY, CONFIG(facility),
	    NULL, 0, 0 },
	{ "clinic", "station", CK_VALUE_SHORT_NAME, CONFIG(station),
	    "main", 0, 0 },
	{ "clinic", "language", CK_VALUE_LANGUAGE, CONFIG(language),
	    "vi", 0, 0 },
	{ "state", "directory", CK_VALUE_TEXT, CONFIG(directory),
	    "/var/lib/checkin", 0, 0 },
	{ "http", "listen", CK_VALUE_ADDRESS, CONFIG(listen),
	    "127.0.0.1", 0, 0 },
	{ "http", "port", CK_VALUE_PORT, CONFIG(port), "8484", 1, 65535 },
	{ "http", "token_file", CK_VALUE_TEXT, CONFIG(token_file), "", 0, 0 },
	{ "http", "allowed_hosts", CK_VALUE_TEXT, CONFIG(allowed_hosts),
	    "", 0, 0 },
	{ "http", "certificate", CK_VALUE_PATH, CONFIG(http_certificate),
	    "", 0, 0 },
	{ "http", "key", CK_VALUE_PATH, CONFIG(http_key), "", 0, 0 },
	{ "http", "client_ca", CK_VALUE_PATH, CONFIG(http_client_ca),
	    "", 0, 0 },
	{ "http", "feed_clients", CK_VALUE_TEXT, CONFIG(feed_clients),
	    "", 0, 0 },
	{ "http", "feed_token_file", CK_VALUE_PATH, CONFIG(feed_token_file),
	    "", 0, 0 },
	{ "http", "behind_proxy", CK_VALUE_FLAG, CONFIG(behind_proxy),
	    "no", 0, 0 },
	{ "gateway", "url", CK_VALUE_URL, CONFIG(gateway_url),
	    "https://egw.baohiemxahoi.gov.vn", 0, 0 },
	{ "gateway", "user", CK_VALUE_TEXT, CONFIG(gateway_user), "", 0, 0 },
	{ "gateway", "password_file", CK_VALUE_TEXT,
	    CONFIG(gateway_password_file), "", 0, 0 },
	{ "gateway", "ca_file", CK_VALUE_TEXT, CONFIG(gateway_ca_file),
	    "", 0, 0 },
	REMOTE("token", CK_REMOTE_TOKEN, "1245"),
	REMOTE("lookup", CK_REMOTE_LOOKUP, "2024"),
	REMOTE("history", CK_REMOTE_HISTORY, "2025"),
	REMOTE("copayment", CK_REMOTE_COPAYMENT, "2026"),
	REMOTE("check_in", CK_REMOTE_CHECK_IN, "3176"),
	{ "gateway", "copayment_user", CK_VALUE_TEXT,
	    CONFIG(gateway_copayment_user), "", 0, 0 },
	{ "gateway", "proxy", CK_VALUE_URL, CONFIG(gateway_proxy), "", 0, 0 },
	{ "gateway", "proxy_login_file", CK_VALUE_TEXT,
	    CONFIG(gateway_proxy_login_file), "", 0, 0 },
	{ "gateway", "headers_file", CK_VALUE_TEXT,
	    CONFIG(gateway_headers_file), "", 0, 0 },
	{ "gateway", "client_cert_file", CK_VALUE_TEXT,
	    CONFIG(gateway_client_cert_file), "", 0, 0 },
	{ "gateway", "client_key_file", CK_VALUE_TEXT,
	    CONFIG(gateway_client_key_file), "", 0, 0 },
	{ "gateway", "source_address", CK_VALUE_ADDRESS,
	    CONFIG(gateway_source_address), "", 0, 0 },
	{ "gateway", "public_address", CK_VALUE_ADDRESS,
	    CONFIG(gateway_public_address), "", 0, 0 },
	{ "gateway", "connect_timeout_ms", CK_VALUE_NUMBER,
	    CONFIG(gateway_connect_timeout_ms), "5000", 100, 60000 },
	{ "gateway", "timeout_ms", CK_VALUE_NUMBER,
	    CONFIG(gateway_timeout_ms), "15000", 200, 120000 },
	{ "gateway", "history_timeout_ms", CK_VALUE_NUMBER,
	    CONFIG(gateway_history_timeout_ms), "60000", 200, 300000 },
	{ "gateway", "copayment_timeout_ms", CK_VALUE_NUMBER,
	    CONFIG(gateway_copayment_timeout_ms), "120000", 200, 300000 },
	{ "gateway", "check_in_timeout_ms", CK_VALUE_NUMBER,
	    CONFIG(gateway_check_in_timeout_ms), "60000", 200, 300000 },
	{ "gateway", "answer_max", CK_VALUE_NUMBER,
	    CONFIG(gateway_answer_max), "1048576", 4096, 16777216 },
	{ "gateway", "calls_max", CK_VALUE_COUNT, CONFIG(gateway_calls_max),
	    "4", 1, 8 },
	{ "gateway", "failures_max", CK_VALUE_COUNT,
	    CONFIG(gateway_failures_max), "5", 1, 100 },
	{ "gateway", "backoff_ms", CK_VALUE_NUMBER,
	    CONFIG(gateway_backoff_ms), "2000", 100, 60000 },
	{ "gateway", "backoff_max_ms", CK_VALUE_NUMBER,
	    CONFIG(gateway_backoff_max_ms), "60000", 100, 3600000 },
	{ "gateway", "test_operators", CK_VALUE_FLAG,
	    CONFIG(gateway_test_operators), "yes", 0, 0 },
	{ "lookup", "budget_ms", CK_VALUE_NUMBER, CONFIG(budget_ms),
	    "5000", 100, 60000 },
	{ "lookup", "policy", CK_VALUE_POLICY, CONFIG(policy),
	    "first-of-visit", 0, 0 },
	{ "lookup", "policy_age_ms", CK_VALUE_NUMBER, CONFIG(policy_age_ms),
	    "86400000", 0, INT64_C(7776000000) },
	{ "lookup", "close_after_ms", CK_VALUE_NUMBER, CONFIG(close_after_ms),
	    "15000", 1000, 300000 },
	{ "lookup", "keep_days", CK_VALUE_NUMBER, CONFIG(lookup_keep_days),
	    "3650", 400, 36500 },
	{ "cache", "entries_max", CK_VALUE_NUMBER, CONFIG(cache_entries_max),
	    "100000", 1, 10000000 },
	{ "cache", "days", CK_VALUE_NUMBER, CONFIG(cache_days),
	    "400", 1, 3650 },
	{ "recheck", "pause_ms", CK_VALUE_NUMBER, CONFIG(recheck_pause_ms),
	    "1000", 10, 600000 },
	{ "recheck", "backoff_max_ms", CK_VALUE_NUMBER,
	    CONFIG(recheck_backoff_max_ms), "300000", 10, 3600000 },
	{ "recheck", "days", CK_VALUE_NUMBER, CONFIG(recheck_days),
	    "7", 0, 365 },
	{ "recheck", "keep_days", CK_VALUE_NUMBER, CONFIG(recheck_keep_days),
	    "400", 1, 3650 },
	{ "appointments", "hour", CK_VALUE_NUMBER, CONFIG(appointments_hour),
	    "19", 0, 23 },
	{ "appointments", "deadline_hour", CK_VALUE_NUMBER,
	    CONFIG(appointments_deadline_hour), "7", 1, 24 },
	{ "appointments", "calls", CK_VALUE_COUNT, CONFIG(appointments_calls),
	    "2", 1, CK_APPOINTMENT_CALLS_MAX },
	{ "appointments", "pause_ms", CK_VALUE_NUMBER,
	    CONFIG(appointments_pause_ms), "500", 0, 600000 },
	{ "appointments", "ends_soon_days", CK_VALUE_NUMBER,
	    CONFIG(appointments_ends_soon_days), "30", 0, 365 },
	{ "appointments", "keep_days", CK_VALUE_NUMBER,
	    CONFIG(appointments_keep_days), "30", 1, 3650 },
	{ "check_in", "level", CK_VALUE_TEXT, CONFIG(check_in_level),
	    "", 0, 0 },
	{ "check_in", "episode_rule", CK_VALUE_TEXT,
	    CONFIG(check_in_episode_rule), "", 0, 0 },
	{ "check_in", "backoff_ms", CK_VALUE_NUMBER,
	    CONFIG(check_in_backoff_ms), "5000", 10, 600000 },
	{ "check_in", "backoff_max_ms", CK_VALUE_NUMBER,
	    CONFIG(check_in_backoff_max_ms), "300000", 10, 3600000 },
	{ "check_in", "tries_max", CK_VALUE_NUMBER,
	    CONFIG(check_in_tries_max), "20", 1, 1000 },
	{ "check_in", "keep_days", CK_VALUE_NUMBER,
	    CONFIG(check_in_keep_days), "3650", 400, 36500 },
	{ "check_in", "signature_file", CK_VALUE_PATH,
	    CONFIG(check_in_signature_file), "", 0, 0 },
	{ "check_in", "signature_password_file", CK_VALUE_PATH,
	    CONFIG(check_in_signature_password_file), "", 0, 0 },
	{ "collector", "url", CK_VALUE_URL, CONFIG(collector_url), "", 0, 0 },
	{ "collector", "token_file", CK_VALUE_PATH,
	    CONFIG(collector_token_file), "", 0, 0 },
	{ "collector", "client_certificate", CK_VALUE_PATH,
	    CONFIG(collector_client_certificate), "", 0, 0 },
	{ "collector", "client_key", CK_VALUE_PATH,
	    CONFIG(collector_client_key), "", 0, 0 },
	{ "collector", "ca_file", CK_VALUE_PATH, CONFIG(collector_ca_file),
	    "", 0, 0 },
	{ "collector", "proxy", CK_VALUE_URL, CONFIG(collector_proxy),
	    "", 0, 0 },
	{ "collector", "interval_s", CK_VALUE_NUMBER,
	    CONFIG(collector_interval_s), "300", 1, 86400 },
	{ "corrections", "office_certificate", CK_VALUE_PATH,
	    CONFIG(corrections_office_certificate), "", 0, 0 },
	{ "corrections", "answer_key", CK_VALUE_TEXT,
	    CONFIG(corrections_answer_key), "", 0, 0 },
	{ "corrections", "keep_days", CK_VALUE_NUMBER,
	    CONFIG(corrections_keep_days), "365", 1, 3650 },
	{ "reader", "trust_directory", CK_VALUE_TEXT, CONFIG(trust_directory),
	    "/etc/checkin/trust", 0, 0 },
	{ "reader", "worker", CK_VALUE_TEXT, CONFIG(worker), "", 0, 0 },
	{ "reader", "read_timeout_ms", CK_VALUE_NUMBER,
	    CONFIG(read_timeout_ms), "10000", 1000, 300000 },
	{ "reader", "bac_allowed", CK_VALUE_FLAG, CONFIG(bac_allowed),
	    "no", 0, 0 },
	{ "reader", "bac_tries_max", CK_VALUE_COUNT, CONFIG(bac_tries_max),
	    "3", 1, 9 },
	{ "reader", "photo", CK_VALUE_FLAG, CONFIG(photo), "yes", 0, 0 },
	{ "operator", "name", CK_VALUE_TEXT, OPERATOR(name), NULL, 0, 0 },
	{ "operator", "number", CK_VALUE_TWELVE_DIGITS, OPERATOR(number),
	    NULL, 0, 0 },
	{ "desk", "reader", CK_VALUE_TEXT, DESK(reader), NULL, 0, 0 },
	{ "desk", "scanner", CK_VALUE_PATH, DESK(scanner), "", 0, 0 },
	{ "desk", "scanner_baud", CK_VALUE_COUNT, DESK(scanner_baud), "9600",
	    1200, 230400 },
	{ "sign_on", "expiry_hour", CK_VALUE_NUMBER,
	    CONFIG(sign_on_expiry_hour), "3", 0, 23 },
	{ "automatic", "operator", CK_VALUE_TEXT, CONFIG(automatic_operator),
	    "", 0, 0 },
	{ "proxy", "enabled", CK_VALUE_FLAG, CONFIG(proxy), "no", 0, 0 },
	{ "proxy", "keep_days", CK_VALUE_NUMBER, CONFIG(proxy_keep_days),
	    "3650", 30, 36500 },
	{ "drop", "directory", CK_VALUE_PATH, CONFIG(drop_directory),
	    "", 0, 0 },
	{ "metrics", "textfile", CK_VALUE_PATH, CONFIG(metrics_textfile),
	    "", 0, 0 },
	{ "metrics", "every_ms", CK_VALUE_NUMBER, CONFIG(metrics_every_ms),
	    "15000", 1000, 3600000 },
	{ "practice", "enabled", CK_VALUE_FLAG, CONFIG(practice), "no", 0, 0 },
	{ "practice", "socket", CK_VALUE_TEXT, CONFIG(practice_socket),
	    "", 0, 0 },
};

#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))

/* In the order of enum ck_cache_policy. */
static const char *const policies[] = {
	"always", "first-of-visit", "older-than"
};

/* In the order of enum ck_encoding. */
static const char *const encodings[] = { "version", "form", "json" };

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define DIGITS "0123456789"

const struct ck_config_key *
ck_config_keys(size_t *count)
{
	*count = KEY_COUNT;

	return keys;
}

const struct ck_config_key *
ck_config_key_find(const char *section, const char *name)
{
	size_t i;

	for (i = 0; i < KEY_COUNT; i++) {
		if (strcmp(keys[i].section, section) == 0 &&
		    strcmp(keys[i].name, name) == 0)
			return &keys[i];
	}

	return NULL;
}

bool
ck_config_section_known(const char *section)
{
	size_t i;

	for (i = 0; i < KEY_COUNT; i++) {
		if (strcmp(keys[i].section, section) == 0)
			return true;
	}

	return false;
}

static bool
only(const char *value, const char *allowed)
{
	return value[0] != '\0' && strspn(value, allowed) == strlen(value);
}

static bool
is_url(const char *value)
{
	size_t scheme = strncmp(value, "https://", 8) == 0 ? 8 :
	    strncmp(value, "http://", 7) == 0 ? 7 : 0;
	size_t len = strlen(value);

	return scheme > 0 && len > scheme && value[len - 1] != '/' &&
	    strpbrk(value, " ?#@\\") == NULL;
}

static bool
is_address(const char *value)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, value, bytes) == 1 ||
	    inet_pton(AF_INET6, value, bytes) == 1;
}

static bool
text_allowed(const struct ck_config_key *key, const char *value)
{
	/* Where a default exists, setting nothing is allowed too; but only
	 * text may take back a default that is not empty. */
	if (value[0] == '\0')
		return key->initial != NULL && (key->initial[0] == '\0' ||
		    key->type == CK_VALUE_TEXT);
	switch ((int)key->type) {
	case CK_VALUE_SHORT_NAME:
		return only(value, DIGITS "abcdefghijklmnopqrstuvwxyz-");
	case CK_VALUE_FACILITY:
		return strlen(value) == 5 &&
		    only(value, DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	case CK_VALUE_LANGUAGE:
		return strcmp(value, "vi") == 0 || strcmp(value, "en") == 0;
	case CK_VALUE_ADDRESS:
		return is_address(value);
	case CK_VALUE_URL:
		return is_url(value);
	case CK_VALUE_PATH:
		return value[0] == '/' || value[0] == '\0';
	case CK_VALUE_URL_PATH:
		return value[0] == '/' && strpbrk(value, " ?#") == NULL;
	case CK_VALUE_TWELVE_DIGITS:
		return strlen(value) == 12 && only(value, DIGITS);
	case CK_VALUE_VERSION:
		return only(value, DIGITS);
	default:
		return true;
	}
}

static bool
set_text(const struct ck_config_key *key, char *at, const char *value)
{
	size_t len = strlen(value);

	if (len >= key->size || !text_allowed(key, value) ||
	    u8_check((const uint8_t *)value, len) != NULL)
		return false;
	memset(at, 0, key->size);
	memcpy(at, value, len);

	return true;
}

static bool
read_number(const struct ck_config_key *key, const char *value, int64_t *out)
{
	char *end = NULL;
	long long number;

	if (!only(value, DIGITS))
		return false;
	errno = 0;
	number = strtoll(value, &end, 10);
	if (errno != 0 || *end != '\0' || number < key->min ||
	    number > key->max)
		return false;
	*out = number;

	return true;
}

static bool
set_number(const struct ck_config_key *key, void *at, const char *value)
{
	int64_t number;

	if (!read_number(key, value, &number))
		return false;
	if (key->type == CK_VALUE_PORT)
		*(uint16_t *)at = (uint16_t)number;
	else if (key->type == CK_VALUE_COUNT)
		*(unsigned *)at = (unsigned)number;
	else
		*(int64_t *)at = number;

	return true;
}

static bool
set_either(bool *at, const char *value, const char *yes, const char *no)
{
	if (strcmp(value, yes) != 0 && strcmp(value, no) != 0)
		return false;
	*at = strcmp(value, yes) == 0;

	return true;
}

/* The place of value among words, or none. */
static bool
find_word(const char *const *words, size_t count, const char *value,
    size_t *out)
{
	for (*out = 0; *out < count; (*out)++) {
		if (strcmp(words[*out], value) == 0)
			return true;
	}

	return false;
}

static bool
set_policy(enum ck_cache_policy *at, const char *value)
{
	size_t index;
	bool found = find_word(policies, COUNT(policies), value, &index);

	if (found)
		*at = (enum ck_cache_policy)index;

	return found;
}

static bool
set_encoding(enum ck_encoding *at, const char *value)
{
	size_t index;
	bool found = find_word(encodings, COUNT(encodings), value, &index);

	if (found)
		*at = (enum ck_encoding)index;

	return found;
}

bool
ck_config_key_set(const struct ck_config_key *key, void *base,
    const char *value)
{
	void *at = (char *)base + key->offset;

	switch ((int)key->type) {
	case CK_VALUE_PORT:
	case CK_VALUE_COUNT:
	case CK_VALUE_NUMBER:
		return set_number(key, at, value);
	case CK_VALUE_FLAG:
		return set_either(at, value, "yes", "no");
	case CK_VALUE_ENCODING:
		return set_encoding(at, value);
	case CK_VALUE_POLICY:
		return set_policy(at, value);
	default:
		return set_text(key, at, value);
	}
}

void
ck_config_key_print(const struct ck_config_key *key, const void *base,
    FILE *out)
{
	const void *at = (const char *)base + key->offset;

	switch ((int)key->type) {
	case CK_VALUE_PORT:
		(void)fprintf(out, "%u", *(const uint16_t *)at);
		break;
	case CK_VALUE_COUNT:
		(void)fprintf(out, "%u", *(const unsigned *)at);
		break;
	case CK_VALUE_NUMBER:
		(void)fprintf(out, "%" PRId64, *(const int64_t *)at);
		break;
	case CK_VALUE_FLAG:
		(void)fputs(*(const bool *)at ? "yes" : "no", out);
		break;
	case CK_VALUE_ENCODING:
		(void)fputs(encodings[*(const enum ck_encoding *)at], out);
		break;
	case CK_VALUE_POLICY:
		(void)fputs(policies[*(const enum ck_cache_policy *)at], out);
		break;
	default:
		(void)fputs(at, out);
		break;
	}
}

static const char *
expected_words(enum ck_value_type type)
{
	switch ((int)type) {
	case CK_VALUE_SHORT_NAME:
		return "a short name of a-z, 0-9 and -";
	case CK_VALUE_FACILITY:
		return "a facility code of 5 digits or capital letters";
	case CK_VALUE_LANGUAGE:
		return "vi or en";
	case CK_VALUE_ADDRESS:
		return "a numeric IP address such as 127.0.0.1 or ::1";
	case CK_VALUE_URL:
		return "https://HOST or http://HOST, with no slash at the end,"
		    " user name or query";
	case CK_VALUE_PATH:
		return "a whole path, which begins with /";
	case CK_VALUE_URL_PATH:
		return "a path that begins with /";
	case CK_VALUE_TWELVE_DIGITS:
		return "an identity number of 12 digits";
	case CK_VALUE_FLAG:
		return "yes or no";
	case CK_VALUE_ENCODING:
		return "version, form or json";
	case CK_VALUE_VERSION:
		return "a version number, such as 2024";
	case CK_VALUE_POLICY:
		return "always, first-of-visit or older-than";
	default:
		return NULL;
	}
}

void
ck_config_key_expected(const struct ck_config_key *key, char *out,
    size_t size)
{
	const char *words = expected_words(key->type);

	if (words != NULL)
		(void)snprintf(out, size, "%s", words);
	else if (key->type == CK_VALUE_TEXT)
		(void)snprintf(out, size, "UTF-8 text of at most %zu bytes",
		    key->size - 1);
	else
		(void)snprintf(out, size, "a whole number from %" PRId64
		    " to %" PRId64, key->min, key->max);
}
