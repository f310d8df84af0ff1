/*
 * tell.h - why the daemon did not do what was asked, on standard error
 */
#ifndef SERVICE_CLI_TELL_H
#define SERVICE_CLI_TELL_H

#include "cli/ask.h"

/* "http://127.0.0.1:18401": where the daemon of this configuration is asked.
 * out holds CK_CLI_URL_LEN. */
#define CK_CLI_URL_LEN 96

void ck_cli_url(const struct ck_config *config, char out[CK_CLI_URL_LEN]);

/*
 * One line: that nobody answers and where; or, from a problem document
 * (RFC 9457), its title and detail and the member that is at fault. err and
 * reply are as ck_cli_ask() gave them.
 */
void ck_cli_tell(const struct ck_config *config, enum ck_err err,
    const struct ck_cli_reply *reply);

#endif /* SERVICE_CLI_TELL_H */
