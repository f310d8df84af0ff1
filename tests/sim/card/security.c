/*
 * security.c - EF.CardAccess, DG14 and DG15: how the chip can be trusted
 */
#include <string.h>

#include <openssl/x509.h>

#include "prove.h"
#include "security.h"
#include "tlv.h"

#define CA_VERSION 1
#define PACE_VERSION 2
#define NO_PARAMETER (-1)

/* Integrated mapping and mapping with Chip Authentication: AES-128. §9.2.5 */
#define OID_ECDH_IM "04007F00070202040402"
#define OID_ECDH_CAM "04007F00070202040602"
#define OID_ECDH_GM "04007F00070202040202"

/* Numbers of parameters from 32 on are the issuer's own. §9.5.1 */
#define PROPRIETARY_ID 32
#define BRAINPOOL_P256R1 13

/*
 * PACEDomainParameterInfo for them: id-PACE-ECDH-GM, an ecPublicKey on the
 * curve secp256k1, and the number. §9.2.5
 */
#define PROPRIETARY_DOMAIN \
	"3020" "060904007F000702020402" \
	"3010" "06072A8648CE3D0201" "06052B8104000A" "020120"

const struct sim_offer sim_offer_cccd = {
	.pace = { SIM_AES128, 13 },
	.pace_in_dg14 = true,
	.ca_suite = SIM_AES128,
	.aa_hash = "SHA256",
};

/* SEQUENCE { identifier, version, parameter }, perhaps NO_PARAMETER. */
static void
put_info(struct sim_span oid, unsigned version, int parameter,
    struct sim_bytes *out)
{
	struct sim_bytes body = SIM_BYTES_INIT;

	sim_tlv_put(&body, 0x06, oid);
	sim_tlv_put_int(&body, version);
	if (parameter != NO_PARAMETER)
		sim_tlv_put_int(&body, (unsigned)parameter);
	sim_tlv_put(out, 0x30, sim_view(&body));
	sim_bytes_free(&body);
}

static void
put_hex_info(const char *hex, int parameter, struct sim_bytes *out)
{
	struct sim_bytes oid = SIM_BYTES_INIT;

	sim_put_hex(&oid, hex);
	put_info(sim_view(&oid), PACE_VERSION, parameter, out);
	sim_bytes_free(&oid);
}

/* What this chip says but cannot do. */
static void
put_extra(const struct sim_offer *offer, struct sim_bytes *out)
{
	if (offer->extra_im || offer->only_im)
		put_hex_info(OID_ECDH_IM, BRAINPOOL_P256R1, out);
	if (offer->extra_cam)
		put_hex_info(OID_ECDH_CAM, BRAINPOOL_P256R1, out);
	if (offer->extra_proprietary) {
		put_hex_info(OID_ECDH_GM, PROPRIETARY_ID, out);
		sim_put_hex(out, PROPRIETARY_DOMAIN);
	}
}

static void
put_infos(const struct sim_offer *offer, bool with_pace, struct sim_bytes *out)
{
	struct sim_bytes oid = SIM_BYTES_INIT;

	/* id-TA version 1: guards DG3. */
	sim_put_hex(out, "300D" "060804007F0007020202" "020101");
	sim_ca_oid(offer->ca_suite, &oid);
	put_info(sim_view(&oid), CA_VERSION, NO_PARAMETER, out);
	if (with_pace) {
		put_extra(offer, out);
		sim_bytes_clear(&oid);
		sim_pace_oid(&offer->pace, &oid);
		if (!offer->only_im)
			put_info(sim_view(&oid), PACE_VERSION,
			    (int)offer->pace.parameter_id, out);
	}
	sim_bytes_free(&oid);
}

void
sim_security_card_access(const struct sim_offer *offer, bool with_pace,
    struct sim_bytes *out)
{
	struct sim_bytes infos = SIM_BYTES_INIT;

	if (offer->card_access != NULL && with_pace) {
		sim_put_hex(out, offer->card_access);
		return;
	}
	put_infos(offer, with_pace, &infos);
	sim_tlv_put(out, 0x31, sim_view(&infos));
	sim_bytes_free(&infos);
}

/* Append SubjectPublicKeyInfo. */
static void
put_public_key(EVP_PKEY *key, struct sim_bytes *out)
{
	uint8_t *der = NULL;
	int len = i2d_PUBKEY(key, &der);

	sim_must(len > 0, "i2d_PUBKEY");
	sim_put(out, sim_span(der, (size_t)len));
	OPENSSL_free(der);
}

/*
 * ActiveAuthenticationInfo: version 1, ecdsa-plain-SHA1 or -SHA256. Only
 * elliptic curves need one. 9303-11 §9.2.3
 */
static void
put_aa_info(const char *hash, struct sim_bytes *out)
{
	sim_put_hex(out, "3017" "0606678108010105" "020101");
	sim_put_hex(out, strcmp(hash, "SHA1") == 0
	    ? "060A04007F00070101040101"
	    : "060A04007F00070101040103");
}

void
sim_security_dg14(const struct sim_offer *offer, EVP_PKEY *ca_key,
    struct sim_bytes *out)
{
	struct sim_bytes infos = SIM_BYTES_INIT, key = SIM_BYTES_INIT;

	put_infos(offer, offer->pace_in_dg14, &infos);
	sim_put_hex(&key, "060904007F000702020102");	/* id-PK-ECDH */
	put_public_key(ca_key, &key);
	sim_tlv_put(&infos, 0x30, sim_view(&key));
	if (offer->aa_ecdsa)
		put_aa_info(offer->aa_hash, &infos);
	sim_bytes_clear(&key);
	sim_tlv_put(&key, 0x31, sim_view(&infos));
	sim_tlv_put(out, 0x6e, sim_view(&key));
	sim_bytes_free(&infos);
	sim_bytes_free(&key);
}

void
sim_security_dg15(EVP_PKEY *aa_key, struct sim_bytes *out)
{
	struct sim_bytes key = SIM_BYTES_INIT;

	put_public_key(aa_key, &key);
	sim_tlv_put(out, 0x6f, sim_view(&key));
	sim_bytes_free(&key);
}
