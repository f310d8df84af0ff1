/*
 * answer.h - the shapes of the lookup's answers (gateway.md §2.2)
 */
#ifndef SIM_ANSWER_H
#define SIM_ANSWER_H

struct sim_call;
struct sim_finding;

/*
 * Answer with a code alone: 401 and 205 as two fields, the others with every
 * other field null.
 */
void sim_answer_code(struct sim_call *call, const char *code);

/* Answer with what was found; user is the account that asked. */
void sim_answer_finding(struct sim_call *call,
    const struct sim_finding *finding, const char *user);

#endif /* SIM_ANSWER_H */
