/*
 * personalise.c - from a person, or a directory, to a chip with its faults
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lds.h"
#include "personalise.h"
#include "pki_odd.h"
#include "security.h"
#include "sod.h"
#include "spoil.h"
#include "tlv.h"

#define FILES_PREFIX "files:"
#define KIND_PREFIX "kind:"
#define CHIP_CURVE "brainpoolP256r1"
#define WEAK_CURVE "brainpoolP192r1"

/* Under this name stand the keys of a chip that is somewhere else. */
#define OTHER_CHIP "elsewhere"

/* Stands for finger images; nobody reads it, only its hash is signed. */
#define DG3_BYTES 2000

static time_t
noon_of(const struct sim_date *date)
{
	struct tm tm = {
		.tm_year = date->year - 1900,
		.tm_mon = date->month > 0 ? date->month - 1 : 0,
		.tm_mday = date->day > 0 ? date->day : 1,
		.tm_hour = 5,	/* noon in Vietnam */
	};

	return timegm(&tm);
}

static EVP_PKEY *
chip_key(const struct sim_factory *factory, const char *kind,
    const char *number, const char *type)
{
	char name[80];

	snprintf(name, sizeof(name), "%s-%s", kind, number);

	return sim_pki_chip_key(factory->state_dir, name, type);
}

static void
make_keys(const struct sim_factory *factory, const char *number,
    struct sim_profile *out)
{
	bool ecdsa = factory->offer.aa_ecdsa;

	out->ca_key = chip_key(factory, "ca", number, CHIP_CURVE);
	out->aa_key = chip_key(factory, ecdsa ? "aa-ec" : "aa", number,
	    ecdsa ? CHIP_CURVE : "RSA");
	out->aa_hash = factory->offer.aa_hash;
}

/* DG14 and DG15, which state the keys that the chip has. */
static void
put_keys(const struct sim_factory *factory, struct sim_profile *out)
{
	sim_bytes_clear(&out->file[SIM_EF_DG14]);
	sim_bytes_clear(&out->file[SIM_EF_DG15]);
	sim_security_dg14(&factory->offer, out->ca_key,
	    &out->file[SIM_EF_DG14]);
	sim_security_dg15(out->aa_key, &out->file[SIM_EF_DG15]);
}

/* Keys that a terminal should find too short, stated in DG14 and DG15. */
static void
weaken_keys(const struct sim_factory *factory, const struct sim_faults *faults,
    struct sim_profile *out)
{
	EVP_PKEY *key;

	if (faults->on[SIM_FAULT_WEAK_CA_KEY]) {
		key = chip_key(factory, "ca-weak", out->label, WEAK_CURVE);
		EVP_PKEY_free(out->ca_key);
		out->ca_key = key;
	}
	if (faults->on[SIM_FAULT_WEAK_AA_KEY]) {
		key = chip_key(factory, "aa-weak", out->label, "RSA1024");
		EVP_PKEY_free(out->aa_key);
		out->aa_key = key;
	}
	if (faults->on[SIM_FAULT_WEAK_CA_KEY] ||
	    faults->on[SIM_FAULT_WEAK_AA_KEY])
		put_keys(factory, out);
}

static void
fill_files(const struct sim_factory *factory, const struct sim_person *person,
    struct sim_profile *out)
{
	struct sim_bytes *file = out->file;

	*out = (struct sim_profile){ 0 };
	snprintf(out->label, sizeof(out->label), "%s", person->label);
	snprintf(out->can, sizeof(out->can), "%s", person->number + 6);
	make_keys(factory, person->number, out);
	sim_security_card_access(&factory->offer, true,
	    &file[SIM_EF_CARD_ACCESS]);
	sim_lds_dg1(person, &file[SIM_EF_DG1]);
	sim_lds_dg2(person, &file[SIM_EF_DG2]);
	sim_put_fill(&file[SIM_EF_DG3], 0x63, DG3_BYTES);
	sim_lds_dg13(person, &file[SIM_EF_DG13]);
	put_keys(factory, out);
	sim_profile_set_mrz_info(out);
}

static void
sign_files(const struct sim_factory *factory,
    const struct sim_profile *profile, const struct sim_faults *faults,
    time_t signed_at, struct sim_bytes *out)
{
	const struct sim_pki *pki = &factory->pki;
	struct sim_sod_wish wish = {
		.signer = &pki->signer,
		.hash = faults->on[SIM_FAULT_SHA1_SOD] ? "SHA1" : "SHA256",
		.signed_at = signed_at,
		.faults = faults,
	};
	struct sim_odd odd;

	if (faults->on[SIM_FAULT_WRONG_SIGNER])
		wish.signer = &pki->foreign;
	if (faults->on[SIM_FAULT_RE_SIGNED])
		wish.signer = &pki->impostor;
	if (faults->on[SIM_FAULT_EXPIRED_SIGNER])
		wish.signer = &pki->expired;
	if (faults->on[SIM_FAULT_TWO_SIGNERS])
		wish.second = &pki->expired;
	if (sim_odd_make(pki, faults, &odd)) {
		wish.signer = &odd.signer;
		memcpy(wish.extra, odd.extra, sizeof(wish.extra));
	}
	sim_sod_build(profile, &wish, out);
	sim_odd_free(&odd);
}

