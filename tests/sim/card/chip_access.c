/*
 * chip_access.c - who may read: BAC and PACE
 */
#include <string.h>

#include "chip_state.h"
#include "tlv.h"

/* MANAGE SECURITY ENVIRONMENT:Set AT for PACE, which is mutual. */
#define SET_AT_MUTUAL 0xc1a4

/* The same for Chip Authentication: Set KAT brings the key at once. */
#define SET_KAT 0x41a6
#define SET_AT_INTERNAL 0x41a4

/* Passwords of PACE. ICAO Doc 9303-11 §4.4.4.1 */
enum {
	PASSWORD_MRZ = 1,
	PASSWORD_CAN = 2
};

static bool
is_blocked(const struct sim_chip *chip)
{
	unsigned limit = chip->config->block_after;

	return chip->faults->on[SIM_FAULT_BLOCKED] ||
	    (limit != 0 && chip->wrong_passwords >= limit);
}

static void
grant_access(struct sim_chip *chip)
{
	chip->granted = true;
	chip->wrong_passwords = 0;
}

unsigned
sim_chip_get_challenge(struct sim_chip *chip, const struct sim_apdu *apdu,
    struct sim_bytes *data)
{
	if (!chip->config->bac || chip->profile->mrz_info[0] == '\0')
		return SIM_SW_BAD_INS;
	if (!chip->in_application || chip->granted)
		return SIM_SW_CONDITIONS;
	if (apdu->ne < SIM_BAC_RANDOM)
		return SIM_SW_WRONG_LENGTH;
	sim_random(chip->challenge, sizeof(chip->challenge));
	chip->challenged = true;
	sim_put(data, sim_span(chip->challenge, sizeof(chip->challenge)));

	return SIM_SW_OK;
}

unsigned
sim_chip_external_authenticate(struct sim_chip *chip,
    const struct sim_apdu *apdu, struct sim_bytes *data)
{
	uint8_t answer[SIM_BAC_TOKEN], k_ic[SIM_BAC_SECRET];
	struct sim_bac_keys keys;
	bool ok;

	if (is_blocked(chip))
		return SIM_SW_BLOCKED;
	if (!chip->challenged)
		return SIM_SW_CONDITIONS;
	chip->challenged = false;
	chip->cost.cryptography_us = SIM_COST_BAC_US;
	sim_random(k_ic, sizeof(k_ic));
	sim_bac_derive(chip->profile->mrz_info, &keys);
	ok = sim_bac_answer(&keys, chip->challenge, k_ic, apdu->data, answer,
	    &chip->sm);
	explicit_bzero(&keys, sizeof(keys));
	explicit_bzero(k_ic, sizeof(k_ic));
	if (!ok) {
		chip->wrong_passwords++;
		return SIM_SW_AUTH_FAILED;
	}
	grant_access(chip);
	sim_put(data, sim_span(answer, sizeof(answer)));

	return SIM_SW_OK;
}

/* The password that DO'83' names; false when the chip has none such. */
static bool
find_password(const struct sim_chip *chip, struct sim_span reference,
    struct sim_bytes *out)
{
	const char *info = chip->profile->mrz_info;
	uint8_t digest[64];
	size_t len;

	if (reference.len != 1)
		return false;
	if (reference.ptr[0] == PASSWORD_CAN) {
		sim_put_text(out, chip->profile->can);
	} else if (reference.ptr[0] == PASSWORD_MRZ && info[0] != '\0') {
		len = sim_hash("SHA1", sim_span(info, strlen(info)), digest);
		sim_put(out, sim_span(digest, len));
		explicit_bzero(digest, sizeof(digest));
	}

	return out->len > 0;
}

/* After wrong passwords the chip warns how many tries are left. */
static unsigned
warning(const struct sim_chip *chip)
{
	unsigned limit = chip->config->block_after, left;

	if (limit == 0 || chip->wrong_passwords == 0)
		return SIM_SW_OK;
	left = limit - chip->wrong_passwords;

	return SIM_SW_TRIES_LEFT | (left < 15 ? left : 15);
}

static unsigned
set_at(struct sim_chip *chip, struct sim_span data)
{
	struct sim_span oid, reference, parameter;
	struct sim_bytes password = SIM_BYTES_INIT;
	struct sim_pace_info info;
	unsigned sw = SIM_SW_BAD_DATA;

	if (chip->granted)
		return SIM_SW_CONDITIONS;
	if (is_blocked(chip))
		return SIM_SW_BLOCKED;
	if (!sim_tlv_find(data, 0x80, &oid) ||
	    !sim_tlv_find(data, 0x83, &reference) || oid.len == 0)
		goto out;
	if (!sim_pace_find(
	    sim_view(&chip->profile->file[SIM_EF_CARD_ACCESS]), oid, &info))
		goto out;
	if (sim_tlv_find(data, 0x84, &parameter) &&
	    (parameter.len != 1 || parameter.ptr[0] != info.parameter_id))
		goto out;
	sw = SIM_SW_NO_REFERENCE;
	if (!find_password(chip, reference, &password))
		goto out;
	sim_pace_begin(&chip->pace, &info, sim_view(&password));
	sw = warning(chip);
out:
	sim_bytes_free(&password);

	return sw;
}

static bool
knows_pace(const struct sim_chip *chip)
{
	return chip->config->pace && !chip->faults->on[SIM_FAULT_NO_PACE];
}

unsigned
sim_chip_manage_environment(struct sim_chip *chip,
    const struct sim_apdu *apdu, struct sim_bytes *data)
{
	unsigned function = (unsigned)apdu->p1 << 8 | apdu->p2;

	switch (function) {
	case SET_AT_MUTUAL:
		return knows_pace(chip) ? set_at(chip, apdu->data)
					: SIM_SW_BAD_INS;
	case SET_KAT:
		return sim_chip_set_kat(chip, apdu, data);
	case SET_AT_INTERNAL:
		return sim_chip_set_ca(chip, apdu, data);
	default:
		return SIM_SW_BAD_P1P2;
	}
}

unsigned
sim_chip_general_authenticate(struct sim_chip *chip,
    const struct sim_apdu *apdu, struct sim_bytes *data)
{
	static const uint64_t step_us[] = {
		SIM_COST_PACE_NONCE_US, SIM_COST_PACE_MAP_US,
		SIM_COST_PACE_AGREE_US, SIM_COST_PACE_TOKENS_US,
	};
	struct sim_bytes answer = SIM_BYTES_INIT;
	struct sim_span dynamic;
	unsigned sw;

	if (!knows_pace(chip))
		return SIM_SW_BAD_INS;
	if (!sim_tlv_find(apdu->data, 0x7c, &dynamic))
		return SIM_SW_BAD_DATA;
	chip->cost.cryptography_us = step_us[chip->pace.step];
	sw = sim_pace_step(&chip->pace, dynamic, &answer, &chip->sm);
	if (sw == SIM_SW_AUTH_FAILED)
		chip->wrong_passwords++;
	if (chip->sm.open)
		grant_access(chip);
	if (sw == SIM_SW_OK)
		sim_tlv_put(data, 0x7c, sim_view(&answer));
	sim_bytes_free(&answer);

	return sw;
}
