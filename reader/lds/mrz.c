/*
 * mrz.c - the machine readable zone of TD1, TD2 and TD3 documents
 *
 * One table says where the fields of each size lie; the rest is common.
 */
#include <string.h>

#include "lds/mrz.h"

/* Rounds of the composite check digit: up to four stretches of the zone. */
#define STRETCHES_MAX 4

struct field {
	uint8_t at;
	uint8_t len;
};

/* Positions count from 0 over the lines put end to end. */
struct layout {
	size_t len;
	struct field name;
	struct field number;		/* its check digit follows */
	struct field nationality;
	struct field birth;		/* its check digit follows */
	struct field sex;
	struct field expiry;		/* its check digit follows */
	struct field optional;
	bool optional_checked;		/* TD3: a check digit follows it */
	uint8_t composite;
	struct field covered[STRETCHES_MAX];	/* by the composite */
};

static const struct layout layouts[] = {
	{	/* 9303-5 §4.2.2 */
		.len = CK_MRZ_TD1_LEN, .name = { 60, 30 },
		.number = { 5, 9 }, .nationality = { 45, 3 },
		.birth = { 30, 6 }, .sex = { 37, 1 }, .expiry = { 38, 6 },
		.optional = { 15, 15 }, .composite = 59,
		.covered = { { 5, 25 }, { 30, 7 }, { 38, 7 }, { 48, 11 } }
	},
	{	/* 9303-6 §4.2.2 */
		.len = CK_MRZ_TD2_LEN, .name = { 5, 31 },
		.number = { 36, 9 }, .nationality = { 46, 3 },
		.birth = { 49, 6 }, .sex = { 56, 1 }, .expiry = { 57, 6 },
		.optional = { 64, 7 }, .composite = 71,
		.covered = { { 36, 10 }, { 49, 7 }, { 57, 14 } }
	},
	{	/* 9303-4 §4.2.2 */
		.len = CK_MRZ_TD3_LEN, .name = { 5, 39 },
		.number = { 44, 9 }, .nationality = { 54, 3 },
		.birth = { 57, 6 }, .sex = { 64, 1 }, .expiry = { 65, 6 },
		.optional = { 72, 14 }, .optional_checked = true,
		.composite = 87,
		.covered = { { 44, 10 }, { 57, 7 }, { 65, 22 } }
	}
};

static int
character_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;

	return c == '<' ? 0 : -1;
}

/* Sum of values times weights, going on at position from. 9303-3 §4.9 */
static int
weighted_sum(struct ck_span text, size_t from)
{
	static const int weights[] = { 7, 3, 1 };
	int sum = 0;
	size_t i;

	for (i = 0; i < text.len; i++) {
		int value = character_value(text.ptr[i]);

		if (value < 0)
			return -1;
		sum += value * weights[(from + i) % 3];
	}

	return sum;
}

int
ck_mrz_check_digit(struct ck_span text)
{
	int sum = weighted_sum(text, 0);

	return sum < 0 ? -1 : sum % 10;
}

static struct ck_span
part(struct ck_span text, struct field field)
{
	return ck_span_slice(text, field.at, field.len);
}

static bool
digit_matches(uint8_t c, struct ck_span text)
{
	return c == '0' + ck_mrz_check_digit(text);
}

static bool
is_filler(struct ck_span text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (text.ptr[i] != '<')
			return false;
	}

	return true;
}

static bool
field_checks(struct ck_span text, struct field field)
{
	return digit_matches(text.ptr[field.at + field.len],
	    part(text, field));
}

static bool
composite_checks(struct ck_span text, const struct layout *layout)
{
	size_t i, from = 0;
	int sum = 0;

	for (i = 0; i < STRETCHES_MAX; i++) {
		sum += weighted_sum(part(text, layout->covered[i]), from);
		from += layout->covered[i].len;
	}

	return text.ptr[layout->composite] == '0' + sum % 10;
}

/* 9303-4 §4.2.2.2: filler may stand for the digit of empty optional data. */
static bool
optional_checks(struct ck_span text, const struct layout *layout)
{
	struct ck_span optional = part(text, layout->optional);
	uint8_t digit = text.ptr[layout->optional.at + layout->optional.len];

	if (!layout->optional_checked || (digit == '<' && is_filler(optional)))
		return true;

	return digit_matches(digit, optional);
}

