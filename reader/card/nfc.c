/*
 * nfc.c - one contactless reader through libnfc: the only file that knows it
 */
#include <nfc/nfc.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "card/nfc.h"

/* Longest wait for one answer. ISO 14443-4 §7.2: 4,949 ms at most. */
#define ANSWER_MS 5000

/* Most that libnfc copies into its frame of 264 bytes: two are its own. */
#define COMMAND_MAX 262

/* A short answer, SW1 SW2, and room to notice that it is longer. */
#define ANSWER_MAX 264

/* SAK: the card speaks ISO 14443-4. ISO 14443-3 §6.5.3 */
#define SAK_COMMANDS 0x20

/* How long the field is off to reset a card: 5.1 ms by ISO 14443-3 §5.2. */
#define FIELD_OFF_NS 10000000L

/* Pseudo-ATR: 4 bytes, 15 historical ones, a checksum. */
#define ATR_MAX 20
#define HISTORY_MAX 15

/* T0 of an ATS: which of TA, TB, TC follow it. ISO 14443-4 §5.2.3 */
#define ATS_INTERFACE 0x70

#define TARGETS_MAX 2

struct ck_nfc {
	pthread_mutex_t use;	/* held for a look, or for a whole read */
	pthread_mutex_t seen_lock;	/* guards seen and err */
	struct ck_seen seen;
	enum ck_err err;
	nfc_context *context;
	nfc_device *device;	/* NULL: not open */
	nfc_target target;	/* the selected one */
	bool selected;
	bool lying;		/* a card lay there at the last look; a device
				 * that is opened anew finds the same one */
	uint32_t events;	/* cards come and gone */
	char name[CK_READER_NAME_LEN];
};

struct nfc_transport {
	struct ck_transport base;	/* first: the ops cast back */
	struct ck_nfc *nfc;		/* borrowed; its use is locked */
	uint8_t atr[ATR_MAX];
	uint8_t answer[ANSWER_MAX];	/* wiped after each transmission */
};

static const nfc_modulation modulations[] = {
	{ NMT_ISO14443A, NBR_106 }, { NMT_ISO14443B, NBR_106 }
};

bool
ck_nfc_is_name(const char *reader)
{
	return strncmp(reader, CK_READER_NFC, strlen(CK_READER_NFC)) == 0;
}

static const char *
connection(const struct ck_nfc *nfc)
{
	return nfc->name + strlen(CK_READER_NFC);
}

enum ck_err
ck_nfc_new(struct ck_nfc **out, const char *name)
{
	struct ck_nfc *nfc = calloc(1, sizeof(*nfc));

	*out = NULL;
	if (nfc == NULL)
		return CK_ERR_NOMEM;
	(void)snprintf(nfc->name, sizeof(nfc->name), "%s", name);
	(void)pthread_mutex_init(&nfc->use, NULL);
	(void)pthread_mutex_init(&nfc->seen_lock, NULL);
	nfc->err = CK_ERR_READER_NONE;
	if (setenv("LIBNFC_LOG_LEVEL", "0", 1) == 0)
		nfc_init(&nfc->context);
	if (nfc->context == NULL) {
		ck_nfc_free(&nfc);
		return CK_ERR_READER_FAILED;
	}
	*out = nfc;

	return CK_OK;
}

static void
close_device(struct ck_nfc *nfc)
{
	if (nfc->device != NULL)
		nfc_close(nfc->device);
	nfc->device = NULL;
	nfc->selected = false;
}

void
ck_nfc_free(struct ck_nfc **nfc)
{
	if (*nfc == NULL)
		return;
	close_device(*nfc);
	if ((*nfc)->context != NULL)
		nfc_exit((*nfc)->context);
	(void)pthread_mutex_destroy(&(*nfc)->use);
	(void)pthread_mutex_destroy(&(*nfc)->seen_lock);
	free(*nfc);
	*nfc = NULL;
}

