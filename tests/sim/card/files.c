/*
 * files.c - what one chip holds: files, keys, passwords
 */
#include <stdio.h>
#include <string.h>

#include <jansson.h>
#include <openssl/x509.h>

#include "files.h"
#include "tlv.h"

#define PATH_MAX_LEN 512

static const struct sim_file_info infos[SIM_FILE_COUNT] = {
	[SIM_EF_ATR_INFO] = { "EF_ATR_INFO", 0x2f01, 0x01, 0, true, false },
	[SIM_EF_CARD_ACCESS] = { "EF_CardAccess", 0x011c, 0x1c, 0, true,
	    false },
	[SIM_EF_COM] = { "EF_COM", 0x011e, 0x1e, 0, false, false },
	[SIM_EF_SOD] = { "EF_SOD", 0x011d, 0x1d, 0, false, false },
	[SIM_EF_DG1] = { "EF_DG1", 0x0101, 0x01, 1, false, false },
	[SIM_EF_DG2] = { "EF_DG2", 0x0102, 0x02, 2, false, false },
	[SIM_EF_DG3] = { "EF_DG3", 0x0103, 0x03, 3, false, true },
	[SIM_EF_DG11] = { "EF_DG11", 0x010b, 0x0b, 11, false, false },
	[SIM_EF_DG12] = { "EF_DG12", 0x010c, 0x0c, 12, false, false },
	[SIM_EF_DG13] = { "EF_DG13", 0x010d, 0x0d, 13, false, false },
	[SIM_EF_DG14] = { "EF_DG14", 0x010e, 0x0e, 14, false, false },
	[SIM_EF_DG15] = { "EF_DG15", 0x010f, 0x0f, 15, false, false },
};

const struct sim_file_info *
sim_file_info(int file)
{
	return &infos[file];
}

int
sim_file_by_fid(bool in_master_file, unsigned fid)
{
	int i;

	for (i = 0; i < SIM_FILE_COUNT; i++) {
		if (infos[i].in_master_file == in_master_file &&
		    infos[i].fid == fid)
			return i;
	}

	return SIM_FILE_NONE;
}

int
sim_file_by_sfi(bool in_master_file, unsigned sfi)
{
	int i;

	for (i = 0; i < SIM_FILE_COUNT; i++) {
		if (infos[i].in_master_file == in_master_file &&
		    infos[i].sfi == sfi)
			return i;
	}

	return SIM_FILE_NONE;
}

bool
sim_profile_mrz(const struct sim_profile *profile, struct sim_span *mrz)
{
	struct sim_span body;

	return sim_tlv_find(sim_view(&profile->file[SIM_EF_DG1]), 0x61,
	    &body) && sim_tlv_find(body, 0x5f1f, mrz);
}

void
sim_profile_set_mrz_info(struct sim_profile *profile)
{
	struct sim_span mrz;

	if (!sim_profile_mrz(profile, &mrz) ||
	    !sim_mrz_info(mrz, profile->mrz_info))
		profile->mrz_info[0] = '\0';
}

static EVP_PKEY *
load_key(const char *dir, const char *name)
{
	struct sim_bytes der = SIM_BYTES_INIT;
	char path[PATH_MAX_LEN];
	const uint8_t *p;
	EVP_PKEY *key = NULL;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (sim_bytes_load(&der, path)) {
		p = der.ptr;
		key = d2i_AutoPrivateKey(NULL, &p, (long)der.len);
	}
	sim_bytes_free(&der);

	return key;
}

static void
load_can(struct sim_profile *profile, const char *dir)
{
	char path[PATH_MAX_LEN];
	const char *can;
	json_t *root;

	snprintf(path, sizeof(path), "%s/expect.json", dir);
	root = json_load_file(path, 0, NULL);
	can = json_string_value(json_object_get(root, "can"));
	if (can != NULL)
		snprintf(profile->can, sizeof(profile->can), "%s", can);
	json_decref(root);
}

bool
sim_profile_load(struct sim_profile *profile, const char *dir, char *why,
    size_t why_size)
{
	char path[PATH_MAX_LEN];
	int i;

	*profile = (struct sim_profile){ 0 };
	snprintf(profile->label, sizeof(profile->label), "files");
	for (i = 0; i < SIM_FILE_COUNT; i++) {
		snprintf(path, sizeof(path), "%s/%s.bin", dir, infos[i].name);
		sim_bytes_load(&profile->file[i], path);
	}
	if (profile->file[SIM_EF_DG1].len == 0) {
		snprintf(why, why_size, "no EF_DG1.bin in %s", dir);
		return false;
	}
	profile->ca_key = load_key(dir, "chip-ca-test-key.der");
	profile->aa_key = load_key(dir, "chip-aa-test-key.der");
	profile->aa_hash = "SHA256";
	load_can(profile, dir);
	sim_profile_set_mrz_info(profile);

	return true;
}

void
sim_profile_wipe(struct sim_profile *profile)
{
	int i;

	for (i = 0; i < SIM_FILE_COUNT; i++)
		sim_bytes_free(&profile->file[i]);
	EVP_PKEY_free(profile->ca_key);
	EVP_PKEY_free(profile->aa_key);
	explicit_bzero(profile, sizeof(*profile));
}
