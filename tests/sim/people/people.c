/*
 * people.c - a seeded population of people who do not exist
 *
 * Numbers are a permutation of the index, so that they are unique and lead
 * back to the index without a table; even the last six digits (the CAN) are
 * unique. All else is drawn from a generator seeded with seed and index.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dates.h"
#include "insure.h"
#include "names.h"
#include "people.h"
#include "places.h"
#include "random.h"
#include "scripted.h"
#include "text.h"

#define POPULATION 10000U

/* STEP * BACK = 1 modulo the range, so the permutation can be undone. */
#define TAIL_RANGE UINT64_C(1000000)		/* last six digits */
#define INSURANCE_RANGE UINT64_C(100000000)	/* last eight digits */
#define STEP UINT64_C(387421)
#define TAIL_BACK UINT64_C(140981)
#define INSURANCE_BACK UINT64_C(61140981)

#define LAST_REISSUE 2028 /* no card ends before: they shall still be valid */

unsigned
sim_people_count(void)
{
	return POPULATION;
}

static uint64_t
scatter(uint32_t seed, unsigned index, uint64_t range)
{
	return (index * STEP + seed * UINT64_C(7919)) % range;
}

static uint64_t
gather(uint32_t seed, uint64_t value, uint64_t range, uint64_t back)
{
	uint64_t offset = seed * UINT64_C(7919) % range;

	return (value + range - offset) % range * back % range;
}

/* Decree 137/2015 Art. 13: province, century and sex, year, six digits. */
static void
number_person(struct sim_person *person)
{
	int century = (person->birth.year - 1900) / 100;

	snprintf(person->number, sizeof(person->number), "084%01u%02u%06u",
	    (unsigned)(century * 2 + (person->male ? 0 : 1)) % 10,
	    (unsigned)person->birth.year % 100,
	    (unsigned)scatter(person->seed, person->index, TAIL_RANGE));
	snprintf(person->insurance_number, sizeof(person->insurance_number),
	    "84%08u", (unsigned)scatter(person->seed, person->index,
	    INSURANCE_RANGE));
}

/* Days stop at 28: a birthday that exists every year. */
static void
draw_birth(struct sim_person *person, int year, struct sim_random *random)
{
	person->birth.year = year != 0 ? year :
	    1940 + (int)sim_random_below(random, 70);
	person->birth.month = 1 + (int)sim_random_below(random, 12);
	person->birth.day = 1 + (int)sim_random_below(random, 28);
	person->gateway_birth = person->birth;
}

/* Issued 2021 to 2025; those which would be over by now were renewed. */
static void
draw_validity(struct sim_person *person, struct sim_random *random)
{
	person->issued.year = 2021 + (int)sim_random_below(random, 5);
	person->issued.month = 1 + (int)sim_random_below(random, 12);
	person->issued.day = 1 + (int)sim_random_below(random, 28);
	if (person->birth.year >= 2007) /* no CCCD below 14; CC since 2024 */
		person->issued.year = 2025;
	person->expires = sim_card_expiry(person->birth, person->issued);
	if (person->expires.year != 0 && person->expires.year < LAST_REISSUE) {
		person->issued.year = 2026;
		person->issued.month = 2;
		person->expires = sim_card_expiry(person->birth,
		    person->issued);
	}
}

static void
draw_names(struct sim_person *person, enum sim_ethnicity ethnicity,
    struct sim_random *random)
{
	const char *surname = sim_surname_draw(ethnicity, random);
	char name[sizeof(person->full_name)];

	sim_name_draw(surname, ethnicity, person->male, random,
	    person->gateway_name, sizeof(person->gateway_name));
	sim_text_upper(person->gateway_name, person->full_name,
	    sizeof(person->full_name));
	sim_name_draw(surname, ethnicity, true, random, name, sizeof(name));
	sim_text_upper(name, person->father, sizeof(person->father));
	sim_name_draw(sim_surname_draw(ethnicity, random), ethnicity, false,
	    random, name, sizeof(name));
	sim_text_upper(name, person->mother, sizeof(person->mother));
	sim_name_draw(sim_surname_draw(ethnicity, random), ethnicity,
	    !person->male, random, name, sizeof(name));
	if (sim_random_below(random, 3) != 0 && person->birth.year < 2000)
		sim_text_upper(name, person->spouse, sizeof(person->spouse));
	strcpy(person->ethnicity, sim_ethnicity_text(ethnicity));
	strcpy(person->religion, ethnicity == SIM_KHMER ? "Phật giáo" :
	    "Không");
}

static void
draw_places(struct sim_person *person, struct sim_random *random)
{
	const struct sim_place *home = sim_place_draw(random);
	unsigned style = sim_random_below(random, 20);

	sim_place_origin(sim_place_draw(random), person->origin,
	    sizeof(person->origin));
	if (style < 7)
		sim_place_residence_long(home, random, person->residence,
		    sizeof(person->residence));
	else if (style != 19)
		sim_place_residence(home, random, person->residence,
		    sizeof(person->residence));
	strcpy(person->card.facility, home->facility);
}

