/*
 * command.h - the commands of checkin-province
 *
 * Each gets the configuration and its own arguments, argv[0] its name, and
 * returns the exit status: 0 done, 1 failed or refused, 2 wrong usage. A new
 * command is a function here and a row in main.c.
 */
#ifndef SERVICE_PROVINCE_COMMAND_H
#define SERVICE_PROVINCE_COMMAND_H

#include "ledger/ledger.h"
#include "province/config.h"

int ck_province_collect(const struct ck_province_config *config, int argc,
    char **argv);
int ck_province_documents(const struct ck_province_config *config, int argc,
    char **argv);
int ck_province_digest(const struct ck_province_config *config, int argc,
    char **argv);
int ck_province_import(const struct ck_province_config *config, int argc,
    char **argv);
int ck_province_clinics(const struct ck_province_config *config, int argc,
    char **argv);
int ck_province_report(const struct ck_province_config *config, int argc,
    char **argv);
int ck_province_close(const struct ck_province_config *config, int argc,
    char **argv);
int ck_province_counts(const struct ck_province_config *config, int argc,
    char **argv);
int ck_province_metrics(const struct ck_province_config *config, int argc,
    char **argv);
int ck_province_cases(const struct ck_province_config *config, int argc,
    char **argv);
int ck_province_worklist(const struct ck_province_config *config, int argc,
    char **argv);
int ck_province_serve(const struct ck_province_config *config, int argc,
    char **argv);

/* How the ledger that config names is opened. Borrowed from config. */
struct ck_ledger_options
ck_province_ledger_options(const struct ck_province_config *config);

/* Open the ledger that config names. Errors are in the log. Returns as
 * ck_ledger_open(). */
CK_MUST_CHECK enum ck_err
ck_province_ledger(const struct ck_province_config *config,
    struct ck_ledger **out);

#endif /* SERVICE_PROVINCE_COMMAND_H */
