/*
 * pace.c - PACE over libeac: the only file that knows this library
 *
 * libeac gives 1, 0 or NULL and leaves its reasons in OpenSSL's error queue,
 * which is emptied here. Its buffers hold secrets: all are freed by its own
 * wiping functions.
 */
#include <eac/eac.h>
#include <eac/pace.h>
#include <openssl/buffer.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include <string.h>
#include <threads.h>

#include "access/dh_public.h"
#include "access/pace.h"
#include "access/refusal.h"
#include "access/sm.h"
#include "card/channel.h"
#include "card/tlv.h"

#define INS_MANAGE_SECURITY_ENVIRONMENT 0x22
#define INS_GENERAL_AUTHENTICATE 0x86
#define P1_SET_AT 0xc1
#define P2_SET_AT 0xa4

/* MSE:Set AT: the chip has no password of this kind. §4.4.4.1 */
#define SW_NO_REFERENCE 0x6a88

/* Data objects of MSE:Set AT and GENERAL AUTHENTICATE. §4.4.4 */
#define DO_PROTOCOL 0x80
#define DO_PASSWORD 0x83
#define DO_PARAMETERS 0x84
#define DO_DYNAMIC 0x7c
#define DO_NONCE 0x80
#define DO_MAP_OURS 0x81
#define DO_MAP_CHIP 0x82
#define DO_EPHEMERAL_OURS 0x83
#define DO_EPHEMERAL_CHIP 0x84
#define DO_TOKEN_OURS 0x85
#define DO_TOKEN_CHIP 0x86

/* A public key of 2048 bits in its two data objects. */
#define DH_ANSWER_MAX 512

/*
 * Bytes of the nonce: whole blocks, as many as the longest key has at most. A
 * longer one would only be work that the chip makes us do. §4.4.3.3
 */
#define NONCE_MIN 16
#define NONCE_MAX 32

/* One run. */
struct pace_run {
	struct ck_channel *channel;
	const struct ck_pace_offer *offer;
	struct ck_pace_report *report;
	EAC_CTX *ctx;
	PACE_SEC *password;
	BUF_MEM *our_map, *our_ephemeral;	/* public keys */
	BUF_MEM *chip_ephemeral;		/* public key */
};

static void
initialise_library(void)
{
	EAC_init();	/* registers its object identifiers with OpenSSL */
}

/* Copy borrowed bytes into the only kind of buffer that libeac takes. */
static BUF_MEM *
buf_mem_of(struct ck_span span)
{
	BUF_MEM *out = BUF_MEM_new();

	if (out == NULL || BUF_MEM_grow(out, span.len) != span.len) {
		BUF_MEM_free(out);
		return NULL;
	}
	if (span.len > 0)
		memcpy(out->data, span.ptr, span.len);

	return out;
}

static struct ck_span
view_of(const BUF_MEM *mem)
{
	return ck_span_of(mem->data, mem->length);
}

/* libeac's number of a protocol that ck_pace_offer_choose() accepts. */
static int
protocol_of(const struct ck_pace_offer *offer)
{
	const int dh[] = {
		NID_id_PACE_DH_GM_3DES_CBC_CBC,
		NID_id_PACE_DH_GM_AES_CBC_CMAC_128,
		NID_id_PACE_DH_GM_AES_CBC_CMAC_192,
		NID_id_PACE_DH_GM_AES_CBC_CMAC_256
	};
	const int ecdh[] = {
		NID_id_PACE_ECDH_GM_3DES_CBC_CBC,
		NID_id_PACE_ECDH_GM_AES_CBC_CMAC_128,
		NID_id_PACE_ECDH_GM_AES_CBC_CMAC_192,
		NID_id_PACE_ECDH_GM_AES_CBC_CMAC_256
	};

	return offer->mapping == CK_PACE_DH_GM ? dh[offer->suite] :
	    ecdh[offer->suite];
}

static enum ck_err
begin(struct pace_run *run, const struct ck_pace_password *password)
{
	static once_flag once = ONCE_FLAG_INIT;

	call_once(&once, initialise_library);
	if ((run->ctx = EAC_CTX_new()) == NULL)
		return CK_ERR_CRYPTO;
	if (!EAC_CTX_init_pace(run->ctx, protocol_of(run->offer),
	    (int)run->offer->parameter_id))
		return CK_ERR_CRYPTO;
	run->password = PACE_SEC_new((const char *)password->bytes,
	    password->len, PACE_RAW);

	return run->password == NULL ? CK_ERR_CRYPTO : CK_OK;
}

