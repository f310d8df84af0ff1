/*
 * doctor.h - is everything here that a check-in needs?
 */
#ifndef SERVICE_CLI_DOCTOR_H
#define SERVICE_CLI_DOCTOR_H

struct ck_config;

/*
 * Look at the configuration, the trust store, the daemon, its readers and the
 * gateway; print one line for each with what to do. Returns how many are not
 * well.
 */
int ck_doctor(const struct ck_config *config);

#endif /* SERVICE_CLI_DOCTOR_H */
