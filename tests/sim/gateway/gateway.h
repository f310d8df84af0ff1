/*
 * gateway.h - the simulated insurance gateway, as its programs see it
 *
 * Plays egw.baohiemxahoi.gov.vn over HTTP, or HTTPS, on loopback for the
 * synthetic population of ../people, and plays its faults. Shares no code with
 * reader/ or service/.
 */
#ifndef SIM_GATEWAY_H
#define SIM_GATEWAY_H

#include <stdbool.h>
#include <stdint.h>

#define SIM_MAX_ACCOUNTS 160
#define SIM_MAX_OPERATORS 16

/* A log-in of the gateway. */
struct sim_account {
	char user[64];
	char password[64];	/* plain; callers send its MD5 */
};

/* A member of staff on the facility's list of registered users. */
struct sim_operator {
	char name[128];		/* UTF-8 */
	char number[13];	/* 12-digit number */
};

/* All that can be chosen before the start. */
struct sim_gateway_config {
	char listen[16];	/* IPv4 address; "": 127.0.0.1 */
	uint16_t port;		/* 0: pick a free one */
	uint32_t seed;		/* of the population and of rate= */
	struct sim_account accounts[SIM_MAX_ACCOUNTS];
	unsigned account_count;
	struct sim_operator operators[SIM_MAX_OPERATORS];
	unsigned operator_count;
	unsigned latency_ms;	/* before each answer */
	unsigned token_seconds;	/* life of a token */
	char fault[64];		/* "" or MODE[@WHERE], see faults.h */
	bool lower_md5;		/* take lower-case MD5 too */
	bool control;		/* serve /sim/…; on unless switched off */
	char tls_cert[256];	/* PEM file, its issuers after it; "": HTTP */
	char tls_key[256];	/* PEM file */
	char signer[256];	/* file of the certificate (PEM) that check-ins
				 * must be signed by; "": by none */
};

struct sim_gateway;

/* Port 0, seed 84, one account, two operators, 600 s tokens, /sim/, no fault. */
void sim_gateway_defaults(struct sim_gateway_config *config);

/*
 * Start to serve. Returns NULL, having said why on stderr, when the port is
 * taken, config->fault is not known, or certificate and key are no pair. The
 * caller stops what it started.
 */
struct sim_gateway *sim_gateway_start(const struct sim_gateway_config *config);

/* The port that is listened on. */
uint16_t sim_gateway_port(const struct sim_gateway *gateway);

/* Stop, let go of callers that wait, free all, set *gateway to NULL. */
void sim_gateway_stop(struct sim_gateway **gateway);

#endif /* SIM_GATEWAY_H */