static void
end(struct pace_run *run)
{
	BUF_MEM_free(run->our_map);
	BUF_MEM_free(run->our_ephemeral);
	BUF_MEM_free(run->chip_ephemeral);
	PACE_SEC_clear_free(run->password);
	EAC_CTX_clear_free(run->ctx);
	ERR_clear_error();
}

static const char *
step_name(uint32_t tag)
{
	switch (tag) {
	case DO_NONCE:
		return "nonce";
	case DO_MAP_OURS:
		return "mapping";
	case DO_EPHEMERAL_OURS:
		return "key agreement";
	default:
		return "token";
	}
}

/* Keep what a status word tells beside success or failure. */
static void
note_status(struct pace_run *run, uint16_t sw)
{
	struct ck_pace_report *report = run->report;
	unsigned left = ck_refusal_tries_left(sw);

	report->sw = sw == CK_SW_OK ? 0 : sw;
	if (left > 0 || ck_refusal_blocked(sw)) {
		report->tries_left = left;
		report->spoken = true;
	}
}

/* The count came before this try, unless the refusal brought its own. */
static void
note_denial(struct ck_pace_report *report)
{
	if (report->tries_left > 0 && ck_refusal_tries_left(report->sw) == 0)
		report->tries_left--;
}

/* What the answer to MSE:Set AT means; a warning 63Cx lets the run go on. */
static enum ck_err
choice_of(uint16_t sw, bool sure)
{
	unsigned left = ck_refusal_tries_left(sw);

	if (ck_refusal_blocked(sw))
		return CK_ERR_ACCESS_BLOCKED;
	if (left == 1 && !sure)
		return CK_ERR_ACCESS_LAST_TRY;
	if (sw == CK_SW_OK || left > 0)
		return CK_OK;
	if (sw == SW_NO_REFERENCE)
		return CK_ERR_ACCESS_KEY_NEEDED;

	return ck_refusal_unknown(sw) ? CK_ERR_ACCESS_UNSUPPORTED :
	    CK_ERR_CARD_REFUSED;
}

/* §4.4.4.1 */
static enum ck_err
set_authentication_template(struct pace_run *run,
    const struct ck_pace_password *secret)
{
	const uint8_t password = (uint8_t)secret->reference;
	const uint8_t parameters = (uint8_t)run->offer->parameter_id;
	struct ck_buf data = CK_BUF_INIT, answer = CK_BUF_INIT;
	struct ck_apdu apdu = {
		.ins = INS_MANAGE_SECURITY_ENVIRONMENT, .p1 = P1_SET_AT,
		.p2 = P2_SET_AT
	};
	enum ck_err err;
	uint16_t sw;

	err = ck_tlv_append(&data, DO_PROTOCOL,
	    ck_span_of(run->offer->oid, CK_PACE_OID_LEN));
	if (err == CK_OK)
		err = ck_tlv_append(&data, DO_PASSWORD,
		    ck_span_of(&password, 1));
	if (err == CK_OK && run->offer->ambiguous)
		err = ck_tlv_append(&data, DO_PARAMETERS,
		    ck_span_of(&parameters, 1));
	if (err != CK_OK)
		goto out;
	apdu.data = ck_buf_view(&data);
	err = ck_channel_send(run->channel, &apdu, &answer, &sw);
	if (err != CK_OK)
		goto out;
	note_status(run, sw);
	err = choice_of(sw, secret->sure);
out:
	ck_buf_wipe(&data);
	ck_buf_wipe(&answer);

	return err;
}

/* What a refused step means: the password is only proven by the token. */
static enum ck_err
refusal_of(uint32_t tag, uint16_t sw)
{
	if (ck_refusal_blocked(sw))
		return CK_ERR_ACCESS_BLOCKED;
	if (sw >> 8 == 0x63 ||
	    (tag == DO_TOKEN_OURS && ck_refusal_denied(sw)))
		return CK_ERR_ACCESS_DENIED;

	return tag == DO_NONCE && ck_refusal_unknown(sw) ?
	    CK_ERR_ACCESS_UNSUPPORTED : CK_ERR_CARD_REFUSED;
}

/*
 * Integers of 2048 bits do not fit a short answer. A chip without extended
 * length gives them piece by piece (61xx).
 */
static uint32_t
answer_length(const struct pace_run *run)
{
	const struct ck_limits *limits = &run->channel->limits;

	if (run->offer->mapping != CK_PACE_DH_GM ||
	    limits->extended != CK_EXTENDED_YES ||
	    limits->answer_max < CK_APDU_SHORT_LE_MAX)
		return CK_APDU_SHORT_LE_MAX;

	return limits->answer_max < DH_ANSWER_MAX ?
	    (uint32_t)limits->answer_max : DH_ANSWER_MAX;
}