/* libnfc does not say why it cannot open a device; its path does. */
static enum ck_err
why_not_open(const char *connstring)
{
	char path[CK_READER_NAME_LEN];
	const char *begin = strchr(connstring, '/');

	if (begin == NULL)
		return CK_ERR_READER_NONE;
	(void)snprintf(path, sizeof(path), "%.*s", (int)strcspn(begin, ":"),
	    begin);
	if (access(path, R_OK | W_OK) == 0)
		return CK_ERR_READER_FAILED;

	return errno == EACCES || errno == EPERM ? CK_ERR_READER_DENIED :
	    CK_ERR_READER_NONE;
}

static enum ck_err
need_device(struct ck_nfc *nfc)
{
	if (nfc->device != NULL)
		return CK_OK;
	nfc->device = nfc_open(nfc->context, connection(nfc));
	if (nfc->device == NULL)
		return why_not_open(connection(nfc));
	/* one try for a card, not tries without end */
	if (nfc_initiator_init(nfc->device) < 0 ||
	    nfc_device_set_property_bool(nfc->device, NP_INFINITE_SELECT,
	    false) < 0) {
		close_device(nfc);
		return CK_ERR_READER_FAILED;
	}

	return CK_OK;
}

/* Errors of the device itself, after which only opening it anew helps. */
static bool
device_failed(int code)
{
	return code == NFC_EIO || code == NFC_ENOTSUCHDEV ||
	    code == NFC_ETIMEOUT || code == NFC_ESOFT ||
	    code == NFC_EOPABORTED;
}

/* Without the field every card forgets what it was asked. */
static enum ck_err
renew_field(struct ck_nfc *nfc)
{
	static const struct timespec pause = { 0, FIELD_OFF_NS };

	if (nfc_device_set_property_bool(nfc->device, NP_ACTIVATE_FIELD,
	    false) < 0)
		return CK_ERR_READER_FAILED;
	(void)nanosleep(&pause, NULL);

	return nfc_device_set_property_bool(nfc->device, NP_ACTIVATE_FIELD,
	    true) < 0 ? CK_ERR_READER_FAILED : CK_OK;
}

/* Count the cards in the field, two at most, of either type. */
static enum ck_err
count_cards(struct ck_nfc *nfc, int *count, size_t *type)
{
	nfc_target targets[TARGETS_MAX];
	size_t i;

	*count = 0;
	for (i = 0; i < sizeof(modulations) / sizeof(modulations[0]); i++) {
		int found = nfc_initiator_list_passive_targets(nfc->device,
		    modulations[i], targets, TARGETS_MAX);

		if (found < 0 && device_failed(found))
			return CK_ERR_READER_FAILED;
		if (found > 0)
			*type = i;
		*count += found > 0 ? found : 0;
	}

	return CK_OK;
}

static enum ck_err
activate(struct ck_nfc *nfc, size_t type)
{
	enum ck_err err = renew_field(nfc);
	int found;

	nfc->selected = false;
	if (err != CK_OK)
		return err;
	found = nfc_initiator_select_passive_target(nfc->device,
	    modulations[type], NULL, 0, &nfc->target);
	nfc->selected = found > 0;

	return found < 0 && device_failed(found) ? CK_ERR_READER_FAILED :
	    CK_OK;
}

/* Nothing was there: look for a card. CK_OK also if there still is none. */
static enum ck_err
find_card(struct ck_nfc *nfc)
{
	size_t type = 0;
	int count;
	enum ck_err err;

	if ((err = count_cards(nfc, &count, &type)) != CK_OK)
		return err;
	if (count > 1) {
		/* they were put to sleep; the next look shall find them */
		err = renew_field(nfc);
		return err == CK_OK ? CK_ERR_CARD_COLLISION : err;
	}
	if (count == 0)
		return CK_OK;

	return activate(nfc, type);
}

static enum ck_err
check_card(struct ck_nfc *nfc)
{
	int code = nfc_initiator_target_is_present(nfc->device, NULL);

	if (code == NFC_SUCCESS)
		return CK_OK;
	nfc->selected = nfc->lying = false;
	nfc->events++;

	return device_failed(code) ? CK_ERR_READER_FAILED : CK_OK;
}

