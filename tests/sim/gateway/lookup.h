/*
 * lookup.h - who a lookup finds, and what the gateway thinks of the card
 */
#ifndef SIM_LOOKUP_H
#define SIM_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "../people/people.h"

struct sim_call;

/* What the body of a lookup asks; texts are borrowed from the call. */
struct sim_question {
	const char *key;	/* maThe */
	const char *name;	/* hoTen */
	const char *birth;	/* ngaySinh */
};

/* What is answered. */
struct sim_finding {
	char code[4];		/* maKetQua; "" for a person without one */
	bool found;		/* person is set */
	struct sim_person person;
	bool new_card;		/* asked under maTheMoi: that card is current */
};

/* "id_number", "insurance_number", "card_number" or "invalid". */
const char *sim_key_kind(const char *key);

/* Find and judge: number, then name, then birth date, then the card. */
void sim_lookup_find(uint32_t seed, const struct sim_question *question,
    struct sim_finding *out);

/*
 * Check log-in, operator and form of the five body fields that lookup and
 * history share, and fill *out. Returns false when the call is answered.
 */
bool sim_lookup_admit(struct sim_call *call, struct sim_question *out);

/* Serve POST /api/egw/KQNhanLichSuKCB2024. */
void sim_lookup_serve(struct sim_call *call);

#endif /* SIM_LOOKUP_H */
