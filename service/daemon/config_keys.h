/*
 * config_keys.h - one row for each key of the configuration
 *
 * The table says where a key is stored, what it may hold and what it holds
 * when nobody sets it. config.c reads files with it and prints from it; a test
 * holds schema/config.example.conf against it.
 */
#ifndef SERVICE_DAEMON_CONFIG_KEYS_H
#define SERVICE_DAEMON_CONFIG_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum ck_value_type {
	CK_VALUE_TEXT,		/* any UTF-8 that fits */
	CK_VALUE_SHORT_NAME,	/* [a-z0-9-]+ */
	CK_VALUE_FACILITY,	/* 5 digits or capital letters */
	CK_VALUE_LANGUAGE,	/* vi, en */
	CK_VALUE_ADDRESS,		/* a numeric IP address */
	CK_VALUE_PATH,		/* of a file, absolute; or empty */
	CK_VALUE_URL,		/* http:// or https://, no slash at its end */
	CK_VALUE_URL_PATH,	/* begins with a slash */
	CK_VALUE_TWELVE_DIGITS,
	CK_VALUE_PORT,		/* uint16_t */
	CK_VALUE_COUNT,		/* unsigned */
	CK_VALUE_NUMBER,		/* int64_t */
	CK_VALUE_FLAG,		/* bool: yes, no */
	CK_VALUE_ENCODING,	/* enum ck_encoding */
	CK_VALUE_VERSION,	/* of a remote function: digits */
	CK_VALUE_POLICY		/* enum ck_cache_policy */
};

struct ck_config_key {
	const char *section;	/* "desk" and "operator" may repeat */
	const char *name;
	enum ck_value_type type;
	size_t offset;		/* in ck_config, ck_operator, ck_desk_config */
	size_t size;		/* bytes of the member */
	const char *initial;	/* the default; NULL: must be set; [desk]
				 * reader unless there is a scanner */
	int64_t min, max;	/* of numbers */
};

/* All rows, grouped by section; *count receives how many. */
const struct ck_config_key *ck_config_keys(size_t *count);

/* The row of this key; NULL: there is none. */
const struct ck_config_key *
ck_config_key_find(const char *section, const char *name);

/* True when any key belongs to this section. */
bool ck_config_section_known(const char *section);

/* Store value in the struct at base. False, and nothing stored, when it is not
 * what the key holds. */
bool ck_config_key_set(const struct ck_config_key *key, void *base,
    const char *value);

/* Write the value that the struct at base holds, as it would be set. */
void ck_config_key_print(const struct ck_config_key *key, const void *base,
    FILE *out);

/* What the key holds, in words: "a whole number from 1 to 65535". */
void ck_config_key_expected(const struct ck_config_key *key, char *out,
    size_t size);

#endif /* SERVICE_DAEMON_CONFIG_KEYS_H */
