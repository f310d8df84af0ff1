/*
 * doctor_reader.h - what `checkin doctor` says of the card readers
 *
 * From the running daemon, which holds them; without one, from a cccd-worker
 * that looks for itself. Neither names a card: only its kind.
 */
#ifndef SERVICE_CLI_DOCTOR_READER_H
#define SERVICE_CLI_DOCTOR_READER_H

#include <stdbool.h>

struct ck_config;

/* Print a line for each reader, and one for pcscd where it is needed.
 * there: the daemon answers. Returns how many are to be put right. */
int ck_doctor_readers(const struct ck_config *config, bool there);

#endif /* SERVICE_CLI_DOCTOR_READER_H */
