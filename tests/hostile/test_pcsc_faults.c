/*
 * test_pcsc_faults.c - every call to pcscd fails once, in each way it can
 *
 * The functions of winscard are here, over a chip in this process. A visit
 * watches the reader, connects and reads; it is repeated with one call failing
 * in one way. It ends with the error that this means, all that was opened is
 * closed again, and the next visit through the same context is as ever.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <winscard.h>

#include "card/pcsc.h"
#include "support/card.h"
#include "support/faults.h"
#include "support/secrets.h"

#define NOW_MS INT64_C(1795400000000)

#define READER "Tester 00"

#define CONTEXT 77
#define CARD 99

/* What can fail; the rest of the list can only be said to have failed. */
enum call {
	ESTABLISH, LIST, CHANGE, CONNECT, RECONNECT, BEGIN, STATUS, TRANSMIT,
	RELEASE, END, DISCONNECT
};

/* How a visit goes; a call means something else in each of them. */
enum phase { LOOK, OPEN, READ, CLOSE };

static struct {
	struct sim_factory factory;
	struct ck_anchors *anchors;
	struct hostile_card card;
	enum phase phase;
	/* pcscd */
	bool context, connected, transaction;
	bool dead;		/* it has ended; so has every handle */
	unsigned misused;	/* calls with what was not open */
	/* which call fails, and how */
	unsigned calls, failing;
	LONG code;
	bool sticky;		/* pcscd ends with it */
	enum call failed;
	enum phase failed_in;
	bool failed_cold;	/* after the card was without power */
	bool reconnected;
	bool whole;		/* a visit reads the card, not one command */
	/* what an odd driver says */
	size_t answer_len;	/* of each answer; 0: as it came */
	bool endless_names, long_atr;
} world;

static int64_t
fixed_now(void *ctx)
{
	(void)ctx;

	return NOW_MS;
}

static const struct ck_clock fixed_clock = { fixed_now, fixed_now, NULL };

/* Count a call; what it shall say, or success. */
static LONG
due(enum call call)
{
	if (++world.calls == world.failing) {
		world.failed = call;
		world.failed_in = world.phase;
		world.failed_cold = world.reconnected;
		world.dead = world.sticky;
		return world.code;
	}

	return world.dead ? SCARD_E_NO_SERVICE : SCARD_S_SUCCESS;
}

/* A call needs what was opened before, unless pcscd has ended meanwhile. */
static void
need(bool open)
{
	world.misused += !open && !world.dead;
}

LONG
SCardEstablishContext(DWORD scope, LPCVOID first, LPCVOID second,
    LPSCARDCONTEXT context)
{
	LONG code = due(ESTABLISH);

	(void)scope;
	(void)first;
	(void)second;
	if (code != SCARD_S_SUCCESS)
		return code;
	need(!world.context);
	world.context = true;
	*context = CONTEXT;

	return code;
}

/* What gives back has given back, whatever it says. */
LONG
SCardReleaseContext(SCARDCONTEXT context)
{
	need(world.context && context == CONTEXT);
	world.context = false;

	return due(RELEASE);
}

LONG
SCardListReaders(SCARDCONTEXT context, LPCSTR groups, LPSTR readers,
    LPDWORD len)
{
	static const char names[] = READER "\0";
	LONG code = due(LIST);

	(void)groups;
	need(world.context && context == CONTEXT);
	if (code != SCARD_S_SUCCESS)
		return code;
	if (world.endless_names) {
		memset(readers, 'x', *len);
		*len += 1;
		return code;
	}
	assert_true(*len >= sizeof(names));
	memcpy(readers, names, sizeof(names));
	*len = sizeof(names);

	return code;
}

LONG
SCardGetStatusChange(SCARDCONTEXT context, DWORD timeout,
    SCARD_READERSTATE *states, DWORD count)
{
	LONG code = due(CHANGE);

	(void)timeout;
	need(world.context && context == CONTEXT);
	if (code != SCARD_S_SUCCESS || count < 2)
		return code;
	states[0].dwEventState = SCARD_STATE_CHANGED | SCARD_STATE_PRESENT;
	states[0].cbAtr = world.long_atr ? 200 : world.card.atr.len;
	memcpy(states[0].rgbAtr, world.card.atr.ptr, world.card.atr.len);

	return code;
}

LONG
SCardConnect(SCARDCONTEXT context, LPCSTR reader, DWORD share,
    DWORD protocols, LPSCARDHANDLE card, LPDWORD protocol)
{
	LONG code = due(CONNECT);

	(void)share;
	need(world.context && context == CONTEXT && !world.connected);
	if (code != SCARD_S_SUCCESS)
		return code;
	if (strcmp(reader, READER) != 0)
		return SCARD_E_UNKNOWN_READER;
	hostile_card_start(&world.card);
	world.connected = true;
	*card = CARD;
	*protocol = protocols;

	return code;
}

