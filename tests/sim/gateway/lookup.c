/*
 * lookup.c - who a lookup finds, and what the gateway thinks of the card
 *
 * POST /api/egw/KQNhanLichSuKCB2024 (gateway.md §2).
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "../people/dates.h"
#include "../people/text.h"
#include "answer.h"
#include "call.h"
#include "faults.h"
#include "lookup.h"
#include "token.h"

#define CARD_LENGTH 15
#define CARD_LENGTH_LONG 17	/* CV 2746: 17 are taken, 15 count */
#define KEY_SIZE 32
#define SLOW_MS 8000

/* Capitals, without blanks, a 17-character card cut to 15. */
static void
normalise_key(const char *key, char out[KEY_SIZE])
{
	size_t used = 0;

	for (; *key != '\0' && used < KEY_SIZE - 1; key++) {
		if (*key != ' ')
			out[used++] = (char)toupper((unsigned char)*key);
	}
	out[used == CARD_LENGTH_LONG ? CARD_LENGTH : used] = '\0';
}

static bool
is_digits(const char *text, size_t count)
{
	return strlen(text) == count &&
	    strspn(text, "0123456789") == count;
}

/* [A-Z]{2}[1-5][0-9]{12} */
static bool
is_card(const char *key)
{
	return strlen(key) == CARD_LENGTH && isupper((unsigned char)key[0]) &&
	    isupper((unsigned char)key[1]) && key[2] >= '1' &&
	    key[2] <= '5' && is_digits(key + 2, CARD_LENGTH - 2);
}

const char *
sim_key_kind(const char *key)
{
	char text[KEY_SIZE];

	if (key == NULL)
		return "invalid";
	normalise_key(key, text);
	return is_digits(text, 12) ? "id_number" :
	    is_digits(text, 10) ? "insurance_number" :
	    is_card(text) ? "card_number" : "invalid";
}

/* The parts of a card number that differ tell which code it is. */
static const char *
judge_card_number(const char *key, const struct sim_person *person)
{
	const char *card = person->card.number;

	if (strcmp(key, card) == 0 ||
	    strcmp(key, person->new_card.number) == 0)
		return NULL;
	if (strncmp(key + 3, card + 3, 2) != 0)
		return "052";
	if (key[2] != card[2])
		return "053";
	return "051";
}

/* Compare as far as both are known: a year alone fits its year. */
static bool
same_birth(const char *asked, struct sim_date filed)
{
	struct sim_date date = { 0, 0, 0 };

	if (!sim_date_read(asked, &date) || date.year != filed.year)
		return false;
	if (date.month != 0 && filed.month != 0 && date.month != filed.month)
		return false;
	return date.day == 0 || filed.day == 0 || date.day == filed.day;
}

static const char *
judge_person(const struct sim_question *question,
    const struct sim_person *person)
{
	if (!sim_text_same(question->name, person->gateway_name))
		return sim_text_same_first_word(question->name,
		    person->gateway_name) ? "061" : "060";
	if (!same_birth(question->birth, person->gateway_birth))
		return "070";
	return NULL;
}

/* Codes that tell about the card, once it is sure whose it is. */
static bool
is_about_the_card(const char *code)
{
	static const char *const codes[] = {
		"000", "001", "002", "003", "004", "010", "110", "120", "121",
		"122", "123", "124"
	};
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (strcmp(codes[i], code) == 0)
			return true;
	}
	return false;
}

/* The code under this key, provided that name and birth date agree. */
static const char *
code_under(const char *key, const struct sim_person *person)
{
	if (strlen(key) == 12)
		return person->code;
	if (strcmp(key, person->new_card.number) == 0)
		return "000";
	return person->code_by_insurance;
}

static bool
find_person(uint32_t seed, const char *key, struct sim_person *out)
{
	/* A wrong prefix of a known insurance number is 051 to 053. */
	return sim_person_find(seed, strlen(key) == CARD_LENGTH ? key + 5 :
	    key, out);
}

void
sim_lookup_find(uint32_t seed, const struct sim_question *question,
    struct sim_finding *out)
{
	const char *code, *objection = NULL;
	char key[KEY_SIZE];

	memset(out, 0, sizeof(*out));
	normalise_key(question->key, key);
	if (strcmp(sim_key_kind(key), "invalid") == 0) {
		strcpy(out->code, "051");
		return;
	}
	out->found = find_person(seed, key, &out->person);
	code = out->found ? code_under(key, &out->person) : "050";
	if (is_about_the_card(code)) {
		if (strlen(key) == CARD_LENGTH)
			objection = judge_card_number(key, &out->person);
		if (objection == NULL)
			objection = judge_person(question, &out->person);
	}
	out->new_card = out->found && key[0] != '\0' &&
	    strcmp(key, out->person.new_card.number) == 0;
	snprintf(out->code, sizeof(out->code), "%s",
	    objection != NULL ? objection : code);
}

