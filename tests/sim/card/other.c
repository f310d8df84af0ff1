/*
 * other.c - cards that are no travel document at all
 */
#include <string.h>

#include "other.h"
#include "tlv.h"

#define CLA_READER 0xff
#define CLA_DESFIRE 0x90

enum {
	INS_READ_RECORD = 0xb2,
	INS_GET_PROCESSING_OPTIONS = 0xa8,
	INS_GET_UID = 0xca,
	DESFIRE_GET_VERSION = 0x60,
	DESFIRE_MORE = 0xaf
};

enum {
	SW_RECORD_NOT_FOUND = 0x6a83,
	SW_NOT_SUPPORTED = 0x6a81,
	DESFIRE_OK = 0x9100,
	DESFIRE_WAITS = 0x91af,
	DESFIRE_ILLEGAL = 0x911c
};

/* More than an answer to reset may have: 33 bytes. ISO/IEC 7816-3 §8.2.1 */
#define NO_ATR_LEN 40

/* NAPAS, the national payment network. */
#define PAYMENT_AID "A0000007271010"

static const char directory[] = "2PAY.SYS.DDF01";

static void
put_status(struct sim_bytes *out, unsigned sw)
{
	sim_put_uint(out, sw, 2);
}

/* The directory of a payment card: one application. EMV Book B §3.3.1 */
static void
put_directory(struct sim_bytes *out)
{
	struct sim_bytes entry = SIM_BYTES_INIT, body = SIM_BYTES_INIT;

	sim_put_hex(&entry, "4F07" PAYMENT_AID "8701" "01");
	sim_tlv_put_text(&entry, 0x50, "NAPAS");
	sim_tlv_put(&body, 0x61, sim_view(&entry));
	sim_bytes_clear(&entry);
	sim_tlv_put(&entry, 0xbf0c, sim_view(&body));
	sim_bytes_clear(&body);
	sim_tlv_put_text(&body, 0x84, directory);
	sim_tlv_put(&body, 0xa5, sim_view(&entry));
	sim_tlv_put(out, 0x6f, sim_view(&body));
	sim_bytes_free(&entry);
	sim_bytes_free(&body);
}

static unsigned
bank_select(struct sim_span name, struct sim_bytes *answer)
{
	struct sim_bytes aid = SIM_BYTES_INIT;
	bool payment;

	sim_put_hex(&aid, PAYMENT_AID);
	payment = sim_equal(name, sim_view(&aid));
	sim_bytes_free(&aid);
	if (sim_equal(name, sim_span(directory, strlen(directory)))) {
		put_directory(answer);
		return SIM_SW_OK;
	}
	if (!payment)
		return SIM_SW_NOT_FOUND;
	sim_put_hex(answer, "6F12" "8407" PAYMENT_AID "A507" "5005" "4E41504153");

	return SIM_SW_OK;
}

static unsigned
bank(const struct sim_apdu *apdu, struct sim_bytes *answer)
{
	switch (apdu->ins) {
	case SIM_INS_SELECT:
		return apdu->p1 == 0x04 ? bank_select(apdu->data, answer)
					: SIM_SW_BAD_P1P2;
	case INS_READ_RECORD:
		return SW_RECORD_NOT_FOUND;
	case INS_GET_PROCESSING_OPTIONS:
		return SIM_SW_CONDITIONS;
	default:
		return SIM_SW_BAD_INS;
	}
}

/* The reader answers for a memory card; it knows its identifier. */
static unsigned
memory(const struct sim_apdu *apdu, struct sim_bytes *answer)
{
	if (apdu->cla != CLA_READER || apdu->ins != INS_GET_UID)
		return SW_NOT_SUPPORTED;
	sim_put_hex(answer, "1A2B3C4D");

	return SIM_SW_OK;
}

/* GetVersion: hardware, software, identifier and date, in three parts. */
static unsigned
desfire(const struct sim_apdu *apdu, unsigned *step, struct sim_bytes *answer)
{
	if (apdu->cla != CLA_DESFIRE)
		return apdu->ins == SIM_INS_SELECT ? SIM_SW_NOT_FOUND
						   : SIM_SW_BAD_CLA;
	if (apdu->ins == DESFIRE_GET_VERSION) {
		*step = 1;
		sim_put_hex(answer, "04010101001805");
		return DESFIRE_WAITS;
	}
	if (apdu->ins == DESFIRE_MORE && *step == 1) {
		*step = 2;
		sim_put_hex(answer, "04010101041805");
		return DESFIRE_WAITS;
	}
	if (apdu->ins == DESFIRE_MORE && *step == 2) {
		*step = 0;
		sim_put_hex(answer, "04112233445566" "BA5500000A" "0120");
		return DESFIRE_OK;
	}

	return DESFIRE_ILLEGAL;
}

void
sim_other_command(enum sim_kind kind, const struct sim_apdu *apdu,
    unsigned *step, struct sim_bytes *answer)
{
	switch (kind) {
	case SIM_KIND_BANK:
		put_status(answer, bank(apdu, answer));
		break;
	case SIM_KIND_MEMORY:
		put_status(answer, memory(apdu, answer));
		break;
	case SIM_KIND_DESFIRE:
		put_status(answer, desfire(apdu, step, answer));
		break;
	case SIM_KIND_EMRTD:
	case SIM_KIND_MUTE:
		break;
	}
}

void
sim_other_atr(enum sim_kind kind, struct sim_bytes *out)
{
	switch (kind) {
	case SIM_KIND_BANK:
		sim_put_hex(out, "3B88800100" "73C84013009000" "71");
		break;
	case SIM_KIND_MEMORY:
		/* MIFARE Classic 1K: standard 3, name 0001 */
		sim_put_hex(out, "3B8F8001804F0CA000000306" "030001"
		    "00000000" "6A");
		break;
	case SIM_KIND_DESFIRE:
		sim_put_hex(out, "3B81800180" "80");
		break;
	case SIM_KIND_MUTE:
		sim_put_fill(out, 0xff, NO_ATR_LEN);
		break;
	case SIM_KIND_EMRTD:
		break;
	}
}
