/*
 * members.c - text, codes, dates and sums out of JSON
 */
#include <stdio.h>
#include <string.h>

#include "eligibility/members.h"

/* Ten thousand billion dong: beyond it a sum is nonsense. */
#define MONEY_MAX 10000000000000.0

/* Without blanks around it. Borrowed. */
static const char *
trimmed(const json_t *value, size_t *len)
{
	const char *text = json_string_value(value);

	*len = text != NULL ? json_string_length(value) : 0;
	while (*len > 0 && (unsigned char)*text <= ' ') {
		text++;
		(*len)--;
	}
	while (*len > 0 && (unsigned char)text[*len - 1] <= ' ')
		(*len)--;

	return text;
}

/* The longest prefix within limit bytes that ends between characters. */
static size_t
cut(const char *text, size_t len, size_t limit)
{
	if (len <= limit)
		return len;
	while (limit > 0 && ((unsigned char)text[limit] & 0xC0U) == 0x80U)
		limit--;

	return limit;
}

/* len bytes and a NUL; what a terminal or a receipt would take for a command
 * becomes a blank. */
static void
copy_clean(char *out, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		out[i] = (unsigned char)text[i] < ' ' || text[i] == 0x7f ?
		    ' ' : text[i];
	out[len] = '\0';
}

bool
ck_member_text(json_t *object, const char *name, char *out, size_t size)
{
	const json_t *value = ck_json_member(object, name);
	size_t len;
	const char *text = trimmed(value, &len);

	out[0] = '\0';
	if (value != NULL && !json_is_null(value) && text == NULL)
		return false;
	if (len >= size || (len > 0 && memchr(text, '\0', len) != NULL))
		return false;
	copy_clean(out, text, len);

	return true;
}

void
ck_member_note(json_t *object, const char *name, char *out, size_t size)
{
	size_t len;
	const char *text = trimmed(ck_json_member(object, name), &len);

	copy_clean(out, text, cut(text, len, size - 1));
}

bool
ck_member_code(json_t *object, const char *name, char out[8])
{
	const json_t *value = ck_json_member(object, name);

	out[0] = '\0';
	if (json_is_integer(value) && json_integer_value(value) >= 0 &&
	    json_integer_value(value) <= 9999)
		(void)snprintf(out, 8, "%d", (int)json_integer_value(value));
	else if (!ck_member_text(object, name, out, 8))
		return false;
	if (out[0] != '\0' && strspn(out, "0123456789") == strlen(out))
		return true;
	out[0] = '\0';

	return false;
}

struct ck_date
ck_member_date(json_t *object, const char *name)
{
	struct ck_date date = { 0 };
	char text[16];

	if (!ck_member_text(object, name, text, sizeof(text)) ||
	    ck_date_parse_local(text, &date) != CK_OK)
		memset(&date, 0, sizeof(date));

	return date;
}

bool
ck_member_money(json_t *object, const char *name, int64_t *out)
{
	const json_t *value = ck_json_member(object, name);
	double sum = json_number_value(value);

	*out = 0;
	if (!json_is_number(value) || !(sum >= 0 && sum <= MONEY_MAX))
		return false;
	*out = (int64_t)(sum + 0.5);

	return true;
}
