/*
 * operators.h - does the gateway take this clerk's name and number?
 *
 * In the flow:  http (sign-on) -> [operators] -> gateway
 *               lookup tells [operators] what the gateway said of its clerk
 *
 * The gateway wants each question in the name of a member of staff whom the
 * facility has registered (054, 055, "Null hoTenCb"). Whether it takes one is
 * found out when the clerk signs on, not when the first patient stands there.
 *
 * The question put at sign-on is a lookup of the clerk's own number under the
 * clerk's own name, with the year of birth that the number itself holds: it
 * touches no patient, names its asker truly, and the gateway judges the asker
 * before anything else. Of its answer only that judgement is kept; nothing is
 * stored, and it is in none of the four series. [gateway] test_operators
 * switches it off.
 */
#ifndef SERVICE_ELIGIBILITY_OPERATORS_H
#define SERVICE_ELIGIBILITY_OPERATORS_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/error.h"
#include "store/record.h"

struct ck_config;
struct ck_gateway;
struct ck_gateway_result;
struct ck_loop;
struct ck_operators;

enum ck_operator_state {
	CK_OPERATOR_UNKNOWN,	/* never asked, or no answer */
	CK_OPERATOR_TAKEN,
	CK_OPERATOR_REFUSED
};

/* What is known of one operator. name is borrowed from the configuration. */
struct ck_operator_view {
	const char *name;
	enum ck_operator_state state;
	char reason[CK_REASON_LEN];	/* refused, or why there was no answer;
					 * empty: neither */
	int64_t since_ms;		/* wall clock; 0: never asked */
};

typedef void (*ck_operators_fn)(void *ctx,
    const struct ck_operator_view *view);

/* All borrowed. Returns CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_operators_new(struct ck_operators **out, const struct ck_config *config,
    struct ck_loop *loop, struct ck_gateway *gateway);

/* Questions under way are dropped; their callbacks are not called. */
void ck_operators_free(struct ck_operators **operators);

/* Learn from a call that was made in this operator's name. */
void ck_operators_note(struct ck_operators *operators, const char *number,
    const struct ck_gateway_result *result);

/*
 * Find out whether the gateway takes this operator. done is called once, in a
 * later turn, with what is known then. ctx must outlive it.
 * Returns CK_OK; CK_ERR_NOT_FOUND (nobody of this name is configured);
 * CK_ERR_LIMIT (too many ask at once); CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_operators_sign_on(struct ck_operators *operators, const char *name,
    ck_operators_fn done, void *ctx);

/* The operator at this place of the configuration. False: beyond the last. */
bool ck_operators_at(const struct ck_operators *operators, unsigned index,
    struct ck_operator_view *out);

/* "unknown", "taken", "refused". Static. */
const char *ck_operator_state_label(enum ck_operator_state state);

/* The year of birth in a 12-digit number (digits 4 to 6). 0: not one. */
unsigned ck_number_birth_year(const char *number);

#endif /* SERVICE_ELIGIBILITY_OPERATORS_H */
