/*
 * chip_prove.c - the chip's commands for Chip and Active Authentication
 *
 * The answer that ends Chip Authentication still travels under the old keys;
 * the next command comes under the new ones. ICAO 9303-11 §6.2.4.2
 */
#include "chip_state.h"
#include "prove.h"
#include "tlv.h"

static bool
may_prove(const struct sim_chip *chip)
{
	return chip->config->ca && chip->granted && chip->sm.open &&
	    chip->profile->ca_key != NULL &&
	    chip->profile->file[SIM_EF_DG14].len > 0;
}

/* Whether DG14 offers Chip Authentication with this suite. */
static bool
offers(const struct sim_chip *chip, enum sim_suite wanted)
{
	struct sim_span set, info, oid;
	enum sim_suite suite;
	unsigned tag;

	if (!sim_tlv_find(sim_view(&chip->profile->file[SIM_EF_DG14]), 0x6e,
	    &set) || !sim_tlv_find(set, 0x31, &set))
		return false;
	while (sim_tlv_next(&set, &tag, &info)) {
		if (sim_tlv_find(info, 0x06, &oid) &&
		    sim_ca_parse_oid(oid, &suite) && suite == wanted)
			return true;
	}

	return false;
}

static unsigned
agree(struct sim_chip *chip, enum sim_suite suite, struct sim_span point)
{
	struct sim_bytes secret = SIM_BYTES_INIT;

	if (!sim_ca_agree(chip->profile->ca_key, point, &secret))
		return SIM_SW_AUTH_FAILED;
	sim_sm_start(&chip->next_sm, suite, sim_view(&secret));
	sim_bytes_free(&secret);
	chip->cost.cryptography_us += SIM_COST_CA_US;

	return SIM_SW_OK;
}

unsigned
sim_chip_set_kat(struct sim_chip *chip, const struct sim_apdu *apdu,
    struct sim_bytes *data)
{
	struct sim_span point;

	(void)data;
	if (chip->faults->on[SIM_FAULT_WRONG_CA_REFUSED])
		return SIM_SW_BAD_DATA;
	if (!may_prove(chip) || !offers(chip, SIM_3DES))
		return SIM_SW_CONDITIONS;
	if (!sim_tlv_find(apdu->data, 0x91, &point))
		return SIM_SW_BAD_DATA;

	return agree(chip, SIM_3DES, point);
}

unsigned
sim_chip_set_ca(struct sim_chip *chip, const struct sim_apdu *apdu,
    struct sim_bytes *data)
{
	enum sim_suite suite;
	struct sim_span oid;

	(void)data;
	chip->ca_chosen = false;
	if (chip->faults->on[SIM_FAULT_WRONG_CA_REFUSED])
		return SIM_SW_BAD_DATA;
	if (!may_prove(chip))
		return SIM_SW_CONDITIONS;
	if (!sim_tlv_find(apdu->data, 0x80, &oid) ||
	    !sim_ca_parse_oid(oid, &suite) || !offers(chip, suite))
		return SIM_SW_BAD_DATA;
	chip->ca_chosen = true;
	chip->ca_suite = suite;

	return SIM_SW_OK;
}

unsigned
sim_chip_ca_authenticate(struct sim_chip *chip, const struct sim_apdu *apdu,
    struct sim_bytes *data)
{
	struct sim_span dynamic, point;
	unsigned sw;

	chip->ca_chosen = false;
	if (!sim_tlv_find(apdu->data, 0x7c, &dynamic) ||
	    !sim_tlv_find(dynamic, 0x80, &point))
		return SIM_SW_BAD_DATA;
	sw = agree(chip, chip->ca_suite, point);
	if (sw == SIM_SW_OK)
		sim_put_hex(data, "7C00");

	return sw;
}

unsigned
sim_chip_internal_authenticate(struct sim_chip *chip,
    const struct sim_apdu *apdu, struct sim_bytes *data)
{
	const struct sim_profile *profile = chip->profile;

	if (!chip->config->aa || profile->aa_key == NULL)
		return SIM_SW_BAD_INS;
	if (!chip->granted)
		return SIM_SW_DENIED;
	if (chip->faults->on[SIM_FAULT_AA_REFUSED])
		return SIM_SW_CONDITIONS;
	if (!sim_aa_sign(profile->aa_key, profile->aa_hash,
	    chip->faults->on[SIM_FAULT_AA_WRONG_TRAILER], apdu->data, data))
		return SIM_SW_WRONG_LENGTH;
	chip->cost.cryptography_us += SIM_COST_AA_US;

	return SIM_SW_OK;
}
