/*
 * doctor_gateway.h - can we ask the gateway at all, and if not, who mends it?
 */
#ifndef SERVICE_CLI_DOCTOR_GATEWAY_H
#define SERVICE_CLI_DOCTOR_GATEWAY_H

struct ck_config;

/*
 * Take a token and, with a configured operator, ask one lookup of the
 * operator's own number, from this process and by the configured way out;
 * print what was found, what to do and whom to call. Asks nobody but the
 * gateway (or its proxy). Returns a number of cli/cause.h: the exit status.
 */
int ck_doctor_gateway(const struct ck_config *config);

#endif /* SERVICE_CLI_DOCTOR_GATEWAY_H */