void
sim_personalise_other(const struct sim_factory *factory, const char *label,
    const struct sim_faults *faults, struct sim_profile *out)
{
	struct sim_person person;

	sim_person_at(factory->seed, 0, &person);
	if (strcmp(person.label, label) == 0)
		sim_person_at(factory->seed, 1, &person);
	fill_files(factory, &person, out);
	sim_lds_com(out, &out->file[SIM_EF_COM]);
	sign_files(factory, out, faults, noon_of(&person.issued),
	    &out->file[SIM_EF_SOD]);
}

/* EF.SOD of a person who is not this one. */
static void
sign_other(const struct sim_factory *factory, const struct sim_faults *faults,
    const char *label, struct sim_bytes *out)
{
	struct sim_profile other;

	sim_personalise_other(factory, label, faults, &other);
	sim_put(out, sim_view(&other.file[SIM_EF_SOD]));
	sim_profile_wipe(&other);
}

static void
take_key(EVP_PKEY **ours, EVP_PKEY **theirs)
{
	EVP_PKEY_free(*ours);
	*ours = *theirs;
	*theirs = NULL;
}

/* A copied card: true files, but the keys stayed in the true chip. */
static void
copy_chip(const struct sim_factory *factory, const struct sim_faults *faults,
    struct sim_profile *out)
{
	bool both = faults->on[SIM_FAULT_MIXED_CHIP];
	bool ca = both || faults->on[SIM_FAULT_CLONE_CA];
	bool aa = both || faults->on[SIM_FAULT_CLONE_AA];
	bool none = faults->on[SIM_FAULT_CLONE_NO_KEYS];
	struct sim_profile other = { 0 };

	if (!ca && !aa && !none)
		return;
	if (!none)
		make_keys(factory, OTHER_CHIP, &other);
	if (ca || none)
		take_key(&out->ca_key, &other.ca_key);
	if (aa || none)
		take_key(&out->aa_key, &other.aa_key);
	if (both && !none)
		put_keys(factory, out);
	sim_profile_wipe(&other);
}

/* Chips from files keep the signature they came with, unless a fault asks. */
static bool
wants_new_signature(const struct sim_faults *faults)
{
	static const enum sim_fault asking[] = {
		SIM_FAULT_WRONG_SIGNER, SIM_FAULT_EXPIRED_SIGNER,
		SIM_FAULT_SHA1_SOD, SIM_FAULT_MALFORMED_DG13,
		SIM_FAULT_TRUNCATED_DG1, SIM_FAULT_TRAILING_BYTES,
		SIM_FAULT_RE_SIGNED, SIM_FAULT_REVOKED_SIGNER,
		SIM_FAULT_WEAK_SIGNER_KEY, SIM_FAULT_CHAIN_LOOP,
		SIM_FAULT_SIGNER_IS_CA, SIM_FAULT_FUTURE_SIGNER,
		SIM_FAULT_EXPIRED_CSCA, SIM_FAULT_SECOND_CSCA,
		SIM_FAULT_WRONG_DG, SIM_FAULT_TWO_SIGNERS,
		SIM_FAULT_UNSIGNED_TAMPERED, SIM_FAULT_DIGEST_MISMATCH,
	};
	size_t i;

	for (i = 0; i < sizeof(asking) / sizeof(asking[0]); i++) {
		if (faults->on[asking[i]])
			return true;
	}

	return false;
}

static bool
from_files(const struct sim_factory *factory, const char *dir,
    const struct sim_faults *faults, struct sim_profile *out, char *why,
    size_t why_size)
{
	struct sim_bytes *sod = &out->file[SIM_EF_SOD];

	if (!sim_profile_load(out, dir, why, why_size))
		return false;
	sim_spoil_content(faults, out);
	if (faults->on[SIM_FAULT_SOD_OF_OTHER]) {
		sim_bytes_clear(sod);
		sign_other(factory, faults, out->label, sod);
	} else if (wants_new_signature(faults)) {
		sim_bytes_clear(sod);
		sign_files(factory, out, faults, time(NULL), sod);
	}

	return true;
}

