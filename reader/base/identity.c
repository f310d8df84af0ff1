/*
 * identity.c - dates that may be partial, and wiping what is personal
 */
#include <openssl/crypto.h>

#include <string.h>

#include "ck/identity.h"

static unsigned
days_in_month(unsigned year, unsigned month)
{
	static const uint8_t days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

bool
ck_date_valid(struct ck_date date)
{
	if (date.year < 1 || date.year > 9999 || date.month > 12)
		return false;
	if (date.month == 0)
		return date.day == 0;

	return date.day <= days_in_month(date.year, date.month);
}

bool
ck_date_absent(struct ck_date date)
{
	return date.year == 0 && date.month == 0 && date.day == 0;
}

static int
order(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

int
ck_date_compare(struct ck_date a, struct ck_date b)
{
	int result = order(a.year, b.year);

	if (result == 0)
		result = order(a.month, b.month);
	if (result == 0)
		result = order(a.day, b.day);

	return result;
}

/* The last two digits. */
static char *
put_two(char *at, unsigned value)
{
	at[0] = (char)('0' + value / 10 % 10);
	at[1] = (char)('0' + value % 10);

	return at + 2;
}

void
ck_date_iso(struct ck_date date, char out[CK_DATE_LEN])
{
	char *at = out;

	if (ck_date_valid(date)) {
		at = put_two(at, date.year / 100U);
		at = put_two(at, date.year);
		if (date.month != 0)
			*at++ = '-';
		if (date.month != 0)
			at = put_two(at, date.month);
		if (date.day != 0)
			*at++ = '-';
		if (date.day != 0)
			at = put_two(at, date.day);
	}
	*at = '\0';
}

/*
 * Match text against a pattern of Y, M, D (digits of the parts) and literal
 * characters, to the end of both.
 */
static bool
match(const char *text, const char *pattern, struct ck_date *out)
{
	unsigned year = 0, month = 0, day = 0;

	for (; *pattern != '\0'; pattern++, text++) {
		unsigned digit = (unsigned)(unsigned char)*text - '0';
		bool part = strchr("YMD", *pattern) != NULL;

		if (part ? digit > 9 : *text != *pattern)
			return false;
		if (*pattern == 'Y')
			year = year * 10 + digit;
		else if (*pattern == 'M')
			month = month * 10 + digit;
		else if (*pattern == 'D')
			day = day * 10 + digit;
	}
	*out = (struct ck_date){
		(uint16_t)year, (uint8_t)month, (uint8_t)day
	};

	return *text == '\0';
}

/* A written part must not be zero: "00/1994" is no date. */
static bool
written_parts_valid(const char *pattern, struct ck_date date)
{
	if (strchr(pattern, 'M') != NULL && date.month == 0)
		return false;
	if (strchr(pattern, 'D') != NULL && date.day == 0)
		return false;

	return ck_date_valid(date);
}

static enum ck_err
parse_any(const char *const *patterns, const char *text, struct ck_date *out)
{
	*out = (struct ck_date){ 0 };
	for (; text != NULL && *patterns != NULL; patterns++) {
		struct ck_date date;

		if (match(text, *patterns, &date) &&
		    written_parts_valid(*patterns, date)) {
			*out = date;
			return CK_OK;
		}
	}

	return CK_ERR_REQUEST;
}

enum ck_err
ck_date_parse_iso(const char *text, struct ck_date *out)
{
	static const char *const patterns[] = {
		"YYYY-MM-DD", "YYYY-MM", "YYYY", NULL
	};

	return parse_any(patterns, text, out);
}

enum ck_err
ck_date_parse_local(const char *text, struct ck_date *out)
{
	static const char *const patterns[] = {
		"DD/MM/YYYY", "DDMMYYYY", "MM/YYYY", "YYYY", NULL
	};

	return parse_any(patterns, text, out);
}

void
ck_identity_wipe(struct ck_identity *identity)
{
	OPENSSL_cleanse(identity, sizeof(*identity));
}