static enum ck_card_kind
kind_of(const nfc_target *target)
{
	return target->nm.nmt != NMT_ISO14443A ||
	    (target->nti.nai.btSak & SAK_COMMANDS) != 0 ?
	    CK_CARD_CONTACTLESS : CK_CARD_STORAGE;
}

/* Keep what was found for whoever looks while a card is being read. */
static void
note(struct ck_nfc *nfc, enum ck_err err)
{
	struct ck_seen_reader *reader = &nfc->seen.reader[0];
	bool there = err == CK_OK || err == CK_ERR_CARD_COLLISION;

	nfc->events += nfc->lying != nfc->selected;
	nfc->lying = nfc->selected;
	(void)pthread_mutex_lock(&nfc->seen_lock);
	nfc->err = there ? CK_OK : err;
	nfc->seen.count = there;
	*reader = (struct ck_seen_reader){ .err = err };
	(void)snprintf(reader->name, sizeof(reader->name), "%s", nfc->name);
	reader->card_present = nfc->selected;
	reader->kind = nfc->selected ? kind_of(&nfc->target) : CK_CARD_NONE;
	reader->state = nfc->events << 16 | (unsigned)nfc->selected |
	    (unsigned)(err != CK_OK) << 1;
	(void)pthread_mutex_unlock(&nfc->seen_lock);
}

/* The use lock is held. */
static enum ck_err
look(struct ck_nfc *nfc)
{
	enum ck_err err = need_device(nfc);

	if (err == CK_OK && nfc->selected)
		err = check_card(nfc);
	if (err == CK_OK && !nfc->selected)
		err = find_card(nfc);
	if (err == CK_ERR_READER_FAILED)
		close_device(nfc);
	note(nfc, err);

	return err;
}

enum ck_err
ck_nfc_look(struct ck_nfc *nfc, struct ck_seen *out)
{
	enum ck_err err;

	if (pthread_mutex_trylock(&nfc->use) == 0) {
		(void)look(nfc);
		(void)pthread_mutex_unlock(&nfc->use);
	}
	(void)pthread_mutex_lock(&nfc->seen_lock);
	*out = nfc->seen;
	err = nfc->err;
	(void)pthread_mutex_unlock(&nfc->seen_lock);

	return err;
}

/* What went wrong in the middle of a conversation. */
static enum ck_err
error_of(struct ck_nfc *nfc, int code)
{
	if (device_failed(code))
		close_device(nfc);
	switch (code) {
	case NFC_ETIMEOUT:
		return CK_ERR_CARD_TIMEOUT;
	case NFC_ERFTRANS:
		/* nothing came back: from a card that lies there? */
		return nfc_initiator_target_is_present(nfc->device, NULL) ==
		    NFC_SUCCESS ? CK_ERR_CARD_TIMEOUT : CK_ERR_CARD_GONE;
	case NFC_ETGRELEASED:
		return CK_ERR_CARD_GONE;
	case NFC_EOVFLOW:
	case NFC_ECHIP:
		return CK_ERR_CARD_MALFORMED;	/* longer than asked for */
	default:
		return CK_ERR_READER_FAILED;
	}
}

static enum ck_err
nfc_transmit(struct ck_transport *transport, struct ck_span command,
    struct ck_buf *response)
{
	struct nfc_transport *self = (struct nfc_transport *)transport;
	enum ck_err err;
	int got;

	ck_buf_wipe(response);
	if (command.len > COMMAND_MAX)
		return CK_ERR_LIMIT;
	if (self->nfc->device == NULL)
		return CK_ERR_READER_FAILED;
	got = nfc_initiator_transceive_bytes(self->nfc->device, command.ptr,
	    command.len, self->answer, sizeof(self->answer), ANSWER_MS);
	if (got < 0)
		return error_of(self->nfc, got);
	if (got < 2)
		return CK_ERR_CARD_GONE;
	err = ck_buf_append(response, ck_span_of(self->answer, (size_t)got));
	explicit_bzero(self->answer, sizeof(self->answer));

	return err;
}

