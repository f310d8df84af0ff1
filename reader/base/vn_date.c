/*
 * vn_date.c - dates as Vietnamese cards and codes write them
 */
#include <string.h>

#include "base/vn_date.h"
#include "ck/text.h"

/* D, M and Y stand for a digit of that part, anything else for itself. */
static const char *const patterns[] = {
	"DD/MM/YYYY", "DDMMYYYY", "MM/YYYY", "YYYY"
};

static bool
match(struct ck_span text, const char *pattern, struct ck_date *out)
{
	unsigned day = 0, month = 0, year = 0;
	size_t i;

	if (text.len != strlen(pattern))
		return false;
	for (i = 0; i < text.len; i++) {
		unsigned digit = text.ptr[i] - (unsigned)'0';
		bool part = strchr("DMY", pattern[i]) != NULL;

		if (part ? digit > 9 : text.ptr[i] != (uint8_t)pattern[i])
			return false;
		if (pattern[i] == 'D')
			day = day * 10 + digit;
		else if (pattern[i] == 'M')
			month = month * 10 + digit;
		else if (pattern[i] == 'Y')
			year = year * 10 + digit;
	}
	*out = (struct ck_date){
		(uint16_t)year, (uint8_t)month, (uint8_t)day
	};

	return ck_date_valid(*out);
}

enum ck_err
ck_vn_date_parse(struct ck_span text, struct ck_date *out)
{
	size_t i;

	*out = (struct ck_date){ 0 };
	text = ck_text_trim(text);
	if (text.len == 0)
		return CK_OK;
	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		if (match(text, patterns[i], out))
			return CK_OK;
	}
	*out = (struct ck_date){ 0 };

	return CK_ERR_FILE_MALFORMED;
}
