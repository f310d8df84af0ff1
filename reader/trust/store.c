/*
 * store.c - the trust store, opened for looking at it and for changing it
 */
#include <openssl/err.h>
#include <openssl/pem.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ck/trust.h"
#include "trust/crl.h"
#include "trust/folder.h"
#include "trust/record.h"
#include "trust/take.h"

/* Written beside the store's file, then renamed over it. */
#define TEMPORARY "." CK_TRUST_FILE ".new"

struct ck_trust {
	char *dir;
	int folder;		/* open, and locked by a writer; -1: none */
	struct ck_anchors *anchors;	/* never NULL */
};

static enum ck_err
fail(char *text, enum ck_err err, const char *where, const char *why)
{
	if (text != NULL)
		(void)snprintf(text, CK_TRUST_TEXT_LEN, "%s%s%s", where,
		    where[0] != '\0' ? ": " : "", why);

	return err;
}

/* The lock is the folder's own: no file of it can be left behind. */
static enum ck_err
open_folder(struct ck_trust *trust, bool write, char *text)
{
	if (write)
		(void)mkdir(trust->dir, 0755);
	trust->folder = open(trust->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (trust->folder < 0 && (write || errno != ENOENT))
		return fail(text, CK_ERR_CONFIG, trust->dir, strerror(errno));
	if (write && flock(trust->folder, LOCK_EX | LOCK_NB) != 0)
		return fail(text, CK_ERR_CONFIG, trust->dir,
		    "another command is changing it: try again when it is "
		    "done");

	return CK_OK;
}

enum ck_err
ck_trust_open(struct ck_trust **out, const char *dir, bool write,
    char text[CK_TRUST_TEXT_LEN])
{
	struct ck_trust *trust = calloc(1, sizeof(*trust));
	enum ck_err err = CK_ERR_NOMEM;

	*out = NULL;
	if (trust == NULL)
		return err;
	trust->folder = -1;
	if ((trust->dir = strdup(dir)) == NULL)
		goto out;
	if ((err = open_folder(trust, write, text)) != CK_OK)
		goto out;
	err = trust->folder < 0 ? ck_anchors_new(&trust->anchors) :
	    ck_anchors_load(&trust->anchors, dir, text);
out:
	if (err == CK_OK)
		*out = trust;
	else
		ck_trust_close(&trust);

	return err;
}

void
ck_trust_close(struct ck_trust **trust)
{
	if (*trust == NULL)
		return;
	if ((*trust)->folder >= 0)
		(void)close((*trust)->folder);
	ck_anchors_free(&(*trust)->anchors);
	free((*trust)->dir);
	free(*trust);
	*trust = NULL;
}

size_t
ck_trust_count(const struct ck_trust *trust)
{
	return ck_anchors_size(trust->anchors);
}

void
ck_trust_describe(const struct ck_trust *trust, size_t i,
    struct ck_trust_entry *out)
{
	ck_trust_item_describe(ck_anchors_item(trust->anchors, i), out);
}

/* The end of item i, if chips of the country may lead to it; 0 otherwise. */
static int64_t
end_of(const struct ck_trust *trust, size_t i, const char *country)
{
	struct ck_trust_entry entry;

	ck_trust_describe(trust, i, &entry);
	if (entry.kind == CK_TRUST_CRL || entry.kind == CK_TRUST_PUBLISHER)
		return 0;

	return country == NULL || strcmp(entry.country, country) == 0 ?
	    entry.until : 0;
}

int64_t
ck_trust_expiry(const struct ck_trust *trust, const char *country, int64_t now)
{
	int64_t earliest = 0, last = 0;
	size_t i;

	for (i = 0; i < ck_trust_count(trust); i++) {
		int64_t end = end_of(trust, i, country);

		if (end > now && (earliest == 0 || end < earliest))
			earliest = end;
		if (end > last)
			last = end;
	}
	if (last == 0 && country != NULL)
		return ck_trust_expiry(trust, NULL, now);

	return earliest != 0 ? earliest : last;
}

static bool
is_pem(struct ck_span file)
{
	static const char begin[] = "-----BEGIN ";

	return file.len > 0 &&
	    memmem(file.ptr, file.len, begin, strlen(begin)) != NULL;
}

/* Behind the last block of a PEM file there is none that is damaged. */
static bool
ended_well(BIO *bio)
{
	return bio == NULL || ERR_GET_REASON(ERR_peek_last_error()) ==
	    PEM_R_NO_START_LINE;
}

/*
 * The certificates of a file; empty when it is something else, or damaged.
 */
static STACK_OF(X509) *
certificates_of(struct ck_span file)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	BIO *bio = is_pem(file) ? BIO_new_mem_buf(file.ptr, (int)file.len) :
	    NULL;
	X509 *cert = bio == NULL ? ck_certificate_parse(file) :
	    PEM_read_bio_X509(bio, NULL, NULL, NULL);

	while (certs != NULL && cert != NULL &&
	    sk_X509_num(certs) < CK_ANCHORS_MAX &&
	    sk_X509_push(certs, cert) > 0)
		cert = bio == NULL ? NULL :
		    PEM_read_bio_X509(bio, NULL, NULL, NULL);
	while (!ended_well(bio) && certs != NULL && sk_X509_num(certs) > 0)
		X509_free(sk_X509_pop(certs));
	X509_free(cert);
	BIO_free(bio);
	ERR_clear_error();

	return certs;
}

static bool
begins(struct ck_span file, const char *with)
{
	return file.len >= strlen(with) &&
	    memcmp(file.ptr, with, strlen(with)) == 0;
}

