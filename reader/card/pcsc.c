/*
 * pcsc.c - card readers through pcscd: the only file that knows winscard
 */
#include <winscard.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "card/kind.h"
#include "card/pcsc.h"

/* Not a reader: pcscd reports through it that readers come and go. */
#define PNP_NAME "\\\\?PnP?\\Notification"

/* Bytes for a list of CK_READERS_MAX names and its second NUL. */
#define NAMES_LEN (CK_READERS_MAX * CK_READER_NAME_LEN + 1)

/* Length of the longest answer to an extended command, and then some. */
#define ANSWER_LEN (MAX_BUFFER_SIZE_EXTENDED + 2)

/* While pcscd is away, look for it this often. */
#define RETRY_MS 500

struct ck_pcsc {
	SCARDCONTEXT context;
	bool connected;		/* context is valid as far as we know */
};

struct pcsc_transport {
	struct ck_transport base;	/* first: the ops cast back */
	SCARDHANDLE card;
	DWORD protocol;
	uint8_t atr[MAX_ATR_SIZE];
	uint8_t answer[ANSWER_LEN];	/* wiped after each transmission */
};

struct row {
	LONG code;
	enum ck_err err;
};

/* What pcscd says, and what it means in the middle of a conversation. */
static enum ck_err
error_of(LONG code)
{
	static const struct row rows[] = {
		{ SCARD_S_SUCCESS, CK_OK },
		{ SCARD_E_NO_SMARTCARD, CK_ERR_CARD_GONE },
		{ SCARD_W_REMOVED_CARD, CK_ERR_CARD_GONE },
		{ SCARD_W_RESET_CARD, CK_ERR_CARD_RESET },
		{ SCARD_W_UNPOWERED_CARD, CK_ERR_CARD_GONE },
		{ SCARD_E_NOT_TRANSACTED, CK_ERR_CARD_GONE },
		{ SCARD_E_COMM_DATA_LOST, CK_ERR_CARD_GONE },
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
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].code == code)
			return rows[i].err;
	}

	return CK_ERR_READER_FAILED;
}

static void
forget_context(struct ck_pcsc *pcsc)
{
	if (pcsc->connected)
		(void)SCardReleaseContext(pcsc->context);
	pcsc->connected = false;
}

/* A context of a pcscd that has ended stays useless: begin a new one. */
static enum ck_err
need_context(struct ck_pcsc *pcsc)
{
	LONG code;

	if (pcsc->connected)
		return CK_OK;
	code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL,
	    &pcsc->context);
	pcsc->connected = code == SCARD_S_SUCCESS;

	return error_of(code);
}

static enum ck_err
checked(struct ck_pcsc *pcsc, LONG code)
{
	enum ck_err err = error_of(code);

	if (err == CK_ERR_READER_NO_SERVICE)
		forget_context(pcsc);

	return err;
}

enum ck_err
ck_pcsc_new(struct ck_pcsc **out)
{
	*out = calloc(1, sizeof(**out));

	return *out == NULL ? CK_ERR_NOMEM : CK_OK;
}

void
ck_pcsc_free(struct ck_pcsc **pcsc)
{
	if (*pcsc == NULL)
		return;
	forget_context(*pcsc);
	free(*pcsc);
	*pcsc = NULL;
}

/*
 * Split pcscd's list of names, each ended by NUL, the list by another; what
 * it does not end, ends with the list.
 */
static void
take_names(const char *names, size_t len, struct ck_seen *out)
{
	size_t at = 0;

	while (at < len && names[at] != '\0' && out->count < CK_READERS_MAX) {
		struct ck_seen_reader *reader = &out->reader[out->count++];

		size_t name_len = strnlen(names + at, len - at);

		*reader = (struct ck_seen_reader){ .state = 0 };
		(void)snprintf(reader->name, sizeof(reader->name), "%.*s",
		    (int)name_len, names + at);
		at += name_len + 1;
	}
}

static enum ck_err
list_names(struct ck_pcsc *pcsc, struct ck_seen *out)
{
	char names[NAMES_LEN] = "";
	DWORD len = sizeof(names);
	enum ck_err err;

	out->count = 0;
	if ((err = need_context(pcsc)) != CK_OK)
		return err;
	err = checked(pcsc, SCardListReaders(pcsc->context, NULL, names,
	    &len));
	if (err == CK_ERR_READER_NONE)
		return CK_OK;
	if (err == CK_OK)
		take_names(names, len < sizeof(names) ? len : sizeof(names) - 1,
		    out);

	return err;
}

static void
take_state(struct ck_seen_reader *reader, const SCARD_READERSTATE *seen)
{
	DWORD state = seen->dwEventState;

	reader->state = (uint32_t)(state & ~(DWORD)SCARD_STATE_CHANGED);
	reader->card_present = (state & SCARD_STATE_PRESENT) != 0;
	reader->err = (state & SCARD_STATE_MUTE) != 0 ? CK_ERR_CARD_TIMEOUT :
	    (state & SCARD_STATE_EXCLUSIVE) != 0 ? CK_ERR_READER_BUSY : CK_OK;
	reader->kind = !reader->card_present || seen->cbAtr > MAX_ATR_SIZE ?
	    CK_CARD_NONE : ck_kind_of_atr(ck_span_of(seen->rgbAtr,
	    seen->cbAtr));
}

