/*
 * fuzz_inspection.c - the whole inspection, and the fuzzer is the card
 *
 * Random bytes never get past PACE. So an honest chip answers, and the input
 * says what is changed and where: an answer on the line, a plain answer before
 * its protection, a file, a key. Its first bytes choose chip and terminal;
 * then come changes, each an operation, a place, and bytes.
 *
 * Promised in return, whatever the card does: what is called proven is what
 * was signed; a copied chip is never the original; a secret is neither freed
 * unwiped nor traced; the read ends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../hostile/support/card.h"
#include "../hostile/support/secrets.h"
#include "../sim/card/sm.h"
#include "../sim/card/sod.h"
#include "ck/name.h"
#include "fuzz.h"

/* The card leaves at the latest after so many commands. */
#define COMMANDS_MAX 1500

#define CHANGES_MAX 24

/* 2026-11-23, and a time when the chips here were signed. */
#define NOW_MS INT64_C(1795400000000)
#define SIGNED_AT 1700000000

/* Longest answer that a card can give: what vpcd and pcscd pass. */
#define HUGE_ANSWER 65533

enum operation {
	ANSWER_SET,		/* instead of the answer: these bytes */
	ANSWER_XOR,		/* over it, from an offset */
	ANSWER_CUT,		/* to so many bytes */
	ANSWER_ADD,		/* behind it */
	ANSWER_STATUS,		/* only its last two bytes */
	ANSWER_REPLAY,		/* the answer before the last */
	ANSWER_HUGE,		/* one byte, 65,533 times, then the status */
	LINE_FAILS,		/* gone, silent, reader failed */
	OTHER_CARD,		/* another card lies there from now on */
	SEALED_SET,		/* the plain answer inside protection */
	SEALED_STATUS,		/* its status word */
	FILE_SET,		/* a file of the chip: these bytes */
	FILE_XOR,		/* over it, from an offset */
	FILE_CUT,		/* to so many bytes */
	FILE_INSERT,		/* into it, at an offset */
	FILE_SWAP,		/* this file and another change places */
	FILE_OF_OTHER,		/* the same file of another person's chip */
	OPERATIONS
};

struct change {
	enum operation operation;
	unsigned at;		/* index of the command, or the file */
	size_t offset;
	struct ck_span bytes;	/* borrowed from the input */
	bool done;
};

/* What the first two bytes choose. */
enum {
	SECRET_MRZ = 0x01, WRONG_SECRET = 0x02, CHIP_NO_PACE = 0x04,
	BAC_ALLOWED = 0x08, PHOTO = 0x10, ALL_FIELDS = 0x20,
	GET_RESPONSE = 0x40, STRICT_LE = 0x80
};
enum {
	SHORT_APDUS = 0x01, CHAINING = 0x02, ECDSA_AA = 0x04,
	NO_TRUST = 0x08, OTHER_CA_KEY = 0x10, OTHER_AA_KEY = 0x20,
	SIGNED_AGAIN = 0x40, SIGNED_BY_OTHER = 0x80
};

/* Everything that lasts from one input to the next. */
static struct {
	bool ready;
	struct sim_factory factory;
	struct hostile_card person, other, ecdsa;	/* whole and honest */
	struct ck_reading expected, expected_other;
	struct ck_anchors *anchors;
} world;

/* The input that is being run. */
static struct {
	struct hostile_card card;
	uint8_t terminal, chip;
	struct change changes[CHANGES_MAX];
	size_t count;
	unsigned sealed;
	struct sim_bytes last, before;	/* answers, for replay */
	bool told;
} run;

static int64_t
fixed_now(void *ctx)
{
	(void)ctx;

	return NOW_MS;
}

static const struct ck_clock fixed_clock = { fixed_now, fixed_now, NULL };

static void
set_bytes(struct sim_bytes *out, struct ck_span bytes)
{
	sim_bytes_clear(out);
	sim_put(out, sim_span(bytes.ptr, bytes.len));
}

static void
xor_bytes(struct sim_bytes *out, size_t offset, struct ck_span bytes)
{
	size_t i;

	for (i = 0; i < bytes.len && offset + i < out->len; i++)
		out->ptr[offset + i] ^= bytes.ptr[i];
}

static void
cut_bytes(struct sim_bytes *out, size_t len)
{
	if (len < out->len)
		out->len = len;
}

