/*
 * journal.h - what the gateway was asked, so that tests can compare figures
 *
 * Holds kinds and codes, never a number, name or password.
 */
#ifndef SIM_JOURNAL_H
#define SIM_JOURNAL_H

#include <jansson.h>

struct sim_call;
struct sim_journal;

/* NULL when out of memory. */
struct sim_journal *sim_journal_new(void);

void sim_journal_free(struct sim_journal **journal);

/* Forget all entries and counts. */
void sim_journal_reset(struct sim_journal *journal);

/* Note a call that is about to be answered. */
void sim_journal_add(struct sim_journal *journal,
    const struct sim_call *call);

/*
 * The latest calls, oldest first, at most 20,000: an array of {"time",
 * "path","key","maKetQua","status","fault"}. A new reference.
 */
json_t *sim_journal_calls_new(struct sim_journal *journal);

/*
 * Counts since the start or the last reset: {"calls","token_takes",
 * "token_refusals","lookups","lookups_by_code":{},"lookups_by_key":{},
 * "histories","check_ins","faults"}. A new reference.
 */
json_t *sim_journal_counts_new(struct sim_journal *journal);

#endif /* SIM_JOURNAL_H */
