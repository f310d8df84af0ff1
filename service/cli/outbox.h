/*
 * outbox.h - checkin outbox: notices that the insurer has not taken
 */
#ifndef SERVICE_CLI_OUTBOX_H
#define SERVICE_CLI_OUTBOX_H

struct ck_config;

/* "checkin outbox list" and "checkin outbox retry NUMBER|all". Returns the
 * exit status: 0 done, 1 failed or refused, 2 wrong usage. */
int ck_cli_outbox(const struct ck_config *config, int argc, char **argv);

#endif /* SERVICE_CLI_OUTBOX_H */