static void
insert_bytes(struct sim_bytes *out, size_t offset, struct ck_span bytes)
{
	struct sim_bytes tail = SIM_BYTES_INIT;

	if (offset > out->len)
		offset = out->len;
	sim_put(&tail, sim_slice(sim_view(out), offset, out->len - offset));
	out->len = offset;
	sim_put(out, sim_span(bytes.ptr, bytes.len));
	sim_put(out, sim_view(&tail));
	sim_bytes_free(&tail);
}

static void
set_status(struct sim_bytes *answer, struct ck_span sw)
{
	if (answer->len >= 2 && sw.len >= 2)
		memcpy(answer->ptr + answer->len - 2, sw.ptr, 2);
}

static void
huge(struct sim_bytes *answer, struct ck_span bytes)
{
	uint8_t status[2] = { 0x90, 0x00 };

	if (answer->len >= 2)
		memcpy(status, answer->ptr + answer->len - 2, 2);
	sim_bytes_clear(answer);
	sim_put_fill(answer, bytes.len > 0 ? bytes.ptr[0] : 0, HUGE_ANSWER);
	sim_put(answer, sim_span(status, sizeof(status)));
}

static void
copy_profile(const struct sim_profile *from, struct sim_profile *to)
{
	size_t i;

	*to = *from;
	for (i = 0; i < SIM_FILE_COUNT; i++) {
		to->file[i] = (struct sim_bytes)SIM_BYTES_INIT;
		sim_put(&to->file[i], sim_view(&from->file[i]));
	}
	if (to->ca_key != NULL)
		EVP_PKEY_up_ref(to->ca_key);
	if (to->aa_key != NULL)
		EVP_PKEY_up_ref(to->aa_key);
}

/* The reader is not told: only the chip is another one now. */
static void
other_card(struct hostile_card *card)
{
	sim_chip_free(&card->chip);
	card->chip = sim_chip_new(&world.other.profile, &card->config,
	    &card->faults);
}

static enum ck_err
change_answer(struct change *change, struct hostile_card *card,
    struct sim_bytes *answer)
{
	static const enum ck_err failures[] = {
		CK_ERR_CARD_GONE, CK_ERR_CARD_TIMEOUT, CK_ERR_READER_FAILED
	};

	switch (change->operation) {
	case ANSWER_SET:
		set_bytes(answer, change->bytes);
		break;
	case ANSWER_XOR:
		xor_bytes(answer, change->offset, change->bytes);
		break;
	case ANSWER_CUT:
		cut_bytes(answer, change->offset);
		break;
	case ANSWER_ADD:
		insert_bytes(answer, answer->len, change->bytes);
		break;
	case ANSWER_STATUS:
		set_status(answer, change->bytes);
		break;
	case ANSWER_REPLAY:
		if (run.before.len > 0)
			set_bytes(answer, ck_span_of(run.before.ptr,
			    run.before.len));
		break;
	case ANSWER_HUGE:
		huge(answer, change->bytes);
		break;
	case LINE_FAILS:
		return failures[change->offset % 3];
	case OTHER_CARD:
		other_card(card);
		break;
	default:
		break;
	}

	return CK_OK;
}

static enum ck_err
hook(void *ctx, struct hostile_card *card, unsigned index,
    struct sim_bytes *answer)
{
	enum ck_err err = CK_OK;
	struct sim_bytes oldest = run.before;
	size_t i;

	(void)ctx;
	for (i = 0; i < run.count && err == CK_OK; i++) {
		if (run.changes[i].operation <= OTHER_CARD &&
		    run.changes[i].at == index)
			err = change_answer(&run.changes[i], card, answer);
	}
	run.before = run.last;
	run.last = oldest;
	sim_bytes_clear(&run.last);
	sim_put(&run.last, sim_view(answer));
	if (answer->len < 2 && err == CK_OK)
		err = CK_ERR_CARD_GONE;

	return index >= COMMANDS_MAX ? CK_ERR_CARD_GONE : err;
}

void __real_sim_sm_seal(struct sim_sm *sm, uint8_t ins, struct sim_span data,
    unsigned sw, struct sim_bytes *out);
void __wrap_sim_sm_seal(struct sim_sm *sm, uint8_t ins, struct sim_span data,
    unsigned sw, struct sim_bytes *out);

/* A chip that is dishonest inside its own channel. */
void
__wrap_sim_sm_seal(struct sim_sm *sm, uint8_t ins, struct sim_span data,
    unsigned sw, struct sim_bytes *out)
{
	unsigned index = run.sealed++;
	size_t i;

	for (i = 0; i < run.count; i++) {
		const struct change *change = &run.changes[i];

		if (change->at != index)
			continue;
		if (change->operation == SEALED_SET)
			data = sim_span(change->bytes.ptr, change->bytes.len);
		else if (change->operation == SEALED_STATUS)
			sw = (unsigned)change->offset;
	}
	__real_sim_sm_seal(sm, ins, data, sw, out);
}

