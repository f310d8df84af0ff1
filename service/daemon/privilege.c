/*
 * privilege.c - limits that hold for the whole life of the process
 */
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ck/log.h"
#include "daemon/privilege.h"

static enum ck_err
failed(const char *what)
{
	ck_log(CK_LOG_ERROR, "daemon", "%s: %s", what, strerror(errno));

	return CK_ERR_SYSTEM;
}

enum ck_err
ck_privilege_harden(void)
{
	const struct rlimit none = { 0, 0 };
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)umask(077);
	/* Memory holds names and keys: it must never become a file. */
	if (setrlimit(RLIMIT_CORE, &none) != 0)
		return failed("cannot switch off core dumps");
#ifndef CK_TEST_SEAMS
	/* LeakSanitizer has to look into test builds. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return failed("cannot become undumpable");
#endif
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return failed("cannot refuse new privileges");
	if (sigaction(SIGPIPE, &ignore, NULL) != 0)
		return failed("cannot ignore SIGPIPE");

	return CK_OK;
}

enum ck_err
ck_privilege_lock(const char *directory, int *fd)
{
	char path[1100];

	*fd = -1;
	if (mkdir(directory, 0700) != 0 && errno != EEXIST)
		return failed(directory);
	(void)snprintf(path, sizeof(path), "%s/lock", directory);
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0)
		return failed(path);
	if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
		return CK_OK;
	ck_log(CK_LOG_ERROR, "daemon", "%s: another checkind uses this state "
	    "directory: stop it, or set [state] directory", directory);
	(void)close(*fd);
	*fd = -1;

	return CK_ERR_SYSTEM;
}
