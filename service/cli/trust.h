/*
 * trust.h - checkin trust: who may sign a chip, and who said so
 *
 * The only command that does not ask the daemon: it changes the files of the
 * trust store, and the next read of a card goes by them.
 */
#ifndef SERVICE_CLI_TRUST_H
#define SERVICE_CLI_TRUST_H

#include <stdio.h>

#include "ck/trust.h"

struct ck_config;

/* The words of checkin trust --help. */
extern const char ck_cli_trust_usage[];

/* Run the command; returns the exit status. argv[0] is "trust". */
int ck_cli_trust(const struct ck_config *config, int argc, char **argv);

/* Print the store for people, or as one JSON object. True when written. */
bool ck_cli_trust_list(const struct ck_trust *trust, int64_t now, bool json);

/* Print one object in full, each line behind indent. */
void ck_cli_trust_print(FILE *out, const struct ck_trust_entry *entry,
    const char *indent, int64_t now);

/* The calendar date of a second since 1970, UTC; "unknown" for 0. */
#define CK_CLI_DATE_LEN 16
void ck_cli_trust_date(int64_t seconds, char out[CK_CLI_DATE_LEN]);

#endif /* SERVICE_CLI_TRUST_H */