/* Copy up to the first filler; the rest must be filler. */
static bool
copy_code(struct ck_span text, char *out)
{
	size_t i;

	for (i = 0; i < text.len && text.ptr[i] != '<'; i++)
		out[i] = (char)text.ptr[i];
	out[i] = '\0';

	return is_filler(ck_span_slice(text, i, text.len));
}

/*
 * Filler may stand inside a document number, so only its tail is dropped.
 */
static void
copy_without_tail(struct ck_span text, char *out)
{
	while (text.len > 0 && text.ptr[text.len - 1] == '<')
		text.len--;
	if (text.len > 0)
		memcpy(out, text.ptr, text.len);
	out[text.len] = '\0';
}

/*
 * 9303-5 §4.2.2 note j, 9303-6 likewise: a number of more than nine characters
 * goes on in the optional data, there followed by its check digit and filler.
 */
static bool
read_long_number(struct ck_span text, const struct layout *layout,
    struct ck_mrz *out)
{
	uint8_t joined[9 + 15];
	struct ck_span first = part(text, layout->number);
	struct ck_span rest = part(text, layout->optional);
	size_t len = 0;

	while (len < rest.len && rest.ptr[len] != '<')
		len++;
	if (len < 2 || len == rest.len)
		return false;
	memcpy(joined, first.ptr, first.len);
	memcpy(joined + first.len, rest.ptr, len - 1);
	copy_without_tail(ck_span_of(joined, first.len + len - 1),
	    out->document_number);

	return digit_matches(rest.ptr[len - 1],
	    ck_span_of(joined, first.len + len - 1));
}

static bool
read_document_number(struct ck_span text, const struct layout *layout,
    struct ck_mrz *out)
{
	struct ck_span number = part(text, layout->number);
	uint8_t digit = text.ptr[layout->number.at + layout->number.len];

	if (digit == '<' && !layout->optional_checked && !is_filler(number))
		return read_long_number(text, layout, out);
	copy_without_tail(number, out->document_number);

	return digit_matches(digit, number);
}

/*
 * A Vietnamese document carries the 12-digit number as optional data; on the
 * citizen card its own check digit closes the field.
 */
static bool
read_vnm_number(struct ck_span text, const struct layout *layout,
    struct ck_mrz *out)
{
	struct ck_span optional = part(text, layout->optional);
	struct ck_span number = ck_span_slice(optional, 0, 12);
	uint8_t digit;
	size_t i;

	if (strcmp(out->issuing_state, "VNM") != 0 || optional.len < 12)
		return true;
	for (i = 0; i < number.len; i++) {
		if (number.ptr[i] < '0' || number.ptr[i] > '9')
			return true;
	}
	memcpy(out->number, number.ptr, number.len);
	out->number[number.len] = '\0';
	digit = optional.ptr[optional.len - 1];

	return layout->optional_checked || digit == '<' ||
	    digit_matches(digit, number);
}

/* Two digits, or 0 for filler or zeros: an unknown part. -1 otherwise. */
static int
two_digits(struct ck_span text, size_t at)
{
	int high = text.ptr[at] - '0', low = text.ptr[at + 1] - '0';

	if (is_filler(ck_span_slice(text, at, 2)))
		return 0;
	if (high < 0 || high > 9 || low < 0 || low > 9)
		return -1;

	return high * 10 + low;
}

/* YYMMDD with filler for unknown parts, 9303-3 §4.8; century still open. */
static bool
read_date(struct ck_span text, unsigned century, struct ck_date *out)
{
	int year = two_digits(text, 0), month = two_digits(text, 2);
	int day = two_digits(text, 4);

	*out = (struct ck_date){ 0 };
	if (is_filler(text))
		return true;
	if (year < 0 || month < 0 || day < 0 ||
	    is_filler(ck_span_slice(text, 0, 2)))
		return false;
	out->year = (uint16_t)(century * 100 + (unsigned)year);
	out->month = (uint8_t)month;
	out->day = (uint8_t)day;

	return ck_date_valid(*out);
}

