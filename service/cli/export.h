/*
 * export.h - checkin stats export: the feed as a file, for a clinic without a
 * line
 */
#ifndef SERVICE_CLI_EXPORT_H
#define SERVICE_CLI_EXPORT_H

struct ck_config;

/*
 * "export [--after REV] [--gzip] FILE|-", as in checkin(1). Reads the database
 * itself, so that it is the same beside a running daemon and without one.
 * Returns the exit status: 0; 1 for a failure; 2 for wrong usage.
 */
int ck_cli_export(const struct ck_config *config, int argc, char **argv);

#endif /* SERVICE_CLI_EXPORT_H */
