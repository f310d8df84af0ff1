/*
 * mrz.c - the machine readable zone of the identity card
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "mrz.h"

#define LINE 30
#define LINE_TD3 44

static unsigned
value_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A') + 10;

	return 0;
}

char
sim_mrz_check_digit(const char *text, size_t len)
{
	static const unsigned weights[] = { 7, 3, 1 };
	unsigned sum = 0;
	size_t i;

	for (i = 0; i < len; i++)
		sum += value_of(text[i]) * weights[i % 3];

	return (char)('0' + sum % 10);
}

/*
 * The plain letter of a Vietnamese one. The block U+1EA0 to U+1EF9 holds the
 * letters with tones, in runs that share a base letter.
 */
static char
base_letter(unsigned code)
{
	static const struct {
		unsigned first, last;
		char letter;
	} runs[] = {
		{ 0xc0, 0xc5, 'A' }, { 0xc8, 0xcb, 'E' }, { 0xcc, 0xcf, 'I' },
		{ 0xd2, 0xd6, 'O' }, { 0xd9, 0xdc, 'U' }, { 0xdd, 0xdd, 'Y' },
		{ 0xe0, 0xe5, 'A' }, { 0xe8, 0xeb, 'E' }, { 0xec, 0xef, 'I' },
		{ 0xf2, 0xf6, 'O' }, { 0xf9, 0xfc, 'U' }, { 0xfd, 0xfd, 'Y' },
		{ 0x102, 0x103, 'A' }, { 0x110, 0x111, 'D' },
		{ 0x128, 0x129, 'I' }, { 0x168, 0x169, 'U' },
		{ 0x1a0, 0x1a1, 'O' }, { 0x1af, 0x1b0, 'U' },
		{ 0x1ea0, 0x1eb7, 'A' }, { 0x1eb8, 0x1ec7, 'E' },
		{ 0x1ec8, 0x1ecb, 'I' }, { 0x1ecc, 0x1ee3, 'O' },
		{ 0x1ee4, 0x1ef1, 'U' }, { 0x1ef2, 0x1ef9, 'Y' },
	};
	size_t i;

	if (code < 0x80 && isalpha((int)code))
		return (char)toupper((int)code);
	for (i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		if (code >= runs[i].first && code <= runs[i].last)
			return runs[i].letter;
	}

	return '<';
}

/* Take one UTF-8 character of at most three bytes: names hold no others. */
static unsigned
take_char(const char **text)
{
	const unsigned char *p = (const unsigned char *)*text;
	unsigned extra = p[0] >= 0xe0 ? 2 : p[0] >= 0xc0 ? 1 : 0;
	unsigned code = extra == 2 ? p[0] & 0x0fu : extra == 1 ? p[0] & 0x1fu
							       : p[0];
	unsigned i;

	for (i = 1; i <= extra && p[i] != 0; i++)
		code = code << 6 | (p[i] & 0x3fu);
	*text += i;

	return code;
}

void
sim_mrz_letters(const char *name, char *out, size_t size)
{
	size_t len = 0;

	while (*name != '\0' && len + 1 < size)
		out[len++] = base_letter(take_char(&name));
	out[len] = '\0';
}

/* Two characters of a date, or fillers where the papers know none. */
static void
put_two(char *out, int value, bool known)
{
	out[0] = (char)(known ? '0' + value / 10 % 10 : '<');
	out[1] = (char)(known ? '0' + value % 10 : '<');
}

/* YYMMDD and its check digit. */
static void
put_date(char out[7], const struct sim_date *date)
{
	put_two(out, date->year, true);
	put_two(out + 2, date->month, date->month != 0);
	put_two(out + 4, date->day, date->day != 0);
	out[6] = sim_mrz_check_digit(out, 6);
}

/* SURNAME<<MIDDLE<GIVEN, cut to the line. */
static void
put_name(char out[LINE], const char *full_name)
{
	char letters[128];
	size_t i, at = 0;
	bool surname = true;

	sim_mrz_letters(full_name, letters, sizeof(letters));
	for (i = 0; letters[i] != '\0' && at < LINE; i++) {
		out[at++] = letters[i];
		if (surname && letters[i] == '<' && at < LINE) {
			out[at++] = '<';
			surname = false;
		}
	}
}

/* Upper line 6-30, then the digits of the middle line. 9303-5 §4.2.4 */
static char
composite(const char *mrz)
{
	char all[128];
	const char *second = mrz + LINE;
	int len;

	len = snprintf(all, sizeof(all), "%.25s%.7s%.7s%.11s", mrz + 5, second,
	    second + 8, second + 18);

	return sim_mrz_check_digit(all, (size_t)len);
}

void
sim_mrz_td1(const struct sim_person *person, char out[SIM_TD1_LEN + 1])
{
	/* "No expiry" is written as the last day of 1999: card.md, BAC key */
	static const struct sim_date never = { 1999, 12, 31 };
	const struct sim_date *expires =
	    person->expires.year != 0 ? &person->expires : &never;
	const char *number = person->number;

	memset(out, '<', SIM_TD1_LEN);
	out[SIM_TD1_LEN] = '\0';
	memcpy(out, "IDVNM", 5);
	memcpy(out + 5, number + 3, 9);
	out[14] = sim_mrz_check_digit(number + 3, 9);
	memcpy(out + 15, number, 12);
	out[29] = sim_mrz_check_digit(number, 12);
	put_date(out + LINE, &person->birth);
	out[LINE + 7] = person->male ? 'M' : 'F';
	put_date(out + LINE + 8, expires);
	memcpy(out + LINE + 15, "VNM", 3);
	put_name(out + 2 * LINE, person->full_name);
	out[LINE + 29] = composite(out);
}

void
sim_mrz_td3(char out[SIM_TD3_LEN + 1])
{
	char all[40], *second = out + LINE_TD3;
	int len;

	memset(out, '<', SIM_TD3_LEN);
	out[SIM_TD3_LEN] = '\0';
	memcpy(out, "P<UTOTRAVELLER<<TESSA<MARIA", 27);
	memcpy(second, "X12345678", 9);
	second[9] = sim_mrz_check_digit(second, 9);
	memcpy(second + 10, "UTO" "850317", 9);
	second[19] = sim_mrz_check_digit(second + 13, 6);
	memcpy(second + 20, "F" "341231", 7);
	second[27] = sim_mrz_check_digit(second + 21, 6);
	second[42] = sim_mrz_check_digit(second + 28, 14);
	len = snprintf(all, sizeof(all), "%.10s%.7s%.22s", second, second + 13,
	    second + 21);
	second[43] = sim_mrz_check_digit(all, (size_t)len);
}

bool
sim_mrz_info(struct sim_span mrz, char out[SIM_MRZ_INFO_LEN + 1])
{
	const char *text = (const char *)mrz.ptr;

	if (mrz.len == SIM_TD1_LEN) {
		memcpy(out, text + 5, 10);
		memcpy(out + 10, text + LINE, 7);
		memcpy(out + 17, text + LINE + 8, 7);
	} else if (mrz.len == SIM_TD3_LEN) {
		memcpy(out, text + 44, 10);
		memcpy(out + 10, text + 44 + 13, 7);
		memcpy(out + 17, text + 44 + 21, 7);
	} else {
		return false;
	}
	out[SIM_MRZ_INFO_LEN] = '\0';

	return true;
}