/* 054, 055 or NULL when the operator may ask. */
static const char *
judge_operator(const struct sim_gateway *gateway, const char *name,
    const char *number)
{
	unsigned i;

	for (i = 0; i < gateway->config.operator_count; i++) {
		const struct sim_operator *row = &gateway->config.operators[i];

		if (strcmp(row->number, number) == 0)
			return sim_text_same(row->name, name) ? NULL : "055";
	}
	return "054";
}

static bool
is_blank(const char *text)
{
	return text == NULL || text[strspn(text, " ")] == '\0';
}

static bool
is_length_of_a_key(const char *key)
{
	char text[KEY_SIZE];
	size_t length;

	normalise_key(key, text);
	length = strlen(text);
	return length == 10 || length == 12 || length == CARD_LENGTH;
}

/* 205: a field that is missing or has another form than the dispatch says. */
static bool
is_well_formed(const struct sim_question *question)
{
	struct sim_date date;

	return !is_blank(question->key) && !is_blank(question->name) &&
	    question->birth != NULL && is_length_of_a_key(question->key) &&
	    sim_date_read(question->birth, &date);
}

static bool
is_logged_in(const struct sim_call *call)
{
	return sim_token_holds(call, &(struct sim_credentials){
	    sim_call_query(call, "token"), sim_call_query(call, "id_token"),
	    sim_call_query(call, "username"),
	    sim_call_query(call, "password") });
}

bool
sim_lookup_admit(struct sim_call *call, struct sim_question *out)
{
	const char *name = sim_call_field(call, "hoTenCb");
	const char *number = sim_call_field(call, "cccdCb");
	const char *objection;

	out->key = sim_call_field(call, "maThe");
	out->name = sim_call_field(call, "hoTen");
	out->birth = sim_call_field(call, "ngaySinh");
	call->key_kind = sim_key_kind(out->key);
	if (!is_logged_in(call)) {
		sim_answer_code(call, "401");
		return false;
	}
	if (is_blank(name) || is_blank(number)) {
		sim_reply_code(call, NULL, is_blank(name) ? "Null hoTenCb" :
		    "Null cccdCb");
		return false;
	}
	if (!is_well_formed(out)) {
		sim_answer_code(call, "205");
		return false;
	}
	objection = judge_operator(call->gateway, name, number);
	if (objection != NULL)
		sim_answer_code(call, objection);
	return objection == NULL;
}

/* Someone else, whose card is in order. */
static void
swap_person(struct sim_finding *finding)
{
	struct sim_person *person = &finding->person;
	unsigned index = person->index;

	do {
		index = (index + 1) % sim_people_count();
		sim_person_at(person->seed, index, person);
	} while (strcmp(person->code, "000") != 0 || person->label[0] != 'p');
}

/* Scripted persons whose answer goes wrong as a whole. */
static bool
play_label(struct sim_call *call, struct sim_finding *finding)
{
	const char *label = finding->person.label;

	if (strcmp(label, "slow") == 0)
		call->reply.delay_ms = SLOW_MS;
	if (strcmp(label, "wrong-person") == 0)
		swap_person(finding);
	if (strcmp(label, "garbage") != 0)
		return false;
	sim_reply_text(call, 200, "text/html",
	    "<html><body>Hệ thống đang bảo trì</body></html>");
	return true;
}

/* As the card has it, and in order. */
static void
correct_record(struct sim_finding *finding)
{
	struct sim_person *person = &finding->person;

	strcpy(person->gateway_name, person->full_name);
	person->gateway_birth = person->birth;
	strcpy(finding->code, "000");
}

void
sim_lookup_serve(struct sim_call *call)
{
	struct sim_question question;
	struct sim_finding finding;

	if (!sim_lookup_admit(call, &question))
		return;
	sim_lookup_find(call->gateway->config.seed, &question, &finding);
	if (finding.found && play_label(call, &finding))
		return;
	if (sim_faults_is_corrected(call->gateway->faults,
	    finding.person.label))
		correct_record(&finding);
	if (call->fault == SIM_FAULT_UNKNOWN_CODE)
		strcpy(finding.code, "999");
	sim_answer_finding(call, &finding, sim_call_query(call, "username"));
}
