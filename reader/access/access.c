/*
 * access.c - open the chip: PACE where it is offered, BAC only where allowed
 */
#include <openssl/crypto.h>

#include <stdio.h>
#include <string.h>

#include "access/access.h"
#include "access/bac.h"
#include "access/expiry.h"
#include "access/pace.h"
#include "access/pace_words.h"
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

/* One attempt to open a chip. */
struct attempt {
	struct ck_channel *channel;
	const struct ck_secret *secret;
	const struct ck_read_options *options;
	struct ck_opening *told;	/* what is kept for the caller */
	enum ck_access access;
};

/* A refusal of the card is an answer; a lost card or reader is not. */
static bool
is_refusal(enum ck_err err)
{
	return err == CK_ERR_FILE_ABSENT || err == CK_ERR_CARD_REFUSED ||
	    err == CK_ERR_CARD_MALFORMED;
}

/*
 * EF.ATR/INFO where the ATR says nothing of lengths, ISO/IEC 7816-4 §12.1.2.2. A
 * card that has extended length is asked for what it has, without a figure, so
 * its own limits need not be known.
 */
static enum ck_err
learn_limits(struct ck_channel *channel)
{
	struct ck_limits *limits = &channel->limits;
	struct ck_buf info = CK_BUF_INIT;
	enum ck_err err;

	if (limits->extended != CK_EXTENDED_UNKNOWN)
		return CK_OK;
	err = ck_file_read_start(channel, CK_SFI_ATR_INFO, &info);
	if (err == CK_OK)
		ck_limits_from_info(ck_buf_view(&info), limits);
	ck_buf_wipe(&info);

	return is_refusal(err) ? CK_OK : err;
}

static enum ck_err
read_plain(struct ck_channel *channel, struct ck_buf *file)
{
	return ck_file_read(channel, CK_SFI_CARD_ACCESS, CARD_ACCESS_MAX,
	    file);
}

/*
 * Read EF.CardAccess with an extended command: where nothing was announced, to
 * see if the card takes it; where it was, because the promise may be wrong, or
 * the reader's own. Before access control nothing is lost: if reader or card
 * choke on it, the card is reset and asked again with short ones. "No such
 * file" is an answer to the file, not to the length.
 */
static enum ck_err
read_extended(struct ck_channel *channel, struct ck_buf *file)
{
	struct ck_limits *limits = &channel->limits;
	bool promised = limits->extended == CK_EXTENDED_YES;
	enum ck_err err;

	if (!promised) {
		limits->extended = CK_EXTENDED_YES;
		limits->answer_max = PROBED_ANSWER_MAX;
		limits->command_max = PROBED_COMMAND_MAX;
	}
	err = read_plain(channel, file);
	if (err == CK_OK || (promised && err == CK_ERR_FILE_ABSENT))
		return err;
	if (!is_refusal(err) &&
	    channel->transport->ops->reset(channel->transport) != CK_OK)
		return err;
	if (!promised || !is_refusal(err))
		ck_limits_short(limits);

	return CK_ERR_CARD_REFUSED;
}

/*
 * EF.CardAccess where the channel stands now. A refusal alone does not say what
 * was refused; the same question with short lengths tells.
 */
static enum ck_err
read_here(struct ck_channel *channel, struct ck_buf *file)
{
	struct ck_limits promised = channel->limits;
	enum ck_err err;

	if (promised.extended == CK_EXTENDED_NO)
		return read_plain(channel, file);
	err = read_extended(channel, file);
	if (err != CK_ERR_CARD_REFUSED)
		return err;
	if (channel->limits.extended == CK_EXTENDED_NO)
		return read_plain(channel, file);
	ck_limits_short(&channel->limits);
	err = read_plain(channel, file);
	if (err != CK_OK)
		channel->limits = promised;

	return err;
}