static size_t
type_of(const nfc_target *target)
{
	return target->nm.nmt == NMT_ISO14443A ? 0 : 1;
}

static enum ck_err
nfc_reset(struct ck_transport *transport)
{
	struct ck_nfc *nfc = ((struct nfc_transport *)transport)->nfc;
	enum ck_err err;

	if (nfc->device == NULL)
		return CK_ERR_READER_FAILED;
	if ((err = activate(nfc, type_of(&nfc->target))) != CK_OK)
		return err;

	return nfc->selected ? CK_OK : CK_ERR_CARD_GONE;
}

/* The card is reset, so that nobody finds it opened, and stays selected. */
static void
nfc_transport_close(struct ck_transport *transport)
{
	struct nfc_transport *self = (struct nfc_transport *)transport;
	struct ck_nfc *nfc = self->nfc;

	if (nfc->device != NULL &&
	    nfc_reset(transport) == CK_ERR_READER_FAILED)
		close_device(nfc);
	/* a device that failed is looked at again before it is said */
	if (nfc->device != NULL)
		note(nfc, CK_OK);
	(void)pthread_mutex_unlock(&nfc->use);
	explicit_bzero(self, sizeof(*self));
	free(self);
}

static const struct ck_transport_ops nfc_ops = {
	nfc_transmit, nfc_reset, nfc_transport_close
};

/* The historical bytes that the card gives. ISO 14443-4 §5.2.7 */
static struct ck_span
history_of(const nfc_target *target)
{
	const nfc_iso14443a_info *info = &target->nti.nai;
	struct ck_span ats = ck_span_of(info->abtAts,
	    info->szAtsLen < sizeof(info->abtAts) ? info->szAtsLen : 0);
	size_t skip = 1;

	if (target->nm.nmt != NMT_ISO14443A || ats.len == 0)
		return CK_SPAN_EMPTY;
	skip += (size_t)__builtin_popcount(ats.ptr[0] & ATS_INTERFACE);

	return ck_span_slice(ats, skip, HISTORY_MAX);
}

/* As PC/SC part 3 §3.1.3.2.3 has it; type B has no history of this kind. */
static void
make_atr(struct nfc_transport *self)
{
	struct ck_span history = history_of(&self->nfc->target);
	uint8_t check = 0;
	size_t i;

	self->atr[0] = 0x3b;
	self->atr[1] = (uint8_t)(0x80 | history.len);
	self->atr[2] = 0x80;
	self->atr[3] = 0x01;
	if (history.len > 0)
		memcpy(self->atr + 4, history.ptr, history.len);
	for (i = 1; i < 4 + history.len; i++)
		check ^= self->atr[i];
	self->atr[4 + history.len] = check;
	self->base.atr = ck_span_of(self->atr, 5 + history.len);
}

/* The use lock is held; it stays so on CK_OK. */
static enum ck_err
take_card(struct ck_nfc *nfc, bool cold, struct nfc_transport *self)
{
	enum ck_err err;

	if (cold)
		close_device(nfc);
	if ((err = look(nfc)) != CK_OK)
		return err;
	if (!nfc->selected)
		return CK_ERR_READER_NO_CARD;
	if (kind_of(&nfc->target) == CK_CARD_STORAGE)
		return CK_ERR_CARD_UNSUPPORTED;
	self->base.ops = &nfc_ops;
	self->base.short_only = true;
	self->nfc = nfc;
	make_atr(self);

	return CK_OK;
}

enum ck_err
ck_nfc_connect(struct ck_nfc *nfc, bool cold, struct ck_transport **out)
{
	struct nfc_transport *self = calloc(1, sizeof(*self));
	enum ck_err err;

	*out = NULL;
	if (self == NULL)
		return CK_ERR_NOMEM;
	(void)pthread_mutex_lock(&nfc->use);
	err = take_card(nfc, cold, self);
	if (err == CK_OK) {
		*out = &self->base;
		return CK_OK;
	}
	(void)pthread_mutex_unlock(&nfc->use);
	free(self);

	return err;
}
