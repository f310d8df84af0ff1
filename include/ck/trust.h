/*
 * trust.h - the trust store: who may sign a chip, and who said so
 *
 * In the flow:  files of issuers  ->  [trust.h]  ->  reader/trust (at each
 *               read), checkin trust (list, add, remove), /metrics
 * Source:       ICAO Doc 9303-12 §4 (CSCA, link certificates), §8 (CRL), §9
 *               (master list); RFC 5280, RFC 5652
 *
 * The store is a folder. Certificates and CRLs that somebody drops there by
 * hand are in it; what `checkin trust` takes stands in the one file
 * CK_TRUST_FILE, each object with where it came from, when, by whom and why.
 * One file, so that it changes as a whole or not at all.
 *
 * Nothing here is secret, and nothing here speaks of a patient.
 */
#ifndef CK_TRUST_H
#define CK_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"

/* The name of the store's own file inside its folder. */
#define CK_TRUST_FILE "trust.store"

/* Bytes for texts, with NUL. A fingerprint is SHA-256 in lower case hex. */
#define CK_FINGERPRINT_LEN 65
#define CK_TRUST_BY_LEN 100
#define CK_TRUST_SOURCE_LEN 128
#define CK_TRUST_REASON_LEN 300
#define CK_TRUST_NAME_LEN 256

/* Bytes for the text that says what is wrong, and where. */
#define CK_TRUST_TEXT_LEN 512

enum ck_trust_kind {
	CK_TRUST_CSCA,		/* "csca": a state's self-signed root */
	CK_TRUST_LINK,		/* "link": a state's new key, signed by its old */
	CK_TRUST_SIGNER,	/* "signer": a document signer, accepted here */
	CK_TRUST_CRL,		/* "crl": what an issuer has revoked */
	CK_TRUST_PUBLISHER	/* "publisher": its master lists are taken */
};

/* "csca" …; static string. */
const char *ck_trust_kind_label(enum ck_trust_kind kind);

/* Who put something into the store, when, from what and why. */
struct ck_trust_note {
	char by[CK_TRUST_BY_LEN];
	char source[CK_TRUST_SOURCE_LEN];	/* name of the file */
	char reason[CK_TRUST_REASON_LEN];	/* signers only */
	int64_t at_ms;				/* wall clock; 0: unknown */
};

/* One object of the store, in words. UTF-8, no control characters. */
struct ck_trust_entry {
	enum ck_trust_kind kind;
	char fingerprint[CK_FINGERPRINT_LEN];
	char subject[CK_TRUST_NAME_LEN];	/* CRL: empty */
	char issuer[CK_TRUST_NAME_LEN];
	char country[3];		/* upper case, "VN"; "": none given */
	int64_t from, until;		/* seconds since 1970; CRL: this and
					 * next update; 0: not given */
	size_t revoked;			/* CRL: how many certificates */
	bool by_hand;			/* a file dropped into the folder */
	bool unproven;			/* CRL that no anchor has signed: it is
					 * not in use */
	struct ck_trust_note note;
};

/* What became of one object that was to be taken. */
enum ck_trust_verdict {
	CK_TRUST_ADDED,
	CK_TRUST_KNOWN,		/* it was there */
	CK_TRUST_REFUSED
};

/* Why somebody has to be asked before trust begins. */
enum ck_trust_question {
	CK_TRUST_ASK_CSCA,	/* a self-signed root is to be trusted */
	CK_TRUST_ASK_PUBLISHER	/* a root's master lists are to be trusted */
};

/* The operator, as taking sees him. Both members are called with ctx. */
struct ck_trust_talk {
	/* True when he has compared the fingerprint and wants it. */
	bool (*confirm)(void *ctx, enum ck_trust_question question,
	    const struct ck_trust_entry *entry);
	/* Told once for each object; why is a static string, "" if ADDED. */
	void (*tell)(void *ctx, enum ck_trust_verdict verdict,
	    const struct ck_trust_entry *entry, const char *why);
	void *ctx;
};

struct ck_trust;	/* opaque: a store, loaded */

/*
 * Load the store of folder dir.
 *
 * out    Receives it; free with ck_trust_close(). NULL on error.
 * write  Make the folder if it is absent, and keep other writers out until it
 *        is closed.
 * text   On error receives what is wrong and where; may be NULL.
 *
 * Returns  CK_OK           also for an empty folder; and without write for one
 *                          that is absent
 *          CK_ERR_CONFIG   the folder or a file of it cannot be read or is
 *                          damaged, or another writer is at work
 *          CK_ERR_LIMIT    too large, or too many
 *          CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_trust_open(struct ck_trust **out, const char *dir, bool write,
    char text[CK_TRUST_TEXT_LEN]);

/* Free and set *trust to NULL, forgetting what was not saved. */
void ck_trust_close(struct ck_trust **trust);

/* How many objects there are. */
size_t ck_trust_count(const struct ck_trust *trust);

/* Describe object i, from 0 to the count - 1. */
void ck_trust_describe(const struct ck_trust *trust, size_t i,
    struct ck_trust_entry *out);

/*
 * The earliest end still to come among the certificates that chips of this
 * country (two letters, upper case) may lead to: its CSCA, link certificates
 * and accepted signers; of all countries if it has none. When every one has
 * ended, the last end. In seconds since 1970; 0 when there is none.
 */
int64_t ck_trust_expiry(const struct ck_trust *trust, const char *country,
    int64_t now);

/*
 * Take what a file holds: certificates in DER or PEM, a CRL, or a master list.
 * What is already there stays as it is; tell is told of each object.
 *
 * note  Who takes it and from where; at_ms is the time of the decision.
 *
 * Returns  CK_OK                    look at what was told
 *          CK_ERR_CONFIG            no such object; text says what it may be
 *          CK_ERR_LIMIT             too large, or too many
 *          CK_ERR_TRUST_SIGNATURE, _CHAIN, _POLICY, _REVOKED
 *                                   a master list that proves nothing
 *          CK_ERR_TRUST_OLDER       a list older than one taken before
 *          CK_ERR_TRUST_UNCONFIRMED the operator did not confirm
 *          CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_trust_take(struct ck_trust *trust, struct ck_span file,
    const struct ck_trust_note *note, const struct ck_trust_talk *talk,
    char text[CK_TRUST_TEXT_LEN]);

/*
 * Accept one document signer (a certificate in DER or PEM) as genuine although
 * its issuer is not in the store. by and reason of note must not be empty.
 * Told and returned like ck_trust_take().
 */
CK_MUST_CHECK enum ck_err
ck_trust_pin(struct ck_trust *trust, struct ck_span file,
    const struct ck_trust_note *note, const struct ck_trust_talk *talk,
    char text[CK_TRUST_TEXT_LEN]);

/*
 * Take object i out. One that was dropped by hand is deleted from the folder
 * at once, unless its file holds more than it: then CK_ERR_CONFIG, and text
 * names the file. All later objects move up by one.
 */
CK_MUST_CHECK enum ck_err
ck_trust_remove(struct ck_trust *trust, size_t i,
    char text[CK_TRUST_TEXT_LEN]);

/*
 * Write the store's file: whole and on disk, or unchanged.
 * Returns CK_OK, CK_ERR_STORE with text, CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_trust_save(const struct ck_trust *trust, char text[CK_TRUST_TEXT_LEN]);

/*
 * A number that changes when a file of the folder does; 0 if it is absent.
 * Cheap: no file is opened.
 */
uint64_t ck_trust_stamp(const char *dir);

#endif /* CK_TRUST_H */
