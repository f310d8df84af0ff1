/*
 * listing.c - the population as JSON lines
 */
#include <jansson.h>

#include "../people/dates.h"
#include "listing.h"

static json_t *
date_new(struct sim_date date)
{
	char text[SIM_DATE_LEN];

	sim_date_text(date, text);
	return json_string(text);
}

static json_t *
card_new(const struct sim_insurance *card)
{
	if (card->number[0] == '\0')
		return json_null();
	return json_pack("{s:s, s:s, s:o, s:o}", "number", card->number,
	    "facility", card->facility, "from", date_new(card->from), "to",
	    date_new(card->to));
}

static json_t *
identity_new(const struct sim_person *person)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:s,"
	    " s:o, s:o}", "label", person->label, "note", person->note,
	    "number", person->number, "old_number", person->old_number,
	    "name", person->full_name, "birth", date_new(person->birth),
	    "sex", person->male ? "M" : "F", "ethnicity", person->ethnicity,
	    "origin", person->origin, "residence", person->residence,
	    "issued", date_new(person->issued), "expires",
	    date_new(person->expires));
}

static json_t *
insurance_new(const struct sim_person *person)
{
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:s, s:o, s:s, s:o}",
	    "code", person->code, "code_by_insurance",
	    person->code_by_insurance, "insurance_number",
	    person->insurance_number, "card", card_new(&person->card),
	    "new_card", card_new(&person->new_card), "area", person->area,
	    "five_years", date_new(person->five_years), "gateway_name",
	    person->gateway_name, "gateway_birth",
	    date_new(person->gateway_birth));
}

static bool
write_person(const struct sim_person *person, FILE *out)
{
	char qr[512], bhyt_qr[2048];
	json_t *json = identity_new(person);
	bool written;

	sim_person_qr(person, qr, sizeof(qr));
	sim_person_bhyt_qr(person, bhyt_qr, sizeof(bhyt_qr));
	json_object_update_new(json, insurance_new(person));
	json_object_set_new(json, "qr", json_string(qr));
	json_object_set_new(json, "bhyt_qr", json_string(bhyt_qr));
	written = json_dumpf(json, out, JSON_COMPACT) == 0 &&
	    fputc('\n', out) != EOF;
	json_decref(json);
	return written;
}

bool
sim_listing_write(uint32_t seed, FILE *out)
{
	unsigned i;

	for (i = 0; i < sim_people_count(); i++) {
		struct sim_person person;

		sim_person_at(seed, i, &person);
		if (!write_person(&person, out))
			return false;
	}
	return fflush(out) == 0;
}
