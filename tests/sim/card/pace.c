/*
 * pace.c - PACE with generic mapping (ECDH and DH), the chip's side
 */
#include <string.h>

#include "pace.h"
#include "tlv.h"

#define NONCE_LEN 16

/*
 * id-PACE-DH-GM and id-PACE-ECDH-GM: the arc of PACE, the mapping, and the
 * suite's number. §9.2.5
 */
static const uint8_t arc[] = {
	0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x04
};

enum {
	DH_GM = 1,
	ECDH_GM = 2
};

/* Public values in the data under the token. TR-03110-3 §D.3 */
enum {
	DO_DH_VALUE = 0x84,
	DO_POINT = 0x86
};

void
sim_pace_oid(const struct sim_pace_info *info, struct sim_bytes *out)
{
	sim_put(out, sim_span(arc, sizeof(arc)));
	sim_put_u8(out, sim_group_is_modp(info->parameter_id) ? DH_GM
							      : ECDH_GM);
	sim_put_u8(out, (unsigned)info->suite + 1);
}

/* False for any protocol but these two. */
static bool
parse_oid(struct sim_span oid, unsigned *mapping, enum sim_suite *suite)
{
	unsigned last;

	if (oid.len != sizeof(arc) + 2 ||
	    memcmp(oid.ptr, arc, sizeof(arc)) != 0)
		return false;
	*mapping = oid.ptr[sizeof(arc)];
	last = oid.ptr[sizeof(arc) + 1];
	if ((*mapping != DH_GM && *mapping != ECDH_GM) || last < 1 || last > 4)
		return false;
	*suite = (enum sim_suite)(last - 1);

	return true;
}

/* SEQUENCE { protocol, version, parameterId }. §9.2.5 */
static bool
read_info(struct sim_span body, struct sim_span wanted,
    struct sim_pace_info *out)
{
	struct sim_span oid, version, parameter;
	unsigned tag, mapping;

	if (!sim_tlv_next(&body, &tag, &oid) || tag != 0x06 ||
	    !parse_oid(oid, &mapping, &out->suite) ||
	    (wanted.len > 0 && !sim_equal(wanted, oid)))
		return false;
	if (!sim_tlv_next(&body, &tag, &version) || tag != 0x02 ||
	    !sim_tlv_next(&body, &tag, &parameter) || tag != 0x02 ||
	    parameter.len != 1)
		return false;
	out->parameter_id = parameter.ptr[0];

	return sim_group_known(out->parameter_id) &&
	    sim_group_is_modp(out->parameter_id) == (mapping == DH_GM);
}

bool
sim_pace_find(struct sim_span infos, struct sim_span oid,
    struct sim_pace_info *out)
{
	struct sim_span set, info;
	unsigned tag;

	if (!sim_tlv_find(infos, 0x31, &set))
		return false;
	while (sim_tlv_next(&set, &tag, &info)) {
		if (tag == 0x30 && read_info(info, oid, out))
			return true;
	}

	return false;
}

void
sim_pace_begin(struct sim_pace *pace, const struct sim_pace_info *info,
    struct sim_span password)
{
	sim_pace_end(pace);
	pace->chosen = true;
	pace->info = *info;
	sim_group_open(&pace->group, info->parameter_id);
	sim_put(&pace->password, password);
}

void
sim_pace_end(struct sim_pace *pace)
{
	sim_group_free(&pace->group);
	sim_bytes_free(&pace->password);
	sim_bytes_free(&pace->nonce);
	sim_bytes_free(&pace->generator);
	sim_bytes_free(&pace->secret);
	sim_bytes_free(&pace->our_public);
	sim_bytes_free(&pace->their_public);
	*pace = (struct sim_pace){ 0 };
}

static unsigned
step_nonce(struct sim_pace *pace, struct sim_span data,
    struct sim_bytes *answer)
{
	uint8_t encrypted[NONCE_LEN];
	struct sim_key key;

	if (data.len != 0)
		return SIM_SW_BAD_DATA;
	sim_put_fill(&pace->nonce, 0, NONCE_LEN);
	sim_random(pace->nonce.ptr, NONCE_LEN);
	sim_kdf(pace->info.suite, sim_view(&pace->password),
	    SIM_KDF_PASSWORD, &key);
	sim_encrypt(&key, NULL, sim_view(&pace->nonce), encrypted);
	sim_tlv_put(answer, 0x80, sim_span(encrypted, sizeof(encrypted)));
	explicit_bzero(&key, sizeof(key));

	return SIM_SW_OK;
}

/*
 * Agree an element with the terminal on the group's own generator, and make the
 * new generator of it and the nonce.
 */
