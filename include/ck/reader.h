/*
 * reader.h - one card, read and verified: the only door out of reader/
 *
 * In the flow:  card -> access -> lds -> trust -> [reader.h] -> service
 *
 * ck_read_card() runs the whole inspection procedure over a transport. What it
 * reports has passed secure messaging; how far the signature and the chip are
 * proven stands beside it, never implied.
 */
#ifndef CK_READER_H
#define CK_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/clock.h"
#include "ck/error.h"
#include "ck/identity.h"
#include "ck/words.h"

struct ck_transport;	/* ck/card.h */
struct ck_anchors;	/* trust/anchors.h */

/* Which secret opens the chip. */
enum ck_secret_kind {
	CK_SECRET_CAN,		/* 6 digits: PACE */
	CK_SECRET_MRZ,		/* document number, birth, expiry: PACE or BAC */
	CK_SECRET_QR		/* CAN from the number; BAC from the QR's dates */
};

/*
 * The secret, and what is known besides it. Fixed size, wiped by its owner
 * with ck_secret_wipe(). Unused members are empty.
 */
struct ck_secret {
	enum ck_secret_kind kind;
	char can[7];			/* 6 digits; for MRZ: empty */
	char document_number[32];	/* as in the MRZ, without filler */
	char number[CK_NUMBER_LEN];	/* 12 digits, if known */
	struct ck_date date_of_birth;	/* full date for BAC */
	struct ck_date expiry_date;	/* full date for BAC; MRZ only */
	struct ck_date issue_date;	/* QR: expiry candidates follow from it */
};

void ck_secret_wipe(struct ck_secret *secret);

enum ck_access {
	CK_ACCESS_NONE = 0,
	CK_ACCESS_PACE_CAN = 1,		/* "pace-can" */
	CK_ACCESS_PACE_MRZ = 2,		/* "pace-mrz" */
	CK_ACCESS_BAC = 3		/* "bac" */
};

/* Passive authentication, ICAO 9303-11 §5.1. */
enum ck_passive {
	CK_PASSIVE_ABSENT = 0,		/* "absent": no SOD on the chip */
	CK_PASSIVE_VALID = 1,		/* "valid": chain to a trust anchor */
	CK_PASSIVE_UNKNOWN_ISSUER = 2,	/* "unknown_issuer": all holds but that */
	CK_PASSIVE_INVALID = 3		/* "invalid" */
};

/* What the trust store knows of the document signer's issuer. */
enum ck_issuer {
	CK_ISSUER_NONE = 0,		/* "": no signature that holds */
	CK_ISSUER_LISTED = 1,		/* "listed": its CSCA is an anchor */
	CK_ISSUER_PINNED = 2,		/* "pinned": the signer itself was
					 * accepted by somebody here */
	CK_ISSUER_NOT_IN_LIST = 3,	/* "not_in_list": other anchors of its
					 * country are there */
	CK_ISSUER_NO_LIST = 4		/* "no_list": none of its country is */
};

/* Bytes for the name of whoever accepted a signer, with NUL. */
#define CK_ACCEPTED_BY_LEN 100

/* Who signed the document, beside whether the signature holds. */
struct ck_signer {
	enum ck_issuer issuer;
	bool expired;		/* since it signed: still as good */
	char accepted_by[CK_ACCEPTED_BY_LEN];	/* pinned; else "" */
	struct ck_date accepted_on;		/* likewise, local date */
};

/*
 * Chip and active authentication, ICAO 9303-11 §6: has the chip the private
 * keys behind DG14 and DG15? prove/clone.h says what each chip gives.
 */
enum ck_clone_check {
	CK_CLONE_NOT_PERFORMED = 0,	/* "not_performed": no signature to tie
					 * a key to, a key that we do not
					 * speak, a proof by a weak key */
	CK_CLONE_ABSENT = 1,		/* "absent": the issuer gave no key */
	CK_CLONE_VALID = 2,		/* "valid" */
	CK_CLONE_INVALID = 3		/* "invalid": a copy */
};

enum ck_image_format { CK_IMAGE_NONE, CK_IMAGE_JPEG, CK_IMAGE_JPEG2000 };

/* The fields of DG13 that only cccd-read --all asks for. Never in a daemon. */
struct ck_sensitive {
	char ethnicity[64];
	char religion[64];
	char place_of_origin[CK_TEXT_LEN];
	char identifying_features[CK_TEXT_LEN];
	char father[CK_NAME_LEN];
	char mother[CK_NAME_LEN];
	char spouse[CK_NAME_LEN];
};

/* A status word 63Cx counts no further. */
#define CK_TRIES_LEFT_MAX 15

/* Room for the names of two or three protocols. */
#define CK_OPENING_NOTE_LEN 240