/*
 * Ask for the states of all readers; wait up to timeout_ms while they are as
 * given. A reader that vanished meanwhile is left out by the next list.
 */
static enum ck_err
get_states(struct ck_pcsc *pcsc, struct ck_seen *readers,
    DWORD timeout_ms)
{
	SCARD_READERSTATE states[CK_READERS_MAX + 1] = { 0 };
	enum ck_err err;
	size_t i;

	for (i = 0; i < readers->count; i++) {
		states[i].szReader = readers->reader[i].name;
		states[i].dwCurrentState = readers->reader[i].state;
	}
	states[readers->count].szReader = PNP_NAME;
	err = checked(pcsc, SCardGetStatusChange(pcsc->context, timeout_ms,
	    states, (DWORD)readers->count + 1));
	if (err == CK_ERR_CARD_TIMEOUT || err == CK_ERR_READER_NONE)
		err = CK_OK;
	for (i = 0; err == CK_OK && i < readers->count; i++) {
		if (states[i].dwEventState != 0)
			take_state(&readers->reader[i], &states[i]);
	}

	return err;
}

enum ck_err
ck_pcsc_list(struct ck_pcsc *pcsc, struct ck_seen *out)
{
	enum ck_err err;

	if ((err = list_names(pcsc, out)) != CK_OK)
		return err;
	if (out->count > 0)
		err = get_states(pcsc, out, 0);
	if (err != CK_OK)
		out->count = 0;

	return err;
}

static const struct ck_seen_reader *
find(const struct ck_seen *readers, const char *name)
{
	size_t i;

	for (i = 0; i < readers->count; i++) {
		if (strcmp(readers->reader[i].name, name) == 0)
			return &readers->reader[i];
	}

	return NULL;
}

/* The present list, cut to one name where only that is watched. */
static enum ck_err
list_watched(struct ck_pcsc *pcsc, const char *name,
    struct ck_seen *out)
{
	enum ck_err err = ck_pcsc_list(pcsc, out);
	const struct ck_seen_reader *only;

	if (err != CK_OK || name == NULL)
		return err;
	if ((only = find(out, name)) != NULL)
		out->reader[0] = *only;
	out->count = only == NULL ? 0 : 1;

	return CK_OK;
}

static bool
differ(const struct ck_seen *a, const struct ck_seen *b)
{
	size_t i;

	if (a->count != b->count)
		return true;
	for (i = 0; i < a->count; i++) {
		if (a->reader[i].state != b->reader[i].state ||
		    strcmp(a->reader[i].name, b->reader[i].name) != 0)
			return true;
	}

	return false;
}

static void
sleep_ms(uint32_t ms)
{
	const struct timespec span = {
		(time_t)(ms / 1000), (long)(ms % 1000) * 1000000
	};

	(void)nanosleep(&span, NULL);
}

/* Look for pcscd until it is there or the time is over. */
static enum ck_err
await_service(struct ck_pcsc *pcsc, uint32_t *timeout_ms)
{
	enum ck_err err = need_context(pcsc);

	while (err == CK_ERR_READER_NO_SERVICE && *timeout_ms > 0) {
		uint32_t pause = *timeout_ms < RETRY_MS ? *timeout_ms :
		    RETRY_MS;

		sleep_ms(pause);
		*timeout_ms -= pause;
		err = need_context(pcsc);
	}

	return err;
}

enum ck_err
ck_pcsc_wait(struct ck_pcsc *pcsc, const char *name,
    struct ck_seen *known, uint32_t timeout_ms, bool *changed)
{
	struct ck_seen now = { .count = 0 };
	enum ck_err err;

	*changed = false;
	if ((err = await_service(pcsc, &timeout_ms)) != CK_OK)
		goto out;
	if ((err = list_watched(pcsc, name, &now)) != CK_OK)
		goto out;
	if (!differ(known, &now)) {
		if ((err = get_states(pcsc, &now, timeout_ms)) != CK_OK)
			goto out;
		if ((err = list_watched(pcsc, name, &now)) != CK_OK)
			goto out;
	}
	*changed = differ(known, &now);
	*known = now;
out:
	if (err != CK_OK)
		known->count = 0;

	return err;
}

static enum ck_err
pcsc_transmit(struct ck_transport *transport, struct ck_span command,
    struct ck_buf *response)
{
	struct pcsc_transport *self = (struct pcsc_transport *)transport;
	const SCARD_IO_REQUEST *pci = self->protocol == SCARD_PROTOCOL_T0 ?
	    SCARD_PCI_T0 : SCARD_PCI_T1;
	DWORD len = sizeof(self->answer);
	enum ck_err err;

	ck_buf_wipe(response);
	err = error_of(SCardTransmit(self->card, pci, command.ptr, command.len,
	    NULL, self->answer, &len));
	if (err != CK_OK)
		return err;
	if (len < 2)
		return CK_ERR_CARD_GONE;	/* pcscd's way to say it */
	err = ck_buf_append(response, ck_span_of(self->answer, len));
	explicit_bzero(self->answer, len);

