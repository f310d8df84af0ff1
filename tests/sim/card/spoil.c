/*
 * spoil.c - what is wrong in the files of a chip
 */
#include <string.h>

#include "spoil.h"
#include "tlv.h"

/* Where names begin in the MRZ. */
#define TD1_NAME 60
#define TD3_NAME 5

/* So far before its end a picture is still picture. */
#define IMAGE_END 35

/* Drop bytes from the end; the lengths inside still promise them. */
static void
cut_short(struct sim_bytes *file, size_t less)
{
	file->len -= file->len > less ? less : file->len;
}

static void
replace(struct sim_bytes *file, const char *hex)
{
	sim_bytes_clear(file);
	sim_put_hex(file, hex);
}

/* Put bytes that mean nothing at the end of the outer object's value. */
static void
append_inside(struct sim_bytes *file)
{
	struct sim_span rest = sim_view(file), value;
	struct sim_bytes body = SIM_BYTES_INIT, whole = SIM_BYTES_INIT;
	unsigned tag;

	if (!sim_tlv_next(&rest, &tag, &value))
		return;
	sim_put(&body, value);
	sim_put_hex(&body, "0000DEADBEEF");
	sim_tlv_put(&whole, tag, sim_view(&body));
	sim_bytes_free(&body);
	sim_bytes_free(file);
	*file = whole;
}

void
sim_spoil_content(const struct sim_faults *faults, struct sim_profile *profile)
{
	struct sim_bytes *file = profile->file;

	if (faults->on[SIM_FAULT_NO_DG13])
		sim_bytes_free(&file[SIM_EF_DG13]);
	/* An item whose length runs over the end of its list. */
	if (faults->on[SIM_FAULT_MALFORMED_DG13])
		replace(&file[SIM_EF_DG13],
		    "6D17" "3015" "020101" "060628D316010008" "3108"
		    "3020" "020101" "130130");
	if (faults->on[SIM_FAULT_TRUNCATED_DG1])
		cut_short(&file[SIM_EF_DG1], 40);
	if (faults->on[SIM_FAULT_TRAILING_BYTES]) {
		append_inside(&file[SIM_EF_DG1]);
		append_inside(&file[SIM_EF_DG13]);
	}
}

/* Another letter or digit in its place: only the hash can notice. */
static void
change_character(uint8_t *at)
{
	bool letter = *at >= 'A' && *at <= 'Z';
	uint8_t first = letter ? 'A' : '0';

	*at = (uint8_t)(*at == first ? first + 1 : first);
}

/* The first letter of the surname. */
static void
tamper_dg1(struct sim_profile *profile)
{
	struct sim_span mrz;
	size_t at;

	if (!sim_profile_mrz(profile, &mrz))
		return;
	at = (size_t)(mrz.ptr - profile->file[SIM_EF_DG1].ptr);
	at += mrz.len == SIM_TD1_LEN ? TD1_NAME : TD3_NAME;
	change_character(&profile->file[SIM_EF_DG1].ptr[at]);
}

void
sim_spoil_signed(const struct sim_faults *faults, struct sim_profile *profile)
{
	struct sim_bytes *dg13 = &profile->file[SIM_EF_DG13];
	struct sim_bytes *dg2 = &profile->file[SIM_EF_DG2];
	struct sim_bytes *sod = &profile->file[SIM_EF_SOD];

	if (faults->on[SIM_FAULT_TAMPERED_DG1])
		tamper_dg1(profile);
	/* The last item is the chip's serial, at the very end. */
	if (faults->on[SIM_FAULT_TAMPERED_DG13] && dg13->len > 0)
		change_character(&dg13->ptr[dg13->len - 1]);
	if (faults->on[SIM_FAULT_TAMPERED_DG2] && dg2->len > IMAGE_END)
		dg2->ptr[dg2->len - IMAGE_END] ^= 0x01;
	/* The signature stands at the end: its last byte belongs to s. */
	if (faults->on[SIM_FAULT_BAD_SIGNATURE] && sod->len > 0)
		sod->ptr[sod->len - 1] ^= 0x01;
	if (faults->on[SIM_FAULT_TRUNCATED_SOD])
		cut_short(sod, 40);
	if (faults->on[SIM_FAULT_EXTRA_BYTES])
		sim_put_hex(&profile->file[SIM_EF_DG1], "0000DEADBEEF");
	if (faults->on[SIM_FAULT_NO_SOD])
		sim_bytes_free(sod);
}

void
sim_spoil_access(const struct sim_offer *offer,
    const struct sim_faults *faults, struct sim_profile *profile)
{
	struct sim_bytes *card_access = &profile->file[SIM_EF_CARD_ACCESS];
	size_t len = strlen(profile->can);

	if (faults->on[SIM_FAULT_WRONG_CAN] && len > 0)
		profile->can[len - 1] = profile->can[len - 1] == '9' ? '0'
		    : (char)(profile->can[len - 1] + 1);
	if (faults->on[SIM_FAULT_CARDACCESS_NO_PACE]) {
		sim_bytes_clear(card_access);
		sim_security_card_access(offer, false, card_access);
	}
}