static bool
from_person(const struct sim_factory *factory, const char *who,
    const struct sim_faults *faults, struct sim_profile *out, char *why,
    size_t why_size)
{
	struct sim_bytes *sod = &out->file[SIM_EF_SOD];
	struct sim_person person;

	if (!sim_person_find(factory->seed, who, &person)) {
		snprintf(why, why_size, "nobody is called %s", who);
		return false;
	}
	fill_files(factory, &person, out);
	weaken_keys(factory, faults, out);
	sim_spoil_content(faults, out);
	sim_lds_com(out, &out->file[SIM_EF_COM]);
	if (faults->on[SIM_FAULT_SOD_OF_OTHER])
		sign_other(factory, faults, person.label, sod);
	else
		sign_files(factory, out, faults, noon_of(&person.issued), sod);

	return true;
}

/* A passport of another country, signed by that country: BAC and PACE-MRZ. */
static void
make_passport(const struct sim_factory *factory, struct sim_profile *out)
{
	static const struct sim_faults none;
	const struct sim_sod_wish wish = {
		.signer = &factory->pki.abroad, .hash = "SHA256",
		.signed_at = time(NULL), .faults = &none,
	};
	struct sim_person holder = { .male = false };
	struct sim_bytes *file = out->file, body = SIM_BYTES_INIT;
	char mrz[SIM_TD3_LEN + 1];

	sim_mrz_td3(mrz);
	make_keys(factory, "passport", out);
	sim_security_card_access(&factory->offer, true,
	    &file[SIM_EF_CARD_ACCESS]);
	sim_tlv_put_text(&body, 0x5f1f, mrz);
	sim_tlv_put(&file[SIM_EF_DG1], 0x61, sim_view(&body));
	sim_lds_dg2(&holder, &file[SIM_EF_DG2]);
	put_keys(factory, out);
	sim_lds_com(out, &file[SIM_EF_COM]);
	sim_sod_build(out, &wish, &file[SIM_EF_SOD]);
	sim_profile_set_mrz_info(out);
	sim_bytes_free(&body);
}

/* Cards that are not the citizen's. */
static bool
from_kind(const struct sim_factory *factory, const char *kind,
    struct sim_profile *out)
{
	static const struct {
		const char *name;
		enum sim_kind kind;
	} kinds[] = {
		{ "bank", SIM_KIND_BANK },
		{ "transit", SIM_KIND_MEMORY },
		{ "desfire", SIM_KIND_DESFIRE },
		{ "mute", SIM_KIND_MUTE },
		{ "foreign", SIM_KIND_EMRTD },
	};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].name, kind) != 0)
			continue;
		*out = (struct sim_profile){ .kind = kinds[i].kind };
		snprintf(out->label, sizeof(out->label), "%s%s", KIND_PREFIX,
		    kinds[i].name);
		if (out->kind == SIM_KIND_EMRTD)
			make_passport(factory, out);
		return true;
	}

	return false;
}

/* What is signed offers no PACE either; keys and issuers are borrowed. */
static struct sim_factory
without_offer(const struct sim_factory *factory)
{
	struct sim_factory other = *factory;

	other.offer.pace_in_dg14 = false;

	return other;
}

/* EF.CardAccess and EF.ATR/INFO, which nobody signs. */
static void
finish_master_file(const struct sim_factory *factory,
    const struct sim_chip_config *config, const struct sim_faults *faults,
    struct sim_profile *out)
{
	sim_spoil_access(&factory->offer, faults, out);
	if (!config->pace || faults->on[SIM_FAULT_NO_PACE])
		sim_bytes_free(&out->file[SIM_EF_CARD_ACCESS]);
	if (out->file[SIM_EF_ATR_INFO].len == 0)
		sim_chip_atr_info(config, &out->file[SIM_EF_ATR_INFO]);
}

bool
sim_personalise(const struct sim_factory *shared, const char *who,
    const struct sim_chip_config *config, const struct sim_faults *faults,
    struct sim_profile *out, char *why, size_t why_size)
{
	const struct sim_factory without_pace = without_offer(shared),
	    *factory = faults->on[SIM_FAULT_NO_PACE] ? &without_pace : shared;
	size_t prefix = strlen(FILES_PREFIX);
	bool ok;

	if (strncmp(who, FILES_PREFIX, prefix) == 0)
		ok = from_files(factory, who + prefix, faults, out, why,
		    why_size);
	else if (strncmp(who, KIND_PREFIX, strlen(KIND_PREFIX)) == 0 &&
	    from_kind(factory, who + strlen(KIND_PREFIX), out)) {
		if (out->kind == SIM_KIND_EMRTD)
			finish_master_file(factory, config, faults, out);
		return true;
	} else {
		ok = from_person(factory, who, faults, out, why, why_size);
	}
	if (!ok)
		return false;
	sim_spoil_signed(faults, out);
	copy_chip(factory, faults, out);
	finish_master_file(factory, config, faults, out);

	return true;
}