static const char *
what_it_may_be(struct ck_span file)
{
	if (begins(file, "PK\x03\x04"))
		return "a ZIP archive: unpack it, and take the .ml file that "
		    "it holds";
	if (begins(file, "dn:") || begins(file, "version: 1"))
		return "an LDIF directory: take the master list (.ml) or the "
		    "certificates that it holds";

	return "no certificate, CRL or master list, or a damaged one";
}

static enum ck_err
take_any(const struct ck_take *take, struct ck_span file, char *text)
{
	STACK_OF(X509) *certs = certificates_of(file);
	X509_CRL *crl = NULL;
	enum ck_err err;

	if (certs == NULL)
		return CK_ERR_NOMEM;
	if (sk_X509_num(certs) > 0)
		err = ck_take_certificates(take, certs, false);
	else if ((err = ck_crl_parse(file, &crl)) == CK_OK)
		err = ck_take_crl(take, crl);
	else
		err = ck_take_master_list(take, file);
	sk_X509_pop_free(certs, X509_free);
	if (err == CK_ERR_FILE_MALFORMED)
		err = fail(text, CK_ERR_CONFIG, "", what_it_may_be(file));
	else if (err != CK_OK)
		(void)fail(text, err, "", ck_err_text(err));

	return err;
}

enum ck_err
ck_trust_take(struct ck_trust *trust, struct ck_span file,
    const struct ck_trust_note *note, const struct ck_trust_talk *talk,
    char text[CK_TRUST_TEXT_LEN])
{
	const struct ck_take take = { trust->anchors, note, talk };

	text[0] = '\0';
	if (file.len > CK_MASTER_LIST_MAX)
		return fail(text, CK_ERR_LIMIT, "", "the file is too large");

	return take_any(&take, file, text);
}

enum ck_err
ck_trust_pin(struct ck_trust *trust, struct ck_span file,
    const struct ck_trust_note *note, const struct ck_trust_talk *talk,
    char text[CK_TRUST_TEXT_LEN])
{
	const struct ck_take take = { trust->anchors, note, talk };
	STACK_OF(X509) *certs;
	enum ck_err err;

	text[0] = '\0';
	if (note->by[0] == '\0' || note->reason[0] == '\0')
		return fail(text, CK_ERR_CONFIG, "", "who accepts this signer, "
		    "and why, must be said");
	if (file.len > CK_ANCHOR_FILE_MAX)
		return fail(text, CK_ERR_LIMIT, "", "the file is too large");
	if ((certs = certificates_of(file)) == NULL)
		return CK_ERR_NOMEM;
	err = sk_X509_num(certs) == 1 ?
	    ck_take_signer(&take, sk_X509_value(certs, 0)) :
	    fail(text, CK_ERR_CONFIG, "", "not exactly one certificate");
	sk_X509_pop_free(certs, X509_free);
	ERR_clear_error();

	return err;
}

static bool
shares_its_file(const struct ck_trust *trust, size_t which)
{
	const struct ck_trust_item *item =
	    ck_anchors_item(trust->anchors, which);
	size_t i;

	for (i = 0; i < ck_trust_count(trust); i++) {
		if (i != which && strcmp(ck_anchors_item(trust->anchors,
		    i)->file, item->file) == 0)
			return true;
	}

	return false;
}

enum ck_err
ck_trust_remove(struct ck_trust *trust, size_t i,
    char text[CK_TRUST_TEXT_LEN])
{
	const struct ck_trust_item *item = ck_anchors_item(trust->anchors, i);

	text[0] = '\0';
	if (item->file[0] != '\0' && shares_its_file(trust, i))
		return fail(text, CK_ERR_CONFIG, item->file,
		    "holds other certificates too: take it out of there by "
		    "hand");
	if (item->file[0] != '\0' &&
	    unlinkat(trust->folder, item->file, 0) != 0)
		return fail(text, CK_ERR_CONFIG, item->file, strerror(errno));
	ck_anchors_drop(trust->anchors, i);
	ck_anchors_prove(trust->anchors);

	return CK_OK;
}

static bool
write_all(int fd, struct ck_span bytes)
{
	ssize_t put;

	while (bytes.len > 0) {
		put = write(fd, bytes.ptr, bytes.len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		bytes = ck_span_slice(bytes, (size_t)put, bytes.len);
	}

	return true;
}

/* Whole and on disk under its name, or as it was. */
static bool
replace(int folder, struct ck_span bytes)
{
	int fd = openat(folder, TEMPORARY,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	bool written;

	if (fd < 0)
		return false;
	/* The daemon's own account reads it, whatever our mask is. */
	written = write_all(fd, bytes) && fchmod(fd, 0644) == 0 &&
	    fsync(fd) == 0;
	written = close(fd) == 0 && written;
	if (written && renameat(folder, TEMPORARY, folder, CK_TRUST_FILE) == 0)
		return fsync(folder) == 0;
	(void)unlinkat(folder, TEMPORARY, 0);

	return false;
}

enum ck_err
ck_trust_save(const struct ck_trust *trust, char text[CK_TRUST_TEXT_LEN])
{
	struct ck_buf bytes = CK_BUF_INIT;
	enum ck_err err = ck_record_write(trust->anchors, &bytes);

	text[0] = '\0';
	if (err == CK_OK && !replace(trust->folder, ck_buf_view(&bytes)))
		err = fail(text, CK_ERR_STORE, trust->dir, strerror(errno));
	else if (err != CK_OK)
		(void)fail(text, err, trust->dir, ck_err_text(err));
	ck_buf_wipe(&bytes);

	return err;
}
