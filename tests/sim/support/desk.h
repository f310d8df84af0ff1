/*
 * desk.h - one desk at the simulated gateway, for the tests of the gateway
 *
 * Every function fails the running test when the line or the answer is not
 * what it must be to go on.
 */
#ifndef SIM_SUPPORT_DESK_H
#define SIM_SUPPORT_DESK_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "../gateway/gateway.h"
#include "../people/people.h"

#define SEED 84U
/* printf practice-password | md5sum */
#define HASH "493AF2BB7DADDA9A340A4393919FF66F"
#define LOWER_HASH "493af2bb7dadda9a340a4393919ff66f"
#define LOG_IN "username=84001_BV&password=" HASH

#define FORM "application/x-www-form-urlencoded"
#define JSON "application/json"
#define TAKE "/api/token/take"
#define LOOKUP "/api/egw/KQNhanLichSuKCB2024"

/* One test with a desk of its own, the gateway as it is by default. */
#define AT_DESK(test) \
	cmocka_unit_test_setup_teardown(test, desk_open, desk_close)

/* A server and one log-in to it. */
struct desk {
	struct sim_gateway *gateway;
	char access_token[512];
	char id_token[64];
};

/* An answer as it came over the line. */
struct answer {
	int status;		/* 0: closed without an answer */
	size_t announced;	/* Content-Length */
	size_t size;		/* body bytes that came */
	char *body;		/* owned by the test, NUL-terminated */
};

/* The five fields of a lookup. */
struct question {
	const char *key, *name, *birth, *operator_name, *operator_number;
};

/* Start a gateway of this config; a cmocka setup returns its result. */
int desk_start(void **state, const struct sim_gateway_config *config);

/* cmocka setup and teardown: a gateway with its default config. */
int desk_open(void **state);
int desk_close(void **state);

/* A socket to the gateway, from the loopback address source. */
int desk_connect(const struct desk *desk, const char *source);

/* Send one request; headers are whole lines with their ends, or "". */
void desk_send(int fd, const char *method, const char *target,
    const char *headers, const char *type, const char *body);

/* Receive until the line is closed; closes fd. */
struct answer desk_receive(int fd);

/* POST from 127.0.0.1. */
struct answer desk_post(const struct desk *desk, const char *target,
    const char *headers, const char *type, const char *body);

/* The body as JSON, which it must be; frees the answer. A new reference. */
json_t *desk_parse(struct answer answer);

/* GET as JSON. A new reference. */
json_t *desk_get(const struct desk *desk, const char *target);

/* POST to /sim/…, which must do as it is told. */
void desk_control(const struct desk *desk, const char *target);

/* One figure of /sim/counts. */
json_int_t desk_count(const struct desk *desk, const char *field);

/* Append &name=value, percent-encoded, to a form or query string. */
void desk_append(char *out, const char *name, const char *value);

/* A text of an answer; "(null)" when it is none. */
const char *desk_text(const json_t *json, const char *field);

/* Whether maKetQua is code; drops the reference. */
void desk_expect(json_t *json, const char *code);

/* POST token/take with this body. A new reference. */
json_t *desk_take_token(const struct desk *desk, const char *type,
    const char *body);

/* Take a token and keep it. */
void desk_log_in(struct desk *desk);

/* path and the query string that carries the log-in. */
void desk_target(const struct desk *desk, const char *path, char out[2048]);

/* The header lines that carry the log-in of check-in and co-payment. */
void desk_headers(const struct desk *desk, char out[1024]);

/* Ask at a path as a form. A new reference. */
json_t *desk_ask_at(const struct desk *desk, const char *path,
    const struct question *question);

/* Ask the lookup in the name of a registered operator. A new reference. */
json_t *desk_ask(const struct desk *desk, const char *key, const char *name,
    const char *birth);

/* Ask under a key with what is on the person's identity card. */
json_t *desk_ask_person(const struct desk *desk,
    const struct sim_person *person, const char *key);

/* A person of the population by label. */
struct sim_person desk_person(const char *label);

/* The birth date as the identity card has it. */
void desk_birth(const struct sim_person *person, char out[32]);

#endif /* SIM_SUPPORT_DESK_H */