/*
 * How the chip was opened, or why not: for a clerk who has to type again, and
 * for a technician who has to know the protocol. No secret, no personal data.
 */
struct ck_opening {
	unsigned tries;		/* keys that the chip was tried with */
	unsigned tries_left;	/* as it says; 0: it does not say */
	char note[CK_OPENING_NOTE_LEN];	/* English, one line; may be empty */
};

/* Everything one read found. Start zeroed; finish with ck_reading_wipe(). */
struct ck_reading {
	struct ck_identity identity;
	bool told;			/* the observer was, of an identity */
	struct ck_sensitive *sensitive;	/* owned; NULL unless asked for */
	char mrz[91];			/* 90 (TD1), 72 or 88 characters */
	char document_number[32];	/* from the MRZ, without filler */
	char issuing_state[4];		/* ICAO 9303-3 §5 code, "VNM" */
	enum ck_access access;
	struct ck_opening opening;
	enum ck_passive passive;
	enum ck_clone_check chip_auth;
	enum ck_clone_check active_auth;
	enum ck_assurance assurance;	/* chip_verified: passive valid, one
					 * clone check valid, none invalid;
					 * chip_consistent: likewise with an
					 * unknown issuer; else chip_read */
	enum ck_err passive_reason;	/* why not valid; CK_OK otherwise */
	struct ck_signer signer;	/* all zero unless passive is VALID or
					 * UNKNOWN_ISSUER */
	enum ck_image_format photo_format;
	struct ck_buf photo;		/* the image file inside DG2 */
	unsigned apdus;			/* command APDUs sent */
	uint64_t bytes_in, bytes_out;
	int64_t elapsed_ms;
};

void ck_reading_wipe(struct ck_reading *reading);

/*
 * False when signature or chip are known to be wrong: nothing of the reading
 * may then be shown as somebody's.
 */
bool ck_reading_genuine(const struct ck_reading *reading);

/* "pace-can" …; "" for none. Static strings, as in the contract. */
const char *ck_access_label(enum ck_access access);
const char *ck_passive_label(enum ck_passive passive);
const char *ck_issuer_label(enum ck_issuer issuer);
const char *ck_clone_check_label(enum ck_clone_check check);

/* What the procedure is doing, in order; the desk shows it. */
enum ck_step {
	CK_STEP_CONNECT,	/* card found, first commands */
	CK_STEP_ACCESS,		/* PACE or BAC */
	CK_STEP_IDENTITY,	/* DG1 and DG13 are being read */
	CK_STEP_VERIFY,		/* SOD, passive and chip authentication */
	CK_STEP_PHOTO,		/* DG2 */
	CK_STEP_DONE
};

/* Label of a step: "connect", "access", "identity", "verify", "photo", "done". */
const char *ck_step_label(enum ck_step step);

/*
 * Told while the read goes on; every member may be NULL. Called on the
 * reader's thread, with ctx. identity_known comes once, when number, name and
 * birth date are known over the authenticated channel but not yet proven.
 */
struct ck_read_observer {
	void (*step)(void *ctx, enum ck_step step);
	void (*identity_known)(void *ctx, const struct ck_identity *identity);
	void (*trace)(void *ctx, const char *line);	/* no data, no keys */
	void *ctx;
};

/* What is wanted of a read. Zero-initialise, then set. */
struct ck_read_options {
	bool photo;			/* read DG2 */
	bool all;			/* fill reading->sensitive */
	bool bac_allowed;		/* BAC where the chip offers no PACE */
	unsigned bac_tries_max;		/* expiry candidates tried; 0: one */
	const struct ck_anchors *anchors;	/* borrowed; NULL: no list */
	const struct ck_clock *clock;	/* borrowed; never NULL */
};

/*
 * Read one card from its first command to the last. The transport is
 * connected and stays the caller's.
 *
 * reading  Filled as far as the read came; the caller wipes it in every case.
 *
 * Returns  CK_OK: read, with reading->passive telling what is proven
 *          (also CK_PASSIVE_ABSENT and CK_PASSIVE_UNKNOWN_ISSUER);
 *          CK_CLASS_CARD errors: gone, silent or refusing;
 *          CK_CLASS_ACCESS errors: wrong, blocked or missing secret;
 *          CK_CLASS_DATA errors: malformed files;
 *          CK_CLASS_TRUST errors: not authentic, with passive or a clone check
 *          set to invalid;
 *          CK_CLASS_INTERNAL errors.
 */
CK_MUST_CHECK enum ck_err
ck_read_card(struct ck_transport *transport, const struct ck_secret *secret,
    const struct ck_read_options *options,
    const struct ck_read_observer *observer, struct ck_reading *reading);

#endif /* CK_READER_H */
