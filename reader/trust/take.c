/*
 * take.c - what may come into the trust store: certificates, CRLs, signers
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <string.h>

#include "trust/chain.h"
#include "trust/crl.h"
#include "trust/signed.h"
#include "trust/strength.h"
#include "trust/take.h"

/* What is told of an object that is not in the set. */
static void
tell(const struct ck_take *take, enum ck_trust_verdict verdict,
    const struct ck_trust_item *item, const char *why)
{
	struct ck_trust_entry entry;

	ck_trust_item_describe(item, &entry);
	take->talk->tell(take->talk->ctx, verdict, &entry, why);
}

/* An item over a certificate that stays the caller's. */
static struct ck_trust_item *
item_of(enum ck_trust_kind kind, X509 *cert)
{
	return X509_up_ref(cert) == 1 ?
	    ck_trust_item_certificate(kind, cert) : NULL;
}

static enum ck_trust_kind
kind_of(X509 *cert)
{
	return ck_certificate_self_signed(cert) ? CK_TRUST_CSCA :
	    CK_TRUST_LINK;
}

void
ck_take_refuse(const struct ck_take *take, X509 *cert, const char *why)
{
	struct ck_trust_item *item = item_of(X509_check_ca(cert) == 1 ?
	    kind_of(cert) : CK_TRUST_SIGNER, cert);

	if (item != NULL)
		tell(take, CK_TRUST_REFUSED, item, why);
	ck_trust_item_free(item);
}

/* Put item, with its note, into the set, and tell. Takes item. CRLs are not
 * proven anew. */
static enum ck_err
add(const struct ck_take *take, struct ck_trust_item *item)
{
	enum ck_err err;

	item->note = *take->note;
	if ((err = ck_anchors_add(take->anchors, item)) == CK_OK)
		tell(take, CK_TRUST_ADDED, item, "");

	return err;
}

static bool
is_known(const struct ck_take *take, const struct ck_trust_item *item)
{
	if (item->kind == CK_TRUST_CSCA || item->kind == CK_TRUST_LINK)
		return ck_anchors_find(take->anchors, CK_TRUST_CSCA,
		    item->fingerprint) != NULL ||
		    ck_anchors_find(take->anchors, CK_TRUST_LINK,
		    item->fingerprint) != NULL;

	return ck_anchors_find(take->anchors, item->kind,
	    item->fingerprint) != NULL;
}

/* What no word can mend; NULL if cert is fit to be an anchor. */
static const char *
unfit_anchor(const struct ck_take *take, X509 *cert)
{
	const EVP_PKEY *key = X509_get0_pubkey(cert);

	if (X509_check_ca(cert) != 1 ||
	    (X509_get_key_usage(cert) & KU_KEY_CERT_SIGN) == 0)
		return "it may not sign certificates, so it is no CSCA";
	if (key == NULL || !ck_strength_key(key))
		return "its key is too short, or on a curve that nobody knows";
	if (!ck_strength_certificate(cert, false))
		return "it is signed with a digest that is too weak";
	if (ck_anchors_revoked(take->anchors, cert))
		return "its issuer has revoked it";

	return NULL;
}

/* 9303-12 §7.1.1: issuer and subject of a link name the same country. */
static bool
same_country(X509 *a, X509 *b)
{
	char of_a[3], of_b[3];

	ck_name_country(X509_get_subject_name(a), of_a);
	ck_name_country(X509_get_subject_name(b), of_b);

	return strcmp(of_a, of_b) == 0;
}

/* An anchor of its own state vouches for this link certificate. */
static bool
is_linked(const struct ck_take *take, X509 *cert)
{
	size_t at = 0;
	X509 *issuer;

	while ((issuer = ck_anchors_next_issuer(take->anchors, cert,
	    &at)) != NULL) {
		if (ck_certificate_issued(issuer, cert, NULL) &&
		    same_country(issuer, cert) &&
		    !ck_anchors_revoked(take->anchors, issuer))
			return true;
	}

	return false;
}

static bool
confirm(const struct ck_take *take, const struct ck_trust_item *item)
{
	struct ck_trust_entry entry;

	ck_trust_item_describe(item, &entry);

	return take->talk->confirm(take->talk->ctx, CK_TRUST_ASK_CSCA, &entry);
}

/* A certificate that needs no other one. *done: it was dealt with. */
static enum ck_err
take_root(const struct ck_take *take, X509 *cert, bool vouched, bool *done)
{
	const char *why = unfit_anchor(take, cert);
	struct ck_trust_item *item = item_of(why != NULL &&
	    X509_check_ca(cert) != 1 ? CK_TRUST_SIGNER : kind_of(cert), cert);
	enum ck_err err = CK_OK;

	*done = true;
	if (item == NULL)
		return CK_ERR_NOMEM;
	if (is_known(take, item)) {
		tell(take, CK_TRUST_KNOWN, item, "it is there");
	} else if (why != NULL) {
		tell(take, CK_TRUST_REFUSED, item, why);
	} else if (item->kind == CK_TRUST_LINK) {
		*done = false;
	} else if (!vouched && !confirm(take, item)) {
		tell(take, CK_TRUST_REFUSED, item, "it was not confirmed");
		err = CK_ERR_TRUST_UNCONFIRMED;
	} else {
		return add(take, item);
	}
	ck_trust_item_free(item);

	return err;
}

/* One round over the links that are left; *progress if one was taken. */
static enum ck_err
take_links(const struct ck_take *take, STACK_OF(X509) *links, bool *progress)
{
	enum ck_err err = CK_OK;
	int i;

	*progress = false;
	for (i = sk_X509_num(links) - 1; err == CK_OK && i >= 0; i--) {
		X509 *cert = sk_X509_value(links, i);
		struct ck_trust_item *item;

		if (!is_linked(take, cert))
			continue;
		item = item_of(CK_TRUST_LINK, cert);
		err = item == NULL ? CK_ERR_NOMEM : add(take, item);
		(void)sk_X509_delete(links, i);
		*progress = true;
	}

	return err;
}