/* card.md: try without any SELECT, then with the master file selected. */
static enum ck_err
read_card_access(struct ck_channel *channel, struct ck_buf *file)
{
	enum ck_err err = read_here(channel, file);

	if (!is_refusal(err))
		return err;
	if ((err = ck_file_select_master(channel)) != CK_OK)
		return err;

	return read_here(channel, file);
}

/*
 * What the chip offers. CK_ERR_FILE_ABSENT: it says that there is no PACE;
 * CK_ERR_CARD_REFUSED: it says nothing.
 */
static enum ck_err
find_offer(struct attempt *attempt, struct ck_pace_offer *offer)
{
	char *note = attempt->told->note;
	struct ck_buf file = CK_BUF_INIT;
	enum ck_err err;

	err = read_card_access(attempt->channel, &file);
	if (err == CK_OK)
		err = ck_pace_offer_choose(ck_buf_view(&file), offer);
	else if (is_refusal(err))
		err = CK_ERR_CARD_REFUSED;
	if (err == CK_ERR_ACCESS_UNSUPPORTED)
		ck_pace_describe(ck_buf_view(&file), note,
		    CK_OPENING_NOTE_LEN);
	else if (err == CK_ERR_FILE_MALFORMED)
		(void)snprintf(note, CK_OPENING_NOTE_LEN,
		    "EF.CardAccess is malformed");
	ck_buf_wipe(&file);

	return err;
}

