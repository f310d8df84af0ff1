/*
 * access.c - open the chip: PACE where it is offered, BAC only where allowed
 */
#include <openssl/crypto.h>

#include <string.h>

#include "access/access.h"
#include "access/bac.h"
#include "access/expiry.h"
#include "access/pace.h"
#include "access/sm.h"
#include "card/channel.h"
#include "card/file.h"

/*
 * What a card is asked for at once that announced nothing but answered one
 * extended command: card buffers are smaller than the length field.
 */
#define PROBED_ANSWER_MAX 1024
#define PROBED_COMMAND_MAX 1024

/* EF.CardAccess is a handful of SecurityInfos. */
#define CARD_ACCESS_MAX 4096

/* Digits of the document number that BAC takes from the 12. */
#define BAC_NUMBER_LEN 9

/* The profile of every citizen card whose EF.CardAccess became public. */
static const struct ck_pace_offer usual_offer = {
	/* id-PACE-ECDH-GM-AES-CBC-CMAC-128 */
	{ 0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x04, 0x02, 0x02 },
	CK_PACE_ECDH_GM, CK_SUITE_AES128, 13 /* brainpoolP256r1 */, false
};

/* A refusal of the card is an answer; a lost card or reader is not. */
static bool
is_refusal(enum ck_err err)
{
	return err == CK_ERR_FILE_ABSENT || err == CK_ERR_CARD_REFUSED ||
	    err == CK_ERR_CARD_MALFORMED;
}

/* EF.ATR/INFO where the ATR does not say all. ISO/IEC 7816-4 §12.1.2.2 */
static enum ck_err
learn_limits(struct ck_channel *channel)
{
	struct ck_limits *limits = &channel->limits;
	struct ck_buf info = CK_BUF_INIT;
	enum ck_err err;

	if (limits->extended != CK_EXTENDED_UNKNOWN && !limits->info_file)
		return CK_OK;
	err = ck_file_read_start(channel, CK_SFI_ATR_INFO, &info);
	if (err == CK_OK)
		ck_limits_from_info(ck_buf_view(&info), limits);
	ck_buf_wipe(&info);

	return is_refusal(err) ? CK_OK : err;
}

/*
 * Read EF.CardAccess with an extended command, to see if the card takes it.
 * Before access control nothing is lost: if reader or card choke on it, the
 * card is reset and asked again with short ones.
 */
static enum ck_err
probe_extended(struct ck_channel *channel, struct ck_buf *file)
{
	struct ck_limits before = channel->limits;
	enum ck_err err;

	channel->limits.extended = CK_EXTENDED_YES;
	channel->limits.answer_max = PROBED_ANSWER_MAX;
	channel->limits.command_max = PROBED_COMMAND_MAX;
	err = ck_file_read(channel, CK_SFI_CARD_ACCESS, CARD_ACCESS_MAX, file);
	if (err == CK_OK)
		return CK_OK;
	channel->limits = before;
	channel->limits.extended = CK_EXTENDED_NO;
	if (is_refusal(err))
		return CK_ERR_CARD_REFUSED;
	if (channel->transport->ops->reset(channel->transport) != CK_OK)
		return err;

	return CK_ERR_CARD_REFUSED;
}

/* card.md: try without any SELECT, then with the master file selected. */
static enum ck_err
read_card_access(struct ck_channel *channel, struct ck_buf *file)
{
	enum ck_err err = CK_ERR_CARD_REFUSED;

	if (channel->limits.extended == CK_EXTENDED_UNKNOWN)
		err = probe_extended(channel, file);
	if (is_refusal(err))
		err = ck_file_read(channel, CK_SFI_CARD_ACCESS,
		    CARD_ACCESS_MAX, file);
	if (!is_refusal(err))
		return err;
	if ((err = ck_file_select_master(channel)) != CK_OK)
		return err;

	return ck_file_read(channel, CK_SFI_CARD_ACCESS, CARD_ACCESS_MAX,
	    file);
}

/*
 * What the chip offers. CK_ERR_FILE_ABSENT: it says that there is no PACE;
 * CK_ERR_CARD_REFUSED: it says nothing.
 */
static enum ck_err
find_offer(struct ck_channel *channel, struct ck_pace_offer *offer)
{
	struct ck_buf file = CK_BUF_INIT;
	enum ck_err err;

	err = read_card_access(channel, &file);
	if (err == CK_OK)
		err = ck_pace_offer_choose(ck_buf_view(&file), offer);
	else if (is_refusal(err))
		err = CK_ERR_CARD_REFUSED;
	ck_buf_wipe(&file);

	return err;
}

