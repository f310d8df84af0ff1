/*
 * certificate.c - the end of a certificate in a PEM or PKCS #12 file
 */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "io/certificate.h"

static X509 *
from_pkcs12(FILE *file, const char *password)
{
	PKCS12 *box = d2i_PKCS12_fp(file, NULL);
	EVP_PKEY *key = NULL;
	X509 *certificate = NULL;

	if (box != NULL)
		(void)PKCS12_parse(box, password, &key, &certificate, NULL);
	EVP_PKEY_free(key);
	PKCS12_free(box);

	return certificate;
}

static int64_t
end_of(const X509 *certificate)
{
	struct tm end;

	if (certificate == NULL ||
	    ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1)
		return 0;

	return (int64_t)timegm(&end) * 1000;
}

static int64_t
read_end(const char *path, const char *password)
{
	FILE *file = fopen(path, "rbe");
	X509 *certificate = NULL;
	int64_t end;

	if (file == NULL)
		return 0;
	certificate = password != NULL ? from_pkcs12(file, password) :
	    PEM_read_X509(file, NULL, NULL, NULL);
	end = end_of(certificate);
	X509_free(certificate);
	(void)fclose(file);

	return end;
}

int64_t
ck_certificate_end_ms(struct ck_certificate *kept, const char *path,
    const char *password)
{
	struct stat info;

	if (path[0] == '\0' || stat(path, &info) != 0) {
		memset(kept, 0, sizeof(*kept));
		return 0;
	}
	if (kept->inode == info.st_ino &&
	    kept->changed.tv_sec == info.st_ctim.tv_sec &&
	    kept->changed.tv_nsec == info.st_ctim.tv_nsec)
		return kept->end_ms;
	kept->inode = info.st_ino;
	kept->changed = info.st_ctim;
	kept->end_ms = read_end(path, password);

	return kept->end_ms;
}
