/*
 * secret.c - read a secret, look at who else may
 */
#include <sys/stat.h>

#include <openssl/crypto.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "ck/log.h"
#include "daemon/secret.h"

#define HEADERS_MAX 16
#define HEADER_LINE_SIZE 2048

static bool
is_clean(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text <= ' ' || *text > '~')
			return false;
	}

	return true;
}

static void
warn_if_open(const char *path, int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && (st.st_mode & 077) != 0)
		ck_log(CK_LOG_WARNING, "config", "%s: others may read this "
		    "secret (mode %04o): chmod 600 it", path,
		    (unsigned)st.st_mode & 07777);
}

/* Fill out to its last byte but one; true when the file ends before that. */
static bool
read_line(int fd, char *out, size_t size)
{
	size_t used = 0;
	ssize_t got = 0;

	while (used < size - 1 &&
	    (got = read(fd, out + used, size - 1 - used)) > 0)
		used += (size_t)got;
	if (got < 0 || used == size - 1 || strlen(out) != used)
		return false;
	while (used > 0 && (out[used - 1] == '\n' || out[used - 1] == '\r'))
		out[--used] = '\0';

	return true;
}

enum ck_err
ck_secret_read(const char *path, size_t min_len, char *out, size_t size)
{
	enum ck_err err = CK_ERR_CONFIG;
	char line[1024] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	memset(out, 0, size);
	if (fd < 0) {
		ck_log(CK_LOG_ERROR, "config", "%s: cannot read the secret: "
		    "%s", path, strerror(errno));
		goto out;
	}
	warn_if_open(path, fd);
	if (!read_line(fd, line, sizeof(line)) || !is_clean(line) ||
	    strlen(line) < min_len || strlen(line) >= size) {
		ck_log(CK_LOG_ERROR, "config", "%s: expected one line of %zu "
		    "to %zu printable ASCII characters without blanks", path,
		    min_len, size - 1);
		goto out;
	}
	memcpy(out, line, strlen(line));
	err = CK_OK;
out:
	if (fd >= 0)
		(void)close(fd);
	OPENSSL_cleanse(line, sizeof(line));

	return err;
}

/* --- Header lines --------------------------------------------------------- */

/* A name, a colon, a value, all printable: nothing that begins a new line. */
static bool
is_header(const char *line)
{
	size_t name = strspn(line, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
	size_t i;

	if (name == 0 || line[name] != ':' || line[name + 1] == '\0')
		return false;
	for (i = name; line[i] != '\0'; i++) {
		if (line[i] < ' ' || line[i] > '~')
			return false;
	}

	return strncasecmp(line, "content-", 8) != 0 &&
	    strncasecmp(line, "transfer-encoding:", 18) != 0 &&
	    strncasecmp(line, "expect:", 7) != 0;
}

static bool
keep_header(char *line, char *out, size_t size, size_t *used)
{
	size_t len = strcspn(line, "\r\n");

	if (line[len] == '\0' && len == HEADER_LINE_SIZE - 1)
		return false;
	line[len] = '\0';
	if (len == 0 || line[0] == '#')
		return true;
	if (!is_header(line) || *used + len + 2 > size)
		return false;
	memcpy(out + *used, line, len + 1);
	*used += len + 1;

	return true;
}

enum ck_err
ck_secret_read_headers(const char *path, char *out, size_t size)
{
	char line[HEADER_LINE_SIZE];
	FILE *file = fopen(path, "re");
	enum ck_err err = CK_ERR_CONFIG;
	size_t used = 0;
	int number = 0;

	memset(out, 0, size);
	if (file == NULL) {
		ck_log(CK_LOG_ERROR, "config", "%s: cannot read the headers: "
		    "%s", path, strerror(errno));
		return CK_ERR_CONFIG;
	}
	warn_if_open(path, fileno(file));
	while (fgets(line, sizeof(line), file) != NULL) {
		number++;
		if (number <= HEADERS_MAX &&
		    keep_header(line, out, size, &used))
			continue;
		ck_log(CK_LOG_ERROR, "config", "%s:%d: expected a header "
		    "\"Name: value\" in ASCII, at most %d lines, none that "
		    "HTTP needs itself", path, number, HEADERS_MAX);
		goto out;
	}
	err = CK_OK;
out:
	(void)fclose(file);
	OPENSSL_cleanse(line, sizeof(line));
	if (err != CK_OK)
		OPENSSL_cleanse(out, size);

	return err;
}
