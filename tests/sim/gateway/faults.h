/*
 * faults.h - what goes wrong at the gateway, on request
 *
 * A fault is written MODE[@WHERE]: WHERE limits it to "token", "lookup",
 * "history" or "checkin"; without, it holds for every call but /sim/....
 */
#ifndef SIM_FAULTS_H
#define SIM_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

struct sim_faults;

/* The kind of a path; also the places of a fault. */
enum sim_where {
	SIM_WHERE_ANY,
	SIM_WHERE_TOKEN,
	SIM_WHERE_LOOKUP,
	SIM_WHERE_HISTORY,
	SIM_WHERE_CHECKIN,
	SIM_WHERE_CONTROL	/* /sim/...: no fault reaches it */
};

enum sim_fault {
	SIM_FAULT_NONE,
	SIM_FAULT_DOWN,
	SIM_FAULT_HTTP_500,
	SIM_FAULT_HTTP_401,
	SIM_FAULT_TOKEN_401,
	SIM_FAULT_HTML,
	SIM_FAULT_EMPTY,
	SIM_FAULT_HALF,
	SIM_FAULT_HUGE,
	SIM_FAULT_HANG,
	SIM_FAULT_GARBAGE_JSON,
	SIM_FAULT_WRONG_TYPES,
	SIM_FAULT_EXPIRED_TOKEN,
	SIM_FAULT_UNKNOWN_CODE,
	SIM_FAULT_REDIRECT,
	SIM_FAULT_ADDRESS_403,
	SIM_FAULT_LOCKED,
	SIM_FAULT_RESTRICTED,
	SIM_FAULT_REJECT
};

struct sim_call;

/* No fault, no latency. Returns NULL when out of memory. */
struct sim_faults *sim_faults_new(uint32_t seed, unsigned latency_ms);

void sim_faults_free(struct sim_faults **faults);

/*
 * Switch to a fault ("none" or "" for none) for the next times calls (0: all
 * calls). Returns false, changing nothing, for text that is no fault.
 */
bool sim_faults_set(struct sim_faults *faults, const char *text,
    unsigned times);

void sim_faults_set_latency(struct sim_faults *faults, unsigned ms);

/* Milliseconds before each answer. */
unsigned sim_faults_latency(struct sim_faults *faults);

/*
 * From now on the record of this scripted person ("code-060") is right, as if
 * the office had corrected it: her code is 000. "" ends it. Returns false for
 * a label that is too long.
 */
bool sim_faults_correct(struct sim_faults *faults, const char *label);
bool sim_faults_is_corrected(struct sim_faults *faults, const char *label);

/* Which fault this call meets; counts it. */
enum sim_fault sim_faults_draw(struct sim_faults *faults,
    enum sim_where where);

/* The word of a fault for journal and help: "none", "down", …. */
const char *sim_fault_text(enum sim_fault fault);

/*
 * Write the answer of call->fault if it is one that needs no handler.
 * Returns false for those that handlers or the sender play.
 */
bool sim_fault_answer(struct sim_call *call);

/* One line per mode, for --help. */
const char *sim_faults_help(void);

#endif /* SIM_FAULTS_H */
