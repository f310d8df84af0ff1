/*
 * anchors.c - what the trust store holds, as verification asks for it
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <stdlib.h>
#include <string.h>

#include "trust/anchors.h"
#include "trust/crl.h"

/* The list grows by doubling from here. */
#define CAP_MIN 16

struct ck_anchors {
	struct ck_trust_item **items;	/* owned, and each of them */
	size_t size, cap;
	size_t of_kind[CK_TRUST_PUBLISHER + 1];
};

static bool
is_anchor(const struct ck_trust_item *item)
{
	return item->kind == CK_TRUST_CSCA || item->kind == CK_TRUST_LINK;
}

enum ck_err
ck_anchors_new(struct ck_anchors **out)
{
	*out = calloc(1, sizeof(**out));

	return *out == NULL ? CK_ERR_NOMEM : CK_OK;
}

static bool
has_room(const struct ck_anchors *anchors, enum ck_trust_kind kind)
{
	switch (kind) {
	case CK_TRUST_CSCA:
	case CK_TRUST_LINK:
		return ck_anchors_count(anchors) < CK_ANCHORS_MAX;
	case CK_TRUST_SIGNER:
		return anchors->of_kind[kind] < CK_PINS_MAX;
	case CK_TRUST_CRL:
		return anchors->of_kind[kind] < CK_CRLS_MAX;
	case CK_TRUST_PUBLISHER:
	default:
		return anchors->of_kind[kind] < CK_PUBLISHERS_MAX;
	}
}

static enum ck_err
grow(struct ck_anchors *anchors)
{
	size_t cap = anchors->cap == 0 ? CAP_MIN : anchors->cap * 2;
	struct ck_trust_item **items;

	if (anchors->size < anchors->cap)
		return CK_OK;
	items = reallocarray(anchors->items, cap, sizeof(*items));
	if (items == NULL)
		return CK_ERR_NOMEM;
	anchors->items = items;
	anchors->cap = cap;

	return CK_OK;
}

enum ck_err
ck_anchors_add(struct ck_anchors *anchors, struct ck_trust_item *item)
{
	enum ck_err err = CK_ERR_LIMIT;

	if (item == NULL)
		return CK_ERR_NOMEM;
	if (has_room(anchors, item->kind))
		err = grow(anchors);
	if (err != CK_OK) {
		ck_trust_item_free(item);
		return err;
	}
	anchors->items[anchors->size++] = item;
	anchors->of_kind[item->kind]++;

	return CK_OK;
}

enum ck_err
ck_anchors_from_der(struct ck_anchors **out, struct ck_span der)
{
	enum ck_err err = ck_anchors_new(out);
	X509 *cert;

	if (err != CK_OK)
		return err;
	cert = ck_certificate_parse(der);
	err = cert == NULL ? CK_ERR_CONFIG : ck_anchors_add(*out,
	    ck_trust_item_certificate(CK_TRUST_CSCA, cert));
	if (err != CK_OK)
		ck_anchors_free(out);

	return err;
}

size_t
ck_anchors_count(const struct ck_anchors *anchors)
{
	return anchors == NULL ? 0 : anchors->of_kind[CK_TRUST_CSCA] +
	    anchors->of_kind[CK_TRUST_LINK];
}

size_t
ck_anchors_size(const struct ck_anchors *anchors)
{
	return anchors == NULL ? 0 : anchors->size;
}

struct ck_trust_item *
ck_anchors_item(const struct ck_anchors *anchors, size_t i)
{
	return anchors->items[i];
}

void
ck_anchors_drop(struct ck_anchors *anchors, size_t i)
{
	anchors->of_kind[anchors->items[i]->kind]--;
	ck_trust_item_free(anchors->items[i]);
	anchors->size--;
	memmove(&anchors->items[i], &anchors->items[i + 1],
	    (anchors->size - i) * sizeof(anchors->items[0]));
}

struct ck_trust_item *
ck_anchors_find(const struct ck_anchors *anchors, enum ck_trust_kind kind,
    const char *fingerprint)
{
	size_t i;

	for (i = 0; i < ck_anchors_size(anchors); i++) {
		struct ck_trust_item *item = anchors->items[i];

		if (item->kind == kind &&
		    strcmp(item->fingerprint, fingerprint) == 0)
			return item;
	}

	return NULL;
}

X509 *
ck_anchors_next_issuer(const struct ck_anchors *anchors, X509 *cert,
    size_t *at)
{
	while (*at < ck_anchors_size(anchors)) {
		const struct ck_trust_item *item = anchors->items[(*at)++];

		if (is_anchor(item) &&
		    X509_check_issued(item->cert, cert) == X509_V_OK)
			return item->cert;
	}
	ERR_clear_error();

	return NULL;
}

static bool
is_proven(const struct ck_anchors *anchors, X509_CRL *crl)
{
	size_t i;

	for (i = 0; i < anchors->size; i++) {
		if (is_anchor(anchors->items[i]) &&
		    ck_crl_signed_by(crl, anchors->items[i]->cert))
			return true;
	}

	return false;
}

void
ck_anchors_prove(struct ck_anchors *anchors)
{
	size_t i;

	for (i = 0; i < anchors->size; i++) {
		struct ck_trust_item *item = anchors->items[i];

		if (item->kind == CK_TRUST_CRL)
			item->unproven = !is_proven(anchors, item->crl);
	}
}

bool
ck_anchors_revoked(const struct ck_anchors *anchors, X509 *cert)
{
	size_t i;

	for (i = 0; i < ck_anchors_size(anchors); i++) {
		const struct ck_trust_item *item = anchors->items[i];

		if (item->kind == CK_TRUST_CRL && !item->unproven &&
		    ck_crl_revokes(item->crl, cert))
			return true;
	}

	return false;
}

const struct ck_trust_item *
ck_anchors_accepted(const struct ck_anchors *anchors, X509 *cert)
{
	size_t i;

	for (i = 0; i < ck_anchors_size(anchors); i++) {
		const struct ck_trust_item *item = anchors->items[i];

		/* X509_cmp() compares the hash of the whole certificate. */
		if (item->kind == CK_TRUST_SIGNER &&
		    X509_cmp(item->cert, cert) == 0)
			return item;
	}

	return NULL;
}

bool
ck_anchors_have_country(const struct ck_anchors *anchors,
    const X509_NAME *name)
{
	char wanted[3], has[3];
	size_t i;

	ck_name_country(name, wanted);
	for (i = 0; i < ck_anchors_size(anchors); i++) {
		if (!is_anchor(anchors->items[i]))
			continue;
		ck_name_country(
		    X509_get_subject_name(anchors->items[i]->cert), has);
		if (strcmp(wanted, has) == 0)
			return true;
	}

	return false;
}

void
ck_anchors_free(struct ck_anchors **anchors)
{
	size_t i;

	if (*anchors == NULL)
		return;
	for (i = 0; i < (*anchors)->size; i++)
		ck_trust_item_free((*anchors)->items[i]);
	free((*anchors)->items);
	free(*anchors);
	*anchors = NULL;
}
