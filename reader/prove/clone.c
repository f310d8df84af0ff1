/*
 * clone.c - every signed key of the chip, tried in order
 *
 * Chip authentication first: it proves the chip and gives the channel keys
 * that no listener of a weak access password can know; DG15 is read under
 * them, and that answer completes the proof without a command of its own.
 */
#include "card/channel.h"
#include "card/file.h"
#include "prove/clone.h"
#include "prove/prove.h"
#include "trust/active_auth.h"
#include "trust/chip_auth.h"
#include "trust/passive.h"

/* One check under way. */
struct check {
	struct ck_channel *channel;
	const struct ck_sod_hashes *hashes;
	const struct ck_security_infos *infos;	/* NULL: no DG14 */
	struct ck_buf dg15;
	bool dg15_asked;	/* and how that ended: */
	enum ck_err dg15_err;
};

enum ck_err
ck_clone_read(struct ck_channel *channel, const struct ck_sod_hashes *hashes,
    unsigned dg, struct ck_buf *file)
{
	enum ck_err err;

	ck_buf_wipe(file);
	if (!ck_sod_hashes_has(hashes, dg))
		return CK_OK;
	err = ck_file_read(channel, CK_SFI_DG(dg), CK_FILE_MAX, file);
	if (err == CK_ERR_FILE_ABSENT || err == CK_ERR_CARD_REFUSED)
		return CK_ERR_TRUST_CLONE;
	if (err == CK_OK)
		err = ck_passive_check_file(hashes, dg, ck_buf_view(file));
	if (err != CK_OK)
		ck_buf_wipe(file);

	return err;
}

static void
ask_dg15(struct check *check)
{
	check->dg15_asked = true;
	check->dg15_err = ck_clone_read(check->channel, check->hashes, 15,
	    &check->dg15);
}

/* Where there is no DG15 to read: any answer will do, also a refusal. */
static enum ck_err
ask_anything(struct check *check)
{
	struct ck_buf unused = CK_BUF_INIT;
	enum ck_err err = ck_file_read_start(check->channel, CK_SFI_COM,
	    &unused);

	ck_buf_wipe(&unused);

	return err;
}

/* What a channel says that has the wrong keys on one side. */
static bool
keys_differ(enum ck_err err)
{
	return err == CK_ERR_SM_MAC || err == CK_ERR_SM_ABORTED ||
	    err == CK_ERR_CARD_MALFORMED;
}

/*
 * §6.2.4: the first authentic answer under the new keys is the proof. What
 * else is wrong with DG15 is for active authentication to say.
 */
static enum ck_err
await_proof(struct check *check)
{
	enum ck_err err;

	if (ck_sod_hashes_has(check->hashes, 15)) {
		ask_dg15(check);
		err = check->dg15_err;
	} else {
		err = ask_anything(check);
	}
	if (check->channel->answers > 0)
		return CK_OK;

	return keys_differ(err) ? CK_ERR_TRUST_CLONE : err;
}

/* What a finished proof is worth. */
static enum ck_clone_check
worth(enum ck_err err, bool weak)
{
	if (err == CK_ERR_TRUST_CLONE)
		return CK_CLONE_INVALID;

	return err == CK_OK && !weak ? CK_CLONE_VALID :
	    CK_CLONE_NOT_PERFORMED;
}

static enum ck_err
check_chip(struct check *check, enum ck_clone_check *result)
{
	struct ck_chip_key key = { 0 };
	enum ck_err err = CK_OK;

	*result = CK_CLONE_ABSENT;
	if (check->infos == NULL)
		return CK_OK;
	ck_chip_key_choose(check->infos, &key);
	if (key.key != NULL) {
		err = ck_prove_chip(check->channel, &key);
		if (err == CK_OK)
			err = await_proof(check);
		*result = worth(err, key.weak);
	} else if (key.announced) {
		*result = CK_CLONE_NOT_PERFORMED;
	}
	ck_chip_key_free(&key);

	return err;
}

static enum ck_err
check_active(struct check *check, enum ck_clone_check *result)
{
	struct ck_active_key key = { 0 };
	enum ck_err err;

	*result = CK_CLONE_ABSENT;
	if (!ck_sod_hashes_has(check->hashes, 15))
		return CK_OK;
	*result = CK_CLONE_NOT_PERFORMED;
	if (!check->dg15_asked)
		ask_dg15(check);
	if ((err = check->dg15_err) != CK_OK)
		goto out;
	err = ck_active_key_read(ck_buf_view(&check->dg15), check->infos,
	    &key);
	if (err != CK_OK || key.key == NULL)
		goto out;
	err = ck_prove_active(check->channel, &key);
out:
	if (key.key != NULL || err == CK_ERR_TRUST_CLONE)
		*result = worth(err, key.weak);
	ck_active_key_free(&key);

	return err;
}

enum ck_err
ck_clone_check(struct ck_channel *channel, const struct ck_sod_hashes *hashes,
    const struct ck_security_infos *infos, struct ck_clone_report *report)
{
	struct check check = {
		.channel = channel, .hashes = hashes, .infos = infos
	};
	enum ck_err err;

	*report = (struct ck_clone_report){
		CK_CLONE_NOT_PERFORMED, CK_CLONE_NOT_PERFORMED
	};
	err = check_chip(&check, &report->chip_auth);
	if (err == CK_OK)
		err = check_active(&check, &report->active_auth);
	ck_buf_wipe(&check.dg15);

	return err;
}

bool
ck_clone_excluded(const struct ck_clone_report *report)
{
	return report->chip_auth != CK_CLONE_INVALID &&
	    report->active_auth != CK_CLONE_INVALID &&
	    (report->chip_auth == CK_CLONE_VALID ||
	    report->active_auth == CK_CLONE_VALID);
}