enum ck_err
ck_take_certificates(const struct ck_take *take, STACK_OF(X509) *certs,
    bool vouched)
{
	STACK_OF(X509) *links = sk_X509_new_null();
	enum ck_err err = links == NULL ? CK_ERR_NOMEM : CK_OK, declined = CK_OK;
	bool done, progress = true;
	unsigned pass;
	int i;

	for (i = 0; err == CK_OK && i < sk_X509_num(certs); i++) {
		X509 *cert = sk_X509_value(certs, i);

		err = take_root(take, cert, vouched, &done);
		if (err == CK_ERR_TRUST_UNCONFIRMED) {
			declined = err;
			err = CK_OK;
		}
		if (err == CK_OK && !done && sk_X509_push(links, cert) <= 0)
			err = CK_ERR_NOMEM;
	}
	for (pass = 0; err == CK_OK && progress && pass < CK_LINK_PASSES_MAX;
	    pass++)
		err = take_links(take, links, &progress);
	for (i = 0; err == CK_OK && i < sk_X509_num(links); i++)
		ck_take_refuse(take, sk_X509_value(links, i), "no trusted CSCA of "
		    "its state has signed it: add the one that did first");
	/* Once, for it verifies every CRL. */
	ck_anchors_prove(take->anchors);
	sk_X509_free(links);
	ERR_clear_error();

	return err != CK_OK ? err : declined;
}

/* The newest list of the same issuer that is in use; NULL if none. */
static struct ck_trust_item *
installed_crl(const struct ck_take *take, const X509_CRL *crl, size_t *place)
{
	struct ck_trust_item *newest = NULL;
	size_t i;

	for (i = 0; i < ck_anchors_size(take->anchors); i++) {
		struct ck_trust_item *item = ck_anchors_item(take->anchors, i);

		if (item->kind != CK_TRUST_CRL || item->unproven ||
		    !ck_crl_same_issuer(item->crl, crl))
			continue;
		if (newest != NULL && !ck_crl_newer(item->crl, newest->crl))
			continue;
		newest = item;
		*place = i;
	}

	return newest;
}

static bool
is_signed_crl(const struct ck_take *take, X509_CRL *crl)
{
	size_t i;

	for (i = 0; i < ck_anchors_size(take->anchors); i++) {
		const struct ck_trust_item *item =
		    ck_anchors_item(take->anchors, i);

		if ((item->kind == CK_TRUST_CSCA ||
		    item->kind == CK_TRUST_LINK) &&
		    ck_crl_signed_by(crl, item->cert) &&
		    !ck_anchors_revoked(take->anchors, item->cert))
			return true;
	}

	return false;
}

/* Why item, a CRL, is not taken; NULL if it is. */
static const char *
unfit_crl(const struct ck_take *take, const struct ck_trust_item *item,
    const struct ck_trust_item *installed)
{
	int64_t issued = ck_asn1_seconds(X509_CRL_get0_lastUpdate(item->crl));

	if (!is_signed_crl(take, item->crl))
		return "no CSCA that is trusted has signed it: add the one "
		    "that did first";
	if (issued > take->note->at_ms / 1000 + CK_CLOCK_SKEW_S)
		return "it is from the future: look at this machine's clock";
	if (installed != NULL && !ck_crl_newer(item->crl, installed->crl))
		return "it is not newer than the one that is installed";

	return NULL;
}

enum ck_err
ck_take_crl(const struct ck_take *take, X509_CRL *crl)
{
	struct ck_trust_item *item = ck_trust_item_crl(crl), *installed;
	size_t place = 0;
	const char *why;
	enum ck_err err;

	if (item == NULL)
		return CK_ERR_NOMEM;
	if (is_known(take, item)) {
		tell(take, CK_TRUST_KNOWN, item, "it is there");
		ck_trust_item_free(item);
		return CK_OK;
	}
	installed = installed_crl(take, item->crl, &place);
	if ((why = unfit_crl(take, item, installed)) != NULL) {
		tell(take, CK_TRUST_REFUSED, item, why);
		ck_trust_item_free(item);
		return CK_OK;
	}
	if ((err = add(take, item)) == CK_OK && installed != NULL &&
	    installed->file[0] == '\0')
		ck_anchors_drop(take->anchors, place);

	return err;
}

/* Why a person's word is not enough for this signer; NULL if it is. */
static const char *
unfit_signer(const struct ck_take *take, X509 *cert)
{
	const EVP_PKEY *key = X509_get0_pubkey(cert);
	size_t at = 0;

	if (!ck_chain_may_sign(cert))
		return "it is no document signer";
	if (key == NULL || !ck_strength_key(key))
		return "its key is too short, or on a curve that nobody knows";
	if (ck_anchors_revoked(take->anchors, cert))
		return "its issuer has revoked it";
	if (ck_anchors_next_issuer(take->anchors, cert, &at) != NULL)
		return "its issuer is in the store, and speaks for itself";

	return NULL;
}

enum ck_err
ck_take_signer(const struct ck_take *take, X509 *cert)
{
	struct ck_trust_item *item = item_of(CK_TRUST_SIGNER, cert);
	const char *why = unfit_signer(take, cert);

	if (item == NULL)
		return CK_ERR_NOMEM;
	if (why == NULL && !is_known(take, item))
		return add(take, item);
	tell(take, why != NULL ? CK_TRUST_REFUSED : CK_TRUST_KNOWN, item,
	    why != NULL ? why : "it is there");
	ck_trust_item_free(item);

	return CK_OK;
}
