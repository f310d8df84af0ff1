/*
 * folder.c - the trust store's folder, loaded
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trust/crl.h"
#include "trust/folder.h"
#include "trust/record.h"

/* FNV-1a, 64 bits: a change is to be noticed, nobody is to be kept out. */
#define STAMP_BASIS UINT64_C(0xcbf29ce484222325)
#define STAMP_PRIME UINT64_C(0x100000001b3)

/* Where a load stands: what is wanted of it and what to tell on error. */
struct load {
	struct ck_anchors *anchors;
	const char *dir;
	char *text;		/* CK_TRUST_TEXT_LEN bytes, or NULL */
};

static enum ck_err
fail(const struct load *load, enum ck_err err, const char *name,
    const char *why)
{
	if (load->text != NULL)
		(void)snprintf(load->text, CK_TRUST_TEXT_LEN, "%s%s%s: %s",
		    load->dir, name[0] == '\0' ? "" : "/", name, why);

	return err;
}

/* Takes item, also on error. */
static enum ck_err
add_by_hand(struct ck_anchors *anchors, struct ck_trust_item *item,
    const char *name)
{
	if (item != NULL) {
		(void)snprintf(item->file, sizeof(item->file), "%s", name);
		(void)snprintf(item->note.source, sizeof(item->note.source),
		    "%.*s", CK_TRUST_SOURCE_LEN - 1, name);
	}

	return ck_anchors_add(anchors, item);
}

static enum ck_err
add_certificate(struct ck_anchors *anchors, X509 *cert, const char *name)
{
	enum ck_trust_kind kind = X509_check_issued(cert, cert) == X509_V_OK ?
	    CK_TRUST_CSCA : CK_TRUST_LINK;

	ERR_clear_error();

	return add_by_hand(anchors, ck_trust_item_certificate(kind, cert),
	    name);
}

static enum ck_err
add_pem(struct ck_anchors *anchors, struct ck_span file, const char *name)
{
	BIO *bio = BIO_new_mem_buf(file.ptr, (int)file.len);
	enum ck_err err = CK_OK;
	size_t found = 0;
	X509 *cert;

	if (bio == NULL)
		return CK_ERR_NOMEM;
	while (err == CK_OK &&
	    (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		err = add_certificate(anchors, cert, name);
		found++;
	}
	if (err == CK_OK && (found == 0 ||
	    ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE))
		err = CK_ERR_CONFIG;
	BIO_free(bio);
	ERR_clear_error();

	return err;
}

/* A key lying beside its certificate is no anchor, and no damage either. */
static bool
is_private_key(struct ck_span der)
{
	const uint8_t *next = der.ptr;
	EVP_PKEY *key = NULL;
	bool found;

	if (der.len > 0 && der.len <= CK_CERTIFICATE_MAX)
		key = d2i_AutoPrivateKey(NULL, &next, (long)der.len);
	found = key != NULL && next == der.ptr + der.len;
	EVP_PKEY_free(key);
	ERR_clear_error();

	return found;
}

static enum ck_err
add_certificates(struct ck_anchors *anchors, struct ck_span file,
    const char *name)
{
	static const char begin[] = "-----BEGIN ";
	X509 *cert;

	if (file.len > 0 &&
	    memmem(file.ptr, file.len, begin, strlen(begin)) != NULL)
		return add_pem(anchors, file, name);
	if ((cert = ck_certificate_parse(file)) == NULL)
		return is_private_key(file) ? CK_OK : CK_ERR_CONFIG;

	return add_certificate(anchors, cert, name);
}

static enum ck_err
add_crl(struct ck_anchors *anchors, struct ck_span file, const char *name)
{
	X509_CRL *crl;
	enum ck_err err = ck_crl_parse(file, &crl);

	if (err != CK_OK)
		return err;

	return add_by_hand(anchors, ck_trust_item_crl(crl), name);
}

static bool
ends_in(const char *name, const char *ending)
{
	const char *dot = strrchr(name, '.');

	return dot != NULL && dot != name && name[0] != '.' &&
	    strcasecmp(dot, ending) == 0;
}

static bool
is_store(const char *name)
{
	return strcmp(name, CK_TRUST_FILE) == 0;
}

static bool
is_wanted(const char *name)
{
	static const char *const endings[] = {
		".der", ".cer", ".crt", ".pem", ".crl"
	};
	size_t i;

	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		if (ends_in(name, endings[i]))
			return true;
	}

	return is_store(name);
}

static size_t
size_limit(const char *name)
{
	if (is_store(name))
		return CK_TRUST_FILE_MAX;

	return ends_in(name, ".crl") ? CK_CRL_FILE_MAX : CK_ANCHOR_FILE_MAX;
}

static const char *
reason(enum ck_err err, const char *name)
{
	if (err == CK_ERR_LIMIT)
		return "too large, or too many objects";
	if (err != CK_ERR_CONFIG)
		return ck_err_text(err);

	return ends_in(name, ".crl") ? "holds no whole CRL in DER or PEM" :
	    "holds no certificate in DER or PEM";
}

