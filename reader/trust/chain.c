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
 * first second is taken.
 */
static enum ck_err
judge_time(const struct ck_chain_input *input, struct ck_chain_report *report,
    int64_t *at)
{
	int64_t from = ck_asn1_seconds(X509_get0_notBefore(input->signer));
	int64_t until = ck_asn1_seconds(X509_get0_notAfter(input->signer));

	*at = input->now;
	if (from == 0 || until == 0 || input->now < from)
		return CK_ERR_TRUST_CHAIN;
	if (input->now <= until)
		return CK_OK;
	if (input->signed_at == 0 || input->signed_at > until)
		return CK_ERR_TRUST_EXPIRED;
	report->expired = true;
	*at = input->signed_at < from ? from : input->signed_at;

	return CK_OK;
}

bool
ck_chain_may_sign(X509 *cert)
{
	return (X509_get_key_usage(cert) & KU_DIGITAL_SIGNATURE) != 0 &&
	    X509_check_ca(cert) != 1;
}

enum ck_err
ck_chain_pair(X509 *cert, X509 *issuer, int64_t at)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	enum ck_err err = CK_ERR_NOMEM;

	if (store == NULL || ctx == NULL ||
	    X509_STORE_add_cert(store, issuer) != 1 ||
	    X509_STORE_CTX_init(ctx, store, cert, NULL) != 1)
		goto out;
	/* An anchor may be a link certificate, which is not self-signed. */
	X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_PARTIAL_CHAIN);
	X509_STORE_CTX_set_time(ctx, 0, (time_t)at);
	X509_STORE_CTX_set_verify_cb(ctx, accept_known_curves);
	err = X509_verify_cert(ctx) == 1 ? CK_OK : CK_ERR_TRUST_CHAIN;
out:
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	ERR_clear_error();

	return err;
}

/* One anchor that fits the signer's issuer by name and key identifier. */
static enum ck_err
judge_issuer(const struct ck_chain_input *input, X509 *issuer, int64_t at)
{
	if (!ck_certificate_issued(issuer, input->signer, NULL))
		return CK_ERR_TRUST_CHAIN;
	if (ck_anchors_revoked(input->anchors, issuer))
		return CK_ERR_TRUST_REVOKED;
	if (!ck_strength_certificate(issuer, input->sha1_allowed))
		return CK_ERR_TRUST_POLICY;

	return ck_chain_pair(input->signer, issuer, at);
}

/*
 * Several anchors may bear the same name, for states renew their keys, and
 * several may hold the same key: a root and a link to it. One that leads to
 * the signer is enough; one that was revoked spoils them all.
 */
static enum ck_err
find_issuer(const struct ck_chain_input *input, int64_t at, bool *claimed)
{
	enum ck_err first = CK_OK, err;
	bool leads = false;
	size_t place = 0;
	X509 *issuer;

	*claimed = false;
	while ((issuer = ck_anchors_next_issuer(input->anchors, input->signer,
	    &place)) != NULL) {
		*claimed = true;
		err = judge_issuer(input, issuer, at);
		if (err == CK_ERR_TRUST_REVOKED || err == CK_ERR_NOMEM)
			return err;
		leads = leads || err == CK_OK;
		if (first == CK_OK || first == CK_ERR_TRUST_CHAIN)
			first = err;
	}

	return leads ? CK_OK : first;
}

/* No anchor claims the signer: was it accepted here, or how is it unknown? */
static void
judge_stranger(const struct ck_chain_input *input,
    struct ck_chain_report *report)
{
	const struct ck_trust_item *item =
	    ck_anchors_accepted(input->anchors, input->signer);

	if (item != NULL) {
		report->issuer = CK_ISSUER_PINNED;
		report->accepted = &item->note;
	} else {
		report->issuer = ck_anchors_have_country(input->anchors,
		    X509_get_issuer_name(input->signer)) ?
		    CK_ISSUER_NOT_IN_LIST : CK_ISSUER_NO_LIST;
	}
}

static enum ck_err
verify(const struct ck_chain_input *input, struct ck_chain_report *report)
{
	bool claimed;
	int64_t at;
	enum ck_err err;

	if (ck_anchors_revoked(input->anchors, input->signer))
		return CK_ERR_TRUST_REVOKED;
	if ((err = judge_time(input, report, &at)) != CK_OK)
		return err;
	if (!ck_chain_may_sign(input->signer))
		return CK_ERR_TRUST_CHAIN;
	if ((err = find_issuer(input, at, &claimed)) != CK_OK)
		return err;
	if (claimed)
		report->issuer = CK_ISSUER_LISTED;
	else
		judge_stranger(input, report);

	return CK_OK;
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
