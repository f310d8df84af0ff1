/*
 * pki_make.c - certificates and keys of simulated countries
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "pki_make.h"

#define SIGNER_CURVE "brainpoolP384r1"
#define PATH_MAX_LEN 512

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
add_extensions(X509 *certificate, X509 *issuer, const struct sim_wish *wish)
{
	bool is_ca = wish->is_ca;

	if (wish->purpose != NULL)
		add_extension(certificate, issuer, NID_ext_key_usage,
		    wish->purpose);
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
make_key(bool explicit_curve, unsigned rsa_bits)
{
	EVP_PKEY *key = rsa_bits > 0 ? EVP_RSA_gen(rsa_bits)
				     : EVP_EC_gen(SIGNER_CURVE);

	sim_must(key != NULL, "key generation");
	if (explicit_curve && rsa_bits == 0)
		sim_must(EVP_PKEY_set_utf8_string_param(key,
		    OSSL_PKEY_PARAM_EC_ENCODING,
		    OSSL_PKEY_EC_ENCODING_EXPLICIT) == 1, "explicit curve");

	return key;
}

struct sim_identity
sim_identity_make(const struct sim_wish *wish,
    const struct sim_identity *issuer)
{
	struct sim_identity made = {
		.key = make_key(wish->explicit_curve, wish->rsa_bits),
	};

	made.certificate = sim_certify(wish, made.key, issuer);

	return made;
}

X509 *
sim_certify(const struct sim_wish *wish, EVP_PKEY *key,
    const struct sim_identity *issuer)
{
	X509 *x = X509_new();
	const struct sim_identity self = { key, x };

	sim_must(x != NULL, "certificate");
	if (issuer == NULL)
		issuer = &self;
	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), (long)wish->serial);
	set_time(X509_getm_notBefore(x), wish->not_before);
	set_time(X509_getm_notAfter(x), wish->not_after);
	set_name(X509_get_subject_name(x), wish->country, wish->name);
	X509_set_issuer_name(x, X509_get_subject_name(issuer->certificate));
	sim_must(X509_set_pubkey(x, key) == 1, "X509_set_pubkey");
	add_extensions(x, issuer->certificate, wish);
	sim_must(X509_sign(x, issuer->key, EVP_sha384()) > 0, "X509_sign");

	return x;
}

void
sim_identity_free(struct sim_identity *identity)
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
	sim_identity_free(out);

	return false;
}

struct sim_span
sim_memory_of(BIO *memory)
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
	ok = sim_span_store(sim_memory_of(memory), path);
	BIO_free(memory);

	return ok;
}

bool
sim_identity_keep(const char *state_dir, const char *file,
    const struct sim_wish *wish, const struct sim_identity *issuer,
    struct sim_identity *out)
{
	const char *kind = wish->explicit_curve ? "-explicit" : "";
	char path[PATH_MAX_LEN];

	if (state_dir == NULL) {
		*out = sim_identity_make(wish, issuer);
		return true;
	}
	snprintf(path, sizeof(path), "%s/%s%s.pem", state_dir, file,
	    kind);
	if (load_identity(path, out))
		return true;
	*out = sim_identity_make(wish, issuer);

	return store_identity(path, out);
}