/* DO'7C' around one object; an empty DO'7C' asks for the nonce. §4.4.4.2 */
static enum ck_err
make_dynamic(uint32_t tag, struct ck_span value, struct ck_buf *out)
{
	struct ck_buf inner = CK_BUF_INIT;
	enum ck_err err = CK_OK;

	if (tag != DO_NONCE)
		err = ck_tlv_append(&inner, tag, value);
	if (err == CK_OK)
		err = ck_tlv_append(out, DO_DYNAMIC, ck_buf_view(&inner));
	ck_buf_wipe(&inner);

	return err;
}

/*
 * One GENERAL AUTHENTICATE: send value under tag, receive what the answer has
 * under want. The last of the four carries no chaining bit.
 */
static enum ck_err
general_authenticate(struct pace_run *run, uint32_t tag,
    struct ck_span value, uint32_t want, BUF_MEM **out)
{
	struct ck_buf data = CK_BUF_INIT, answer = CK_BUF_INIT;
	struct ck_apdu apdu = {
		.cla = tag == DO_TOKEN_OURS ? 0 : CK_CLA_CHAIN,
		.ins = INS_GENERAL_AUTHENTICATE, .le = answer_length(run)
	};
	struct ck_span dynamic, object;
	enum ck_err err;
	uint16_t sw;

	run->report->step = step_name(tag);
	run->report->sw = 0;
	if ((err = make_dynamic(tag, value, &data)) != CK_OK)
		goto out;
	apdu.data = ck_buf_view(&data);
	err = ck_channel_send(run->channel, &apdu, &answer, &sw);
	if (err != CK_OK)
		goto out;
	note_status(run, sw);
	err = refusal_of(tag, sw);
	if (sw != CK_SW_OK)
		goto out;
	err = CK_ERR_CARD_MALFORMED;
	if (!ck_tlv_only(ck_buf_view(&answer), DO_DYNAMIC, &dynamic) ||
	    !ck_tlv_find(dynamic, want, &object) || object.len == 0)
		goto out;
	*out = buf_mem_of(object);
	err = *out == NULL ? CK_ERR_NOMEM : CK_OK;
out:
	ck_buf_wipe(&data);
	ck_buf_wipe(&answer);

	return err;
}

static bool
nonce_fits(const struct pace_run *run, const BUF_MEM *nonce)
{
	/* libeac complains on standard error about part of a block */
	return nonce->length >= NONCE_MIN && nonce->length <= NONCE_MAX &&
	    nonce->length % ck_suite_block_len(run->offer->suite) == 0;
}

/* Step 1: the chip's nonce, opened with the password. */
static enum ck_err
take_nonce(struct pace_run *run)
{
	BUF_MEM *secret = NULL;
	enum ck_err err;

	err = general_authenticate(run, DO_NONCE, CK_SPAN_EMPTY, DO_NONCE,
	    &secret);
	if (err == CK_OK && (!nonce_fits(run, secret) ||
	    !PACE_STEP2_dec_nonce(run->ctx, run->password, secret)))
		err = CK_ERR_CARD_MALFORMED;
	run->report->spoken = run->report->spoken || err == CK_OK;
	BUF_MEM_free(secret);

	return err;
}

/*
 * A public key of the chip: not our own (§4.4.1), and of the group, which
 * libeac asks of curves only.
 */
static bool
key_fits(const struct pace_run *run, const BUF_MEM *theirs,
    const BUF_MEM *ours)
{
	if (ck_span_equal(view_of(theirs), view_of(ours)))
		return false;

	return run->offer->mapping != CK_PACE_DH_GM || ck_dh_public_valid(
	    run->offer->parameter_id, view_of(theirs));
}

/* Step 2: both sides map the nonce to a fresh generator. */
static enum ck_err
map_generator(struct pace_run *run)
{
	BUF_MEM *chip_map = NULL;
	enum ck_err err = CK_ERR_CRYPTO;

	run->our_map = PACE_STEP3A_generate_mapping_data(run->ctx);
	if (run->our_map == NULL)
		goto out;
	err = general_authenticate(run, DO_MAP_OURS, view_of(run->our_map),
	    DO_MAP_CHIP, &chip_map);
	if (err != CK_OK)
		goto out;
	err = CK_ERR_CARD_MALFORMED;	/* no point of the curve, our own */
	if (key_fits(run, chip_map, run->our_map) &&
	    PACE_STEP3A_map_generator(run->ctx, chip_map))
		err = CK_OK;
out:
	BUF_MEM_free(chip_map);

	return err;
}

/*
 * OpenSSL drops leading zeros of an agreed integer, which PKCS #3 keeps: one
 * run in 256 would end with other keys than the chip's. §9.6
 */
