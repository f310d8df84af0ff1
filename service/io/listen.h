/*
 * listen.h - a listening TCP socket, or a clear reason why not
 */
#ifndef SERVICE_IO_LISTEN_H
#define SERVICE_IO_LISTEN_H

#include <stdint.h>

#include "ck/error.h"

/*
 * Listen on a numeric address. *port 0 takes any free one; *port receives the
 * real one. The caller closes *fd. Returns CK_OK, CK_ERR_PORT_IN_USE or
 * CK_ERR_SYSTEM with *fd -1; the log says which address and what to do.
 */
CK_MUST_CHECK enum ck_err
ck_listen(const char *address, uint16_t *port, int *fd);

#endif /* SERVICE_IO_LISTEN_H */
