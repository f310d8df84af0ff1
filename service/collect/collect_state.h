/*
 * collect_state.h - the inside of the collector; of collect/ alone
 *
 * place.c asks one daemon, collect.c gives out places and takes what has
 * arrived into the ledger.
 */
#ifndef SERVICE_COLLECT_COLLECT_STATE_H
#define SERVICE_COLLECT_COLLECT_STATE_H

#include "collect/collect.h"
#include "collect/lease.h"

#define CK_TOKEN_LEN 129

/* A place holds one daemon from its lease to its end:
 * FREE -> ASKING -> ARRIVED -> (ASKING again while there is more) -> ENDED */
enum ck_place_state {
	CK_PLACE_FREE, CK_PLACE_ASKING, CK_PLACE_ARRIVED, CK_PLACE_ENDED
};

struct ck_place {
	struct ck_collector *collector;
	enum ck_place_state state;
	struct ck_lease lease;
	char address[CK_ADDRESS_LEN];
	char code[CK_CODE_LEN];		/* facility code today; "" none */
	char authorization[CK_TOKEN_LEN + 32];	/* header; "" none */
	int64_t after;		/* revision that was asked for */
	unsigned pages;
	bool began_anew;	/* asked again because of a gap */
	bool renew;		/* its lease, at the end of the turn */
	struct ck_buf body;	/* what arrived, without compression */
	bool cut;
	char reason[CK_DETAIL_LEN];	/* of a failure; "" none */
};

struct ck_collector {
	struct ck_ledger *ledger;	/* borrowed */
	struct ck_loop *loop;		/* borrowed */
	struct ck_client *client;
	struct ck_timer *timer;
	struct ck_schedule schedule;
	struct ck_collect_counts counts;
	char name[64];
	char tokens_directory[1024];
	int64_t lease_ms;
	int64_t since_ms;		/* once: when it began; else 0 */
	int64_t retry_ms;		/* 0: the ledger is well */
	bool exhausted;			/* nothing is due */
	uint64_t chance;
	unsigned place_count;
	struct ck_place places[];
};

/* Ask the daemon that the place has leased, from where the ledger stands.
 * Returns CK_OK, also when it failed at once, or an error of the ledger. */
CK_MUST_CHECK enum ck_err
ck_place_begin(struct ck_place *place, const struct ck_registry *registry);

/* Ask for the next page, from place->after on. */
void ck_place_ask(struct ck_place *place);

/* It failed: note why, and end. */
void ck_place_fail(struct ck_place *place, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The collector's wall clock. */
int64_t ck_collector_now_ms(const struct ck_collector *collector);

#endif /* SERVICE_COLLECT_COLLECT_STATE_H */
