/*
 * test_nfc_faults.c - every call to libnfc fails once, in each way it can
 *
 * The functions of libnfc are here, over a chip in this process. A visit looks
 * at the reader, connects and reads; it is repeated with one call failing in
 * one way. It ends with the error that this means, the device is closed and
 * opened again where only that helps, and the next visit is as ever.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <time.h>

#include <nfc/nfc.h>

#include "card/nfc.h"
#include "support/card.h"
#include "support/faults.h"
#include "support/secrets.h"

#define NOW_MS INT64_C(1795400000000)

/* A path that anybody may open: what fails then is the device. */
#define READER CK_READER_NFC "pn532_uart:/dev/null:115200"

/* Commands before the reader knows what lengths the card takes. */
#define EARLY 4

enum call { INIT, OPEN, INITIATOR, PROPERTY, LIST, SELECT, PRESENT, TRANSCEIVE };

/* How a visit goes; a call means something else in each of them. */
enum phase { START, LOOK, CONNECT, READ, CLOSE, LOOK_AGAIN };

struct nfc_context {
	bool open;
};

struct nfc_device {
	bool open;
};

static struct {
	struct sim_factory factory;
	struct ck_anchors *anchors;
	struct hostile_card card;
	enum phase phase;
	struct nfc_context context;
	struct nfc_device device;
	unsigned misused;	/* calls with what was not open */
	bool lifted;		/* the card */
	bool whole;		/* a visit reads the card, not one command */
	unsigned calls, failing;
	int code;
	enum call failed;
	enum phase failed_in;
	bool type_b, failed_b;	/* looking for what is not there anyway */
	bool early;		/* among the first commands of a read */
	int answer_len;		/* of each answer; -1: as it came */
} world = { .answer_len = -1 };

static int64_t
fixed_now(void *ctx)
{
	(void)ctx;

	return NOW_MS;
}

static const struct ck_clock fixed_clock = { fixed_now, fixed_now, NULL };

/* The field need not be off for long: this chip forgets at once. */
int
nanosleep(const struct timespec *span, struct timespec *rest)
{
	(void)span;
	(void)rest;

	return 0;
}

/* Count a call; true when it shall fail. */
static bool
due(enum call call)
{
	if (++world.calls != world.failing)
		return false;
	world.failed = call;
	world.failed_in = world.phase;
	world.failed_b = call == LIST && world.type_b;
	world.early = world.card.commands < EARLY;

	return true;
}

static bool
due_on(enum call call, const nfc_device *device)
{
	world.misused += device != &world.device || !world.device.open;

	return due(call);
}

void
nfc_init(nfc_context **context)
{
	*context = NULL;
	if (due(INIT))
		return;
	world.misused += world.context.open;
	world.context.open = true;
	*context = &world.context;
}

void
nfc_exit(nfc_context *context)
{
	world.misused += context != &world.context || !context->open ||
	    world.device.open;
	context->open = false;
}

nfc_device *
nfc_open(nfc_context *context, const nfc_connstring connstring)
{
	world.misused += context != &world.context || !context->open ||
	    world.device.open;
	assert_string_equal(connstring, READER + strlen(CK_READER_NFC));
	if (due(OPEN))
		return NULL;
	world.device.open = true;

	return &world.device;
}

void
nfc_close(nfc_device *device)
{
	world.misused += device != &world.device || !device->open;
	device->open = false;
}

int
nfc_initiator_init(nfc_device *device)
{
	return due_on(INITIATOR, device) ? world.code : NFC_SUCCESS;
}

int
nfc_device_set_property_bool(nfc_device *device, const nfc_property property,
    const bool enable)
{
	(void)property;
	(void)enable;

	return due_on(PROPERTY, device) ? world.code : NFC_SUCCESS;
}

static int
found(const nfc_modulation modulation, nfc_target *target)
{
	if (world.lifted || modulation.nmt != NMT_ISO14443A)
		return 0;
	memset(target, 0, sizeof(*target));
	target->nm = modulation;
	target->nti.nai.btSak = 0x20;

	return 1;
}