static enum ck_err
add_bytes(const struct load *load, struct ck_span file, const char *name)
{
	char why[CK_RECORD_WHY_LEN];
	enum ck_err err;

	if (is_store(name)) {
		err = ck_record_parse(file, load->anchors, why);
		return err == CK_OK ? CK_OK : fail(load, err, name, why);
	}
	err = ends_in(name, ".crl") ? add_crl(load->anchors, file, name) :
	    add_certificates(load->anchors, file, name);

	return err == CK_OK ? CK_OK : fail(load, err, name, reason(err, name));
}

static enum ck_err
read_whole(int fd, size_t limit, struct ck_buf *out)
{
	uint8_t block[4096];
	enum ck_err err = CK_OK;
	ssize_t got = 0;

	while (err == CK_OK && (got = read(fd, block, sizeof(block))) > 0) {
		if (out->len + (size_t)got > limit)
			return CK_ERR_LIMIT;
		err = ck_buf_append(out, ck_span_of(block, (size_t)got));
	}
	if (err == CK_OK && got < 0)
		err = CK_ERR_CONFIG;

	return err;
}

static enum ck_err
load_file(const struct load *load, int dir, const char *name)
{
	struct ck_buf bytes = CK_BUF_INIT;
	struct stat info;
	enum ck_err err = CK_ERR_CONFIG;
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return fail(load, err, name, strerror(errno));
	if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
		err = CK_OK;	/* subfolders and devices are not anchors */
		goto out;
	}
	err = read_whole(fd, size_limit(name), &bytes);
	err = err != CK_OK ? fail(load, err, name, reason(err, name)) :
	    add_bytes(load, ck_buf_view(&bytes), name);
out:
	(void)close(fd);
	ck_buf_wipe(&bytes);

	return err;
}

static int
wanted_entry(const struct dirent *entry)
{
	return is_wanted(entry->d_name) ? 1 : 0;
}

/* By name, so that numbers of a list stay the same from one to the next. */
static enum ck_err
load_dir(const struct load *load)
{
	struct dirent **entries = NULL;
	int dir = open(load->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int i, count = -1;
	enum ck_err err = CK_OK;

	if (dir >= 0)
		count = scandirat(dir, ".", &entries, wanted_entry, alphasort);
	if (count < 0)
		err = fail(load, CK_ERR_CONFIG, "", strerror(errno));
	for (i = 0; i < count; i++) {
		if (err == CK_OK)
			err = load_file(load, dir, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	if (dir >= 0)
		(void)close(dir);

	return err;
}

enum ck_err
ck_anchors_load(struct ck_anchors **out, const char *dir,
    char text[CK_TRUST_TEXT_LEN])
{
	struct load load = { NULL, dir, text };
	enum ck_err err;

	if (text != NULL)
		text[0] = '\0';
	if ((err = ck_anchors_new(out)) != CK_OK)
		return err;
	load.anchors = *out;
	if ((err = load_dir(&load)) != CK_OK)
		ck_anchors_free(out);
	else
		ck_anchors_prove(*out);

	return err;
}

static uint64_t
mix(uint64_t stamp, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	while (len-- > 0)
		stamp = (stamp ^ *at++) * STAMP_PRIME;

	return stamp;
}

/* The sum, so that the order of the folder does not matter. */
uint64_t
ck_trust_stamp(const char *dir)
{
	DIR *folder = opendir(dir);
	const struct dirent *entry;
	uint64_t sum = folder == NULL ? 0 : 1;
	struct stat info;

	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		uint64_t stamp = STAMP_BASIS;

		if (!is_wanted(entry->d_name) || fstatat(dirfd(folder),
		    entry->d_name, &info, 0) != 0)
			continue;
		stamp = mix(stamp, entry->d_name, strlen(entry->d_name));
		stamp = mix(stamp, &info.st_ino, sizeof(info.st_ino));
		stamp = mix(stamp, &info.st_size, sizeof(info.st_size));
		stamp = mix(stamp, &info.st_mtim, sizeof(info.st_mtim));
		stamp = mix(stamp, &info.st_ctim, sizeof(info.st_ctim));
		sum += stamp;
	}
	if (folder != NULL)
		(void)closedir(folder);

	return sum;
}

void
ck_anchors_refresh(struct ck_anchors_cache *cache, const char *dir,
    char text[CK_TRUST_TEXT_LEN])
{
	uint64_t stamp = ck_trust_stamp(dir);

	if (text != NULL)
		text[0] = '\0';
	if (cache->loaded && stamp == cache->stamp)
		return;
	/* Before the files: what changes meanwhile is loaded next time. */
	cache->stamp = stamp;
	cache->loaded = true;
	ck_anchors_free(&cache->anchors);
	/* a folder that only cannot be read is no absent one */
	if ((stamp != 0 || faccessat(AT_FDCWD, dir, F_OK, AT_EACCESS) == 0 ||
	    errno != ENOENT) &&
	    ck_anchors_load(&cache->anchors, dir, text) != CK_OK)
		cache->anchors = NULL;
}
