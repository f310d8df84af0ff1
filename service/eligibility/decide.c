/*
 * decide.c - the outcome of an answer for one visit
 */
#include <stdio.h>
#include <string.h>

#include "eligibility/codes.h"
#include "eligibility/decide.h"

static void
set(struct ck_decision *out, enum ck_outcome outcome, const char *reason)
{
	memset(out, 0, sizeof(*out));
	out->outcome = outcome;
	(void)snprintf(out->reason, sizeof(out->reason), "%s", reason);
}

const struct ck_insurance_card *
ck_card_of_visit(const struct ck_answer *answer, struct ck_date visit_date)
{
	bool replaced = strcmp(answer->code, "003") == 0;

	/* 003: the old card is over, whatever its printed period says. */
	if (!replaced && ck_card_in_force(&answer->card, visit_date))
		return &answer->card;
	if (ck_card_in_force(&answer->new_card, visit_date))
		return &answer->new_card;

	return NULL;
}

/* The card is good, only not on this day: before or after its period. */
static const char *
outside_reason(const struct ck_answer *answer, struct ck_date visit_date)
{
	const struct ck_insurance_card *last = &answer->card;

	if (answer->new_card.number[0] != '\0')
		last = &answer->new_card;
	if (!ck_date_absent(last->valid_from) &&
	    ck_date_compare(visit_date, last->valid_from) < 0)
		return CK_REASON_BEFORE_VALIDITY;

	return CK_REASON_AFTER_VALIDITY;
}

bool
ck_answer_names_card(const struct ck_answer *answer)
{
	return answer->card.number[0] != '\0' ||
	    answer->new_card.number[0] != '\0';
}

/* 001, 002: another ministry keeps the card, and the gateway may know no more
 * of it than that: the clerk looks at the paper. */
static bool
kept_elsewhere(const struct ck_code *code)
{
	return strcmp(code->code, "001") == 0 || strcmp(code->code, "002") == 0;
}

/* A yes without a card is no answer, and no refusal either. */
static void
decide_cardless(const struct ck_code *code, struct ck_decision *out)
{
	if (kept_elsewhere(code))
		set(out, CK_OUTCOME_COVERED, code->code);
	else
		set(out, CK_OUTCOME_UNAVAILABLE, CK_REASON_GATEWAY);
}

static void
decide_covered(const struct ck_answer *answer, const struct ck_code *code,
    struct ck_date visit_date, bool confirmed, struct ck_decision *out)
{
	const struct ck_insurance_card *card =
	    ck_card_of_visit(answer, visit_date);

	if (!ck_answer_names_card(answer)) {
		decide_cardless(code, out);
		return;
	}
	if (card == NULL) {
		set(out, CK_OUTCOME_NOT_COVERED,
		    outside_reason(answer, visit_date));
		/* There is a new card; another number may lead to it. */
		out->try_next_key = code->nature == CK_CODE_NEW_CARD &&
		    answer->new_card.number[0] == '\0';
		return;
	}
	set(out, CK_OUTCOME_COVERED, code->code);
	/* Gateway notes §2: on accept, look up again with maTheMoi. */
	out->ask_new_card = code->nature == CK_CODE_NEW_CARD && !confirmed &&
	    card == &answer->new_card;
}

void
ck_decide(const struct ck_answer *answer, struct ck_date visit_date,
    bool confirmed, struct ck_decision *out)
{
	const struct ck_code *code = ck_code_find(answer->code);

	if (code->outcome == CK_OUTCOME_COVERED) {
		decide_covered(answer, code, visit_date, confirmed, out);
		return;
	}
	set(out, code->outcome,
	    code->code[0] != '\0' ? code->code : CK_REASON_UNKNOWN_CODE);
	out->try_next_key = code->nature == CK_CODE_NEXT_KEY;
}

static const char *
failure_reason(enum ck_err err)
{
	if (err == CK_ERR_LINE)
		return CK_REASON_LINE;
	if (err == CK_ERR_GATEWAY_ACCOUNT || err == CK_ERR_GATEWAY_BLOCKED ||
	    err == CK_ERR_GATEWAY_ADDRESS || err == CK_ERR_GATEWAY_RESTRICTED)
		return CK_REASON_ACCOUNT;
	if (err == CK_ERR_GATEWAY_OPERATOR)
		return CK_REASON_OPERATOR;
	if (err == CK_ERR_GATEWAY_WRONG_PERSON)
		return CK_REASON_WRONG_PERSON;
	if (ck_err_class(err) == CK_CLASS_UPSTREAM)
		return CK_REASON_GATEWAY;

	return CK_REASON_REQUEST;	/* we could not even put the question */
}

void
ck_decide_failure(enum ck_err err, struct ck_decision *out)
{
	set(out, CK_OUTCOME_UNAVAILABLE, failure_reason(err));
}

unsigned
ck_card_level(const char *number)
{
	/* [A-Z]{2}[1-5]: the third character is the level. */
	if (strlen(number) < 15 || number[2] < '1' || number[2] > '5')
		return 0;

	return (unsigned)(number[2] - '0');
}

unsigned
ck_level_percent(unsigned level)
{
	static const unsigned percent[] = { 0, 100, 100, 95, 80, 100 };

	return level < sizeof(percent) / sizeof(percent[0]) ?
	    percent[level] : 0;
}

/* Days since 0000-03-01 in the proleptic Gregorian calendar: the year is
 * taken to begin in March, so the leap day is its last. */
static int
day_number(struct ck_date date)
{
	int year = date.year - (date.month <= 2);
	int month = (date.month + 9) % 12;

	return year * 365 + year / 4 - year / 100 + year / 400 +
	    (month * 306 + 5) / 10 + date.day - 1;
}

int
ck_card_ends_in_days(const struct ck_insurance_card *card,
    struct ck_date visit_date)
{
	if (ck_date_absent(card->valid_to) ||
	    ck_date_compare(card->valid_to, visit_date) < 0)
		return -1;

	return day_number(card->valid_to) - day_number(visit_date);
}