int
nfc_initiator_list_passive_targets(nfc_device *device,
    const nfc_modulation modulation, nfc_target targets[], const size_t count)
{
	(void)count;

	world.type_b = modulation.nmt != NMT_ISO14443A;

	return due_on(LIST, device) ? world.code : found(modulation, targets);
}

int
nfc_initiator_select_passive_target(nfc_device *device,
    const nfc_modulation modulation, const uint8_t *init, const size_t len,
    nfc_target *target)
{
	(void)init;
	(void)len;
	if (due_on(SELECT, device))
		return world.code;
	hostile_card_start(&world.card);

	return found(modulation, target);
}

int
nfc_initiator_target_is_present(nfc_device *device, const nfc_target *target)
{
	(void)target;
	if (due_on(PRESENT, device))
		return world.code;

	return world.lifted ? NFC_ETGRELEASED : NFC_SUCCESS;
}

int
nfc_initiator_transceive_bytes(nfc_device *device, const uint8_t *command,
    const size_t command_len, uint8_t *answer, const size_t cap, int timeout)
{
	struct ck_transport *chip = &world.card.transport;
	struct ck_buf got = CK_BUF_INIT;
	int len;

	assert_true(timeout > 0);
	if (due_on(TRANSCEIVE, device))
		return world.code;
	if (chip->ops->transmit(chip, ck_span_of(command, command_len),
	    &got) != CK_OK)
		return NFC_ESOFT;
	assert_true(got.len <= cap);
	memcpy(answer, got.ptr, got.len);
	len = world.answer_len >= 0 ? world.answer_len : (int)got.len;
	ck_buf_wipe(&got);

	return len;
}

static enum ck_err
read_card(struct ck_transport *transport)
{
	struct ck_secret secret = hostile_secret_can(&world.card);
	const struct ck_read_options options = {
		.anchors = world.anchors, .clock = &fixed_clock
	};
	struct ck_reading reading = { 0 };
	enum ck_err err;

	hostile_secrets_reset();
	hostile_secrets_add(world.card.profile.can, 6);
	err = ck_read_card(transport, &secret, &options, NULL, &reading);
	assert_int_equal(reading.assurance, err == CK_OK ?
	    CK_ASSURANCE_CHIP_VERIFIED : CK_ASSURANCE_CHIP_READ);
	assert_true(ck_reading_genuine(&reading));
	assert_int_equal(hostile_secrets_leaked(), 0);
	ck_reading_wipe(&reading);
	ck_secret_wipe(&secret);

	return err;
}

/* Choose the master file: any card answers that. */
static enum ck_err
send_one(struct ck_transport *transport)
{
	static const uint8_t select[] = { 0x00, 0xa4, 0x00, 0x0c };
	struct ck_buf answer = CK_BUF_INIT;
	enum ck_err err;

	err = transport->ops->transmit(transport, ck_span_of(select,
	    sizeof(select)), &answer);
	assert_true((err == CK_OK) == (answer.len >= 2));
	ck_buf_wipe(&answer);

	return err;
}

static enum ck_err
read_and_close(struct ck_transport *transport)
{
	enum ck_err err;

	world.phase = READ;
	err = world.whole ? read_card(transport) : send_one(transport);
	world.phase = CLOSE;
	transport->ops->close(transport);

	return err;
}

/* Look, read, look again. The first error counts. */
static enum ck_err
visit(struct ck_nfc *nfc, bool cold)
{
	struct ck_transport *transport = NULL;
	struct ck_seen seen;
	enum ck_err err, again;

	world.phase = LOOK;
	if ((err = ck_nfc_look(nfc, &seen)) != CK_OK) {
		assert_int_equal(seen.count, 0);
		return err;
	}
	world.phase = CONNECT;
	if ((err = ck_nfc_connect(nfc, cold, &transport)) == CK_OK)
		err = read_and_close(transport);
	else
		assert_null(transport);
	world.phase = LOOK_AGAIN;
	again = ck_nfc_look(nfc, &seen);

	return err != CK_OK ? err : again;
}

static enum ck_err
whole_visit(bool cold, struct ck_nfc **nfc)
{
	enum ck_err err;

	world.phase = START;
	if ((err = ck_nfc_new(nfc, READER)) != CK_OK) {
		assert_null(*nfc);
		return err;
	}

	return visit(*nfc, cold);
}