/* CAN or MRZ, whichever the secret holds. §4.4.1, §9.7.3 */
static enum ck_err
pace_password(const struct ck_secret *secret, struct ck_pace_password *out)
{
	char information[CK_MRZ_INFORMATION_MAX];
	enum ck_err err;

	*out = (struct ck_pace_password){
		.reference = CK_PACE_CAN,
		.sure = secret->kind != CK_SECRET_CAN
	};
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

/* Where the chip stopped, by name: "…: mapping answered 6A80". */
static void
note_pace(struct ck_opening *told, const struct ck_pace_offer *offer,
    const struct ck_pace_report *report)
{
	char name[CK_PACE_NAME_LEN], answer[24] = "ended the run";

	ck_pace_name(ck_span_of(offer->oid, sizeof(offer->oid)), name);
	if (report->sw != 0)
		(void)snprintf(answer, sizeof(answer), "answered %04X",
		    report->sw);
	(void)snprintf(told->note, sizeof(told->note),
	    "%s, domain parameters %u: %s %s", name,
	    (unsigned)offer->parameter_id, report->step, answer);
}

/* Without a CAN on the chip, no QR code helps: it holds no other password. */
static enum ck_err
without_password(const struct ck_secret *secret)
{
	return secret->kind == CK_SECRET_CAN ? CK_ERR_ACCESS_KEY_NEEDED :
	    CK_ERR_ACCESS_UNSUPPORTED;
}

static enum ck_err
open_by_pace(struct attempt *attempt, const struct ck_pace_offer *offer,
    struct ck_pace_report *report)
{
	struct ck_pace_password password;
	struct ck_sm *sm = NULL;
	enum ck_err err;

	err = pace_password(attempt->secret, &password);
	if (err != CK_OK)
		goto out;
	err = ck_pace_open(attempt->channel, offer, &password, report, &sm);
	attempt->told->tries = report->tried ? 1 : 0;
	attempt->told->tries_left = report->tries_left;
	if (err != CK_OK)
		note_pace(attempt->told, offer, report);
	if (err == CK_ERR_ACCESS_KEY_NEEDED)
		err = without_password(attempt->secret);
	if (err != CK_OK)
		goto out;
	ck_channel_secure(attempt->channel, &sm);
	if ((err = ck_file_select_lds1(attempt->channel)) != CK_OK)
		goto out;
	attempt->access = password.reference == CK_PACE_MRZ ?
	    CK_ACCESS_PACE_MRZ : CK_ACCESS_PACE_CAN;
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

/*
 * The expiry dates one after the other, each with a challenge of its own. A
 * refused proof is the only reason to go on: a chip that says that few tries
 * are left, gives no challenge any more or answers otherwise is left alone.
 */
static enum ck_err
try_dates(struct attempt *attempt, const struct ck_date *dates, size_t count,
    struct ck_sm **sm)
{
	struct ck_bac_secret key = {
		.document_number = document_number(attempt->secret),
		.birth = attempt->secret->date_of_birth
	};
	struct ck_opening *told = attempt->told;
	enum ck_err err = CK_ERR_ACCESS_KEY_NEEDED;
	size_t i;

	for (i = 0; i < count; i++) {
		key.expiry = dates[i];
		err = ck_bac_open(attempt->channel, &key, &told->tries_left,
		    sm);
		if (err == CK_ERR_ACCESS_UNSUPPORTED) {
			if (i > 0)	/* no challenge any more */
				err = CK_ERR_ACCESS_DENIED;
			break;
		}
		told->tries++;
		if (err != CK_ERR_ACCESS_DENIED || told->tries_left == 1)
			break;
	}
	OPENSSL_cleanse(&key, sizeof(key));

	return err;
}

static enum ck_err
open_by_bac(struct attempt *attempt)
{
	struct ck_date dates[CK_EXPIRY_CANDIDATES_MAX];
	struct ck_opening *told = attempt->told;
	size_t count = expiry_dates(attempt->secret,
	    attempt->options->bac_tries_max, dates);
	struct ck_sm *sm = NULL;
	enum ck_err err;

	told->note[0] = '\0';
	if ((err = ck_file_select_lds1(attempt->channel)) != CK_OK)
		goto out;
	err = CK_ERR_ACCESS_UNSUPPORTED;
	(void)snprintf(told->note, sizeof(told->note),
	    "BAC only, which is not allowed here");
	if (!attempt->options->bac_allowed)
		goto out;
	err = CK_ERR_ACCESS_KEY_NEEDED;
	(void)snprintf(told->note, sizeof(told->note),
	    "BAC only: the key is document number, birth and expiry");
	if (count == 0 || document_number(attempt->secret)[0] == '\0')
		goto out;
	err = try_dates(attempt, dates, count, &sm);
	(void)snprintf(told->note, sizeof(told->note),
	    "BAC: %u of %zu keys tried", told->tries, count);
	if (err != CK_OK)
		goto out;
	ck_channel_secure(attempt->channel, &sm);
	attempt->access = CK_ACCESS_BAC;
out:
	OPENSSL_cleanse(dates, sizeof(dates));

	return err;
}

/*
 * Only a chip that has not offered PACE, and that refused it before it showed
 * to know it, goes on to BAC.
 */
static enum ck_err
open_chip(struct attempt *attempt)
{
	struct ck_pace_report report = { .spoken = false };
	struct ck_pace_offer offer = usual_offer;
	bool silent;
	enum ck_err err;

	if ((err = learn_limits(attempt->channel)) != CK_OK)
		return err;
	err = find_offer(attempt, &offer);
	if (err == CK_ERR_FILE_ABSENT)
		return open_by_bac(attempt);
	silent = err == CK_ERR_CARD_REFUSED;
	if (silent)
		offer = usual_offer;
	else if (err != CK_OK)
		return err;
	err = open_by_pace(attempt, &offer, &report);
	if (silent && err != CK_OK && !report.spoken && report.sw != 0)
		return open_by_bac(attempt);

	return err;
}

enum ck_err
ck_access_open(struct ck_channel *channel, const struct ck_secret *secret,
    const struct ck_read_options *options, enum ck_access *access,
    struct ck_opening *opening)
{
	struct attempt attempt = {
		.channel = channel, .secret = secret, .options = options,
		.told = opening
	};
	enum ck_err err;

	*opening = (struct ck_opening){ .tries = 0 };
	err = open_chip(&attempt);
	*access = attempt.access;
	if (err == CK_OK) {
		opening->note[0] = '\0';
		opening->tries_left = 0;
	}

	return err;
}
