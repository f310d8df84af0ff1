/*
 * fuzz_lds.c - the files of the chip
 */
#include <string.h>

#include "fuzz.h"
#include "lds/com.h"
#include "lds/dg1.h"
#include "lds/dg13.h"
#include "lds/dg14.h"
#include "lds/dg15.h"
#include "lds/dg2.h"
#include "lds/sod.h"

static const struct ck_date today = { 2026, 11, 23 };

static void
check_infos(struct ck_span file, const struct ck_security_infos *infos)
{
	const struct ck_security_info *info;
	uint32_t number;
	size_t i;

	fuzz_check(infos->count <= CK_SECURITY_INFOS_MAX);
	for (i = 0; i < infos->count; i++) {
		info = &infos->item[i];
		fuzz_check(fuzz_inside(file, info->oid));
		fuzz_check(fuzz_inside(file, info->required));
		fuzz_check(fuzz_inside(file, info->optional));
		fuzz_check(ck_security_infos_find(infos,
		    ck_security_info_protocol(info), i) == info);
		if (ck_security_info_integer(info->required, &number))
			fuzz_check(number <= INT32_MAX);
	}
}

int
fuzz_security_infos(const uint8_t *data, size_t size)
{
	struct ck_span file = ck_span_of(data, size);
	struct ck_security_infos infos;

	if (ck_security_infos_parse(file, &infos) == CK_OK)
		check_infos(file, &infos);
	else
		fuzz_check(infos.count == 0);

	return 0;
}

int
fuzz_dg14(const uint8_t *data, size_t size)
{
	struct ck_span file = ck_span_of(data, size);
	struct ck_security_infos infos;

	if (ck_dg14_parse(file, &infos) == CK_OK)
		check_infos(file, &infos);
	else
		fuzz_check(infos.count == 0);

	return 0;
}

int
fuzz_dg15(const uint8_t *data, size_t size)
{
	struct ck_span file = ck_span_of(data, size);
	struct ck_dg15 dg15;

	if (ck_dg15_parse(file, &dg15) == CK_OK) {
		fuzz_check(fuzz_inside(file, dg15.key));
		fuzz_check(fuzz_inside(dg15.key, dg15.algorithm));
		fuzz_check(dg15.algorithm.len > 0);
	} else {
		fuzz_check(dg15.key.len == 0);
	}

	return 0;
}

int
fuzz_com(const uint8_t *data, size_t size)
{
	struct ck_com com;
	unsigned dg;

	if (ck_com_parse(ck_span_of(data, size), &com) != CK_OK) {
		fuzz_check(fuzz_zero(&com, sizeof(com)));
		return 0;
	}
	fuzz_check(strnlen(com.lds_version, 5) < 5);
	fuzz_check(strnlen(com.unicode_version, 7) < 7);
	for (dg = 1; dg <= 16; dg++)
		fuzz_check(ck_com_has(&com, dg) ==
		    ((com.groups >> dg & 1) != 0));

	return 0;
}

int
fuzz_sod(const uint8_t *data, size_t size)
{
	struct ck_span file = ck_span_of(data, size), cms;
	struct ck_sod_hashes hashes;

	if (ck_sod_unwrap(file, &cms) == CK_OK)
		fuzz_check(fuzz_inside(file, cms));
	if (ck_sod_hashes_parse(file, &hashes) == CK_OK) {
		fuzz_check(hashes.algorithm != CK_HASH_NONE);
		fuzz_check(hashes.digest_len >= 20 &&
		    hashes.digest_len <= CK_HASH_MAX);
		fuzz_check((hashes.groups & ~UINT32_C(0x1fffe)) == 0);
		fuzz_check(!ck_sod_hashes_has(&hashes, 17));
	} else {
		fuzz_check(fuzz_zero(&hashes, sizeof(hashes)));
	}

	return 0;
}

static void
check_identity(const struct ck_identity *who)
{
	fuzz_check(fuzz_clean_text(who->number, sizeof(who->number)));
	fuzz_check(fuzz_clean_text(who->full_name, sizeof(who->full_name)));
	fuzz_check(fuzz_clean_text(who->nationality,
	    sizeof(who->nationality)));
	fuzz_check(fuzz_clean_text(who->residence, sizeof(who->residence)));
	fuzz_check(fuzz_clean_text(who->old_number,
	    sizeof(who->old_number)));
	fuzz_check(ck_date_absent(who->date_of_birth) ||
	    ck_date_valid(who->date_of_birth));
	fuzz_check(ck_date_absent(who->issue_date) ||
	    ck_date_valid(who->issue_date));
	fuzz_check(ck_date_absent(who->expiry_date) ||
	    ck_date_valid(who->expiry_date));
	fuzz_check(strchr("MFX", who->sex) != NULL);
}

int
fuzz_dg1(const uint8_t *data, size_t size)
{
	struct ck_identity who;
	struct ck_mrz mrz;

	if (ck_dg1_parse(ck_span_of(data, size), today, &mrz) != CK_OK) {
		fuzz_check(fuzz_zero(&mrz, sizeof(mrz)));
		return 0;
	}
	ck_mrz_identity(&mrz, &who);
	check_identity(&who);
	fuzz_check(mrz.number[0] == '\0' || strlen(mrz.number) == 12);
	fuzz_check(strnlen(mrz.document_number,
	    sizeof(mrz.document_number)) < sizeof(mrz.document_number));
	ck_mrz_wipe(&mrz);
	fuzz_check(fuzz_zero(&mrz, sizeof(mrz)));

	return 0;
}

/* The daemon's parser and the command's find the same person. */
int
fuzz_dg13(const uint8_t *data, size_t size)
{
	struct ck_span file = ck_span_of(data, size);
	struct ck_sensitive all;
	struct ck_identity who, again;
	enum ck_err err;

	memset(&all, 0, sizeof(all));
	err = ck_dg13_parse(file, &who);
	if (err == CK_OK)
		check_identity(&who);
	else
		fuzz_check(fuzz_zero(&who, sizeof(who)));
	if (ck_dg13_parse_all(file, &again, &all) == CK_OK) {
		fuzz_check(err == CK_OK);
		fuzz_check(strcmp(who.number, again.number) == 0);
		fuzz_check(strcmp(who.full_name, again.full_name) == 0);
		fuzz_check(fuzz_clean_text(all.father, sizeof(all.father)));
		fuzz_check(fuzz_clean_text(all.religion,
		    sizeof(all.religion)));
	}

	return 0;
}

int
fuzz_dg2(const uint8_t *data, size_t size)
{
	struct ck_span file = ck_span_of(data, size);
	struct ck_dg2 dg2;

	if (ck_dg2_parse(file, &dg2) == CK_OK) {
		fuzz_check(fuzz_inside(file, dg2.image));
		fuzz_check(dg2.image.len > 0);
		fuzz_check(dg2.format == ck_image_sniff(dg2.image));
		fuzz_check(dg2.format != CK_IMAGE_NONE);
	} else {
		fuzz_check(dg2.image.len == 0);
	}

	return 0;
}