static void
swap_files(struct sim_profile *profile, unsigned a, unsigned b)
{
	struct sim_bytes kept = profile->file[a];

	profile->file[a] = profile->file[b];
	profile->file[b] = kept;
}

static void
change_file(const struct change *change, struct sim_profile *profile)
{
	unsigned at = change->at % SIM_FILE_COUNT;
	struct sim_bytes *file = &profile->file[at];
	const struct sim_bytes *theirs = &world.other.profile.file[at];

	switch (change->operation) {
	case FILE_SET:
		set_bytes(file, change->bytes);
		break;
	case FILE_XOR:
		xor_bytes(file, change->offset, change->bytes);
		break;
	case FILE_CUT:
		cut_bytes(file, change->offset);
		break;
	case FILE_INSERT:
		insert_bytes(file, change->offset, change->bytes);
		break;
	case FILE_SWAP:
		swap_files(profile, at, (unsigned)change->offset %
		    SIM_FILE_COUNT);
		break;
	case FILE_OF_OTHER:
		set_bytes(file, ck_span_of(theirs->ptr, theirs->len));
		break;
	default:
		break;
	}
}

static void
take_key(EVP_PKEY **ours, EVP_PKEY *theirs)
{
	EVP_PKEY_free(*ours);
	*ours = theirs;
	EVP_PKEY_up_ref(theirs);
}

static void
sign_again(struct sim_profile *profile)
{
	const struct sim_pki *pki = &world.factory.pki;
	bool other = (run.chip & SIGNED_BY_OTHER) != 0;
	static const struct sim_faults none;
	const struct sim_sod_wish wish = {
		.signer = other ? &pki->impostor : &pki->signer,
		.hash = "SHA256", .signed_at = SIGNED_AT, .faults = &none
	};

	if ((run.chip & (SIGNED_AGAIN | SIGNED_BY_OTHER)) == 0)
		return;
	sim_bytes_clear(&profile->file[SIM_EF_SOD]);
	sim_sod_build(profile, &wish, &profile->file[SIM_EF_SOD]);
}

static void
make_card(struct hostile_card *card)
{
	bool ecdsa = (run.chip & ECDSA_AA) != 0;
	size_t i;

	card->config = hostile_config_cccd;
	card->config.pace = (run.terminal & CHIP_NO_PACE) == 0;
	card->config.get_response = (run.terminal & GET_RESPONSE) != 0;
	card->config.strict_le = (run.terminal & STRICT_LE) != 0;
	card->config.chaining = (run.chip & CHAINING) != 0;
	if ((run.chip & SHORT_APDUS) != 0)
		card->config.extended = 0;
	copy_profile(ecdsa ? &world.ecdsa.profile : &world.person.profile,
	    &card->profile);
	if (!card->config.pace)
		sim_bytes_clear(&card->profile.file[SIM_EF_CARD_ACCESS]);
	for (i = 0; i < run.count; i++)
		change_file(&run.changes[i], &card->profile);
	sign_again(&card->profile);
	if ((run.chip & OTHER_CA_KEY) != 0)
		take_key(&card->profile.ca_key, world.other.profile.ca_key);
	if ((run.chip & OTHER_AA_KEY) != 0)
		take_key(&card->profile.aa_key, world.other.profile.aa_key);
	card->hook = hook;
	hostile_card_start(card);
}

static void
take_changes(struct ck_cursor *input)
{
	struct change *change;

	for (run.count = 0; run.count < CHANGES_MAX &&
	    !ck_cursor_at_end(input); run.count++) {
		change = &run.changes[run.count];
		change->operation = (enum operation)
		    (fuzz_u8(input) % OPERATIONS);
		change->at = fuzz_u8(input);
		change->offset = fuzz_u16(input);
		change->bytes = fuzz_part(input);
	}
}

static struct ck_secret
make_secret(const struct hostile_card *card)
{
	struct ck_secret secret = (run.terminal & SECRET_MRZ) != 0 ?
	    hostile_secret_mrz(card) : hostile_secret_can(card);

	if ((run.terminal & WRONG_SECRET) != 0) {
		secret.can[0] = (char)(secret.can[0] == '9' ? '0' : '9');
		secret.document_number[0] = '9';
	}

	return secret;
}