static void
draw_rest(struct sim_person *person, struct sim_random *random)
{
	static const char *const marks[] = {
		"Nốt ruồi C:2cm dưới trước đuôi mắt trái",
		"Sẹo chấm C:1cm5 trên sau cánh mũi phải",
		"Nốt ruồi C:3cm trên trước khóe miệng trái", "Không"
	};

	strcpy(person->marks, marks[sim_random_below(random, 4)]);
	if (person->birth.year < 2001 && sim_random_below(random, 4) != 0)
		snprintf(person->old_number, sizeof(person->old_number),
		    "334%06u", sim_random_below(random, 1000000));
	snprintf(person->chip_id, sizeof(person->chip_id), "%016llX",
	    (unsigned long long)sim_random_next(random));
}

/* Codes of the unscripted, in per mille; the rest is covered. */
static void
draw_codes(struct sim_person *person, struct sim_random *random)
{
	static const struct {
		unsigned per_mille;
		const char *code, *by_insurance;
	} rows[] = {
		{ 30, "050", "000" }, { 20, "050", "050" },
		{ 20, "010", "010" }, { 10, "003", "003" },
		{ 5, "004", "004" }, { 8, "060", "060" }, { 7, "061", "061" },
		{ 10, "070", "070" }, { 5, "121", "121" }, { 5, "124", "124" }
	};
	unsigned roll = sim_random_below(random, 1000);
	unsigned i;

	strcpy(person->code, "000");
	strcpy(person->code_by_insurance, "000");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (roll < rows[i].per_mille) {
			strcpy(person->code, rows[i].code);
			strcpy(person->code_by_insurance,
			    rows[i].by_insurance);
			return;
		}
		roll -= rows[i].per_mille;
	}
}

static void
set_story(struct sim_person *person, const struct sim_script *script,
    struct sim_random *random)
{
	draw_codes(person, random);
	snprintf(person->label, sizeof(person->label), "p%05u", person->index);
	if (script == NULL)
		return;
	snprintf(person->label, sizeof(person->label), "%s", script->label);
	snprintf(person->note, sizeof(person->note), "%s", script->note);
	strcpy(person->code, script->code);
	strcpy(person->code_by_insurance, script->code_by_insurance != NULL ?
	    script->code_by_insurance : script->code);
}

void
sim_person_at(uint32_t seed, unsigned index, struct sim_person *out)
{
	struct sim_random random = { (uint64_t)seed << 32 | index };
	const struct sim_script *script = sim_script_at(index);
	enum sim_ethnicity ethnicity = sim_ethnicity_draw(&random);

	memset(out, 0, sizeof(*out));
	out->seed = seed;
	out->index = index;
	out->male = sim_random_below(&random, 2) == 1;
	if (script != NULL && script->ethnicity != 0)
		ethnicity = (enum sim_ethnicity)(script->ethnicity - 1);
	draw_birth(out, script != NULL ? script->birth_year : 0, &random);
	draw_validity(out, &random);
	draw_names(out, ethnicity, &random);
	draw_places(out, &random);
	draw_rest(out, &random);
	set_story(out, script, &random);
	number_person(out);
	sim_insure(out, &random);
	if (script != NULL && script->finish != NULL)
		script->finish(out);
}

/* The index that a key would have; POPULATION or more when it has none. */
static uint64_t
index_of(uint32_t seed, const char *key)
{
	size_t length = strlen(key);
	unsigned i;

	if (strspn(key, "0123456789") == length && length == 12)
		return gather(seed, strtoull(key + 6, NULL, 10), TAIL_RANGE,
		    TAIL_BACK);
	if (strspn(key, "0123456789") == length && length == 10)
		return gather(seed, strtoull(key + 2, NULL, 10),
		    INSURANCE_RANGE, INSURANCE_BACK);
	if (length == 6 && key[0] == 'p')
		return strtoull(key + 1, NULL, 10);
	for (i = 0; i < sim_people_scripted(); i++) {
		if (strcmp(key, sim_script_at(i)->label) == 0)
			return i;
	}
	return length == 15 ? index_of(seed, key + 5) : POPULATION;
}

static bool
has_key(const struct sim_person *person, const char *key)
{
	return key[0] != '\0' && (strcmp(person->label, key) == 0 ||
	    strcmp(person->number, key) == 0 ||
	    strcmp(person->insurance_number, key) == 0 ||
	    strcmp(person->card.number, key) == 0 ||
	    strcmp(person->new_card.number, key) == 0);
}

bool
sim_person_find(uint32_t seed, const char *key, struct sim_person *out)
{
	uint64_t index = index_of(seed, key);

	if (index >= POPULATION)
		return false;
	sim_person_at(seed, (unsigned)index, out);
	return has_key(out, key);
}
