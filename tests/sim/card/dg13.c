/*
 * dg13.c - DG13: what is printed on the Vietnamese citizen card
 *
 * SEQUENCE { version, OID ISO 10646 UTF-8, SET OF SEQUENCE { n, value } }.
 * String types follow the bytes known of a real card: numbers and dates are
 * PrintableString, words UTF8String, the expiry UTF8String too, since it may
 * hold words.
 */
#include <stdio.h>
#include <string.h>

#include "lds.h"
#include "tlv.h"

enum {
	UTF8_STRING = 0x0c,
	PRINTABLE_STRING = 0x13,
	SEQUENCE = 0x30,
	SET = 0x31
};

enum item {
	NUMBER = 1, FULL_NAME, BIRTH, SEX, NATIONALITY, ETHNICITY, RELIGION,
	ORIGIN, RESIDENCE, MARKS, ISSUED, EXPIRES, PARENTS, SPOUSE,
	OLD_NUMBER, CHIP_ID
};

/* Append SEQUENCE { n, value }; value is encoded already, maybe empty. */
static void
put_item(struct sim_bytes *out, enum item n, struct sim_span value)
{
	struct sim_bytes body = SIM_BYTES_INIT;

	sim_tlv_put_int(&body, (unsigned)n);
	sim_put(&body, value);
	sim_tlv_put(out, SEQUENCE, sim_view(&body));
	sim_bytes_free(&body);
}

static void
put_string(struct sim_bytes *out, enum item n, unsigned type,
    const char *text)
{
	struct sim_bytes value = SIM_BYTES_INIT;

	sim_tlv_put_text(&value, type, text);
	put_item(out, n, sim_view(&value));
	sim_bytes_free(&value);
}

/* An item without a value where the text is empty. */
static void
put_optional(struct sim_bytes *out, enum item n, unsigned type,
    const char *text)
{
	if (text[0] == '\0')
		put_item(out, n, sim_span(NULL, 0));
	else
		put_string(out, n, type, text);
}

/* DD/MM/YYYY, or only the part that the papers know. */
static void
put_date(struct sim_bytes *out, enum item n, unsigned type,
    const struct sim_date *date)
{
	char text[40];

	if (date->month == 0)
		snprintf(text, sizeof(text), "%04d", date->year);
	else if (date->day == 0)
		snprintf(text, sizeof(text), "%02d/%04d", date->month,
		    date->year);
	else
		snprintf(text, sizeof(text), "%02d/%02d/%04d", date->day,
		    date->month, date->year);
	put_string(out, n, type, text);
}

static void
append_wrapped_name(struct sim_bytes *out, const char *name)
{
	struct sim_bytes string = SIM_BYTES_INIT;

	sim_tlv_put_text(&string, UTF8_STRING, name);
	sim_tlv_put(out, SEQUENCE, sim_view(&string));
	sim_bytes_free(&string);
}

/* Father and mother stand as siblings, each in a sequence of its own. */
static void
put_family(struct sim_bytes *out, const struct sim_person *person)
{
	struct sim_bytes names = SIM_BYTES_INIT;

	append_wrapped_name(&names, person->father);
	append_wrapped_name(&names, person->mother);
	put_item(out, PARENTS, sim_view(&names));
	sim_bytes_clear(&names);
	if (person->spouse[0] != '\0')
		append_wrapped_name(&names, person->spouse);
	put_item(out, SPOUSE, sim_view(&names));
	sim_bytes_free(&names);
}

static void
put_items(struct sim_bytes *out, const struct sim_person *person)
{
	put_string(out, NUMBER, PRINTABLE_STRING, person->number);
	put_string(out, FULL_NAME, UTF8_STRING, person->full_name);
	put_date(out, BIRTH, PRINTABLE_STRING, &person->birth);
	put_string(out, SEX, UTF8_STRING, person->male ? "Nam" : "Nữ");
	put_string(out, NATIONALITY, UTF8_STRING, "Việt Nam");
	put_string(out, ETHNICITY, UTF8_STRING, person->ethnicity);
	put_string(out, RELIGION, UTF8_STRING, person->religion);
	put_string(out, ORIGIN, UTF8_STRING, person->origin);
	put_string(out, RESIDENCE, UTF8_STRING, person->residence);
	put_string(out, MARKS, UTF8_STRING, person->marks);
	put_date(out, ISSUED, PRINTABLE_STRING, &person->issued);
	if (person->expires.year == 0)
		put_string(out, EXPIRES, UTF8_STRING, "Không thời hạn");
	else
		put_date(out, EXPIRES, UTF8_STRING, &person->expires);
	put_family(out, person);
	put_optional(out, OLD_NUMBER, PRINTABLE_STRING, person->old_number);
	put_string(out, CHIP_ID, PRINTABLE_STRING, person->chip_id);
}

void
sim_lds_dg13(const struct sim_person *person, struct sim_bytes *out)
{
	struct sim_bytes body = SIM_BYTES_INIT, items = SIM_BYTES_INIT;

	put_items(&items, person);
	sim_tlv_put_int(&body, 1);
	sim_put_hex(&body, "0606" "28D316010008");	/* 1.0.10646.1.0.8 */
	sim_tlv_put(&body, SET, sim_view(&items));
	sim_bytes_clear(&items);
	sim_tlv_put(&items, SEQUENCE, sim_view(&body));
	sim_tlv_put(out, 0x6d, sim_view(&items));
	sim_bytes_free(&body);
	sim_bytes_free(&items);
}