/* CAN or MRZ, whichever the secret holds. §4.4.1, §9.7.3 */
static enum ck_err
pace_password(const struct ck_secret *secret, struct ck_pace_password *out)
{
	char information[CK_MRZ_INFORMATION_MAX];
	enum ck_err err;

	*out = (struct ck_pace_password){ .reference = CK_PACE_CAN };
	if (secret->kind != CK_SECRET_MRZ) {
		out->len = strnlen(secret->can, sizeof(secret->can) - 1);
		memcpy(out->bytes, secret->can, out->len);
		return out->len == 6 ? CK_OK : CK_ERR_ACCESS_KEY_NEEDED;
	}
	out->reference = CK_PACE_MRZ;
	out->len = sizeof(out->bytes);
	err = ck_mrz_information(secret->document_number,
	    secret->date_of_birth, secret->expiry_date, information);
	if (err == CK_OK)
		err = ck_mrz_hash(information, out->bytes);
	OPENSSL_cleanse(information, sizeof(information));

	return err;
}

static enum ck_err
open_by_pace(struct ck_channel *channel, const struct ck_secret *secret,
    const struct ck_pace_offer *offer, enum ck_access *access)
{
	struct ck_pace_password password;
	struct ck_sm *sm = NULL;
	enum ck_err err;

	if ((err = pace_password(secret, &password)) != CK_OK)
		goto out;
	if ((err = ck_pace_open(channel, offer, &password, &sm)) != CK_OK)
		goto out;
	ck_channel_secure(channel, &sm);
	if ((err = ck_file_select_lds1(channel)) != CK_OK)
		goto out;
	*access = password.reference == CK_PACE_MRZ ? CK_ACCESS_PACE_MRZ :
	    CK_ACCESS_PACE_CAN;
out:
	OPENSSL_cleanse(&password, sizeof(password));

	return err;
}

/* The number of the chip's MRZ: printed there, or the last 9 of the 12. */
static const char *
document_number(const struct ck_secret *secret)
{
	size_t len = strlen(secret->number);

	if (secret->document_number[0] != '\0' || len < BAC_NUMBER_LEN)
		return secret->document_number;

	return secret->number + len - BAC_NUMBER_LEN;
}

/* Expiry dates to try: the MRZ's own, or what follows from the QR. */
static size_t
expiry_dates(const struct ck_secret *secret, unsigned tries_max,
    struct ck_date out[CK_EXPIRY_CANDIDATES_MAX])
{
	size_t limit = tries_max == 0 ? 1 : tries_max, count;

	if (limit > CK_BAC_TRIES_LIMIT)
		limit = CK_BAC_TRIES_LIMIT;
	if (!ck_date_absent(secret->expiry_date)) {
		out[0] = secret->expiry_date;
		return 1;
	}
	count = ck_expiry_candidates(secret->date_of_birth,
	    secret->issue_date, out);

	return count < limit ? count : limit;
}

static enum ck_err
open_by_bac(struct ck_channel *channel, const struct ck_secret *secret,
    const struct ck_read_options *options, enum ck_access *access)
{
	struct ck_date dates[CK_EXPIRY_CANDIDATES_MAX];
	struct ck_bac_secret key = {
		.document_number = document_number(secret),
		.birth = secret->date_of_birth
	};
	size_t i, count = expiry_dates(secret, options->bac_tries_max, dates);
	struct ck_sm *sm = NULL;
	enum ck_err err = CK_ERR_ACCESS_DENIED;

	if (!options->bac_allowed)
		return CK_ERR_ACCESS_UNSUPPORTED;
	if (count == 0 || key.document_number[0] == '\0')
		return CK_ERR_ACCESS_KEY_NEEDED;
	for (i = 0; i < count && err == CK_ERR_ACCESS_DENIED; i++) {
		key.expiry = dates[i];
		err = ck_bac_open(channel, &key, &sm);
	}
	if (err != CK_OK)
		return err;
	ck_channel_secure(channel, &sm);
	*access = CK_ACCESS_BAC;

	return CK_OK;
}

enum ck_err
ck_access_open(struct ck_channel *channel, const struct ck_secret *secret,
    const struct ck_read_options *options, enum ck_access *access)
{
	struct ck_pace_offer offer = usual_offer;
	bool silent;
	enum ck_err err;

	*access = CK_ACCESS_NONE;
	if ((err = learn_limits(channel)) != CK_OK)
		return err;
	err = find_offer(channel, &offer);
	silent = err == CK_ERR_CARD_REFUSED;
	if (silent)
		offer = usual_offer;
	if (silent || err == CK_OK)
		err = open_by_pace(channel, secret, &offer, access);
	/* only a chip that has not offered PACE may go on to BAC */
	if (err != CK_ERR_FILE_ABSENT &&
	    !(silent && err == CK_ERR_ACCESS_UNSUPPORTED))
		return err;
	if ((err = ck_file_select_lds1(channel)) != CK_OK)
		return err;

	return open_by_bac(channel, secret, options, access);
}
