/*
 * record.h - what is kept of a lookup: everything that is counted, and what
 * the desk needs to see it again
 *
 * A plain value. The store encrypts the personal part; statistics see only the
 * words. design.md section 5 defines each of them.
 */
#ifndef SERVICE_STORE_RECORD_H
#define SERVICE_STORE_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/identity.h"
#include "ck/words.h"

#define CK_LOOKUP_ID_LEN 33	/* 128 random bits as 32 hex digits, NUL */
#define CK_DESK_LEN 32		/* configured short name */
#define CK_REASON_LEN 32	/* gateway code "060" or a label of ours */
#define CK_KEY_TEXT_LEN 20	/* up to 17 characters */
#define CK_HOST_LEN 128		/* host and port */
#define CK_FAILURE_LEN 160	/* one line of libcurl or ours */

/* What the gateway says of one insurance card. Empty strings: not given. */
struct ck_insurance_card {
	char number[CK_KEY_TEXT_LEN];	/* maThe, 15 characters */
	char facility[8];		/* maDKBD */
	char facility_name[256];	/* tenDKBD… where given */
	struct ck_date valid_from, valid_to;	/* valid_to absent: open end */
};

/* Is this card in force on this day? False for one without a number. Pure. */
bool ck_card_in_force(const struct ck_insurance_card *card,
    struct ck_date date);

/* A gateway answer, parsed; also what the cache keeps (encrypted). */
struct ck_answer {
	char code[8];			/* maKetQua */
	char note[1024];		/* ghiChu */
	char full_name[CK_NAME_LEN];
	struct ck_date date_of_birth;
	char sex;			/* 'M', 'F', 0 */
	char address[CK_TEXT_LEN];
	char insurance_number[11];	/* maSoBHXH */
	char old_card_number[CK_KEY_TEXT_LEN];	/* maTheCu */
	char office[256];		/* cqBHXH */
	char area[8];			/* maKV */
	struct ck_date five_years;	/* ngayDu5Nam */
	struct ck_insurance_card card;
	struct ck_insurance_card new_card;
	int64_t as_of_ms;		/* wall clock of the answer */
};

/* Cards kept of one person: a card lives for years, and two follow each other
 * at most once a year. */
#define CK_KNOWN_CARDS_MAX 8

/* Every card that was seen of a person, the last one first. */
struct ck_known_cards {
	struct ck_insurance_card list[CK_KNOWN_CARDS_MAX];
	size_t count;
};

/* The words of one lookup that are counted. */
struct ck_counted {
	enum ck_kind kind;
	enum ck_presented presented;
	enum ck_captured captured;
	enum ck_assurance assurance;
	enum ck_key first_key;
	enum ck_outcome first_outcome;
	enum ck_source first_source;
	char first_reason[CK_REASON_LEN];
	enum ck_key resolved_by;	/* the key of the final answer */
	enum ck_outcome outcome;
	enum ck_source source;
	char reason[CK_REASON_LEN];
	enum ck_owner owner;
	char desk[CK_DESK_LEN];
	int64_t latency_ms;		/* opened until first shown; -1: never */
};

/* The person's numbers: all lead to the same random person id. */
struct ck_person_keys {
	char id_number[CK_NUMBER_LEN];
	char old_number[CK_OLD_NUMBER_LEN];
	char insurance_number[11];
	char card_number[CK_KEY_TEXT_LEN];
};

struct ck_lookup_record {
	char id[CK_LOOKUP_ID_LEN];
	int64_t opened_ms;		/* wall clock */
	int64_t answered_ms;		/* 0: not yet */
	int64_t closed_ms;		/* 0: open */
	struct ck_date visit_date;
	struct ck_counted counted;
	char operator_name[CK_NAME_LEN];	/* personal: encrypted */
	char idempotency_key[65];	/* empty: none; stored as a keyed hash */
	struct ck_person_keys person;	/* personal: keyed hash + encrypted */
	struct ck_identity identity;	/* personal: encrypted */
	bool has_answer;
	struct ck_answer answer;	/* personal: encrypted */
	int64_t same_visits;	/* earlier visits in a row that ended with the
				 * same outcome; not stored, 0: not looked up */
};

/* One call to the gateway: what the portal counts. */
struct ck_call_record {
	char lookup_id[CK_LOOKUP_ID_LEN];
	int64_t started_ms;		/* wall clock */
	int64_t duration_ms;
	enum ck_key key;
	char code[CK_REASON_LEN];	/* maKetQua, or our label of the failure */
	enum ck_outcome outcome;	/* its class */
	enum ck_kind kind;
	enum ck_captured captured;
	char desk[CK_DESK_LEN];

	/* Proof, kept encrypted with the call. */
	char host[CK_HOST_LEN];		/* whom we asked; empty: not known */
	unsigned http_status;		/* 0: none came */
	char failure[CK_FAILURE_LEN];	/* what failed, as the line said it */
	struct ck_span raw;		/* the answer's bytes; borrowed */
};

#endif /* SERVICE_STORE_RECORD_H */
