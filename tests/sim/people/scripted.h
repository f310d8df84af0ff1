/*
 * scripted.h - the persons whose story is written down
 */
#ifndef SIM_SCRIPTED_H
#define SIM_SCRIPTED_H

#include "people.h"

/* One scripted person; what is 0 or NULL is left to chance. */
struct sim_script {
	const char *label;
	const char *code;		/* under the 12-digit number */
	const char *code_by_insurance;	/* NULL: the same */
	const char *note;		/* Vietnamese, shown at the desk */
	int birth_year;
	int ethnicity;			/* enum sim_ethnicity + 1 */
	/* Last touch, after all else is filled; may be NULL. */
	void (*finish)(struct sim_person *person);
};

/* Row index of the table, or NULL past its end. */
const struct sim_script *sim_script_at(unsigned index);

#endif /* SIM_SCRIPTED_H */