/* Decree 137/2015 art. 13: century and sex, then the year, in digits 4-6. */
static unsigned
vnm_century(const struct ck_mrz *mrz, struct ck_span birth)
{
	if (mrz->number[0] == '\0' ||
	    memcmp(mrz->number + 4, birth.ptr, 2) != 0)
		return 0;

	return 19U + (unsigned)(mrz->number[3] - '0') / 2U;
}

static bool
read_birth(struct ck_span birth, struct ck_date today, struct ck_mrz *out)
{
	unsigned century = vnm_century(out, birth);

	if (century != 0)
		return read_date(birth, century, &out->date_of_birth);
	if (!read_date(birth, 20, &out->date_of_birth))
		return read_date(birth, 19, &out->date_of_birth);
	if (ck_date_compare(out->date_of_birth, today) > 0)
		return read_date(birth, 19, &out->date_of_birth);

	return true;
}

static bool
read_expiry(struct ck_span expiry, struct ck_mrz *out)
{
	out->no_expiry = strcmp(out->issuing_state, "VNM") == 0 &&
	    ck_span_equal(expiry, ck_span_str("991231"));

	return read_date(expiry, 20, &out->expiry_date);
}

static bool
read_sex(uint8_t c, struct ck_mrz *out)
{
	if (c != 'M' && c != 'F' && c != '<' && c != 'X')
		return false;
	out->sex = c == '<' ? 'X' : (char)c;

	return true;
}

/* Filler between names becomes one space; primary identifier first. */
static bool
read_name(struct ck_span text, struct ck_mrz *out)
{
	size_t i, len = 0;

	for (i = 0; i < text.len; i++) {
		if (text.ptr[i] != '<')
			out->name[len++] = (char)text.ptr[i];
		else if (len > 0 && out->name[len - 1] != ' ')
			out->name[len++] = ' ';
	}
	while (len > 0 && out->name[len - 1] == ' ')
		len--;
	out->name[len] = '\0';

	return len > 0;
}

static bool
check_digits_hold(struct ck_span text, const struct layout *layout)
{
	return weighted_sum(text, 0) >= 0 &&
	    field_checks(text, layout->birth) &&
	    field_checks(text, layout->expiry) &&
	    optional_checks(text, layout) && composite_checks(text, layout);
}

static bool
read_fields(struct ck_span text, const struct layout *layout,
    struct ck_date today, struct ck_mrz *out)
{
	memcpy(out->text, text.ptr, text.len);

	return copy_code(ck_span_slice(text, 0, 2), out->document_code) &&
	    copy_code(ck_span_slice(text, 2, 3), out->issuing_state) &&
	    copy_code(part(text, layout->nationality), out->nationality) &&
	    out->document_code[0] >= 'A' &&
	    read_document_number(text, layout, out) &&
	    read_vnm_number(text, layout, out) &&
	    read_birth(part(text, layout->birth), today, out) &&
	    read_sex(text.ptr[layout->sex.at], out) &&
	    read_expiry(part(text, layout->expiry), out) &&
	    read_name(part(text, layout->name), out);
}

enum ck_err
ck_mrz_parse(struct ck_span text, struct ck_date today, struct ck_mrz *out)
{
	size_t i;

	ck_mrz_wipe(out);
	for (i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		if (text.len != layouts[i].len)
			continue;
		if (check_digits_hold(text, &layouts[i]) &&
		    read_fields(text, &layouts[i], today, out))
			return CK_OK;
	}
	ck_mrz_wipe(out);

	return CK_ERR_FILE_MALFORMED;
}

void
ck_mrz_identity(const struct ck_mrz *mrz, struct ck_identity *out)
{
	ck_identity_wipe(out);
	memcpy(out->number, mrz->number, sizeof(mrz->number));
	memcpy(out->full_name, mrz->name, sizeof(mrz->name));
	memcpy(out->nationality, mrz->nationality, sizeof(mrz->nationality));
	out->date_of_birth = mrz->date_of_birth;
	out->sex = mrz->sex;
	out->no_expiry = mrz->no_expiry;
	if (!mrz->no_expiry)
		out->expiry_date = mrz->expiry_date;
}

void
ck_mrz_wipe(struct ck_mrz *mrz)
{
	explicit_bzero(mrz, sizeof(*mrz));
}
