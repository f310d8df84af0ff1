/*
 * prove.c - how a chip proves that it is no copy
 */
#include <string.h>

#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include "prove.h"

/* Partial recovery, no padding bytes: ISO/IEC 9796-2 §8.1 */
#define RECOVERY_HEADER 0x6a

/* id-CA-ECDH, to which the suite's number is added. 9303-11 §9.2.6 */
static const uint8_t ca_ecdh[] = {
	0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02
};

void
sim_ca_oid(enum sim_suite suite, struct sim_bytes *out)
{
	sim_put(out, sim_span(ca_ecdh, sizeof(ca_ecdh)));
	sim_put_u8(out, (unsigned)suite + 1);
}

bool
sim_ca_parse_oid(struct sim_span oid, enum sim_suite *suite)
{
	unsigned last;

	if (oid.len != sizeof(ca_ecdh) + 1 ||
	    memcmp(oid.ptr, ca_ecdh, sizeof(ca_ecdh)) != 0)
		return false;
	last = oid.ptr[sizeof(ca_ecdh)];
	if (last < 1 || last > 4)
		return false;
	*suite = (enum sim_suite)(last - 1);

	return true;
}

/*
 * 6A, a random part that the terminal recovers, the hash over it and the
 * challenge, and a trailer that names the hash. ISO/IEC 9796-2 §8.2
 */
static void
put_representative(size_t modulus, const char *hash, bool wrong_trailer,
    struct sim_span challenge, struct sim_bytes *out)
{
	bool sha1 = strcmp(hash, "SHA1") == 0;
	struct sim_bytes message = SIM_BYTES_INIT;
	uint8_t digest[64];
	size_t digest_len = sim_hash(hash, challenge, digest);
	size_t random = modulus - 1 - digest_len - (sha1 ? 1 : 2);

	sim_put_fill(&message, 0, random);
	sim_random(message.ptr, random);
	sim_put_u8(out, RECOVERY_HEADER);
	sim_put(out, sim_view(&message));
	sim_put(&message, challenge);
	sim_hash(hash, sim_view(&message), digest);
	sim_put(out, sim_span(digest, digest_len));
	sim_put_hex(out, sha1 ? "BC" : "34CC");
	if (wrong_trailer)
		out->ptr[out->len - 1] ^= 0x01;
	sim_bytes_free(&message);
}

/* Sign bytes as they are; padding is RSA's, 0 for elliptic curves. */
static void
sign_raw(EVP_PKEY *key, int padding, struct sim_span in, struct sim_bytes *out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	uint8_t signature[512];
	size_t len = sizeof(signature);

	sim_must(ctx != NULL && EVP_PKEY_sign_init(ctx) == 1, "sign");
	if (padding != 0)
		sim_must(EVP_PKEY_CTX_set_rsa_padding(ctx, padding) == 1,
		    "RSA padding");
	sim_must(EVP_PKEY_sign(ctx, signature, &len, in.ptr, in.len) == 1,
	    "sign");
	sim_put(out, sim_span(signature, len));
	EVP_PKEY_CTX_free(ctx);
}

/* From SEQUENCE { r, s } to both numbers side by side. */
static void
put_plain_ecdsa(struct sim_span der, size_t width, struct sim_bytes *out)
{
	const uint8_t *p = der.ptr;
	ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &p, (long)der.len);
	uint8_t number[80];

	sim_must(signature != NULL && width <= sizeof(number) &&
	    BN_bn2binpad(ECDSA_SIG_get0_r(signature), number,
	    (int)width) > 0, "ECDSA");
	sim_put(out, sim_span(number, width));
	sim_must(BN_bn2binpad(ECDSA_SIG_get0_s(signature), number,
	    (int)width) > 0, "ECDSA");
	sim_put(out, sim_span(number, width));
	ECDSA_SIG_free(signature);
}

static void
sign_ecdsa(EVP_PKEY *key, const char *hash, struct sim_span challenge,
    struct sim_bytes *out)
{
	struct sim_bytes der = SIM_BYTES_INIT;
	uint8_t digest[64];
	size_t len = sim_hash(hash, challenge, digest);

	sign_raw(key, 0, sim_span(digest, len), &der);
	put_plain_ecdsa(sim_view(&der), ((size_t)EVP_PKEY_get_bits(key) + 7) /
	    8, out);
	sim_bytes_free(&der);
}

bool
sim_aa_sign(EVP_PKEY *key, const char *hash, bool wrong_trailer,
    struct sim_span challenge, struct sim_bytes *out)
{
	struct sim_bytes input = SIM_BYTES_INIT;

	if (challenge.len != SIM_AA_CHALLENGE)
		return false;
	if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
		sign_ecdsa(key, hash, challenge, out);
		return true;
	}
	put_representative((size_t)EVP_PKEY_get_size(key), hash, wrong_trailer,
	    challenge, &input);
	sign_raw(key, RSA_NO_PADDING, sim_view(&input), out);
	sim_bytes_free(&input);

	return true;
}

bool
sim_ca_agree(EVP_PKEY *key, struct sim_span point, struct sim_bytes *secret)
{
	EVP_PKEY *peer = EVP_PKEY_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	uint8_t x[80];
	size_t len = sizeof(x);
	bool ok;

	sim_must(peer != NULL && ctx != NULL &&
	    EVP_PKEY_copy_parameters(peer, key) == 1 &&
	    EVP_PKEY_derive_init(ctx) == 1, "ECDH");
	ok = point.len > 0 && EVP_PKEY_set1_encoded_public_key(peer,
	    point.ptr, point.len) == 1 &&
	    EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
	    EVP_PKEY_derive(ctx, x, &len) == 1;
	if (ok)
		sim_put(secret, sim_span(x, len));
	explicit_bzero(x, sizeof(x));
	EVP_PKEY_free(peer);
	EVP_PKEY_CTX_free(ctx);

	return ok;
}
