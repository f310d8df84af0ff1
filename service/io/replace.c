/*
 * replace.c - a file made beside its name, then renamed
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "io/replace.h"

#define PATH_LEN 1105

static bool
write_all(int fd, struct ck_span bytes)
{
	size_t done = 0;

	while (done < bytes.len) {
		ssize_t put = write(fd, bytes.ptr + done, bytes.len - done);

		if (put <= 0)
			return false;
		done += (size_t)put;
	}

	return true;
}

enum ck_err
ck_replace_file(const char *path, struct ck_span bytes)
{
	char beside[PATH_LEN];
	bool good;
	int fd, why;

	if (snprintf(beside, sizeof(beside), "%s.new", path) >=
	    (int)sizeof(beside))
		return CK_ERR_LIMIT;
	fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW |
	    O_CLOEXEC, 0644);
	if (fd < 0)
		return CK_ERR_SYSTEM;
	/* Our umask hides what we write; who reads it is another user. */
	good = fchmod(fd, 0644) == 0 && write_all(fd, bytes);
	why = errno;
	if (close(fd) != 0 && good) {
		good = false;
		why = errno;
	}
	if (good && rename(beside, path) == 0)
		return CK_OK;
	if (!good)
		errno = why;

	return CK_ERR_SYSTEM;
}
