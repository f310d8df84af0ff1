/*
 * pem.c - certificate and key of the server, as their files have them
 *
 * libmicrohttpd takes whatever it is given and then fails each handshake, so
 * the pair is checked here, once and aloud.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pem.h"

#define MAX_PEM 65536	/* a chain of certificates has a few KB */

static char *
read_text(const char *path)
{
	char *text = calloc(1, MAX_PEM);
	FILE *file = fopen(path, "rbe");

	if (file == NULL || text == NULL ||
	    fread(text, 1, MAX_PEM, file) == MAX_PEM || ferror(file) != 0) {
		fprintf(stderr, "sim-gateway: --tls: cannot read %s\n", path);
		free(text);
		text = NULL;
	}
	if (file != NULL)
		(void)fclose(file);
	return text;
}

static bool
is_pair(const struct sim_pem *pem)
{
	BIO *cert_text = BIO_new_mem_buf(pem->cert, -1);
	BIO *key_text = BIO_new_mem_buf(pem->key, -1);
	X509 *cert = PEM_read_bio_X509(cert_text, NULL, NULL, NULL);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(key_text, NULL, NULL, NULL);
	bool pair = cert != NULL && key != NULL &&
	    X509_check_private_key(cert, key) == 1;

	X509_free(cert);
	EVP_PKEY_free(key);
	BIO_free(cert_text);
	BIO_free(key_text);
	return pair;
}

struct sim_pem *
sim_pem_load(const char *cert, const char *key)
{
	struct sim_pem *pem = calloc(1, sizeof(*pem));

	if (pem == NULL)
		return NULL;
	pem->cert = read_text(cert);
	pem->key = read_text(key);
	if (pem->cert == NULL || pem->key == NULL) {
		sim_pem_free(&pem);
	} else if (!is_pair(pem)) {
		fprintf(stderr, "sim-gateway: --tls: %s and %s are not a "
		    "certificate and its key in PEM\n", cert, key);
		sim_pem_free(&pem);
	}
	return pem;
}

void
sim_pem_free(struct sim_pem **pem)
{
	if (*pem == NULL)
		return;
	if ((*pem)->key != NULL)
		OPENSSL_cleanse((*pem)->key, strlen((*pem)->key));
	free((*pem)->key);
	free((*pem)->cert);
	free(*pem);
	*pem = NULL;
}