LONG
SCardReconnect(SCARDHANDLE card, DWORD share, DWORD protocols, DWORD how,
    LPDWORD protocol)
{
	LONG code = due(RECONNECT);

	(void)share;
	need(world.connected && card == CARD);
	if (code != SCARD_S_SUCCESS)
		return code;
	if (how != SCARD_LEAVE_CARD)
		world.transaction = false;
	world.reconnected = true;
	*protocol = protocols;

	return code;
}

LONG
SCardBeginTransaction(SCARDHANDLE card)
{
	LONG code = due(BEGIN);

	need(world.connected && card == CARD && !world.transaction);
	if (code == SCARD_S_SUCCESS)
		world.transaction = true;

	return code;
}

LONG
SCardEndTransaction(SCARDHANDLE card, DWORD how)
{
	(void)how;
	need(world.connected && card == CARD);
	world.transaction = false;

	return due(END);
}

LONG
SCardDisconnect(SCARDHANDLE card, DWORD how)
{
	(void)how;
	need(world.connected && card == CARD);
	world.connected = world.transaction = false;

	return due(DISCONNECT);
}

LONG
SCardStatus(SCARDHANDLE card, LPSTR name, LPDWORD name_len, LPDWORD state,
    LPDWORD protocol, LPBYTE atr, LPDWORD len)
{
	LONG code = due(STATUS);

	(void)name;
	(void)name_len;
	(void)state;
	(void)protocol;
	need(world.connected && card == CARD);
	if (code != SCARD_S_SUCCESS)
		return code;
	assert_true(*len >= world.card.atr.len);
	memcpy(atr, world.card.atr.ptr, world.card.atr.len);
	*len = world.card.atr.len;

	return code;
}