static void
on_identity(void *ctx, const struct ck_identity *identity)
{
	(void)ctx;
	fuzz_check(!run.told);
	fuzz_check(memchr(identity->full_name, '\0', CK_NAME_LEN) != NULL);
	run.told = true;
}

/* Only the last step is called the last. */
static void
on_step(void *ctx, enum ck_step step)
{
	(void)ctx;
	fuzz_check(step == CK_STEP_DONE ||
	    strcmp(ck_step_label(step), "done") != 0);
}

static void
on_trace(void *ctx, const char *line)
{
	(void)ctx;
	fuzz_check(!hostile_secrets_in(line, strlen(line)));
}

/* Absent, or as it was signed: a chip may keep silent, but not invent. */
static bool
signed_or_absent(const char *text, const char *expected)
{
	return text[0] == '\0' || strcmp(text, expected) == 0;
}

/*
 * All of it is one person's: the holder's, or, if every file was exchanged,
 * the other's. Without DG13 the name has no tones.
 */
static void
check_signed_content(const struct ck_reading *reading)
{
	const struct ck_reading *expected = strcmp(reading->mrz,
	    world.expected.mrz) == 0 ? &world.expected : &world.expected_other;
	const struct ck_identity *who = &reading->identity;
	const struct ck_identity *signed_as = &expected->identity;

	fuzz_check(strcmp(reading->mrz, expected->mrz) == 0);
	fuzz_check(strcmp(who->number, signed_as->number) == 0);
	fuzz_check(ck_name_compare(who->full_name, signed_as->full_name) >=
	    CK_NAME_WITHOUT_TONES);
	fuzz_check(ck_date_compare(who->date_of_birth,
	    signed_as->date_of_birth) == 0);
	fuzz_check(who->sex == signed_as->sex);
	fuzz_check(signed_or_absent(who->residence, signed_as->residence));
	fuzz_check(signed_or_absent(who->old_number, signed_as->old_number));
	if (reading->photo.len > 0)
		fuzz_check(ck_span_equal(ck_buf_view(&reading->photo),
		    ck_buf_view(&expected->photo)));
}

static void
check_refused(const struct ck_reading *reading)
{
	fuzz_check(!ck_reading_genuine(reading));
	fuzz_check(reading->photo.len == 0);
	fuzz_check(reading->assurance <= CK_ASSURANCE_CHIP_READ);
}

static void
check_proven(const struct ck_reading *reading)
{
	bool own_ca = (run.chip & OTHER_CA_KEY) == 0;
	bool own_aa = (run.chip & OTHER_AA_KEY) == 0;

	if (reading->passive == CK_PASSIVE_VALID) {
		fuzz_check((run.chip & (NO_TRUST | SIGNED_BY_OTHER)) == 0);
		if ((run.chip & SIGNED_AGAIN) == 0)
			check_signed_content(reading);
	}
	if (reading->assurance == CK_ASSURANCE_CHIP_VERIFIED)
		fuzz_check(reading->passive == CK_PASSIVE_VALID);
	if ((run.chip & (SIGNED_AGAIN | SIGNED_BY_OTHER)) != 0)
		return;
	if (reading->assurance >= CK_ASSURANCE_CHIP_CONSISTENT)
		fuzz_check((own_ca && reading->chip_auth == CK_CLONE_VALID) ||
		    (own_aa && reading->active_auth == CK_CLONE_VALID));
	if (!own_ca)
		fuzz_check(reading->chip_auth != CK_CLONE_VALID);
	if (!own_aa)
		fuzz_check(reading->active_auth != CK_CLONE_VALID);
}

/* What is printed and counted has a word, and only what is there. */
static void
check_words(enum ck_err err, const struct ck_reading *reading)
{
	bool opened = reading->access != CK_ACCESS_NONE;
	bool has_issuer = reading->signer.issuer != CK_ISSUER_NONE;

	fuzz_check((ck_access_label(reading->access)[0] != '\0') == opened);
	fuzz_check((ck_issuer_label(reading->signer.issuer)[0] != '\0') ==
	    has_issuer);
	fuzz_check(!has_issuer || reading->passive == CK_PASSIVE_VALID ||
	    reading->passive == CK_PASSIVE_UNKNOWN_ISSUER);
	fuzz_check(strcmp(ck_passive_label(reading->passive), "valid") != 0 ||
	    reading->passive == CK_PASSIVE_VALID);
	fuzz_check(strcmp(ck_clone_check_label(reading->chip_auth),
	    "valid") != 0 || reading->chip_auth == CK_CLONE_VALID);
	fuzz_check(strcmp(ck_clone_check_label(reading->active_auth),
	    "valid") != 0 || reading->active_auth == CK_CLONE_VALID);
	fuzz_check(ck_assurance_label(reading->assurance)[0] != '?');
	fuzz_check(ck_err_label(err)[0] != '\0' &&
	    ck_err_text(err)[0] != '\0');
	fuzz_check(strnlen(reading->opening.note, CK_OPENING_NOTE_LEN) <
	    CK_OPENING_NOTE_LEN);
}

