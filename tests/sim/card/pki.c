/*
 * pki.c - the country that signs simulated chips
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "pki.h"

#define SIGNER_CURVE "brainpoolP384r1"
#define PATH_MAX_LEN 512

/* What one certificate says. Dates are UTCTime or GeneralizedTime texts. */
struct wish {
	const char *name;
	unsigned serial;
	const char *not_before, *not_after;
	bool is_ca;
	bool explicit_curve;
	const char *country;		/* NULL: VN */
};

static const struct wish csca_wish = { "CSCA Simulated", 1,
	"20200101000000Z", "20400101000000Z", true, false, NULL };
static const struct wish signer_wish = { "Document Signer 1", 0x1001,
	"20200601000000Z", "20350601000000Z", false, false, NULL };
static const struct wish expired_wish = { "Document Signer 0", 0x1000,
	"20150101000000Z", "20250101000000Z", false, false, NULL };
static const struct wish foreign_csca_wish = { "CSCA Elsewhere", 1,
	"20200101000000Z", "20400101000000Z", true, false, NULL };
static const struct wish foreign_wish = { "Document Signer Elsewhere", 0x2001,
	"20200601000000Z", "20350601000000Z", false, false, NULL };

static const struct wish abroad_csca_wish = { "CSCA Utopia", 1,
	"20200101000000Z", "20400101000000Z", true, false, "UT" };
static const struct wish abroad_wish = { "Document Signer Utopia", 0x3001,
	"20200601000000Z", "20350601000000Z", false, false, "UT" };

static void
set_time(ASN1_TIME *time, const char *text)
{
	sim_must(ASN1_TIME_set_string_X509(time, text) == 1, "ASN1_TIME");
}

static void
set_name(X509_NAME *name, const char *country, const char *common_name)
{
	const struct {
		const char *field, *value;
	} parts[] = {
		{ "C", country != NULL ? country : "VN" },
		{ "O", "Synthetic" },
		{ "CN", common_name },
	};
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		sim_must(X509_NAME_add_entry_by_txt(name, parts[i].field,
		    i == 0 ? MBSTRING_ASC : MBSTRING_UTF8,
		    (const unsigned char *)parts[i].value, -1, -1, 0) == 1,
		    "X509_NAME");
}

static void
add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *extension;
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	sim_must(extension != NULL &&
	    X509_add_ext(certificate, extension, -1) == 1, "X509_add_ext");
	X509_EXTENSION_free(extension);
}

static void
add_extensions(X509 *certificate, X509 *issuer, bool is_ca)
{
	if (is_ca)
		add_extension(certificate, issuer, NID_basic_constraints,
		    "critical,CA:TRUE,pathlen:0");
	add_extension(certificate, issuer, NID_key_usage, is_ca
	    ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
	add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
	add_extension(certificate, issuer, NID_authority_key_identifier,
	    "keyid:always");
}

static EVP_PKEY *
make_key(bool explicit_curve)
{
	EVP_PKEY *key = EVP_EC_gen(SIGNER_CURVE);

	sim_must(key != NULL, "EVP_EC_gen");
	if (explicit_curve)
		sim_must(EVP_PKEY_set_utf8_string_param(key,
		    OSSL_PKEY_PARAM_EC_ENCODING,
		    OSSL_PKEY_EC_ENCODING_EXPLICIT) == 1, "explicit curve");

	return key;
}

/* issuer NULL: signs itself. */
static struct sim_identity
make_identity(const struct wish *wish, const struct sim_identity *issuer)
{
	struct sim_identity made = {
		.key = make_key(wish->explicit_curve),
		.certificate = X509_new(),
	};
	X509 *x = made.certificate;

	sim_must(made.key != NULL && x != NULL, "certificate");
	if (issuer == NULL)
		issuer = &made;
	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), (long)wish->serial);
	set_time(X509_getm_notBefore(x), wish->not_before);
	set_time(X509_getm_notAfter(x), wish->not_after);
	set_name(X509_get_subject_name(x), wish->country, wish->name);
	X509_set_issuer_name(x, X509_get_subject_name(issuer->certificate));
	sim_must(X509_set_pubkey(x, made.key) == 1, "X509_set_pubkey");
	add_extensions(x, issuer->certificate, wish->is_ca);
	sim_must(X509_sign(x, issuer->key, EVP_sha384()) > 0, "X509_sign");

	return made;
}

static void
free_identity(struct sim_identity *identity)
{
	EVP_PKEY_free(identity->key);
	X509_free(identity->certificate);
	*identity = (struct sim_identity){ NULL, NULL };
}

