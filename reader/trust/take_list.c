/*
 * take_list.c - a master list into the trust store, on its publisher's word
 */
#include <openssl/err.h>

#include "trust/chain.h"
#include "trust/master_list.h"
#include "trust/strength.h"
#include "trust/take.h"

/* Where a list stands while it is taken. All owned but take and list. */
struct taking {
	const struct ck_take *take;
	struct ck_master_list *list;
	STACK_OF(X509) *certs;		/* those of the list that parse */
	X509 *publisher;		/* the CSCA behind the list's signer */
	int64_t signed_at;		/* seconds; 0: not said */
};

static enum ck_err
parse_certificates(struct taking *taking)
{
	struct ck_cursor cur = ck_cursor_of(taking->list->certificates);
	struct ck_span der;

	if ((taking->certs = sk_X509_new_null()) == NULL)
		return CK_ERR_NOMEM;
	while (ck_master_list_next(&cur, &der)) {
		X509 *cert = ck_certificate_parse(der);

		/* One state's odd certificate is no reason to lack the rest. */
		if (cert == NULL)
			continue;
		if (sk_X509_push(taking->certs, cert) <= 0) {
			X509_free(cert);
			return CK_ERR_NOMEM;
		}
	}

	return CK_OK;
}

static bool
try_publisher(struct taking *taking, X509 *candidate)
{
	if (!ck_certificate_issued(candidate, taking->list->document.signer,
	    NULL) || !ck_strength_certificate(candidate, false) ||
	    X509_up_ref(candidate) != 1)
		return false;
	taking->publisher = candidate;

	return true;
}

/* In the store first, then in the list, then beside it. */
static enum ck_err
find_publisher(struct taking *taking)
{
	const struct ck_signed *document = &taking->list->document;
	size_t at = 0;
	X509 *anchor;
	int i;

	while ((anchor = ck_anchors_next_issuer(taking->take->anchors,
	    document->signer, &at)) != NULL) {
		if (try_publisher(taking, anchor))
			return CK_OK;
	}
	for (i = 0; i < sk_X509_num(taking->certs); i++) {
		if (try_publisher(taking, sk_X509_value(taking->certs, i)))
			return CK_OK;
	}
	for (i = 0; i < sk_X509_num(document->certificates); i++) {
		if (try_publisher(taking,
		    sk_X509_value(document->certificates, i)))
			return CK_OK;
	}

	return CK_ERR_TRUST_CHAIN;
}

/* The signer must have been valid when it signed, and not be revoked now. */
static enum ck_err
verify_publisher(const struct taking *taking)
{
	X509 *signer = taking->list->document.signer;
	const struct ck_anchors *anchors = taking->take->anchors;
	int64_t now = taking->take->note->at_ms / 1000;

	if (ck_anchors_revoked(anchors, signer) ||
	    ck_anchors_revoked(anchors, taking->publisher))
		return CK_ERR_TRUST_REVOKED;
	if (taking->signed_at > now + CK_CLOCK_SKEW_S)
		return CK_ERR_TRUST_CHAIN;

	return ck_chain_pair(signer, taking->publisher,
	    taking->signed_at != 0 ? taking->signed_at : now);
}

/* Takes item, also on error. */
static enum ck_err
begin_publisher(const struct taking *taking, struct ck_trust_item *item)
{
	const struct ck_trust_talk *talk = taking->take->talk;
	struct ck_trust_entry entry;

	ck_trust_item_describe(item, &entry);
	if (!talk->confirm(talk->ctx, CK_TRUST_ASK_PUBLISHER, &entry)) {
		ck_trust_item_free(item);
		return CK_ERR_TRUST_UNCONFIRMED;
	}
	item->note = *taking->take->note;
	item->list_signed = taking->signed_at;

	return ck_anchors_add(taking->take->anchors, item);
}

/* Known and not older than its last list, or confirmed now. */
static enum ck_err
believe_publisher(const struct taking *taking)
{
	struct ck_trust_item *item = X509_up_ref(taking->publisher) == 1 ?
	    ck_trust_item_certificate(CK_TRUST_PUBLISHER, taking->publisher) :
	    NULL;
	struct ck_trust_item *known;

	if (item == NULL)
		return CK_ERR_NOMEM;
	known = ck_anchors_find(taking->take->anchors, CK_TRUST_PUBLISHER,
	    item->fingerprint);
	if (known == NULL)
		return begin_publisher(taking, item);
	ck_trust_item_free(item);
	if (taking->signed_at < known->list_signed)
		return CK_ERR_TRUST_OLDER;
	known->list_signed = taking->signed_at;

	return CK_OK;
}

static enum ck_err
take_list(struct taking *taking)
{
	enum ck_err err;

	if ((err = ck_master_list_verify(taking->list)) != CK_OK ||
	    (err = parse_certificates(taking)) != CK_OK ||
	    (err = find_publisher(taking)) != CK_OK)
		return err;
	taking->signed_at = ck_signed_time(&taking->list->document);
	if ((err = verify_publisher(taking)) != CK_OK ||
	    (err = believe_publisher(taking)) != CK_OK)
		return err;

	return ck_take_certificates(taking->take, taking->certs, true);
}

enum ck_err
ck_take_master_list(const struct ck_take *take, struct ck_span file)
{
	struct ck_master_list list = { 0 };
	struct taking taking = { .take = take, .list = &list };
	enum ck_err err = ck_master_list_open(file, &list);

	if (err == CK_OK)
		err = take_list(&taking);
	X509_free(taking.publisher);
	sk_X509_pop_free(taking.certs, X509_free);
	ck_master_list_close(&list);
	ERR_clear_error();

	return err;
}
