/*
 * pki.c - the country that signs simulated chips
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/pem.h>

#include "pki_make.h"

#define PATH_MAX_LEN 512

static const struct sim_wish csca_wish = {
	.name = "CSCA Simulated", .serial = 1,
	.not_before = "20200101000000Z", .not_after = "20400101000000Z",
	.is_ca = true,
};
static const struct sim_wish signer_wish = {
	.name = "Document Signer 1", .serial = 0x1001,
	.not_before = "20200601000000Z", .not_after = "20350601000000Z",
};
static const struct sim_wish expired_wish = {
	.name = "Document Signer 0", .serial = 0x1000,
	.not_before = "20150101000000Z", .not_after = "20250101000000Z",
};
static const struct sim_wish foreign_csca_wish = {
	.name = "CSCA Elsewhere", .serial = 1,
	.not_before = "20200101000000Z", .not_after = "20400101000000Z",
	.is_ca = true,
};
static const struct sim_wish foreign_wish = {
	.name = "Document Signer Elsewhere", .serial = 0x2001,
	.not_before = "20200601000000Z", .not_after = "20350601000000Z",
};

static const struct sim_wish abroad_csca_wish = {
	.name = "CSCA Utopia", .serial = 1,
	.not_before = "20200101000000Z", .not_after = "20400101000000Z",
	.is_ca = true,
	.country = "UT",
};
static const struct sim_wish abroad_wish = {
	.name = "Document Signer Utopia", .serial = 0x3001,
	.not_before = "20200601000000Z", .not_after = "20350601000000Z",
	.country = "UT",
};

/* Signers whose CSCA is in no trust store. */
static void
make_unwanted(struct sim_pki *pki)
{
	struct sim_identity csca = sim_identity_make(&foreign_csca_wish, NULL);

	pki->foreign = sim_identity_make(&foreign_wish, &csca);
	sim_identity_free(&csca);
	csca = sim_identity_make(&csca_wish, NULL);
	pki->impostor = sim_identity_make(&signer_wish, &csca);
	sim_identity_free(&csca);
	csca = sim_identity_make(&abroad_csca_wish, NULL);
	pki->abroad = sim_identity_make(&abroad_wish, &csca);
	sim_identity_free(&csca);
}

bool
sim_pki_open(struct sim_pki *pki, const char *state_dir, bool explicit_curve)
{
	struct sim_wish csca = csca_wish, signer = signer_wish;

	csca.explicit_curve = signer.explicit_curve = explicit_curve;
	*pki = (struct sim_pki){ .state_dir = state_dir };
	if (state_dir != NULL)
		mkdir(state_dir, 0700);
	if (!sim_identity_keep(state_dir, "csca", &csca, NULL, &pki->csca) ||
	    !sim_identity_keep(state_dir, "signer", &signer, &pki->csca,
	    &pki->signer))
		return false;
	pki->expired = sim_identity_make(&expired_wish, &pki->csca);
	make_unwanted(pki);

	return true;
}

void
sim_pki_close(struct sim_pki *pki)
{
	sim_identity_free(&pki->csca);
	sim_identity_free(&pki->signer);
	sim_identity_free(&pki->expired);
	sim_identity_free(&pki->foreign);
	sim_identity_free(&pki->impostor);
	sim_identity_free(&pki->abroad);
}

EVP_PKEY *
sim_pki_chip_key(const char *state_dir, const char *name, const char *type)
{
	char path[PATH_MAX_LEN];
	EVP_PKEY *key = NULL;
	BIO *file;

	if (state_dir != NULL) {
		snprintf(path, sizeof(path), "%s/%s.pem", state_dir, name);
		file = BIO_new_file(path, "r");
		if (file != NULL)
			key = PEM_read_bio_PrivateKey(file, NULL, NULL, NULL);
		BIO_free(file);
	}
	if (key != NULL)
		return key;
	if (strncmp(type, "RSA", 3) == 0)
		key = EVP_RSA_gen(type[3] == '\0' ? 2048u : 1024u);
	else
		key = EVP_EC_gen(type);
	sim_must(key != NULL, "key generation");
	if (state_dir != NULL) {
		file = BIO_new(BIO_s_mem());
		sim_must(file != NULL && PEM_write_bio_PrivateKey(file, key,
		    NULL, NULL, 0, NULL, NULL) == 1, "PEM");
		sim_span_store(sim_memory_of(file), path);
		BIO_free(file);
	}

	return key;
}
