/*
 * chain.c - from a document signer to an anchor
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <openssl/x509_vfy.h>

#include "trust/chain.h"
#include "trust/signed.h"
#include "trust/strength.h"

/*
 * OpenSSL refuses keys whose curve is spelled out; the Vietnamese CSCA and
 * older document signers have such keys. They pass if the parameters are
 * exactly those of a curve that we know.
 */
static int
accept_known_curves(int ok, X509_STORE_CTX *ctx)
{
	const X509 *cert = X509_STORE_CTX_get_current_cert(ctx);
	const EVP_PKEY *key;

	if (ok == 1)
		return 1;
	if (X509_STORE_CTX_get_error(ctx) !=
	    X509_V_ERR_EC_KEY_EXPLICIT_PARAMS || cert == NULL)
		return 0;
	key = X509_get0_pubkey(cert);
	if (key == NULL || !ck_strength_key(key))
		return 0;
	X509_STORE_CTX_set_error(ctx, X509_V_OK);

	return 1;
}

/*
 * The time at which the chain is judged: now, or when the signer signed if it
 * has expired since. An issue date may lie before the signer began; then its
 * first second is taken. 0 if it may not be accepted at all.
 */
static int64_t
judged_at(const struct ck_chain_input *input, struct ck_chain_report *report)
{
	int64_t from = ck_asn1_seconds(X509_get0_notBefore(input->signer));
	int64_t until = ck_asn1_seconds(X509_get0_notAfter(input->signer));

	if (from == 0 || until == 0 || input->now < from)
		return 0;
	if (input->now <= until)
		return input->now;
	if (input->signed_at == 0 || input->signed_at > until)
		return 0;
	report->expired = true;

	return input->signed_at < from ? from : input->signed_at;
}

/* 9303-12 §7.1.1: digitalSignature. Old signers have no such extension. */
static bool
may_sign(X509 *signer)
{
	return (X509_get_key_usage(signer) & KU_DIGITAL_SIGNATURE) != 0 &&
	    X509_check_ca(signer) != 1;
}

/*
 * The anchor whose key signed the signer. Several may bear the same name, for
 * states renew their keys: claimed tells that one fits by name and key
 * identifier, whether or not its signature holds.
 */
static X509 *
find_issuer(const struct ck_chain_input *input, bool *claimed)
{
	const STACK_OF(X509) *list = ck_anchors_certificates(input->anchors);
	int i;

	for (i = 0; list != NULL && i < sk_X509_num(list); i++) {
		X509 *anchor = sk_X509_value(list, i);

		if (X509_check_issued(anchor, input->signer) != X509_V_OK)
			continue;
		*claimed = true;
		if (X509_verify(input->signer, X509_get0_pubkey(anchor)) == 1)
			return anchor;
	}

	return NULL;
}

/* OpenSSL's own path validation over exactly these two certificates. */
static enum ck_err
verify_pair(X509 *signer, X509 *issuer, int64_t at)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	enum ck_err err = CK_ERR_NOMEM;

	if (store == NULL || ctx == NULL ||
	    X509_STORE_add_cert(store, issuer) != 1 ||
	    X509_STORE_CTX_init(ctx, store, signer, NULL) != 1)
		goto out;
	/* An anchor may be a link certificate, which is not self-signed. */
	X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_PARTIAL_CHAIN);
	X509_STORE_CTX_set_time(ctx, 0, (time_t)at);
	X509_STORE_CTX_set_verify_cb(ctx, accept_known_curves);
	err = X509_verify_cert(ctx) == 1 ? CK_OK : CK_ERR_TRUST_CHAIN;
out:
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);

	return err;
}

static enum ck_err
verify(const struct ck_chain_input *input, struct ck_chain_report *report)
{
	int64_t at = judged_at(input, report);
	bool claimed = false;
	X509 *issuer;

	if (at == 0 || !may_sign(input->signer))
		return CK_ERR_TRUST_CHAIN;
	if ((issuer = find_issuer(input, &claimed)) == NULL)
		return claimed ? CK_ERR_TRUST_CHAIN : CK_OK;
	if (!ck_strength_certificate(issuer, input->sha1_allowed))
		return CK_ERR_TRUST_POLICY;
	report->anchored = true;

	return verify_pair(input->signer, issuer, at);
}

enum ck_err
ck_chain_verify(const struct ck_chain_input *input,
    struct ck_chain_report *report)
{
	enum ck_err err;

	*report = (struct ck_chain_report){ 0 };
	err = verify(input, report);
	if (err != CK_OK)
		*report = (struct ck_chain_report){ 0 };
	ERR_clear_error();

	return err;
}