static unsigned
step_map(struct sim_pace *pace, struct sim_span data, struct sim_bytes *answer)
{
	struct sim_bytes private = SIM_BYTES_INIT, public = SIM_BYTES_INIT;
	struct sim_bytes shared = SIM_BYTES_INIT;
	struct sim_span theirs, none = { NULL, 0 };
	unsigned sw = SIM_SW_BAD_DATA;

	sim_group_random(&pace->group, &private);
	if (!sim_tlv_find(data, 0x81, &theirs) ||
	    !sim_group_apply(&pace->group, sim_view(&private), none,
	    &public) ||
	    !sim_group_apply(&pace->group, sim_view(&private), theirs,
	    &shared) ||
	    !sim_group_map(&pace->group, sim_view(&pace->nonce),
	    sim_view(&shared), &pace->generator))
		goto out;
	sim_tlv_put(answer, 0x82,
	    sim_group_public(&pace->group, sim_view(&public)));
	sw = SIM_SW_OK;
out:
	sim_bytes_free(&private);
	sim_bytes_free(&public);
	sim_bytes_free(&shared);

	return sw;
}

static unsigned
step_agree(struct sim_pace *pace, struct sim_span data,
    struct sim_bytes *answer)
{
	struct sim_bytes private = SIM_BYTES_INIT, shared = SIM_BYTES_INIT;
	struct sim_span theirs;
	unsigned sw = SIM_SW_BAD_DATA;

	sim_group_random(&pace->group, &private);
	if (!sim_tlv_find(data, 0x83, &theirs) ||
	    !sim_group_apply(&pace->group, sim_view(&private),
	    sim_view(&pace->generator), &pace->our_public) ||
	    !sim_group_apply(&pace->group, sim_view(&private), theirs,
	    &shared) ||
	    sim_equal(theirs, sim_view(&pace->our_public)))
		goto out;
	sim_put(&pace->their_public, theirs);
	sim_put(&pace->secret,
	    sim_group_secret(&pace->group, sim_view(&shared)));
	sim_tlv_put(answer, 0x84,
	    sim_group_public(&pace->group, sim_view(&pace->our_public)));
	sw = SIM_SW_OK;
out:
	sim_bytes_free(&private);
	sim_bytes_free(&shared);

	return sw;
}

void
sim_pace_token(const struct sim_pace_info *info, struct sim_span secret,
    struct sim_span public_key, uint8_t out[SIM_MAC_LEN])
{
	struct sim_bytes body = SIM_BYTES_INIT, oid = SIM_BYTES_INIT;
	struct sim_bytes input = SIM_BYTES_INIT;
	unsigned tag = sim_group_is_modp(info->parameter_id) ? DO_DH_VALUE
							     : DO_POINT;
	enum sim_suite suite = info->suite;
	struct sim_key key;

	sim_pace_oid(info, &oid);
	sim_tlv_put(&body, 0x06, sim_view(&oid));
	sim_tlv_put(&body, tag, public_key);
	sim_tlv_put(&input, 0x7f49, sim_view(&body));
	if (suite == SIM_3DES)
		sim_pad(&input, sim_block_len(suite));
	sim_kdf(suite, secret, SIM_KDF_MAC, &key);
	sim_mac(&key, sim_view(&input), out);
	explicit_bzero(&key, sizeof(key));
	sim_bytes_free(&body);
	sim_bytes_free(&oid);
	sim_bytes_free(&input);
}

static unsigned
step_tokens(struct sim_pace *pace, struct sim_span data,
    struct sim_bytes *answer, struct sim_sm *sm)
{
	struct sim_span secret = sim_view(&pace->secret), theirs;
	uint8_t expected[SIM_MAC_LEN], ours[SIM_MAC_LEN];

	sim_pace_token(&pace->info, secret, sim_group_public(&pace->group,
	    sim_view(&pace->our_public)), expected);
	if (!sim_tlv_find(data, 0x85, &theirs))
		return SIM_SW_BAD_DATA;
	if (!sim_equal(theirs, sim_span(expected, sizeof(expected))))
		return SIM_SW_AUTH_FAILED;
	sim_pace_token(&pace->info, secret,
	    sim_view(&pace->their_public), ours);
	sim_tlv_put(answer, 0x86, sim_span(ours, sizeof(ours)));
	sim_sm_start(sm, pace->info.suite, secret);

	return SIM_SW_OK;
}

unsigned
sim_pace_step(struct sim_pace *pace, struct sim_span data,
    struct sim_bytes *answer, struct sim_sm *sm)
{
	unsigned sw = SIM_SW_CONDITIONS;
	bool last = pace->step == 3;

	if (pace->chosen) {
		switch (pace->step++) {
		case 0:
			sw = step_nonce(pace, data, answer);
			break;
		case 1:
			sw = step_map(pace, data, answer);
			break;
		case 2:
			sw = step_agree(pace, data, answer);
			break;
		default:
			sw = step_tokens(pace, data, answer, sm);
			break;
		}
	}
	if (sw != SIM_SW_OK || last)
		sim_pace_end(pace);

	return sw;
}
