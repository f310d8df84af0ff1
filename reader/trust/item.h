/*
 * item.h - one object of the trust store: a certificate or a CRL, with a note
 *
 * Items are made from bytes that somebody else encoded: DER and nothing more,
 * within limits.h.
 */
#ifndef READER_TRUST_ITEM_H
#define READER_TRUST_ITEM_H

#include <openssl/x509.h>

#include "ck/trust.h"

/* Bytes for the name of a file in the folder, with NUL (NAME_MAX). */
#define CK_TRUST_FILE_NAME_LEN 256

struct ck_trust_item {
	enum ck_trust_kind kind;
	X509 *cert;		/* owned; NULL for a CRL */
	X509_CRL *crl;		/* owned; NULL for a certificate */
	char fingerprint[CK_FINGERPRINT_LEN];
	struct ck_trust_note note;
	int64_t list_signed;	/* publisher: when its newest list that was
				 * taken was signed, seconds; 0: unknown */
	char file[CK_TRUST_FILE_NAME_LEN];	/* dropped by hand; else "" */
	bool unproven;		/* CRL: no anchor has signed it */
};

/* One certificate and nothing behind it; NULL otherwise. Caller frees. */
X509 *ck_certificate_parse(struct ck_span der);

/* True when cert is signed with its own key under its own name. */
bool ck_certificate_self_signed(X509 *cert);

/*
 * True when issuer fits by name, key identifier and usage, and its key made
 * the signature of cert. *claimed, if not NULL, becomes true when it fits,
 * whether or not the signature holds.
 */
bool ck_certificate_issued(X509 *issuer, X509 *cert, bool *claimed);

/* A new item that takes cert, also on error; NULL when memory is out. */
struct ck_trust_item *
ck_trust_item_certificate(enum ck_trust_kind kind, X509 *cert);

/* A new item that takes crl, also on error; NULL when memory is out. */
struct ck_trust_item *ck_trust_item_crl(X509_CRL *crl);

/* Free. NULL is allowed. */
void ck_trust_item_free(struct ck_trust_item *item);

/* The item in words. */
void ck_trust_item_describe(const struct ck_trust_item *item,
    struct ck_trust_entry *out);

/* The country of a name in upper case; "" when it gives none. */
void ck_name_country(const X509_NAME *name, char out[3]);

#endif /* READER_TRUST_ITEM_H */
