/*
 * read.c - the inspection procedure: one card from first to last command
 *
 * A table of steps, run in order until one fails. What the desk needs first is
 * read first: the identity stands before the signature is fetched, the photo
 * comes last. Source: ICAO Doc 9303-11 §4.2 and §5.1, 9303-10 §4.
 */
#include <stdlib.h>
#include <string.h>

#include "access/access.h"
#include "card/channel.h"
#include "card/file.h"
#include "ck/card.h"
#include "ck/reader.h"
#include "ck/worker.h"
#include "lds/dg1.h"
#include "lds/dg13.h"
#include "lds/dg14.h"
#include "lds/dg2.h"
#include "prove/clone.h"
#include "trust/passive.h"

#define VIETNAM "VNM"

/* Data groups that are read before the signature, so that it covers them. */
#define FILES_MAX 2

/* One inspection under way. */
struct inspection {
	const struct ck_secret *secret;
	struct ck_read_options options;
	const struct ck_read_observer *observer;
	struct ck_reading *reading;
	struct ck_channel channel;
	struct ck_mrz mrz;
	struct ck_buf dg1, dg13, dg14, sod;
	struct ck_security_infos infos;	/* of dg14, borrowing from it */
	struct ck_passive_report passive;
	struct ck_clone_report clone;
	bool has_told;
	struct ck_identity told;	/* to the observer */
	enum ck_err malformed;	/* a data group is; told once it is proven
				 * that the chip was issued that way */
};

static enum ck_err
step_access(struct inspection *ins)
{
	return ck_access_open(&ins->channel, ins->secret, &ins->options,
	    &ins->reading->access, &ins->reading->opening);
}

/*
 * A data group that is malformed was either issued so or changed later. The
 * signature tells, so it is asked before the read ends.
 */
static enum ck_err
postpone(struct inspection *ins, enum ck_err err)
{
	if (err != CK_ERR_FILE_MALFORMED && err != CK_ERR_LIMIT)
		return err;
	ins->malformed = CK_ERR_FILE_MALFORMED;

	return CK_OK;
}

/* DG1: every document has it; it tells whose document this is. */
static enum ck_err
step_mrz(struct inspection *ins)
{
	struct ck_reading *reading = ins->reading;
	enum ck_err err;

	err = ck_file_read(&ins->channel, CK_SFI_DG(1), CK_FILE_MAX,
	    &ins->dg1);
	if (err != CK_OK)
		return err;
	err = ck_dg1_parse(ck_buf_view(&ins->dg1), ck_clock_local_date(
	    ck_clock_wall_ms(ins->options.clock)), &ins->mrz);
	if (err != CK_OK)
		return postpone(ins, err);
	memcpy(reading->mrz, ins->mrz.text, sizeof(reading->mrz));
	memcpy(reading->document_number, ins->mrz.document_number,
	    sizeof(reading->document_number));
	memcpy(reading->issuing_state, ins->mrz.issuing_state,
	    sizeof(reading->issuing_state));
	ck_mrz_identity(&ins->mrz, &reading->identity);

	return CK_OK;
}

static enum ck_err
parse_dg13(struct inspection *ins, struct ck_identity *out)
{
	struct ck_reading *reading = ins->reading;
	struct ck_span file = ck_buf_view(&ins->dg13);

	if (!ins->options.all)
		return ck_dg13_parse(file, out);
	if (reading->sensitive == NULL)
		reading->sensitive = calloc(1, sizeof(*reading->sensitive));
	if (reading->sensitive == NULL)
		return CK_ERR_NOMEM;

	return ck_dg13_parse_all(file, out, reading->sensitive);
}

/* Parts that both know must be the same. */
static bool
dates_agree(struct ck_date a, struct ck_date b)
{
	if (a.year != b.year)
		return a.year == 0 || b.year == 0;
	if (a.month != b.month)
		return a.month == 0 || b.month == 0;

	return a.day == b.day || a.day == 0 || b.day == 0;
}

/*
 * DG13 has the words as they are spoken; what it leaves out is taken from the
 * zone. Two files about two people are no identity.
 */