static void
arm(unsigned failing, int code)
{
	world.calls = 0;
	world.failing = failing;
	world.code = code;
}

static void
assert_all_closed(void)
{
	assert_false(world.device.open);
	assert_false(world.context.open);
	assert_int_equal(world.misused, 0);
}

static unsigned
count_calls(bool cold)
{
	struct ck_nfc *nfc = NULL;

	arm(0, 0);
	assert_int_equal(whole_visit(cold, &nfc), CK_OK);
	ck_nfc_free(&nfc);
	assert_all_closed();
	assert_in_range(world.calls, 10, 500);

	return world.calls;
}

/* What each error means while somebody waits for a card's data. */
static const struct meaning {
	int code;
	enum ck_err err;
	bool device;		/* the device failed, not the card */
} meanings[] = {
	{ NFC_EIO, CK_ERR_READER_FAILED, true },
	{ NFC_ENOTSUCHDEV, CK_ERR_READER_FAILED, true },
	{ NFC_EOPABORTED, CK_ERR_READER_FAILED, true },
	{ NFC_ESOFT, CK_ERR_READER_FAILED, true },
	{ NFC_ETIMEOUT, CK_ERR_CARD_TIMEOUT, true },
	{ NFC_EINVARG, CK_ERR_READER_FAILED, false },
	{ NFC_EDEVNOTSUPP, CK_ERR_READER_FAILED, false },
	{ NFC_ENOTIMPL, CK_ERR_READER_FAILED, false },
	{ NFC_EMFCAUTHFAIL, CK_ERR_READER_FAILED, false },
	{ NFC_ETGRELEASED, CK_ERR_CARD_GONE, false },
	/* no answer, and the card lies there still */
	{ NFC_ERFTRANS, CK_ERR_CARD_TIMEOUT, false },
	{ NFC_EOVFLOW, CK_ERR_CARD_MALFORMED, false },
	{ NFC_ECHIP, CK_ERR_CARD_MALFORMED, false },
};

#define MEANINGS (sizeof(meanings) / sizeof(meanings[0]))

/* Where it means something else, or nothing at all. */
static enum ck_err
expected(const struct meaning *meaning)
{
	switch (world.failed) {
	case INIT:
	case OPEN:
	case INITIATOR:
		return CK_ERR_READER_FAILED;
	case PROPERTY:
		/* after a read: the device is opened anew */
		return world.failed_in == CLOSE ? CK_OK :
		    CK_ERR_READER_FAILED;
	case LIST:
	case SELECT:
		if (world.failed_in == CLOSE)
			return CK_OK;
		if (meaning->device)
			return CK_ERR_READER_FAILED;
		/* no card was found; another look may find it */
		return world.failed_in == CONNECT && !world.failed_b ?
		    CK_ERR_READER_NO_CARD : CK_OK;
	case PRESENT:
		return meaning->device ? CK_ERR_READER_FAILED : CK_OK;
	case TRANSCEIVE:
	default:
		return meaning->err;
	}
}

static void
fail_one(unsigned number, const struct meaning *meaning, bool cold)
{
	struct ck_nfc *nfc = NULL;
	enum ck_err err, wanted;

	arm(number, meaning->code);
	err = whole_visit(cold, &nfc);
	assert_true(world.calls >= number);
	wanted = expected(meaning);
	/* a file on lengths that cannot be read is as one that is not there */
	if (err == CK_OK && wanted == CK_ERR_CARD_MALFORMED &&
	    world.whole && world.early)
		wanted = CK_OK;
	if (err != wanted)
		fail_msg("call %u of kind %d in phase %d says %d: %s, not %s",
		    number, (int)world.failed, (int)world.failed_in,
		    meaning->code, ck_err_label(err), ck_err_label(wanted));
	assert_int_equal(world.misused, 0);
	arm(0, 0);
	if (nfc != NULL)
		assert_int_equal(visit(nfc, !cold), CK_OK);
	ck_nfc_free(&nfc);
	assert_all_closed();
}

static void
fail_each(bool cold)
{
	unsigned calls = count_calls(cold), number;
	size_t i;

	for (number = 1; number <= calls; number++) {
		for (i = 0; i < MEANINGS; i++)
			fail_one(number, &meanings[i], cold);
	}
}

