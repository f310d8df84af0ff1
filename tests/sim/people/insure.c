/*
 * insure.c - insurance cards of the synthetic people
 *
 * Card number: group letters, benefit digit, province, ten digits of the
 * insurance number. Which digit goes with which letters: Decision 1314/QĐ-
 * BHXH and later; the digit, not the letters, decides the coverage.
 */
#include <stdio.h>
#include <string.h>

#include "dates.h"
#include "insure.h"

#define BORN_FOR_TE 2021	/* children under six have TE cards */
#define BORN_FOR_HS 2008	/* pupils */
#define BORN_FOR_HT 1964	/* pensioners */

static const char *
draw_group(const struct sim_person *person, struct sim_random *random)
{
	static const char *const adult[] = {
		"GD4", "GD4", "GD4", "DN4", "DN4", "HN2", "CN3", "HC4"
	};
	static const char *const old[] = { "GD4", "HT3", "BT2", "CC1" };

	if (strcmp(person->code, "001") == 0)
		return "QN5";
	if (strcmp(person->code, "002") == 0)
		return "CA5";
	if (person->birth.year >= BORN_FOR_TE)
		return "TE1";
	if (person->birth.year >= BORN_FOR_HS)
		return "HS4";
	if (person->birth.year < BORN_FOR_HT)
		return old[sim_random_below(random, 4)];
	if (strcmp(person->ethnicity, "Khmer") == 0 &&
	    sim_random_below(random, 2) == 0)
		return "DT2";
	return adult[sim_random_below(random, 8)];
}

/* Ministry of Defence cards carry 97 in place of the province. */
static void
number_card(const struct sim_person *person, const char *group,
    struct sim_insurance *card)
{
	const char *province = strcmp(group, "QN5") == 0 ? "97" : "84";

	snprintf(card->number, sizeof(card->number), "%s%s%s", group,
	    province, person->insurance_number);
}

static void
whole_year(struct sim_insurance *card, int year)
{
	card->from = (struct sim_date){ year, 1, 1 };
	card->to = (struct sim_date){ year, 12, 31 };
}

/* A second card with another group: the person changed jobs. */
static void
add_new_card(struct sim_person *person)
{
	const char *group = strncmp(person->card.number, "DN4", 3) == 0 ?
	    "GD4" : "DN4";

	person->new_card = person->card;
	number_card(person, group, &person->new_card);
	strcpy(person->new_card.facility, "84001");
}

static bool
has_code(const struct sim_person *person, const char *code)
{
	return strcmp(person->code, code) == 0;
}

/* Periods that fit what the code says about the card, as of today. */
static void
set_periods(struct sim_person *person)
{
	struct sim_date today = sim_today();

	whole_year(&person->card, today.year);
	if (has_code(person, "010") || has_code(person, "003"))
		whole_year(&person->card, today.year - 1);
	if (has_code(person, "003") || has_code(person, "121"))
		add_new_card(person);
	if (has_code(person, "003"))
		whole_year(&person->new_card, today.year);
	if (strncmp(person->code, "12", 2) == 0) /* reduced: it has ended */
		person->card.to = sim_date_plus(today, -30);
	if (has_code(person, "121"))
		person->new_card.from = sim_date_plus(today, -29);
	if (has_code(person, "004")) {
		add_new_card(person);
		person->card.to = sim_date_plus(today, 10);
		person->new_card.from = sim_date_plus(today, 11);
		person->new_card.to = sim_date_plus(today, 375);
	}
	if (sim_date_compare(person->card.from, person->card.to) > 0)
		person->card.from = (struct sim_date){
		    person->card.to.year, 1, 1 };
}

/* What the insurer has on file where it differs from the identity card. */
static void
set_record(struct sim_person *person)
{
	if (has_code(person, "060"))
		snprintf(person->gateway_name, sizeof(person->gateway_name),
		    "%s", person->male ? "Tô Văn Khác" : "Tô Thị Khác");
	if (has_code(person, "061"))
		strcat(person->gateway_name, " Em");
	if (has_code(person, "070")) {
		person->gateway_birth.year -= 1;
		person->gateway_birth.month =
		    person->gateway_birth.month % 12 + 1;
	}
}

void
sim_insure(struct sim_person *person, struct sim_random *random)
{
	static const char *const areas[] = { "", "", "K1", "K2", "K3" };
	const char *group = draw_group(person, random);
	unsigned area = sim_random_below(random, 5);
	unsigned since = sim_random_below(random, 8);

	set_record(person);
	if (has_code(person, "050") &&
	    strcmp(person->code_by_insurance, "050") == 0) {
		memset(&person->card, 0, sizeof(person->card));
		person->insurance_number[0] = '\0';
		return;
	}
	number_card(person, group, &person->card);
	set_periods(person);
	strcpy(person->area, areas[area]);
	if (since != 0)
		person->five_years = (struct sim_date){
		    2020 + (int)since, 6, 1 };
}