	return err;
}

/* how: SCARD_RESET_CARD, or SCARD_UNPOWER_CARD for all of it. */
static enum ck_err
power_up(struct pcsc_transport *self, DWORD how)
{
	enum ck_err err;

	err = error_of(SCardReconnect(self->card, SCARD_SHARE_SHARED,
	    self->protocol, how, &self->protocol));
	if (err != CK_OK)
		return err;

	/* A reset ends the transaction. */
	return error_of(SCardBeginTransaction(self->card));
}

static enum ck_err
pcsc_reset(struct ck_transport *transport)
{
	return power_up((struct pcsc_transport *)transport, SCARD_RESET_CARD);
}

static void
pcsc_close(struct ck_transport *transport)
{
	struct pcsc_transport *self = (struct pcsc_transport *)transport;

	(void)SCardEndTransaction(self->card, SCARD_LEAVE_CARD);
	(void)SCardDisconnect(self->card, SCARD_RESET_CARD);
	explicit_bzero(self, sizeof(*self));
	free(self);
}

static const struct ck_transport_ops pcsc_ops = {
	pcsc_transmit, pcsc_reset, pcsc_close
};

static enum ck_err
first_with_card(struct ck_pcsc *pcsc, char name[CK_READER_NAME_LEN])
{
	struct ck_seen readers;
	enum ck_err err;
	size_t i;

	if ((err = ck_pcsc_list(pcsc, &readers)) != CK_OK)
		return err;
	if (readers.count == 0)
		return CK_ERR_READER_NONE;
	for (i = 0; i < readers.count; i++) {
		if (readers.reader[i].card_present) {
			memcpy(name, readers.reader[i].name,
			    CK_READER_NAME_LEN);
			return CK_OK;
		}
	}

	return CK_ERR_READER_NO_CARD;
}

/* The ATR is kept: the limits of the card follow from it. */
static enum ck_err
take_atr(struct pcsc_transport *self)
{
	DWORD state, protocol, len = sizeof(self->atr);
	enum ck_err err;

	err = error_of(SCardStatus(self->card, NULL, NULL, &state, &protocol,
	    self->atr, &len));
	if (err == CK_OK)
		self->base.atr = ck_span_of(self->atr, len);

	return err;
}

/*
 * T=1 if the card has it: a pseudo-ATR names T=0 first, and pcscd would take
 * that. T=0 is for telling what an odd card is.
 */
static LONG
connect_shared(SCARDCONTEXT context, const char *name,
    struct pcsc_transport *self)
{
	LONG code = SCardConnect(context, name, SCARD_SHARE_SHARED,
	    SCARD_PROTOCOL_T1, &self->card, &self->protocol);

	if (code == SCARD_E_PROTO_MISMATCH)
		code = SCardConnect(context, name, SCARD_SHARE_SHARED,
		    SCARD_PROTOCOL_T0, &self->card, &self->protocol);

	return code;
}

/*
 * Whoever held the card before us may have left it reset: then the handle is
 * good again after one reconnection.
 */
static LONG
begin_transaction(struct pcsc_transport *self)
{
	LONG code = SCardBeginTransaction(self->card);

	if (code != SCARD_W_RESET_CARD)
		return code;
	code = SCardReconnect(self->card, SCARD_SHARE_SHARED, self->protocol,
	    SCARD_LEAVE_CARD, &self->protocol);

	return code == SCARD_S_SUCCESS ? SCardBeginTransaction(self->card) :
	    code;
}

static enum ck_err
open_card(struct ck_pcsc *pcsc, const char *name, bool cold,
    struct pcsc_transport *self)
{
	enum ck_err err;

	err = checked(pcsc, connect_shared(pcsc->context, name, self));
	if (err != CK_OK)
		return err;
	err = checked(pcsc, begin_transaction(self));
	if (err == CK_OK && cold)
		err = power_up(self, SCARD_UNPOWER_CARD);
	if (err == CK_OK)
		err = take_atr(self);
	if (err != CK_OK)
		(void)SCardDisconnect(self->card, SCARD_LEAVE_CARD);

	return err;
}

enum ck_err
ck_pcsc_connect(struct ck_pcsc *pcsc, const char *name, bool cold,
    struct ck_transport **out)
{
	char first[CK_READER_NAME_LEN];
	struct pcsc_transport *self;
	enum ck_err err;

	*out = NULL;
	if ((err = need_context(pcsc)) != CK_OK)
		return err;
	if (name == NULL) {
		if ((err = first_with_card(pcsc, first)) != CK_OK)
			return err;
		name = first;
	}
	if ((self = calloc(1, sizeof(*self))) == NULL)
		return CK_ERR_NOMEM;
	self->base.ops = &pcsc_ops;
	err = open_card(pcsc, name, cold, self);
	if (err != CK_OK) {
		free(self);
		/* nothing was there to begin with */
		return err == CK_ERR_CARD_GONE ? CK_ERR_READER_NO_CARD : err;
	}
	*out = &self->base;

	return CK_OK;
}
