/*
 * keyfile.c - make a key once, then refuse anything that is not it
 */
#include <sys/stat.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ck/log.h"
#include "store/keyfile.h"

static enum ck_err
system_failure(const char *path, const char *what)
{
	int number = errno;

	ck_log(CK_LOG_ERROR, "store", "%s: %s (%s)", path, what,
	    strerror(number));

	return number == ENOSPC || number == EDQUOT ? CK_ERR_STORE_FULL :
	    CK_ERR_STORE;
}

enum ck_err
ck_keyfile_directory(const char *path)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return CK_OK;

	return system_failure(path, "cannot make this directory; make it and "
	    "give it to the service");
}

/* The name is only safe on disk when its directory is. */
static enum ck_err
sync_directory_of(const char *path)
{
	char copy[PATH_MAX];
	enum ck_err err = CK_OK;
	int fd;

	(void)snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		err = system_failure(path, "cannot sync its directory");
	if (fd >= 0)
		(void)close(fd);

	return err;
}

static enum ck_err
write_synced(const char *path, const uint8_t key[CK_KEY_LEN])
{
	enum ck_err err = CK_OK;
	int fd;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (fd < 0)
		return system_failure(path, "cannot make this key file");
	if (write(fd, key, CK_KEY_LEN) != CK_KEY_LEN || fsync(fd) != 0)
		err = system_failure(path, "cannot write this key file");
	if (close(fd) != 0 && err == CK_OK)
		err = system_failure(path, "cannot write this key file");

	return err;
}

/* Written beside and renamed: a crash leaves the whole key or none. */
static enum ck_err
make_key(const char *path, uint8_t key[CK_KEY_LEN])
{
	char fresh[PATH_MAX];
	enum ck_err err;
	int len = snprintf(fresh, sizeof(fresh), "%s.new", path);

	if (len < 0 || (size_t)len >= sizeof(fresh))
		return CK_ERR_LIMIT;
	if (RAND_priv_bytes(key, CK_KEY_LEN) != 1)
		return CK_ERR_CRYPTO;
	if ((err = write_synced(fresh, key)) != CK_OK)
		return err;
	if (rename(fresh, path) != 0)
		return system_failure(path, "cannot name this key file");

	return sync_directory_of(path);
}

static enum ck_err
wrong(const char *path, const char *what)
{
	ck_log(CK_LOG_ERROR, "store", "%s: %s", path, what);

	return CK_ERR_STORE_KEY;
}

static enum ck_err
check_file(const char *path, int fd)
{
	struct stat info;

	if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
		return wrong(path, "is not a plain file");
	if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return wrong(path, "others may read this key: run chmod 600 "
		    "on it, and think of who has read it");
	if (info.st_size != CK_KEY_LEN)
		return wrong(path, "is not a key of 32 bytes; restore the "
		    "key files that belong to this database");

	return CK_OK;
}

static enum ck_err
read_key(const char *path, int fd, uint8_t key[CK_KEY_LEN])
{
	enum ck_err err = check_file(path, fd);

	if (err == CK_OK && read(fd, key, CK_KEY_LEN) != CK_KEY_LEN)
		err = wrong(path, "cannot be read");

	return err;
}

enum ck_err
ck_keyfile_load(const char *path, bool make, uint8_t key[CK_KEY_LEN])
{
	enum ck_err err;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd >= 0) {
		err = read_key(path, fd, key);
		(void)close(fd);
	} else if (errno == ENOENT && make) {
		err = make_key(path, key);
	} else {
		err = wrong(path, "this key file is missing or cannot be "
		    "read; restore the key files that belong to this "
		    "database");
	}
	if (err != CK_OK)
		OPENSSL_cleanse(key, CK_KEY_LEN);

	return err;
}
