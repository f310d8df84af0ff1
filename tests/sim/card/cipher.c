/*
 * cipher.c - block ciphers, checksums and key derivation of ICAO 9303-11
 */
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "cipher.h"

#define DES_KEY 8
#define DES_BLOCK 8

size_t
sim_key_len(enum sim_suite suite)
{
	switch (suite) {
	case SIM_AES192:
		return 24;
	case SIM_AES256:
		return 32;
	case SIM_3DES:
	case SIM_AES128:
		break;
	}

	return 16;
}

size_t
sim_block_len(enum sim_suite suite)
{
	return suite == SIM_3DES ? DES_BLOCK : 16;
}

static const EVP_CIPHER *
cbc_of(enum sim_suite suite)
{
	switch (suite) {
	case SIM_3DES:
		return EVP_des_ede_cbc();
	case SIM_AES192:
		return EVP_aes_192_cbc();
	case SIM_AES256:
		return EVP_aes_256_cbc();
	case SIM_AES128:
		break;
	}

	return EVP_aes_128_cbc();
}

/* enc: 1 encrypts, 0 decrypts. */
static void
run_cbc(const EVP_CIPHER *cipher, const uint8_t *key, const uint8_t *iv,
    struct sim_span in, uint8_t *out, int enc)
{
	static const uint8_t zeros[SIM_BLOCK_MAX];
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int len = 0;

	sim_must(ctx != NULL, "EVP_CIPHER_CTX_new");
	sim_must(EVP_CipherInit_ex2(ctx, cipher, key, iv != NULL ? iv : zeros,
	    enc, NULL) == 1, "EVP_CipherInit_ex2");
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	if (in.len > 0)
		sim_must(EVP_CipherUpdate(ctx, out, &len, in.ptr,
		    (int)in.len) == 1 && (size_t)len == in.len,
		    "EVP_CipherUpdate");
	EVP_CIPHER_CTX_free(ctx);
}

void
sim_encrypt(const struct sim_key *key, const uint8_t *iv, struct sim_span in,
    uint8_t *out)
{
	run_cbc(cbc_of(key->suite), key->bytes, iv, in, out, 1);
}

void
sim_decrypt(const struct sim_key *key, const uint8_t *iv, struct sim_span in,
    uint8_t *out)
{
	run_cbc(cbc_of(key->suite), key->bytes, iv, in, out, 0);
}

/*
 * The last step of the retail MAC, DES(K1), undo DES(K2), DES(K1), is triple
 * DES of the last block; the steps before it are DES(K1) alone, which is
 * triple DES with both keys equal to K1.
 */
static void
retail_mac(const struct sim_key *key, struct sim_span in, uint8_t *out)
{
	struct sim_bytes chain = SIM_BYTES_INIT;
	uint8_t single[2 * DES_KEY];
	uint8_t before[DES_BLOCK] = { 0 };
	size_t head = in.len - DES_BLOCK;

	memcpy(single, key->bytes, DES_KEY);
	memcpy(single + DES_KEY, key->bytes, DES_KEY);
	if (head > 0) {
		sim_put(&chain, sim_slice(in, 0, head));
		run_cbc(EVP_des_ede_cbc(), single, NULL, sim_view(&chain),
		    chain.ptr, 1);
		memcpy(before, chain.ptr + head - DES_BLOCK, DES_BLOCK);
	}
	run_cbc(EVP_des_ede_cbc(), key->bytes, before,
	    sim_slice(in, head, DES_BLOCK), out, 1);
	explicit_bzero(single, sizeof(single));
	sim_bytes_free(&chain);
}

static void
cmac(const struct sim_key *key, struct sim_span in, uint8_t *out)
{
	static const char *const names[] = {
		[SIM_AES128] = "AES-128-CBC",
		[SIM_AES192] = "AES-192-CBC",
		[SIM_AES256] = "AES-256-CBC",
	};
	uint8_t full[SIM_BLOCK_MAX];
	size_t len = 0;

	sim_must(EVP_Q_mac(NULL, "CMAC", NULL, names[key->suite], NULL,
	    key->bytes, sim_key_len(key->suite), in.ptr, in.len, full,
	    sizeof(full), &len) != NULL, "CMAC");
	memcpy(out, full, SIM_MAC_LEN);
}

void
sim_mac(const struct sim_key *key, struct sim_span in,
    uint8_t out[SIM_MAC_LEN])
{
	if (key->suite == SIM_3DES)
		retail_mac(key, in, out);
	else
		cmac(key, in, out);
}

void
sim_pad(struct sim_bytes *bytes, size_t block)
{
	sim_put_u8(bytes, 0x80);
	sim_put_fill(bytes, 0, (block - bytes->len % block) % block);
}

bool
sim_unpad(struct sim_span span, size_t *len)
{
	while (span.len > 0 && span.ptr[span.len - 1] == 0)
		span.len--;
	if (span.len == 0 || span.ptr[span.len - 1] != 0x80)
		return false;
	*len = span.len - 1;

	return true;
}

/* DES keys carry odd parity in their lowest bit. §9.7.1.1 */
static void
adjust_parity(uint8_t *key, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (__builtin_parity(key[i]) == 0)
			key[i] ^= 1;
	}
}

void
sim_kdf(enum sim_suite suite, struct sim_span secret, unsigned purpose,
    struct sim_key *out)
{
	bool wide = suite == SIM_AES192 || suite == SIM_AES256;
	struct sim_bytes input = SIM_BYTES_INIT;
	uint8_t digest[64];

	sim_put(&input, secret);
	sim_put_uint(&input, purpose, 4);
	sim_hash(wide ? "SHA256" : "SHA1", sim_view(&input), digest);
	*out = (struct sim_key){ .suite = suite };
	memcpy(out->bytes, digest, sim_key_len(suite));
	if (suite == SIM_3DES)
		adjust_parity(out->bytes, sim_key_len(suite));
	explicit_bzero(digest, sizeof(digest));
	sim_bytes_free(&input);
}

size_t
sim_hash(const char *name, struct sim_span in, uint8_t out[64])
{
	size_t len = 0;

	sim_must(EVP_Q_digest(NULL, name, NULL, in.ptr, in.len, out, &len) == 1,
	    name);

	return len;
}

void
sim_random(uint8_t *out, size_t len)
{
	sim_must(RAND_bytes(out, (int)len) == 1, "RAND_bytes");
}