static void
check_reading(enum ck_err err, const struct ck_reading *reading)
{
	bool honest = run.count == 0 && (run.terminal & (WRONG_SECRET |
	    CHIP_NO_PACE)) == 0 && (run.chip & (OTHER_CA_KEY | OTHER_AA_KEY |
	    SIGNED_AGAIN | SIGNED_BY_OTHER | NO_TRUST | ECDSA_AA)) == 0;

	if (honest)
		fuzz_check(err == CK_OK &&
		    reading->passive == CK_PASSIVE_VALID);
	if (err == CK_OK) {
		fuzz_check(ck_reading_genuine(reading));
		fuzz_check(reading->access != CK_ACCESS_NONE && run.told);
		fuzz_check(reading->passive != CK_PASSIVE_INVALID);
	}
	if ((run.terminal & WRONG_SECRET) != 0)
		fuzz_check(err != CK_OK);
	if (ck_err_class(err) == CK_CLASS_TRUST)
		check_refused(reading);
	else if (err != CK_OK)
		fuzz_check(reading->assurance <= CK_ASSURANCE_CHIP_READ);
	check_proven(reading);
	check_words(err, reading);
	fuzz_check(reading->apdus <= COMMANDS_MAX + 1);
	fuzz_check(hostile_secrets_leaked() == 0);
}

static enum ck_err
read_card(struct hostile_card *card, struct ck_reading *reading)
{
	struct ck_secret secret = make_secret(card);
	const struct ck_read_options options = {
		.photo = (run.terminal & PHOTO) != 0,
		.all = (run.terminal & ALL_FIELDS) != 0,
		.bac_allowed = (run.terminal & BAC_ALLOWED) != 0,
		.anchors = (run.chip & NO_TRUST) != 0 ? NULL : world.anchors,
		.clock = &fixed_clock
	};
	const struct ck_read_observer observer = {
		.step = on_step, .identity_known = on_identity,
		.trace = on_trace
	};
	enum ck_err err;

	hostile_secrets_reset();
	hostile_secrets_add(card->profile.can, strlen(card->profile.can));
	hostile_secrets_add(world.expected.identity.full_name,
	    strlen(world.expected.identity.full_name));
	hostile_secrets_add(world.expected.mrz + 60, 30);
	run.told = false;
	err = ck_read_card(&card->transport, &secret, &options, &observer,
	    reading);
	ck_secret_wipe(&secret);

	return err;
}

static void
make_person(struct hostile_card *card, const char *who)
{
	card->config = hostile_config_cccd;
	hostile_card_make(card, &world.factory, who, "");
}

static void
open_world(void)
{
	hostile_secrets_open();
	hostile_random_fixed(1);
	hostile_factory_open(&world.factory);
	make_person(&world.person, "code-000");
	make_person(&world.other, "p00110");
	world.factory.offer.aa_ecdsa = true;
	make_person(&world.ecdsa, "code-000");
	world.anchors = hostile_anchors(&world.factory);
	run.terminal = PHOTO;
	fuzz_check(read_card(&world.person, &world.expected) == CK_OK);
	fuzz_check(read_card(&world.other, &world.expected_other) == CK_OK);
	fuzz_check(world.expected.passive == CK_PASSIVE_VALID);
	fuzz_check(world.expected_other.passive == CK_PASSIVE_VALID);
	world.ready = true;
}

int
fuzz_inspection(const uint8_t *data, size_t size)
{
	struct ck_cursor input = ck_cursor_of(ck_span_of(data, size));
	struct ck_reading reading = { 0 };
	enum ck_err err;

	if (!world.ready)
		open_world();
	hostile_random_fixed(2);
	run.terminal = fuzz_u8(&input);
	run.chip = fuzz_u8(&input);
	run.sealed = 0;
	take_changes(&input);
	hostile_in_chip = true;
	make_card(&run.card);
	hostile_in_chip = false;
	err = read_card(&run.card, &reading);
	check_reading(err, &reading);
	ck_reading_wipe(&reading);
	hostile_card_free(&run.card);
	sim_bytes_free(&run.last);
	sim_bytes_free(&run.before);

	return 0;
}