static enum ck_err
join_identity(const struct ck_identity *zone, struct ck_identity *dg13)
{
	if (!dates_agree(zone->date_of_birth, dg13->date_of_birth))
		return CK_ERR_TRUST_MISMATCH;
	if (dg13->number[0] == '\0')
		memcpy(dg13->number, zone->number, sizeof(dg13->number));
	if (strcmp(dg13->number, zone->number) != 0)
		return CK_ERR_TRUST_MISMATCH;
	if (dg13->full_name[0] == '\0')
		memcpy(dg13->full_name, zone->full_name,
		    sizeof(dg13->full_name));
	if (ck_date_absent(dg13->date_of_birth))
		dg13->date_of_birth = zone->date_of_birth;
	if (dg13->sex == 0)
		dg13->sex = zone->sex;
	if (ck_date_absent(dg13->expiry_date) && !dg13->no_expiry) {
		dg13->expiry_date = zone->expiry_date;
		dg13->no_expiry = zone->no_expiry;
	}

	return CK_OK;
}

/* DG13 means something else on the documents of other states. */
static enum ck_err
step_person(struct inspection *ins)
{
	struct ck_identity person;
	enum ck_err err;

	if (strcmp(ins->mrz.issuing_state, VIETNAM) != 0 ||
	    ins->mrz.number[0] == '\0')
		return CK_OK;
	err = ck_file_read(&ins->channel, CK_SFI_DG(13), CK_FILE_MAX,
	    &ins->dg13);
	if (err != CK_OK)
		return err == CK_ERR_FILE_ABSENT ? CK_OK : err;
	if ((err = parse_dg13(ins, &person)) != CK_OK)
		return postpone(ins, err);
	err = join_identity(&ins->reading->identity, &person);
	if (err == CK_OK)
		ins->reading->identity = person;
	ck_identity_wipe(&person);

	return err;
}

/* Whoever was told first must be, word for word, who is proven in the end. */
static bool
same_person(const struct ck_identity *a, const struct ck_identity *b)
{
	return strcmp(a->number, b->number) == 0 &&
	    strcmp(a->full_name, b->full_name) == 0 &&
	    ck_date_compare(a->date_of_birth, b->date_of_birth) == 0 &&
	    a->sex == b->sex && strcmp(a->nationality, b->nationality) == 0 &&
	    strcmp(a->residence, b->residence) == 0 &&
	    ck_date_compare(a->issue_date, b->issue_date) == 0 &&
	    ck_date_compare(a->expiry_date, b->expiry_date) == 0 &&
	    a->no_expiry == b->no_expiry &&
	    strcmp(a->old_number, b->old_number) == 0;
}

static enum ck_err
step_tell(struct inspection *ins)
{
	const struct ck_read_observer *observer = ins->observer;
	const struct ck_identity *identity = &ins->reading->identity;

	if (ins->malformed != CK_OK)
		return CK_OK;
	if (ins->has_told)
		return same_person(&ins->told, identity) ? CK_OK :
		    CK_ERR_TRUST_MISMATCH;
	ins->has_told = true;
	ins->told = *identity;
	if (observer != NULL && observer->identity_known != NULL)
		observer->identity_known(observer->ctx, identity);

	return CK_OK;
}

/* A chip without a signature is read; the result says so. */
static enum ck_err
step_signature(struct inspection *ins)
{
	enum ck_err err;

	err = ck_file_read(&ins->channel, CK_SFI_SOD, CK_FILE_MAX, &ins->sod);

	return err == CK_ERR_FILE_ABSENT ? CK_OK : err;
}

static enum ck_err
step_passive(struct inspection *ins)
{
	const struct ck_passive_file all[FILES_MAX] = {
		{ 1, ck_buf_view(&ins->dg1) }, { 13, ck_buf_view(&ins->dg13) }
	};
	struct ck_passive_file files[FILES_MAX];
	struct ck_passive_input input = {
		.sod = ck_buf_view(&ins->sod), .files = files,
		.anchors = ins->options.anchors,
		.issued = ins->reading->identity.issue_date,
		.state = ins->reading->issuing_state,
		.wall_ms = ck_clock_wall_ms(ins->options.clock)
	};
	struct ck_reading *reading = ins->reading;
	enum ck_err err;
	size_t i;

	if (ins->sod.len == 0)
		return ins->malformed;
	for (i = 0; i < FILES_MAX; i++) {
		if (all[i].file.len > 0)
			files[input.file_count++] = all[i];
	}
	err = ck_passive_verify(&input, &ins->passive);
	reading->passive = ins->passive.result;
	reading->passive_reason = err;
	reading->signer = ins->passive.signer;

	return err != CK_OK ? err : ins->malformed;
}

