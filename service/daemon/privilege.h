/*
 * privilege.h - give up what a check-in service never needs
 */
#ifndef SERVICE_DAEMON_PRIVILEGE_H
#define SERVICE_DAEMON_PRIVILEGE_H

#include "ck/error.h"

/*
 * No core dumps, no ptrace by others, no new privileges through exec, files
 * for the owner only, and no death by SIGPIPE. To be called first: children
 * inherit it. Returns CK_OK or CK_ERR_SYSTEM; the log says what failed.
 */
CK_MUST_CHECK enum ck_err ck_privilege_harden(void);

/*
 * Make directory if it is absent, and hold its lock file until the process
 * ends, so that two daemons never share one database. *fd is never closed.
 * Returns CK_OK or CK_ERR_SYSTEM; the log says what to do.
 */
CK_MUST_CHECK enum ck_err
ck_privilege_lock(const char *directory, int *fd);

#endif /* SERVICE_DAEMON_PRIVILEGE_H */