LONG
SCardTransmit(SCARDHANDLE card, const SCARD_IO_REQUEST *pci, LPCBYTE command,
    DWORD command_len, SCARD_IO_REQUEST *answer_pci, LPBYTE answer,
    LPDWORD len)
{
	struct ck_transport *chip = &world.card.transport;
	struct ck_buf got = CK_BUF_INIT;
	LONG code = due(TRANSMIT);

	(void)pci;
	(void)answer_pci;
	need(world.connected && world.transaction && card == CARD);
	if (code != SCARD_S_SUCCESS)
		return code;
	/* memory is all that it can fail for */
	if (chip->ops->transmit(chip, ck_span_of(command, command_len),
	    &got) != CK_OK)
		return SCARD_E_NO_MEMORY;
	assert_true(got.len <= *len);
	memcpy(answer, got.ptr, got.len);
	*len = world.answer_len > 0 ? world.answer_len - 1 : got.len;
	ck_buf_wipe(&got);

	return code;
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

/* Watch, and once more in vain; then connect and talk to the card. */
static enum ck_err
visit(struct ck_pcsc *pcsc, bool cold)
{
	struct ck_transport *transport = NULL;
	struct ck_seen known = { .count = 0 };
	enum ck_err err;
	bool changed;

	world.phase = LOOK;
	world.reconnected = false;
	if ((err = ck_pcsc_wait(pcsc, NULL, &known, 0, &changed)) != CK_OK ||
	    (err = ck_pcsc_wait(pcsc, NULL, &known, 0, &changed)) != CK_OK) {
		assert_int_equal(known.count, 0);
		return err;
	}
	world.phase = OPEN;
	err = ck_pcsc_connect(pcsc, NULL, cold, &transport);
	if (err != CK_OK) {
		assert_null(transport);
		return err;
	}
	world.phase = READ;
	err = world.whole ? read_card(transport) : send_one(transport);
	world.phase = CLOSE;
	transport->ops->close(transport);

	return err;
}

static void
arm(unsigned failing, LONG code, bool sticky)
{
	world.calls = 0;
	world.failing = failing;
	world.code = code;
	world.sticky = sticky;
	world.dead = false;
}

/* How many calls a whole visit makes. */
static unsigned
count_calls(bool cold)
{
	struct ck_pcsc *pcsc = NULL;

	arm(0, SCARD_S_SUCCESS, false);
	assert_int_equal(ck_pcsc_new(&pcsc), CK_OK);
	assert_int_equal(visit(pcsc, cold), CK_OK);
	ck_pcsc_free(&pcsc);
	assert_in_range(world.calls, 10, 500);

	return world.calls;
}

static void
assert_all_closed(void)
{
	assert_false(world.connected);
	assert_false(world.transaction);
	assert_int_equal(world.misused, 0);
}

/* What each answer of pcscd means while somebody waits for a card's data. */
static const struct meaning {
	LONG code;
	enum ck_err err;
} meanings[] = {
	{ SCARD_E_NO_SMARTCARD, CK_ERR_CARD_GONE },
	{ SCARD_W_REMOVED_CARD, CK_ERR_CARD_GONE },
	{ SCARD_W_UNPOWERED_CARD, CK_ERR_CARD_GONE },
	{ SCARD_E_NOT_TRANSACTED, CK_ERR_CARD_GONE },
	{ SCARD_E_COMM_DATA_LOST, CK_ERR_CARD_GONE },
	{ SCARD_W_RESET_CARD, CK_ERR_CARD_RESET },
	{ SCARD_W_UNRESPONSIVE_CARD, CK_ERR_CARD_TIMEOUT },
	{ SCARD_E_TIMEOUT, CK_ERR_CARD_TIMEOUT },
	{ SCARD_W_UNSUPPORTED_CARD, CK_ERR_CARD_UNSUPPORTED },
	{ SCARD_E_PROTO_MISMATCH, CK_ERR_CARD_UNSUPPORTED },
	{ SCARD_E_SHARING_VIOLATION, CK_ERR_READER_BUSY },
	{ SCARD_E_UNKNOWN_READER, CK_ERR_READER_NONE },
	{ SCARD_E_NO_READERS_AVAILABLE, CK_ERR_READER_NONE },
	{ SCARD_E_NO_SERVICE, CK_ERR_READER_NO_SERVICE },
	{ SCARD_E_SERVICE_STOPPED, CK_ERR_READER_NO_SERVICE },
	{ SCARD_E_INVALID_HANDLE, CK_ERR_READER_NO_SERVICE },
	{ SCARD_W_SECURITY_VIOLATION, CK_ERR_READER_DENIED },
	{ SCARD_E_NO_MEMORY, CK_ERR_NOMEM },
	{ SCARD_F_INTERNAL_ERROR, CK_ERR_READER_FAILED },
	{ SCARD_E_READER_UNAVAILABLE, CK_ERR_READER_FAILED },
	{ SCARD_E_INSUFFICIENT_BUFFER, CK_ERR_READER_FAILED },
};

#define MEANINGS (sizeof(meanings) / sizeof(meanings[0]))

/* Where it means something else, or nothing at all. */
static enum ck_err
expected(const struct meaning *meaning)
{
	bool look = world.failed_in == LOOK;

	switch (world.failed) {
	case RELEASE:
	case END:
	case DISCONNECT:
		return CK_OK;
	case LIST:
		/* a reader that is not there is no failure until it is used */
		return look && meaning->err == CK_ERR_READER_NONE ? CK_OK :
		    meaning->err;
	case CHANGE:
		if (meaning->err == CK_ERR_CARD_TIMEOUT ||
		    meaning->err == CK_ERR_READER_NONE)
			return look ? CK_OK : CK_ERR_READER_NO_CARD;
		return meaning->err;
	case CONNECT:
		if (meaning->code == SCARD_E_PROTO_MISMATCH)
			return CK_OK;	/* it spoke T=0 */
		break;
	case BEGIN:
		if (meaning->code == SCARD_W_RESET_CARD && !world.failed_cold)
			return CK_OK;	/* taken up */
		break;
	default:
		break;
	}

	return world.failed_in == OPEN && meaning->err == CK_ERR_CARD_GONE ?
	    CK_ERR_READER_NO_CARD : meaning->err;
}

static void
fail_one(unsigned number, const struct meaning *meaning, bool cold)
{
	struct ck_pcsc *pcsc = NULL;
	enum ck_err err, wanted;

	arm(number, meaning->code, false);
	assert_int_equal(ck_pcsc_new(&pcsc), CK_OK);
	err = visit(pcsc, cold);
	if (world.calls < number) {	/* the context's release is left */
		ck_pcsc_free(&pcsc);
		assert_true(world.calls >= number);
	}
	wanted = expected(meaning);
	/* a read may reset the card and ask again with short commands: then
	 * it is whole and verified, as read_card() has seen */
	if (err == CK_OK && world.whole && world.failed == TRANSMIT &&
	    world.reconnected)
		wanted = CK_OK;
	if (err != wanted)
		fail_msg("call %u of kind %d says %08lx: %s, not %s", number,
		    (int)world.failed, (unsigned long)meaning->code,
		    ck_err_label(err), ck_err_label(wanted));
	assert_all_closed();
	if (pcsc != NULL) {
		arm(0, SCARD_S_SUCCESS, false);
		assert_int_equal(visit(pcsc, !cold), CK_OK);
	}
	ck_pcsc_free(&pcsc);
	assert_all_closed();
	assert_false(world.context);
}

static void
fail_each(bool cold)
{
	unsigned calls = count_calls(cold), number;
	size_t i;

	world.whole = false;
	for (number = 1; number <= calls; number++) {
		for (i = 0; i < MEANINGS; i++)
			fail_one(number, &meanings[i], cold);
	}
}

static void
each_call_fails_in_each_way(void **state)
{
	(void)state;
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

/* From one call on pcscd is gone; then it runs again. */
static void
the_service_ends_at_each_call(void **state)
{
	unsigned calls = count_calls(true), number;
	struct ck_pcsc *pcsc;
	enum ck_err err;

	(void)state;
	for (number = 1; number < calls; number++) {
		arm(number, SCARD_E_NO_SERVICE, true);
		assert_int_equal(ck_pcsc_new(&pcsc), CK_OK);
		err = visit(pcsc, true);
		assert_int_equal(err, world.failed_in == CLOSE ? CK_OK :
		    CK_ERR_READER_NO_SERVICE);
		/* a context that was lost in a read is found out now */
		if (world.failed_in != LOOK)
			assert_int_equal(visit(pcsc, false),
			    CK_ERR_READER_NO_SERVICE);
		world.connected = world.transaction = false;
		arm(0, SCARD_S_SUCCESS, false);
		assert_int_equal(visit(pcsc, false), CK_OK);
		ck_pcsc_free(&pcsc);
		assert_all_closed();
		assert_false(world.context);
	}
}

/* Only what reader/card does with memory; the read has a test of its own. */
static enum ck_err
touch(void)
{
	struct ck_transport *transport = NULL;
	struct ck_pcsc *pcsc = NULL;
	enum ck_err err;

	if ((err = ck_pcsc_new(&pcsc)) != CK_OK)
		return err;
	err = ck_pcsc_connect(pcsc, READER, true, &transport);
	if (err == CK_OK)
		err = send_one(transport);
	if (err == CK_OK)
		err = transport->ops->reset(transport);
	if (transport != NULL)
		transport->ops->close(transport);
	ck_pcsc_free(&pcsc);

	return err;
}

static void
each_allocation_fails(void **state)
{
	unsigned calls, number;

	(void)state;
	arm(0, SCARD_S_SUCCESS, false);
	hostile_faults_arm(0);
	assert_int_equal(touch(), CK_OK);
	calls = hostile_faults_disarm();
	assert_in_range(calls, 3, 20);
	for (number = 1; number <= calls; number++) {
		hostile_faults_arm(number);
		assert_int_equal(touch(), CK_ERR_NOMEM);
		(void)hostile_faults_disarm();
		assert_non_null(hostile_faults_failed());
		assert_all_closed();
		assert_false(world.context);
	}
	assert_int_equal(touch(), CK_OK);
}

/* Drivers that promise more than they hold. */
static void
odd_drivers(void **state)
{
	struct ck_pcsc *pcsc = NULL;
	struct ck_seen seen;

	(void)state;
	arm(0, SCARD_S_SUCCESS, false);
	assert_int_equal(ck_pcsc_new(&pcsc), CK_OK);
	/* an answer without a status word is a card that has left */
	for (world.answer_len = 1; world.answer_len <= 2; world.answer_len++)
		assert_int_equal(visit(pcsc, false), CK_ERR_CARD_GONE);
	world.answer_len = 0;
	world.endless_names = true;
	assert_int_equal(ck_pcsc_list(pcsc, &seen), CK_OK);
	assert_int_equal(seen.count, 1);
	assert_int_equal(strlen(seen.reader[0].name), CK_READER_NAME_LEN - 1);
	assert_int_equal(ck_pcsc_connect(pcsc, seen.reader[0].name, false,
	    &(struct ck_transport *){ NULL }), CK_ERR_READER_NONE);
	world.endless_names = false;
	world.long_atr = true;
	assert_int_equal(ck_pcsc_list(pcsc, &seen), CK_OK);
	assert_int_equal(seen.reader[0].kind, CK_CARD_NONE);
	world.long_atr = false;
	assert_int_equal(visit(pcsc, false), CK_OK);
	ck_pcsc_free(&pcsc);
	assert_all_closed();
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
		cmocka_unit_test(the_service_ends_at_each_call),
		cmocka_unit_test(each_allocation_fails),
		cmocka_unit_test(odd_drivers),
	};

	hostile_secrets_open();

	return cmocka_run_group_tests_name("pcsc_faults", tests, open_world,
	    close_world);
}
