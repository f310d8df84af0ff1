/*
 * office_key.c - the key that the provincial office signs with
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "ck/hex.h"
#include "province/office_key.h"

static enum ck_err
refuse(const char *path, const char *what)
{
	(void)fprintf(stderr, "checkin-province: %s: %s\n", path, what);

	return CK_ERR_CONFIG;
}

/* Make the file, on disk before its key is used. */
static enum ck_err
make(const char *path, uint8_t seed[CK_SEED_LEN])
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool good;

	if (fd < 0)
		return refuse(path, strerror(errno));
	good = RAND_priv_bytes(seed, CK_SEED_LEN) == 1 &&
	    write(fd, seed, CK_SEED_LEN) == CK_SEED_LEN && fsync(fd) == 0;
	good &= close(fd) == 0;
	if (good)
		return CK_OK;
	(void)unlink(path);

	return refuse(path, "the key could not be written");
}

static enum ck_err
read_seed(const char *path, int fd, uint8_t seed[CK_SEED_LEN])
{
	struct stat info;

	if (fstat(fd, &info) != 0)
		return refuse(path, strerror(errno));
	if ((info.st_mode & 077) != 0)
		return refuse(path, "others may read it; chmod 600, and think "
		    "about a new key");
	if (info.st_size != CK_SEED_LEN ||
	    read(fd, seed, CK_SEED_LEN) != CK_SEED_LEN)
		return refuse(path, "not an office key of 32 bytes");

	return CK_OK;
}

static void
tell_new(const char *path, const uint8_t public[CK_PUBLIC_LEN])
{
	char digits[CK_HEX_LEN(CK_PUBLIC_LEN)];

	ck_hex_print(ck_span_of(public, CK_PUBLIC_LEN), digits);
	(void)fprintf(stderr, "checkin-province: %s: made. Publish its public "
	    "key, and keep a copy of the file: %s\n", path, digits);
}

enum ck_err
ck_office_key_load(const char *path, struct ck_signer **signer,
    uint8_t public[CK_PUBLIC_LEN])
{
	uint8_t seed[CK_SEED_LEN];
	bool fresh = false;
	enum ck_err err;
	int fd;

	*signer = NULL;
	if (path[0] == '\0')
		return refuse("configuration", "[office] key_file is not set");
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0) {
		err = read_seed(path, fd, seed);
		(void)close(fd);
	} else if (errno == ENOENT) {
		fresh = true;
		err = make(path, seed);
	} else {
		err = refuse(path, strerror(errno));
	}
	if (err == CK_OK)
		err = ck_signer_new(signer, seed, public);
	OPENSSL_cleanse(seed, sizeof(seed));
	if (err == CK_OK && fresh)
		tell_new(path, public);

	return err;
}
