/*
 * qr.c - what the codes printed on the cards say
 */
#include <stdio.h>
#include <string.h>

#include "dates.h"
#include "people.h"
#include "places.h"
#include "text.h"

#define OFFICE "Bảo hiểm xã hội mẫu"

/* DDMMYYYY, or the year alone where no more is known. */
static void
date_without_slashes(struct sim_date date, char out[SIM_DATE_LEN])
{
	char *from, *to;

	sim_date_text(date, out);
	for (from = to = out; *from != '\0'; from++) {
		if (*from != '/')
			*to++ = *from;
	}
	*to = '\0';
}

void
sim_person_qr(const struct sim_person *person, char *out, size_t size)
{
	char birth[SIM_DATE_LEN], issued[SIM_DATE_LEN];
	char name[sizeof(person->full_name)];

	sim_text_title(person->full_name, name, sizeof(name));
	date_without_slashes(person->birth, birth);
	date_without_slashes(person->issued, issued);
	snprintf(out, size, "%s|%s|%s|%s|%s|%s|%s", person->number,
	    person->old_number, name, birth,
	    person->male ? "Nam" : "Nữ", person->residence, issued);
}

/* The card in the patient's hand: the new one once the old one is over. */
static const struct sim_insurance *
paper_card(const struct sim_person *person)
{
	bool over = sim_date_compare(person->card.to, sim_today()) < 0;

	return over && person->new_card.number[0] != '\0' ?
	    &person->new_card : &person->card;
}

void
sim_person_bhyt_qr(const struct sim_person *person, char *out, size_t size)
{
	const struct sim_insurance *card = paper_card(person);
	bool ten_digits = person->index % 2 == 1;
	char name[2 * sizeof(person->full_name)];
	char address[2 * sizeof(person->residence)] = "-";
	char birth[SIM_DATE_LEN], from[SIM_DATE_LEN], to[SIM_DATE_LEN];
	char five_years[SIM_DATE_LEN], office[64];
	size_t used;

	out[0] = '\0';
	if (card->number[0] == '\0')
		return;
	sim_text_hex(person->gateway_name, name, sizeof(name));
	if (person->residence[0] != '\0')
		sim_text_hex(person->residence, address, sizeof(address));
	sim_date_text(person->gateway_birth, birth);
	sim_date_text(card->from, from);
	sim_date_text(card->to, to);
	sim_date_text(person->five_years, five_years);
	snprintf(out, size, "%s|%s|%s|%c|%s|84 - %s|%s|%s|%s|8401%s|-|%s| %s|"
	    "%s-8401|", ten_digits ? person->insurance_number : card->number,
	    name, birth, person->male ? '1' : '2', address,
	    card->facility + 2, from, to, from, person->insurance_number,
	    person->area[0] != '\0' ? person->area + 1 : "-",
	    five_years[0] != '\0' ? five_years : "-", person->chip_id);
	sim_text_hex(OFFICE, office, sizeof(office));
	used = strlen(out);
	if (ten_digits)
		snprintf(out + used, size - used, "%c|%s|$", card->number[2],
		    office);
	else
		snprintf(out + used, size - used, "$");
}
