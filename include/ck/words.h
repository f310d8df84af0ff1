/*
 * words.h - the words that are counted, in one list each
 *
 * Labels appear in JSON, metrics and reports; numbers are stored in the
 * database. A number is never changed and never given to another word.
 * docs/definitions.md states the meaning for the people who sign the figures.
 */
#ifndef CK_WORDS_H
#define CK_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Outcome of a lookup: never one word "invalid". */
#define CK_OUTCOME_LIST(X) \
	X(CK_OUTCOME_NONE, 0, "none")		/* still open */ \
	X(CK_OUTCOME_COVERED, 1, "covered") \
	X(CK_OUTCOME_NOT_COVERED, 2, "not_covered") \
	X(CK_OUTCOME_MISMATCH, 3, "mismatch") \
	X(CK_OUTCOME_NOT_FOUND, 4, "not_found") \
	X(CK_OUTCOME_UNAVAILABLE, 5, "unavailable")

/* Where the answer came from. */
#define CK_SOURCE_LIST(X) \
	X(CK_SOURCE_NONE, 0, "none") \
	X(CK_SOURCE_GATEWAY, 1, "gateway") \
	X(CK_SOURCE_CACHE, 2, "cache")		/* fresh by policy */ \
	X(CK_SOURCE_STALE, 3, "stale")		/* older than policy */

/* What the patient showed. */
#define CK_PRESENTED_LIST(X) \
	X(CK_PRESENTED_NONE, 0, "none") \
	X(CK_PRESENTED_CCCD, 1, "cccd") \
	X(CK_PRESENTED_CC, 2, "cc") \
	X(CK_PRESENTED_VNEID, 3, "vneid") \
	X(CK_PRESENTED_VSSID, 4, "vssid") \
	X(CK_PRESENTED_BHYT_PAPER, 5, "bhyt_paper")

/* How we got it. */
#define CK_CAPTURED_LIST(X) \
	X(CK_CAPTURED_TYPED, 0, "typed") \
	X(CK_CAPTURED_CHIP, 1, "chip") \
	X(CK_CAPTURED_QR, 2, "qr") \
	X(CK_CAPTURED_HIS, 3, "his")

/* How sure the identity is, weakest first. */
#define CK_ASSURANCE_LIST(X) \
	X(CK_ASSURANCE_TYPED, 0, "typed") \
	X(CK_ASSURANCE_PRINTED, 1, "printed") \
	X(CK_ASSURANCE_CHIP_READ, 2, "chip_read") \
	X(CK_ASSURANCE_CHIP_CONSISTENT, 3, "chip_consistent") \
	X(CK_ASSURANCE_CHIP_VERIFIED, 4, "chip_verified")

/* The key a lookup was asked under. */
#define CK_KEY_LIST(X) \
	X(CK_KEY_NONE, 0, "none") \
	X(CK_KEY_ID_NUMBER, 1, "id_number")		/* 12 digits */ \
	X(CK_KEY_INSURANCE_NUMBER, 2, "insurance_number")	/* 10 digits */ \
	X(CK_KEY_CARD_NUMBER, 3, "card_number")		/* 15 characters */

/* Why the lookup was made. */
#define CK_KIND_LIST(X) \
	X(CK_KIND_DESK, 0, "desk") \
	X(CK_KIND_DURING, 1, "during") \
	X(CK_KIND_CLOSE, 2, "close") \
	X(CK_KIND_RECHECK, 3, "recheck") \
	X(CK_KIND_APPOINTMENT, 4, "appointment") \
	X(CK_KIND_INTEGRATION, 5, "integration")

/* Whose work a failure is. */
#define CK_OWNER_LIST(X) \
	X(CK_OWNER_NONE, 0, "none")		/* nothing failed */ \
	X(CK_OWNER_INSURER, 1, "insurer") \
	X(CK_OWNER_DESK, 2, "desk") \
	X(CK_OWNER_PATIENT, 3, "patient") \
	X(CK_OWNER_CLINIC, 4, "clinic") \
	X(CK_OWNER_LINE, 5, "line") \
	X(CK_OWNER_GATEWAY, 6, "gateway") \
	X(CK_OWNER_UNKNOWN, 7, "unknown")

/* The four series, never mixed. */
#define CK_SERIES_LIST(X) \
	X(CK_SERIES_CALLS, 0, "calls") \
	X(CK_SERIES_LOOKUPS, 1, "lookups") \
	X(CK_SERIES_VISITS, 2, "visits") \
	X(CK_SERIES_CCCD, 3, "cccd")

#define CK_WORD_ENUM(sym, no, label) sym = (no),
enum ck_outcome { CK_OUTCOME_LIST(CK_WORD_ENUM) };
enum ck_source { CK_SOURCE_LIST(CK_WORD_ENUM) };
enum ck_presented { CK_PRESENTED_LIST(CK_WORD_ENUM) };
enum ck_captured { CK_CAPTURED_LIST(CK_WORD_ENUM) };
enum ck_assurance { CK_ASSURANCE_LIST(CK_WORD_ENUM) };
enum ck_key { CK_KEY_LIST(CK_WORD_ENUM) };
enum ck_kind { CK_KIND_LIST(CK_WORD_ENUM) };
enum ck_owner { CK_OWNER_LIST(CK_WORD_ENUM) };
enum ck_series { CK_SERIES_LIST(CK_WORD_ENUM) };
#undef CK_WORD_ENUM

/* The label of each word. Static string; "?" for a number not in its list. */
const char *ck_outcome_label(enum ck_outcome word);
const char *ck_source_label(enum ck_source word);
const char *ck_presented_label(enum ck_presented word);
const char *ck_captured_label(enum ck_captured word);
const char *ck_assurance_label(enum ck_assurance word);
const char *ck_key_label(enum ck_key word);
const char *ck_kind_label(enum ck_kind word);
const char *ck_owner_label(enum ck_owner word);
const char *ck_series_label(enum ck_series word);

/* The word with this label. False, and *out untouched, for any other text. */
bool ck_presented_parse(const char *label, enum ck_presented *out);
bool ck_kind_parse(const char *label, enum ck_kind *out);
bool ck_series_parse(const char *label, enum ck_series *out);

/* One word of one list, for a database that keeps the labels beside the
 * numbers. Static strings. */
struct ck_word {
	const char *list;		/* "outcome" … "series" */
	int number;
	const char *label;
};

/* All words of all lists; *count of them. */
const struct ck_word *ck_words(size_t *count);

#endif /* CK_WORDS_H */