/* DG14 with a proven hash; without any signature only where it can accuse. */
static enum ck_err
read_security_options(struct inspection *ins)
{
	enum ck_err err;

	if (ins->sod.len > 0) {
		err = ck_clone_read(&ins->channel, &ins->passive.hashes, 14,
		    &ins->dg14);
		if (err == CK_ERR_TRUST_CLONE)
			ins->clone.chip_auth = CK_CLONE_INVALID;
		return err;
	}
	if (ins->reading->access != CK_ACCESS_BAC)
		return CK_OK;
	err = ck_file_read(&ins->channel, CK_SFI_DG(14), CK_FILE_MAX,
	    &ins->dg14);

	return err == CK_ERR_FILE_ABSENT ? CK_OK : err;
}

/* An offer of PACE in DG14, on a chip that hid it, is a downgrade. */
static enum ck_err
step_security_options(struct inspection *ins)
{
	enum ck_err err = read_security_options(ins);

	if (err != CK_OK || ins->dg14.len == 0)
		return err;
	err = ck_dg14_parse(ck_buf_view(&ins->dg14), &ins->infos);
	if (err != CK_OK)
		return err;
	if (ins->reading->access == CK_ACCESS_BAC &&
	    ck_security_infos_find(&ins->infos, CK_PROTOCOL_PACE, 0) != NULL)
		return CK_ERR_ACCESS_DOWNGRADE;

	return CK_OK;
}

/* Nothing can be proven by a chip whose files nobody signed. */
static enum ck_err
step_clone(struct inspection *ins)
{
	if (ins->sod.len == 0)
		return CK_OK;

	return ck_clone_check(&ins->channel, &ins->passive.hashes,
	    ins->dg14.len > 0 ? &ins->infos : NULL, &ins->clone);
}

static enum ck_err
take_photo(struct inspection *ins, struct ck_span file)
{
	struct ck_dg2 dg2;
	enum ck_err err;

	if (ins->sod.len > 0) {
		err = ck_passive_check_file(&ins->passive.hashes, 2, file);
		if (err != CK_OK)
			return err;
	}
	if ((err = ck_dg2_parse(file, &dg2)) != CK_OK)
		return err;
	err = ck_buf_append(&ins->reading->photo, dg2.image);
	if (err == CK_OK)
		ins->reading->photo_format = dg2.format;

	return err;
}

static enum ck_err
step_photo(struct inspection *ins)
{
	struct ck_buf dg2 = CK_BUF_INIT;
	enum ck_err err = CK_OK;

	if (!ins->options.photo)
		return CK_OK;
	err = ck_file_read(&ins->channel, CK_SFI_DG(2), CK_PHOTO_MAX, &dg2);
	if (err == CK_OK)
		err = take_photo(ins, ck_buf_view(&dg2));
	else if (err == CK_ERR_FILE_ABSENT)
		err = ck_sod_hashes_has(&ins->passive.hashes, 2) ?
		    CK_ERR_TRUST_HASH : CK_OK;
	ck_buf_wipe(&dg2);

	return err;
}

static const struct {
	enum ck_step shown;
	enum ck_err (*run)(struct inspection *ins);
} steps[] = {
	{ CK_STEP_ACCESS, step_access },
	{ CK_STEP_IDENTITY, step_mrz },
	{ CK_STEP_IDENTITY, step_person },
	{ CK_STEP_IDENTITY, step_tell },
	{ CK_STEP_VERIFY, step_signature },
	{ CK_STEP_VERIFY, step_passive },
	{ CK_STEP_VERIFY, step_security_options },
	{ CK_STEP_VERIFY, step_clone },
	{ CK_STEP_PHOTO, step_photo },
};

static void
show(const struct ck_read_observer *observer, enum ck_step step)
{
	if (observer != NULL && observer->step != NULL)
		observer->step(observer->ctx, step);
}

static enum ck_err
run_steps(struct inspection *ins)
{
	enum ck_step shown = CK_STEP_CONNECT;
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; err == CK_OK && i < sizeof(steps) / sizeof(steps[0]);
	    i++) {
		if (steps[i].shown != shown)
			show(ins->observer, shown = steps[i].shown);
		err = steps[i].run(ins);
	}

	return err;
}

/*
 * A chip might end the channel when it is asked for all it has, though it
 * announced extended length, and a reader might lose an answer that is longer
 * than its buffer, which looks as if the card had left. The read begins once
 * more with short commands, if the card is still there. A password that is not
 * yet proven is not spent on that: access.c has asked about lengths before.
 */
