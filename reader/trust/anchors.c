/*
 * anchors.c - the CSCA certificates that this clinic trusts
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trust/anchors.h"

struct ck_anchors {
	STACK_OF(X509) *list;
};

/* Where a load stands: what is wanted of it and what to tell on error. */
struct load {
	struct ck_anchors *anchors;
	const char *dir;
	char *text;		/* CK_ANCHORS_TEXT_LEN bytes, or NULL */
};

static enum ck_err
fail(const struct load *load, enum ck_err err, const char *name,
    const char *why)
{
	if (load->text != NULL)
		(void)snprintf(load->text, CK_ANCHORS_TEXT_LEN, "%s%s%s: %s",
		    load->dir, name[0] == '\0' ? "" : "/", name, why);

	return err;
}

static enum ck_err
anchors_new(struct ck_anchors **out)
{
	struct ck_anchors *anchors = calloc(1, sizeof(*anchors));

	*out = NULL;
	if (anchors == NULL)
		return CK_ERR_NOMEM;
	if ((anchors->list = sk_X509_new_null()) == NULL) {
		free(anchors);
		return CK_ERR_NOMEM;
	}
	*out = anchors;

	return CK_OK;
}

/* Takes cert, also on error. */
static enum ck_err
anchors_add(struct ck_anchors *anchors, X509 *cert)
{
	enum ck_err err = CK_ERR_LIMIT;

	if (sk_X509_num(anchors->list) < CK_ANCHORS_MAX) {
		if (sk_X509_push(anchors->list, cert) > 0)
			return CK_OK;
		err = CK_ERR_NOMEM;
	}
	X509_free(cert);

	return err;
}

/* One certificate and nothing behind it; NULL otherwise. */
static X509 *
from_der(struct ck_span der)
{
	const uint8_t *next = der.ptr;
	X509 *cert;

	if (der.len == 0 || der.len > CK_ANCHOR_FILE_MAX)
		return NULL;
	cert = d2i_X509(NULL, &next, (long)der.len);
	if (cert != NULL && next != der.ptr + der.len) {
		X509_free(cert);
		cert = NULL;
	}

	return cert;
}

static enum ck_err
add_pem(struct ck_anchors *anchors, struct ck_span file)
{
	BIO *bio = BIO_new_mem_buf(file.ptr, (int)file.len);
	enum ck_err err = CK_OK;
	size_t found = 0;
	X509 *cert;

	if (bio == NULL)
		return CK_ERR_NOMEM;
	while (err == CK_OK &&
	    (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		err = anchors_add(anchors, cert);
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

	if (der.len > 0 && der.len <= CK_ANCHOR_FILE_MAX)
		key = d2i_AutoPrivateKey(NULL, &next, (long)der.len);
	found = key != NULL && next == der.ptr + der.len;
	EVP_PKEY_free(key);
	ERR_clear_error();

	return found;
}

static enum ck_err
add_bytes(struct ck_anchors *anchors, struct ck_span file)
{
	static const char begin[] = "-----BEGIN ";
	X509 *cert;

	if (file.len > 0 &&
	    memmem(file.ptr, file.len, begin, strlen(begin)) != NULL)
		return add_pem(anchors, file);
	cert = from_der(file);
	ERR_clear_error();

	if (cert == NULL)
		return is_private_key(file) ? CK_OK : CK_ERR_CONFIG;

	return anchors_add(anchors, cert);
}

static enum ck_err
read_whole(int fd, struct ck_buf *out)
{
	uint8_t block[4096];
	enum ck_err err = CK_OK;
	ssize_t got = 0;

	while (err == CK_OK && (got = read(fd, block, sizeof(block))) > 0) {
		if (out->len + (size_t)got > CK_ANCHOR_FILE_MAX)
			return CK_ERR_LIMIT;
		err = ck_buf_append(out, ck_span_of(block, (size_t)got));
	}
	if (err == CK_OK && got < 0)
		err = CK_ERR_CONFIG;

	return err;
}

static const char *
reason(enum ck_err err)
{
	if (err == CK_ERR_CONFIG)
		return "holds no certificate in DER or PEM";
	if (err == CK_ERR_LIMIT)
		return "too large, or too many certificates";

	return ck_err_text(err);
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
	if ((err = read_whole(fd, &bytes)) == CK_OK)
		err = add_bytes(load->anchors, ck_buf_view(&bytes));
	if (err != CK_OK)
		(void)fail(load, err, name, reason(err));
out:
	(void)close(fd);
	ck_buf_wipe(&bytes);

	return err;
}

static bool
is_certificate_name(const char *name)
{
	static const char *const endings[] = { ".der", ".cer", ".crt", ".pem" };
	const char *dot = strrchr(name, '.');
	size_t i;

	for (i = 0; dot != NULL && dot != name && name[0] != '.' &&
	    i < sizeof(endings) / sizeof(endings[0]); i++) {
		if (strcasecmp(dot, endings[i]) == 0)
			return true;
	}

	return false;
}

static enum ck_err
load_dir(const struct load *load)
{
	DIR *dir = opendir(load->dir);
	const struct dirent *entry;
	enum ck_err err = CK_OK;

	if (dir == NULL)
		return fail(load, CK_ERR_CONFIG, "", strerror(errno));
	while (err == CK_OK && (entry = readdir(dir)) != NULL) {
		if (is_certificate_name(entry->d_name))
			err = load_file(load, dirfd(dir), entry->d_name);
	}
	(void)closedir(dir);

	return err;
}

enum ck_err
ck_anchors_load(struct ck_anchors **out, const char *dir,
    char text[CK_ANCHORS_TEXT_LEN])
{
	struct load load = { NULL, dir, text };
	enum ck_err err;

	if (text != NULL)
		text[0] = '\0';
	if ((err = anchors_new(out)) != CK_OK)
		return err;
	load.anchors = *out;
	if ((err = load_dir(&load)) != CK_OK)
		ck_anchors_free(out);

	return err;
}

enum ck_err
ck_anchors_from_der(struct ck_anchors **out, struct ck_span der)
{
	enum ck_err err = anchors_new(out);
	X509 *cert;

	if (err != CK_OK)
		return err;
	cert = from_der(der);
	ERR_clear_error();
	err = cert == NULL ? CK_ERR_CONFIG : anchors_add(*out, cert);
	if (err != CK_OK)
		ck_anchors_free(out);

	return err;
}

size_t
ck_anchors_count(const struct ck_anchors *anchors)
{
	return anchors == NULL ? 0 : (size_t)sk_X509_num(anchors->list);
}

const struct stack_st_X509 *
ck_anchors_certificates(const struct ck_anchors *anchors)
{
	return anchors == NULL ? NULL : anchors->list;
}

void
ck_anchors_free(struct ck_anchors **anchors)
{
	if (*anchors == NULL)
		return;
	sk_X509_pop_free((*anchors)->list, X509_free);
	free(*anchors);
	*anchors = NULL;
}
