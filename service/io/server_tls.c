/*
 * server_tls.c - our certificate, and who shows us theirs
 *
 * Sources: RFC 5280 §4.2.1.12 (purpose of a key), RFC 6125 (names).
 */
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "ck/log.h"
#include "io/server_tls.h"

/* A chain of certificates, or a key, is a few KiB. */
#define FILE_MAX 262144

/* A host name has at most 253 bytes (RFC 1035 §2.3.4). */
#define NAME_LEN 256

/* --- Files ---------------------------------------------------------------- */

static enum ck_err
refuse(const char *path, const char *words)
{
	ck_log(CK_LOG_ERROR, "http", "%s: %s", path, words);

	return CK_ERR_CONFIG;
}

static enum ck_err
read_all(int fd, const char *path, struct ck_buf *out)
{
	uint8_t block[4096];
	ssize_t len;
	enum ck_err err = CK_OK;

	while (err == CK_OK && (len = read(fd, block, sizeof(block))) != 0) {
		if (len < 0)
			err = refuse(path, strerror(errno));
		else if (out->len + (size_t)len > FILE_MAX)
			err = refuse(path, "is too large for a certificate "
			    "or key");
		else
			err = ck_buf_append(out, ck_span_of(block,
			    (size_t)len));
	}
	explicit_bzero(block, sizeof(block));

	return err;
}

static enum ck_err
read_file(const char *path, bool secret, struct ck_buf *out)
{
	struct stat info;
	enum ck_err err;
	int fd;

	if (path == NULL || path[0] == '\0')
		return CK_OK;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return refuse(path, strerror(errno));
	if (secret && fstat(fd, &info) == 0 &&
	    (info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		ck_log(CK_LOG_WARNING, "http", "%s: others may read this key: "
		    "run chmod 600 on it", path);
	err = read_all(fd, path, out);
	(void)close(fd);

	return err == CK_OK ? ck_buf_push(out, 0) : err;
}

enum ck_err
ck_server_tls_load(const struct ck_tls_files *files,
    struct ck_server_tls *out)
{
	enum ck_err err;

	if ((err = read_file(files->certificate, false,
	    &out->certificate)) != CK_OK ||
	    (err = read_file(files->key, true, &out->key)) != CK_OK)
		return err;

	return read_file(files->client_ca, false, &out->client_ca);
}

void
ck_server_tls_wipe(struct ck_server_tls *tls)
{
	ck_buf_wipe(&tls->certificate);
	ck_buf_wipe(&tls->key);
	ck_buf_wipe(&tls->client_ca);
}

/* --- The other side ------------------------------------------------------- */

/* Whole and exact; wildcards name nobody. */
static bool
is_listed(const char *name, size_t len, const char *names)
{
	size_t word;

	for (; *(names += strspn(names, " \t")) != '\0'; names += word) {
		word = strcspn(names, " \t");
		if (word == len && strncasecmp(names, name, len) == 0)
			return true;
	}

	return false;
}

static bool
has_listed_name(gnutls_x509_crt_t certificate, const char *names)
{
	char name[NAME_LEN];
	size_t len = sizeof(name);
	unsigned i;
	int result;

	if (gnutls_x509_crt_get_dn_by_oid(certificate,
	    GNUTLS_OID_X520_COMMON_NAME, 0, 0, name, &len) == 0 &&
	    is_listed(name, len, names))
		return true;
	for (i = 0;; i++) {
		len = sizeof(name);
		result = gnutls_x509_crt_get_subject_alt_name(certificate, i,
		    name, &len, NULL);
		if (result == GNUTLS_E_SHORT_MEMORY_BUFFER)
			continue;
		if (result < 0)
			return false;
		if (result == GNUTLS_SAN_DNSNAME &&
		    is_listed(name, len, names))
			return true;
	}
}

static bool
verifies(gnutls_session_t session)
{
	gnutls_typed_vdata_st purpose = {
		.type = GNUTLS_DT_KEY_PURPOSE_OID,
		.data = (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_CLIENT
	};
	unsigned status = ~0U;

	return gnutls_certificate_verify_peers(session, &purpose, 1,
	    &status) == 0 && status == 0;
}

bool
ck_tls_peer_named(void *session, const char *names)
{
	gnutls_x509_crt_t certificate = NULL;
	const gnutls_datum_t *chain;
	unsigned count = 0;
	bool good = false;

	if (session == NULL || names == NULL ||
	    (chain = gnutls_certificate_get_peers(session, &count)) == NULL ||
	    count == 0 || !verifies(session) ||
	    gnutls_x509_crt_init(&certificate) != 0)
		return false;
	if (gnutls_x509_crt_import(certificate, &chain[0],
	    GNUTLS_X509_FMT_DER) == 0)
		good = has_listed_name(certificate, names);
	gnutls_x509_crt_deinit(certificate);

	return good;
}
