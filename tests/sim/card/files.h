/*
 * files.h - what one chip holds: files, keys, passwords
 *
 * Source: ICAO Doc 9303-10 §4 (file structure), 9303-11 §9.2 (EF.CardAccess).
 */
#ifndef SIM_CARD_FILES_H
#define SIM_CARD_FILES_H

#include <openssl/evp.h>

#include "bytes.h"
#include "mrz.h"

/* The files of an eMRTD that the simulator knows. */
enum sim_file {
	SIM_EF_ATR_INFO,
	SIM_EF_CARD_ACCESS,
	SIM_EF_COM,
	SIM_EF_SOD,
	SIM_EF_DG1,
	SIM_EF_DG2,
	SIM_EF_DG3,
	SIM_EF_DG11,
	SIM_EF_DG12,
	SIM_EF_DG13,
	SIM_EF_DG14,
	SIM_EF_DG15,
	SIM_FILE_COUNT
};

#define SIM_FILE_NONE (-1)

/* What stands about a file besides its bytes. */
struct sim_file_info {
	const char *name;	/* "EF_DG1": also the name of its .bin */
	unsigned fid;		/* file identifier */
	unsigned sfi;		/* short file identifier */
	unsigned dg;		/* data group number, 0 for none */
	bool in_master_file;	/* readable before access control */
	bool needs_terminal;	/* DG3: only after Terminal Authentication */
};

/* What kind of card it is. All but the first have no files. */
enum sim_kind {
	SIM_KIND_EMRTD,
	SIM_KIND_BANK,		/* payment card */
	SIM_KIND_MEMORY,	/* MIFARE Classic, as for transit */
	SIM_KIND_DESFIRE,
	SIM_KIND_MUTE		/* never answers reset */
};

/* One personalised chip. Absent files are empty. */
struct sim_profile {
	char label[64];
	enum sim_kind kind;
	struct sim_bytes file[SIM_FILE_COUNT];
	char can[16];				/* empty: takes no CAN */
	char mrz_info[SIM_MRZ_INFO_LEN + 1];	/* empty: takes no MRZ */
	EVP_PKEY *ca_key;	/* Chip Authentication; may be NULL */
	EVP_PKEY *aa_key;	/* Active Authentication; may be NULL */
	const char *aa_hash;	/* "SHA1" or "SHA256"; static */
};

/* The row of a file; file is a valid enum sim_file. */
const struct sim_file_info *sim_file_info(int file);

/* Find by identifier, in the master file or in the application. */
int sim_file_by_fid(bool in_master_file, unsigned fid);
int sim_file_by_sfi(bool in_master_file, unsigned sfi);

/* The MRZ inside DG1. False when DG1 is absent or malformed. */
bool sim_profile_mrz(const struct sim_profile *profile, struct sim_span *mrz);

/* Set the MRZ password from DG1; it stays empty when DG1 has none. */
void sim_profile_set_mrz_info(struct sim_profile *profile);

/*
 * Load a chip from dir: EF_*.bin, chip-ca-test-key.der, chip-aa-test-key.der
 * and the `can` of expect.json; each may be absent. Returns false and writes
 * a message to why when there is not even a DG1.
 */
bool sim_profile_load(struct sim_profile *profile, const char *dir, char *why,
    size_t why_size);

/* Wipe and free what the profile holds. */
void sim_profile_wipe(struct sim_profile *profile);

#endif /* SIM_CARD_FILES_H */
