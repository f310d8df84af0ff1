/*
 * security.c - EF.CardAccess, DG14 and DG15: how the chip can be trusted
 */
#include <openssl/x509.h>

#include "security.h"
#include "tlv.h"

#define PACE_VERSION 2

static void
put_infos(const struct sim_pace_info *pace, struct sim_bytes *out)
{
	struct sim_bytes body = SIM_BYTES_INIT, oid = SIM_BYTES_INIT;

	/* id-TA version 1; id-CA-ECDH-AES-CBC-CMAC-128 version 1 */
	sim_put_hex(out, "300D" "060804007F0007020202" "020101");
	sim_put_hex(out, "300F" "060A04007F00070202030202" "020101");
	if (pace == NULL)
		return;
	sim_pace_oid(pace->suite, &oid);
	sim_tlv_put(&body, 0x06, sim_view(&oid));
	sim_tlv_put_int(&body, PACE_VERSION);
	sim_tlv_put_int(&body, pace->parameter_id);
	sim_tlv_put(out, 0x30, sim_view(&body));
	sim_bytes_free(&body);
	sim_bytes_free(&oid);
}

void
sim_security_card_access(const struct sim_pace_info *pace,
    struct sim_bytes *out)
{
	struct sim_bytes infos = SIM_BYTES_INIT;

	put_infos(pace, &infos);
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

void
sim_security_dg14(const struct sim_pace_info *pace, EVP_PKEY *ca_key,
    struct sim_bytes *out)
{
	struct sim_bytes infos = SIM_BYTES_INIT, key = SIM_BYTES_INIT;

	put_infos(pace, &infos);
	sim_put_hex(&key, "060904007F000702020102");	/* id-PK-ECDH */
	put_public_key(ca_key, &key);
	sim_tlv_put(&infos, 0x30, sim_view(&key));
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
