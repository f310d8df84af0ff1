/*
 * backup.h - checkin backup, checkin restore
 */
#ifndef SERVICE_CLI_BACKUP_H
#define SERVICE_CLI_BACKUP_H

struct ck_config;

/*
 * "backup [--with-keys] FILE" and "restore FILE | --in-place", as in
 * checkin(1). Both open the database themselves; the daemon may run during a
 * backup, and must not during the other.
 * Returns the exit status: 0; 1 for a failure; 2 for wrong usage.
 */
int ck_cli_backup(const struct ck_config *config, int argc, char **argv);
int ck_cli_restore(const struct ck_config *config, int argc, char **argv);

#endif /* SERVICE_CLI_BACKUP_H */