static void
each_call_fails_in_each_way(void **state)
{
	(void)state;
	world.whole = false;
	fail_each(false);
	fail_each(true);
}

/* One error for each command of a read, all errors in turn. */
static void
each_transmission_of_a_read_fails(void **state)
{
	unsigned calls, number;

	(void)state;
	world.whole = true;
	calls = count_calls(false);
	assert_in_range(calls, 30, 500);
	for (number = 1; number <= calls; number++)
		fail_one(number, &meanings[number % MEANINGS], false);
	world.whole = false;
}

/* Nothing came back, since there is no card any more. */
static void
a_card_that_is_lifted(void **state)
{
	struct ck_transport *transport = NULL;
	struct ck_nfc *nfc = NULL;
	struct ck_seen seen;

	(void)state;
	arm(0, 0);
	assert_int_equal(ck_nfc_new(&nfc, READER), CK_OK);
	assert_int_equal(ck_nfc_connect(nfc, false, &transport), CK_OK);
	world.lifted = true;
	arm(1, NFC_ERFTRANS);
	assert_int_equal(read_and_close(transport), CK_ERR_CARD_GONE);
	assert_int_equal(ck_nfc_look(nfc, &seen), CK_OK);
	assert_false(seen.reader[0].card_present);
	assert_int_equal(ck_nfc_connect(nfc, true, &transport),
	    CK_ERR_READER_NO_CARD);
	world.lifted = false;
	assert_int_equal(visit(nfc, false), CK_OK);
	/* nor is an answer without a status word one of a card */
	for (world.answer_len = 0; world.answer_len < 2; world.answer_len++)
		assert_int_equal(visit(nfc, false), CK_ERR_CARD_GONE);
	world.answer_len = -1;
	assert_int_equal(visit(nfc, false), CK_OK);
	ck_nfc_free(&nfc);
	assert_all_closed();
}

/* Only what reader/card does with memory; the read has a test of its own. */
static enum ck_err
touch(void)
{
	struct ck_transport *transport = NULL;
	struct ck_nfc *nfc = NULL;
	enum ck_err err;

	if ((err = ck_nfc_new(&nfc, READER)) != CK_OK)
		return err;
	err = ck_nfc_connect(nfc, true, &transport);
	if (err == CK_OK)
		err = send_one(transport);
	if (err == CK_OK)
		err = transport->ops->reset(transport);
	if (transport != NULL)
		transport->ops->close(transport);
	ck_nfc_free(&nfc);

	return err;
}

/* The chip in the stead of the device asks for memory too: then it fails. */
static void
each_allocation_fails(void **state)
{
	unsigned calls, number;
	enum ck_err err;

	(void)state;
	arm(0, 0);
	hostile_faults_arm(0);
	assert_int_equal(touch(), CK_OK);
	calls = hostile_faults_disarm();
	assert_in_range(calls, 3, 20);
	for (number = 1; number <= calls; number++) {
		hostile_faults_arm(number);
		err = touch();
		(void)hostile_faults_disarm();
		assert_non_null(hostile_faults_failed());
		assert_true(err == CK_ERR_NOMEM ||
		    err == CK_ERR_READER_FAILED);
		assert_all_closed();
	}
	assert_int_equal(touch(), CK_OK);
}

static int
open_world(void **state)
{
	(void)state;
	hostile_random_fixed(1);
	hostile_factory_open(&world.factory);
	world.factory.offer.aa_ecdsa = true;
	world.anchors = hostile_anchors(&world.factory);
	world.card.config = hostile_config_cccd;
	hostile_card_make(&world.card, &world.factory, "code-000", "");

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	hostile_card_free(&world.card);
	ck_anchors_free(&world.anchors);
	hostile_factory_close(&world.factory);

	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_call_fails_in_each_way),
		cmocka_unit_test(each_transmission_of_a_read_fails),
		cmocka_unit_test(a_card_that_is_lifted),
		cmocka_unit_test(each_allocation_fails),
	};

	hostile_secrets_open();

	return cmocka_run_group_tests_name("nfc_faults", tests, open_world,
	    close_world);
}
