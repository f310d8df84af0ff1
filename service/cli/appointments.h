/*
 * appointments.h - checkin appointments: who is expected, and whom to call
 */
#ifndef SERVICE_CLI_APPOINTMENTS_H
#define SERVICE_CLI_APPOINTMENTS_H

struct ck_config;

/*
 * "checkin appointments import FILE", "list [DATE]", "problems [DATE]" and
 * "run". Returns the exit status: 0 done; 1 failed, or rows were refused; 2
 * wrong usage.
 */
int ck_cli_appointments(const struct ck_config *config, int argc,
    char **argv);

#endif /* SERVICE_CLI_APPOINTMENTS_H */
