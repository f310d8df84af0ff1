/*
 * people.h - a seeded population of people who do not exist
 *
 * The simulated chip and the simulated gateway ask the same population, so a
 * card personalised from it is known to the gateway. The same seed and index
 * always give the same person. Shares no code with reader/ or service/.
 *
 * Persons 0 .. SIM_SCRIPTED-1 are scripted: one for each code of the gateway
 * and a few more cases (label "code-000", "code-060", …). Later ones are
 * random, mostly covered.
 */
#ifndef SIM_PEOPLE_H
#define SIM_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A date; month and day are 0 where the papers know only the year. */
struct sim_date {
	int year, month, day;
};

/* One insurance card period. number is empty when there is none. */
struct sim_insurance {
	char number[16];	/* 15 characters */
	char facility[6];	/* registered facility (maDKBD) */
	struct sim_date from, to;
};

struct sim_person {
	uint32_t seed;
	unsigned index;
	char label[32];		/* "code-000" for scripted ones, "p00123" else */
	char note[160];		/* Vietnamese: what this person shows; UTF-8 */

	/* The identity card; UTF-8 NFC. */
	char number[13];	/* 12 digits */
	char old_number[10];	/* 9 digits or empty */
	char full_name[128];	/* upper case with diacritics, as on the card */
	struct sim_date birth;
	bool male;
	char ethnicity[32];	/* Kinh, Khmer, Hoa */
	char religion[32];
	char origin[256];	/* place of origin */
	char residence[256];	/* often over 127 bytes, sometimes empty */
	char marks[160];	/* identifying features */
	struct sim_date issued;
	struct sim_date expires; /* year 0: no expiry (991231 in the MRZ) */
	char father[128];
	char mother[128];
	char spouse[128];	/* empty when none */
	char chip_id[17];	/* 16 hex digits: DG13 item 16 */

	/* What the insurance gateway knows. */
	char code[4];		/* maKetQua under the 12-digit number */
	char code_by_insurance[4]; /* maKetQua under the 10-digit number */
	char insurance_number[11]; /* maSoBHXH, 10 digits or empty */
	struct sim_insurance card;	/* current or old card */
	struct sim_insurance new_card;	/* 003, 004; empty otherwise */
	char area[3];		/* maKV: "", K1, K2, K3 */
	struct sim_date five_years; /* ngayDu5Nam; year 0: none */
	char gateway_name[128];	/* hoTen on file: differs for 060, 061 */
	struct sim_date gateway_birth; /* on file: differs for 070 */
};

/* How many scripted persons there are. */
unsigned sim_people_scripted(void);

/* How many persons the population has in all (10,000). */
unsigned sim_people_count(void);

/* Fill *out with person index (0 .. sim_people_count()-1) of seed. */
void sim_person_at(uint32_t seed, unsigned index, struct sim_person *out);

/*
 * Find by label ("code-060", "p00123"), by 12-digit number, by 10-digit
 * insurance number or by 15-character card number (old or new card).
 * Returns false when nobody fits.
 */
bool sim_person_find(uint32_t seed, const char *key, struct sim_person *out);

/* The payload of the QR code on the front of the CCCD: 7 fields. */
void sim_person_qr(const struct sim_person *person, char *out, size_t size);

/* The QR code of the paper insurance card: 15 or 17 fields, hex names. */
void sim_person_bhyt_qr(const struct sim_person *person, char *out,
    size_t size);

#endif /* SIM_PEOPLE_H */
