/*
 * line.h - a connection to the daemon of this machine, with TLS if it has it
 *
 * With TLS the daemon must show the very certificate that the configuration
 * names, whatever names are in it: it is asked under its address.
 */
#ifndef SERVICE_CLI_LINE_H
#define SERVICE_CLI_LINE_H

#include <stddef.h>

#include "ck/buf.h"
#include "ck/error.h"

struct ck_config;
struct ck_line;

/* Where a daemon on every address is reached: over loopback. Borrowed. */
const char *ck_line_address(const struct ck_config *config);

/* Returns CK_OK, CK_ERR_LINE when nobody answers or it is not our daemon,
 * CK_ERR_CONFIG when the certificate cannot be read, CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_line_open(struct ck_line **out, const struct ck_config *config);

/* NULL is allowed. */
void ck_line_close(struct ck_line **line);

/* All of it. Returns CK_OK or CK_ERR_LINE. */
CK_MUST_CHECK enum ck_err
ck_line_send(struct ck_line *line, struct ck_span bytes);

/* What has come, at most size bytes; *len is 0 at the end. Returns CK_OK or
 * CK_ERR_LINE. */
CK_MUST_CHECK enum ck_err
ck_line_receive(struct ck_line *line, void *out, size_t size, size_t *len);

#endif /* SERVICE_CLI_LINE_H */