static bool
may_be_length(const struct inspection *ins, enum ck_err err)
{
	return (err == CK_ERR_SM_ABORTED || err == CK_ERR_CARD_GONE ||
	    err == CK_ERR_CARD_MALFORMED) &&
	    ins->reading->access != CK_ACCESS_NONE &&
	    ins->channel.limits.extended == CK_EXTENDED_YES;
}

static void
wipe_files(struct inspection *ins)
{
	ck_buf_wipe(&ins->dg1);
	ck_buf_wipe(&ins->dg13);
	ck_buf_wipe(&ins->dg14);
	ck_buf_wipe(&ins->sod);
}

/*
 * What was read and proven so far, but whom the observer was told of: the chip
 * may answer otherwise, or be another one.
 */
static void
forget(struct inspection *ins)
{
	ck_reading_wipe(ins->reading);
	ck_mrz_wipe(&ins->mrz);
	wipe_files(ins);
	ins->passive = (struct ck_passive_report){ 0 };
	ins->clone = (struct ck_clone_report){ 0 };
	ins->malformed = CK_OK;
}

static enum ck_err
run_short(struct inspection *ins, enum ck_err why)
{
	struct ck_channel *channel = &ins->channel;
	struct ck_transport *transport = channel->transport;

	if (transport->ops->reset(transport) != CK_OK)
		return why;
	ck_channel_restart(channel);
	ck_limits_short(&channel->limits);
	/* what showed to know PACE is not opened by less */
	ins->options.bac_allowed = ins->reading->access == CK_ACCESS_BAC;
	forget(ins);

	return run_steps(ins);
}

static void
wipe(struct inspection *ins)
{
	ck_channel_wipe(&ins->channel);
	ck_mrz_wipe(&ins->mrz);
	wipe_files(ins);
	ck_identity_wipe(&ins->told);
}

/* How far a chip goes that was read to the end. */
static enum ck_assurance
assurance_of(const struct inspection *ins)
{
	if (!ck_clone_excluded(&ins->clone))
		return CK_ASSURANCE_CHIP_READ;
	switch (ins->passive.result) {
	case CK_PASSIVE_VALID:
		return CK_ASSURANCE_CHIP_VERIFIED;
	case CK_PASSIVE_UNKNOWN_ISSUER:
		return CK_ASSURANCE_CHIP_CONSISTENT;
	case CK_PASSIVE_ABSENT:
	case CK_PASSIVE_INVALID:
	default:
		return CK_ASSURANCE_CHIP_READ;
	}
}

/*
 * What is not authentic must not look as if it were. The signature of a clone
 * is good: its check says what is not.
 */
static void
conclude(const struct inspection *ins, enum ck_err err)
{
	struct ck_reading *reading = ins->reading;

	reading->chip_auth = ins->clone.chip_auth;
	reading->active_auth = ins->clone.active_auth;
	reading->assurance = err == CK_OK ? assurance_of(ins) :
	    CK_ASSURANCE_CHIP_READ;
	reading->told = ins->has_told;
	if (ck_err_class(err) != CK_CLASS_TRUST)
		return;
	if (err != CK_ERR_TRUST_CLONE) {
		reading->passive = CK_PASSIVE_INVALID;
		reading->passive_reason = err;
		memset(&reading->signer, 0, sizeof(reading->signer));
	}
	reading->photo_format = CK_IMAGE_NONE;
	ck_buf_wipe(&reading->photo);
}

enum ck_err
ck_read_card(struct ck_transport *transport, const struct ck_secret *secret,
    const struct ck_read_options *options,
    const struct ck_read_observer *observer, struct ck_reading *reading)
{
	int64_t begin_ms = ck_clock_mono_ms(options->clock);
	struct inspection ins = {
		.secret = secret, .options = *options, .observer = observer,
		.reading = reading
	};
	enum ck_err err;

	show(observer, CK_STEP_CONNECT);
	ck_channel_init(&ins.channel, transport, observer);
	err = run_steps(&ins);
	if (may_be_length(&ins, err))
		err = run_short(&ins, err);
	conclude(&ins, err);
	reading->apdus = ins.channel.apdus;
	reading->bytes_in = ins.channel.bytes_in;
	reading->bytes_out = ins.channel.bytes_out;
	reading->elapsed_ms = ck_clock_mono_ms(options->clock) - begin_ms;
	wipe(&ins);
	if (err == CK_OK)
		show(observer, CK_STEP_DONE);

	return err;
}