/* Certificate and key stand in one file, so that they always fit. */
static bool
load_identity(const char *path, struct sim_identity *out)
{
	BIO *file = BIO_new_file(path, "r");

	*out = (struct sim_identity){ NULL, NULL };
	if (file == NULL)
		return false;
	out->key = PEM_read_bio_PrivateKey(file, NULL, NULL, NULL);
	out->certificate = PEM_read_bio_X509(file, NULL, NULL, NULL);
	BIO_free(file);
	if (out->key != NULL && out->certificate != NULL)
		return true;
	free_identity(out);

	return false;
}

static struct sim_span
memory_of(BIO *memory)
{
	char *ptr;
	long len = BIO_get_mem_data(memory, &ptr);

	return sim_span(ptr, (size_t)len);
}

static bool
store_identity(const char *path, const struct sim_identity *identity)
{
	BIO *memory = BIO_new(BIO_s_mem());
	bool ok;

	sim_must(memory != NULL &&
	    PEM_write_bio_PrivateKey(memory, identity->key, NULL, NULL, 0,
	    NULL, NULL) == 1 &&
	    PEM_write_bio_X509(memory, identity->certificate) == 1, "PEM");
	ok = sim_span_store(memory_of(memory), path);
	BIO_free(memory);

	return ok;
}

static bool
keep_identity(const char *state_dir, const char *file,
    const struct wish *wish, const struct sim_identity *issuer,
    struct sim_identity *out)
{
	const char *kind = wish->explicit_curve ? "-explicit" : "";
	char path[PATH_MAX_LEN];

	if (state_dir == NULL) {
		*out = make_identity(wish, issuer);
		return true;
	}
	snprintf(path, sizeof(path), "%s/%s%s.pem", state_dir, file,
	    kind);
	if (load_identity(path, out))
		return true;
	*out = make_identity(wish, issuer);

	return store_identity(path, out);
}

/* Signers whose CSCA is in no trust store. */
static void
make_unwanted(struct sim_pki *pki)
{
	struct sim_identity csca = make_identity(&foreign_csca_wish, NULL);

	pki->foreign = make_identity(&foreign_wish, &csca);
	free_identity(&csca);
	csca = make_identity(&csca_wish, NULL);
	pki->impostor = make_identity(&signer_wish, &csca);
	free_identity(&csca);
	csca = make_identity(&abroad_csca_wish, NULL);
	pki->abroad = make_identity(&abroad_wish, &csca);
	free_identity(&csca);
}

bool
sim_pki_open(struct sim_pki *pki, const char *state_dir, bool explicit_curve)
{
	struct wish csca = csca_wish, signer = signer_wish;

	csca.explicit_curve = signer.explicit_curve = explicit_curve;
	*pki = (struct sim_pki){ 0 };
	if (state_dir != NULL)
		mkdir(state_dir, 0700);
	if (!keep_identity(state_dir, "csca", &csca, NULL, &pki->csca) ||
	    !keep_identity(state_dir, "signer", &signer, &pki->csca,
	    &pki->signer))
		return false;
	pki->expired = make_identity(&expired_wish, &pki->csca);
	make_unwanted(pki);

	return true;
}

bool
sim_pki_export(const struct sim_pki *pki, const char *dir)
{
	char path[PATH_MAX_LEN];
	uint8_t *der = NULL;
	int len = i2d_X509(pki->csca.certificate, &der);
	bool ok;

	sim_must(len > 0, "i2d_X509");
	mkdir(dir, 0755);
	snprintf(path, sizeof(path), "%s/csca.der", dir);
	ok = sim_span_store(sim_span(der, (size_t)len), path) &&
	    chmod(path, 0644) == 0;
	OPENSSL_free(der);

	return ok;
}

void
sim_pki_close(struct sim_pki *pki)
{
	free_identity(&pki->csca);
	free_identity(&pki->signer);
	free_identity(&pki->expired);
	free_identity(&pki->foreign);
	free_identity(&pki->impostor);
	free_identity(&pki->abroad);
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
	key = strcmp(type, "RSA") == 0 ? EVP_RSA_gen(2048) : EVP_EC_gen(type);
	sim_must(key != NULL, "key generation");
	if (state_dir != NULL) {
		file = BIO_new(BIO_s_mem());
		sim_must(file != NULL && PEM_write_bio_PrivateKey(file, key,
		    NULL, NULL, 0, NULL, NULL) == 1, "PEM");
		sim_span_store(memory_of(file), path);
		BIO_free(file);
	}

	return key;
}
