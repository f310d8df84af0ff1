/*
 * item.c - one object of the trust store, and its words
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ck/hex.h"
#include "trust/crl.h"
#include "trust/item.h"
#include "trust/limits.h"
#include "trust/signed.h"

/* One line, UTF-8, control characters escaped: it goes to a terminal. */
#define NAME_FLAGS \
	((XN_FLAG_ONELINE | ASN1_STRFLGS_ESC_CTRL) & \
	~(unsigned long)ASN1_STRFLGS_ESC_MSB)

const char *
ck_trust_kind_label(enum ck_trust_kind kind)
{
	switch (kind) {
	case CK_TRUST_CSCA:
		return "csca";
	case CK_TRUST_LINK:
		return "link";
	case CK_TRUST_SIGNER:
		return "signer";
	case CK_TRUST_CRL:
		return "crl";
	case CK_TRUST_PUBLISHER:
	default:
		return "publisher";
	}
}

X509 *
ck_certificate_parse(struct ck_span der)
{
	const uint8_t *next = der.ptr;
	X509 *cert;

	if (der.len == 0 || der.len > CK_CERTIFICATE_MAX)
		return NULL;
	cert = d2i_X509(NULL, &next, (long)der.len);
	if (cert != NULL && next != der.ptr + der.len) {
		X509_free(cert);
		cert = NULL;
	}
	ERR_clear_error();

	return cert;
}

bool
ck_certificate_issued(X509 *issuer, X509 *cert, bool *claimed)
{
	EVP_PKEY *key = X509_get0_pubkey(issuer);
	bool holds;

	if (key == NULL || X509_check_issued(issuer, cert) != X509_V_OK)
		return false;
	if (claimed != NULL)
		*claimed = true;
	holds = X509_verify(cert, key) == 1;
	ERR_clear_error();

	return holds;
}

bool
ck_certificate_self_signed(X509 *cert)
{
	return X509_NAME_cmp(X509_get_subject_name(cert),
	    X509_get_issuer_name(cert)) == 0 &&
	    ck_certificate_issued(cert, cert, NULL);
}

static void
hex(const uint8_t *bytes, unsigned len, char out[CK_FINGERPRINT_LEN])
{
	out[0] = '\0';
	if (CK_HEX_LEN(len) <= CK_FINGERPRINT_LEN)
		ck_hex_print(ck_span_of(bytes, len), out);
}

static struct ck_trust_item *
item_new(enum ck_trust_kind kind, X509 *cert, X509_CRL *crl)
{
	struct ck_trust_item *item = calloc(1, sizeof(*item));
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	int done;

	if (item == NULL) {
		X509_free(cert);
		X509_CRL_free(crl);
		return NULL;
	}
	item->kind = kind;
	item->cert = cert;
	item->crl = crl;
	done = cert != NULL ? X509_digest(cert, EVP_sha256(), digest, &len) :
	    X509_CRL_digest(crl, EVP_sha256(), digest, &len);
	if (done != 1) {
		ck_trust_item_free(item);
		return NULL;
	}
	hex(digest, len, item->fingerprint);

	return item;
}

struct ck_trust_item *
ck_trust_item_certificate(enum ck_trust_kind kind, X509 *cert)
{
	return item_new(kind, cert, NULL);
}

struct ck_trust_item *
ck_trust_item_crl(X509_CRL *crl)
{
	return item_new(CK_TRUST_CRL, NULL, crl);
}

void
ck_trust_item_free(struct ck_trust_item *item)
{
	if (item == NULL)
		return;
	X509_free(item->cert);
	X509_CRL_free(item->crl);
	free(item);
}

/* Cut at the end of a whole UTF-8 character. */
static void
copy_cut(char *out, size_t size, const char *text, size_t len)
{
	if (len >= size) {
		len = size - 1;
		while (len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80)
			len--;
	}
	memcpy(out, text, len);
	out[len] = '\0';
}

static void
name_text(const X509_NAME *name, char out[CK_TRUST_NAME_LEN])
{
	BIO *memory = BIO_new(BIO_s_mem());
	char *text = NULL;
	long len;

	out[0] = '\0';
	if (memory != NULL && X509_NAME_print_ex(memory, name, 0,
	    NAME_FLAGS) >= 0 && (len = BIO_get_mem_data(memory, &text)) > 0)
		copy_cut(out, CK_TRUST_NAME_LEN, text, (size_t)len);
	BIO_free(memory);
	ERR_clear_error();
}

void
ck_name_country(const X509_NAME *name, char out[3])
{
	int at = X509_NAME_get_index_by_NID(name, NID_countryName, -1);
	const ASN1_STRING *text = at < 0 ? NULL : X509_NAME_ENTRY_get_data(
	    X509_NAME_get_entry(name, at));
	const uint8_t *letters;

	out[0] = '\0';
	if (text == NULL || ASN1_STRING_length(text) != 2)
		return;
	letters = ASN1_STRING_get0_data(text);
	if (!isascii(letters[0]) || !isalpha(letters[0]) ||
	    !isascii(letters[1]) || !isalpha(letters[1]))
		return;
	out[0] = (char)toupper(letters[0]);
	out[1] = (char)toupper(letters[1]);
	out[2] = '\0';
}

static void
describe_crl(const X509_CRL *crl, struct ck_trust_entry *out)
{
	name_text(X509_CRL_get_issuer(crl), out->issuer);
	ck_name_country(X509_CRL_get_issuer(crl), out->country);
	out->from = ck_asn1_seconds(X509_CRL_get0_lastUpdate(crl));
	out->until = ck_asn1_seconds(X509_CRL_get0_nextUpdate(crl));
	out->revoked = ck_crl_count(crl);
}

static void
describe_certificate(X509 *cert, struct ck_trust_entry *out)
{
	name_text(X509_get_subject_name(cert), out->subject);
	name_text(X509_get_issuer_name(cert), out->issuer);
	ck_name_country(X509_get_subject_name(cert), out->country);
	if (out->country[0] == '\0')
		ck_name_country(X509_get_issuer_name(cert), out->country);
	out->from = ck_asn1_seconds(X509_get0_notBefore(cert));
	out->until = ck_asn1_seconds(X509_get0_notAfter(cert));
}

void
ck_trust_item_describe(const struct ck_trust_item *item,
    struct ck_trust_entry *out)
{
	memset(out, 0, sizeof(*out));
	out->kind = item->kind;
	memcpy(out->fingerprint, item->fingerprint, sizeof(out->fingerprint));
	if (item->crl != NULL)
		describe_crl(item->crl, out);
	else
		describe_certificate(item->cert, out);
	out->by_hand = item->file[0] != '\0';
	out->unproven = item->unproven;
	out->note = item->note;
}
