/*
 * receipt.h - checkin receipt: is the proof whole, and what does it say?
 */
#ifndef SERVICE_CLI_RECEIPT_H
#define SERVICE_CLI_RECEIPT_H

struct ck_config;

/*
 * "verify [--head N:HEX] | show ID | head", as in checkin(1). verify reads the
 * database itself, beside a running daemon; the others ask the daemon.
 * Returns the exit status: 0; 1 for a finding or a failure; 2 for wrong usage.
 */
int ck_cli_receipt(const struct ck_config *config, int argc, char **argv);

#endif /* SERVICE_CLI_RECEIPT_H */
