/*
 * corrections.h - checkin corrections
 */
#ifndef SERVICE_CLI_CORRECTIONS_H
#define SERVICE_CLI_CORRECTIONS_H

struct ck_config;

/* list, export, answers. Returns the exit status. */
int ck_cli_corrections(const struct ck_config *config, int argc, char **argv);

#endif /* SERVICE_CLI_CORRECTIONS_H */