static bool
restore_zeros(struct pace_run *run)
{
	size_t want = ck_dh_group_len(run->offer->parameter_id);
	BUF_MEM *secret = run->ctx->pace_ctx->ka_ctx->shared_secret;
	size_t len = secret->length;

	if (run->offer->mapping != CK_PACE_DH_GM || len >= want)
		return true;
	if (BUF_MEM_grow_clean(secret, want) != want)
		return false;
	memmove(secret->data + (want - len), secret->data, len);
	memset(secret->data, 0, want - len);

	return true;
}

/* Step 3: key agreement over it. */
static enum ck_err
agree_keys(struct pace_run *run)
{
	enum ck_err err = CK_ERR_CRYPTO;

	run->our_ephemeral = PACE_STEP3B_generate_ephemeral_key(run->ctx);
	if (run->our_ephemeral == NULL)
		return err;
	err = general_authenticate(run, DO_EPHEMERAL_OURS,
	    view_of(run->our_ephemeral), DO_EPHEMERAL_CHIP,
	    &run->chip_ephemeral);
	if (err != CK_OK)
		return err;
	if (!key_fits(run, run->chip_ephemeral, run->our_ephemeral) ||
	    !PACE_STEP3B_compute_shared_secret(run->ctx,
	    run->chip_ephemeral))
		return CK_ERR_CARD_MALFORMED;

	return restore_zeros(run) && PACE_STEP3C_derive_keys(run->ctx) ?
	    CK_OK : CK_ERR_CRYPTO;
}

/* Step 4: each side proves that it has the same keys. */
static enum ck_err
exchange_tokens(struct pace_run *run)
{
	BUF_MEM *ours = NULL, *theirs = NULL;
	enum ck_err err = CK_ERR_CRYPTO;

	ours = PACE_STEP3D_compute_authentication_token(run->ctx,
	    run->chip_ephemeral);
	if (ours == NULL)
		goto out;
	run->report->tried = true;
	err = general_authenticate(run, DO_TOKEN_OURS, view_of(ours),
	    DO_TOKEN_CHIP, &theirs);
	if (err == CK_ERR_ACCESS_DENIED)
		note_denial(run->report);
	if (err != CK_OK)
		goto out;
	err = CK_ERR_ACCESS_PROOF;
	if (PACE_STEP3D_verify_authentication_token(run->ctx, theirs) == 1)
		err = CK_OK;
out:
	BUF_MEM_free(ours);
	BUF_MEM_free(theirs);

	return err;
}

static bool
copy_key(const BUF_MEM *from, enum ck_suite suite, struct ck_cipher_key *key)
{
	*key = (struct ck_cipher_key){ .len = ck_suite_key_len(suite) };
	if (from == NULL || from->length < key->len)
		return false;
	memcpy(key->bytes, from->data, key->len);

	return true;
}

/* The session keys leave libeac: from here on, sm.c has them. */
static enum ck_err
open_channel(struct pace_run *run, struct ck_sm **sm)
{
	const KA_CTX *agreed = run->ctx->pace_ctx->ka_ctx;
	enum ck_suite suite = run->offer->suite;
	struct ck_cipher_key ks_enc, ks_mac = { .len = 0 };
	enum ck_err err = CK_ERR_CRYPTO;

	if (copy_key(agreed->k_enc, suite, &ks_enc) &&
	    copy_key(agreed->k_mac, suite, &ks_mac))
		err = ck_sm_new(sm, suite, &ks_enc, &ks_mac, CK_SPAN_EMPTY);
	OPENSSL_cleanse(&ks_enc, sizeof(ks_enc));
	OPENSSL_cleanse(&ks_mac, sizeof(ks_mac));

	return err;
}

enum ck_err
ck_pace_open(struct ck_channel *channel, const struct ck_pace_offer *offer,
    const struct ck_pace_password *password, struct ck_pace_report *report,
    struct ck_sm **sm)
{
	struct pace_run run = {
		.channel = channel, .offer = offer, .report = report
	};
	enum ck_err err;

	*sm = NULL;
	*report = (struct ck_pace_report){ .step = "MSE:Set AT" };
	if ((err = begin(&run, password)) != CK_OK)
		goto out;
	err = set_authentication_template(&run, password);
	if (err != CK_OK)
		goto out;
	if ((err = take_nonce(&run)) != CK_OK)
		goto out;
	if ((err = map_generator(&run)) != CK_OK)
		goto out;
	if ((err = agree_keys(&run)) != CK_OK)
		goto out;
	if ((err = exchange_tokens(&run)) != CK_OK)
		goto out;
	err = open_channel(&run, sm);
out:
	end(&run);

	return err;
}
