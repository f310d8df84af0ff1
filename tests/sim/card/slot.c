/*
 * slot.c - one slot of the virtual reader, with or without a card in it
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "apdu.h"
#include "cipher.h"
#include "slot.h"
#include "vpcd.h"

/* pcscd looks every 400 ms whether a card is there. */
#define NOTICE_MS 500

#define RETRY_MS 100

/* What garbage-after sends: an answer that no parser has seen. */
#define GARBAGE_LEN 64

/* The longest answer that a reader of short APDUs carries, with SW1 SW2. */
#define SHORT_ANSWER_MAX 258

/* A chip that hides who it is draws 3 bytes after 08. ISO 14443-3 §6.5.4 */
#define UID_LEN 4
#define UID_RANDOM 0x08

/* What a PN532 says of a card that no longer answers. UM0701-02 §7.1 */
#define STATUS_TIMEOUT 0x01

struct sim_slot {
	struct sim_slot_config config;
	struct sim_profile profile;
	struct sim_profile other;	/* for swapped-after */
	bool swapped;			/* the chip is other's by now */
	struct sim_chip_config chip_config;
	struct sim_faults faults;
	struct sim_chip *chip;

	pthread_t thread;
	bool inserted;		/* a thread is running or to be joined */
	atomic_bool leaving;	/* the card is being taken away */
	atomic_bool gone;	/* removed-after took it away by itself */
	atomic_uint apdus;
	atomic_ullong link_us;

	pthread_mutex_t lock;	/* guards fd against reuse while closing */
	int fd;			/* -1: not connected */

	unsigned insertion;	/* in a field, lock guards all of the card */
	uint8_t uid[UID_LEN];	/* another one for each switching on */
};

static void
sleep_ms(unsigned ms)
{
	struct timespec span = {
		.tv_sec = ms / 1000,
		.tv_nsec = (long)(ms % 1000) * 1000000,
	};

	nanosleep(&span, NULL);
}

struct sim_slot *
sim_slot_new(const struct sim_slot_config *config)
{
	struct sim_slot *slot = calloc(1, sizeof(*slot));

	sim_must(slot != NULL, "malloc");
	slot->config = *config;
	slot->fd = -1;
	pthread_mutex_init(&slot->lock, NULL);

	return slot;
}

static void
log_command(const struct sim_slot *slot, struct sim_span command,
    struct sim_span answer)
{
	if (!slot->config.log || command.len < 4)
		return;
	fprintf(stderr, "%u %02x %02x %02x %02x in %zu out %zu",
	    slot->config.port, command.ptr[0], command.ptr[1], command.ptr[2],
	    command.ptr[3], command.len, answer.len);
	if (answer.len >= 2)
		fprintf(stderr, " sw %02x%02x", answer.ptr[answer.len - 2],
		    answer.ptr[answer.len - 1]);
	fputc('\n', stderr);
}

/* Let the time pass that a real card would take, or only count it. */
static void
pass_time(struct sim_slot *slot, size_t command_len, size_t answer_len)
{
	struct sim_cost cost = sim_chip_cost(slot->chip);
	uint64_t us;

	if (slot->config.link == 0)
		return;
	us = sim_link_us(slot->config.link, command_len, answer_len, &cost);
	atomic_fetch_add(&slot->link_us, us);
	if (slot->config.real_time)
		sleep_ms((unsigned)(us / 1000));
}

static void
spoil_answer(const struct sim_slot *slot, unsigned count,
    struct sim_bytes *answer)
{
	if (slot->faults.on[SIM_FAULT_LONG_ANSWER_LOST] &&
	    answer->len > SHORT_ANSWER_MAX) {
		sim_bytes_clear(answer);
		sim_put_u8(answer, 0x90);
	}
	if (!sim_fault_after(&slot->faults, SIM_FAULT_GARBAGE_AFTER, count))
		return;
	sim_bytes_clear(answer);
	sim_put_fill(answer, 0, GARBAGE_LEN);
	sim_random(answer->ptr, answer->len);
}

/* Another chip in its place: powered, but it knows of no session. */
static void
swap_chip(struct sim_slot *slot)
{
	slot->swapped = true;
	sim_chip_free(&slot->chip);
	slot->chip = sim_chip_new(&slot->other, &slot->chip_config,
	    &slot->faults);
}

static bool
is_silent(const struct sim_slot *slot, struct sim_span command,
    unsigned count)
{
	struct sim_apdu apdu;

	if (slot->faults.on[SIM_FAULT_EXTENDED_SILENT] &&
	    sim_apdu_parse(command, &apdu) && apdu.extended)
		return true;

	return slot->profile.kind == SIM_KIND_MUTE ||
	    sim_fault_after(&slot->faults, SIM_FAULT_SILENT_AFTER, count);
}

/* Append what the card says to one command, faults included. */
static enum sim_reply
answer_command(struct sim_slot *slot, struct sim_span command,
    struct sim_bytes *answer)
{
	const struct sim_faults *faults = &slot->faults;
	unsigned count = atomic_fetch_add(&slot->apdus, 1) + 1;

	if (sim_fault_after(faults, SIM_FAULT_REMOVED_AFTER, count)) {
		atomic_store(&slot->gone, true);
		return SIM_REPLY_GONE;
	}
	if (sim_fault_after(faults, SIM_FAULT_STALLED_AFTER, count))
		return SIM_REPLY_STALLED;
	if (is_silent(slot, command, count))
		return SIM_REPLY_SILENT;
	if (sim_fault_after(faults, SIM_FAULT_SWAPPED_AFTER, count) &&
	    !slot->swapped)
		swap_chip(slot);
	sim_chip_command(slot->chip, command, answer);
	spoil_answer(slot, count, answer);
	pass_time(slot, command.len, answer->len);
	if (faults->on[SIM_FAULT_SLOW])
		sleep_ms(faults->number[SIM_FAULT_SLOW]);
	log_command(slot, command, sim_view(answer));
	if (sim_fault_after(faults, SIM_FAULT_CHAIN_NEVER_ENDS, count))
		return SIM_REPLY_ENDLESS;

	return SIM_REPLY_ANSWER;
}

/* False when the card leaves instead of answering. */
static bool
serve_command(struct sim_slot *slot, int fd, struct sim_span command)
{
	struct sim_bytes answer = SIM_BYTES_INIT;
	enum sim_reply reply = answer_command(slot, command, &answer);
	bool ok = reply != SIM_REPLY_GONE;

	if (reply == SIM_REPLY_ANSWER || reply == SIM_REPLY_ENDLESS)
		ok = sim_vpcd_send(fd, sim_view(&answer));
	sim_bytes_free(&answer);

	return ok;
}

static bool
answer_control(struct sim_slot *slot, int fd, unsigned control)
{
	struct sim_bytes atr = SIM_BYTES_INIT;
	bool ok = true;

	switch (control) {
	case SIM_VPCD_OFF:
	case SIM_VPCD_ON:
	case SIM_VPCD_RESET:
		sim_chip_reset(slot->chip);
		break;
	case SIM_VPCD_ATR:
		sim_chip_atr(slot->chip, &atr);
		ok = sim_vpcd_send(fd, sim_view(&atr));
		break;
	default:
		break;
	}
	sim_bytes_free(&atr);

	return ok;
}

/* Answer until vpcd or the card is gone. */
static void
serve(struct sim_slot *slot, int fd)
{
	struct sim_bytes message = SIM_BYTES_INIT;
	bool ok = true;

	while (ok && sim_vpcd_receive(fd, &message)) {
		if (message.len == 1)
			ok = answer_control(slot, fd, message.ptr[0]);
		else if (message.len > 1)
			ok = serve_command(slot, fd, sim_view(&message));
	}
	sim_bytes_free(&message);
}

/* Publish the descriptor, so that a removal can cut it. */
static void
set_descriptor(struct sim_slot *slot, int fd)
{
	pthread_mutex_lock(&slot->lock);
	if (slot->fd >= 0)
		close(slot->fd);
	slot->fd = fd;
	if (fd >= 0 && atomic_load(&slot->leaving))
		shutdown(fd, SHUT_RDWR);
	pthread_mutex_unlock(&slot->lock);
}

static void *
run(void *argument)
{
	struct sim_slot *slot = argument;
	int fd = slot->fd;

	while (!atomic_load(&slot->leaving) && !atomic_load(&slot->gone)) {
		if (fd >= 0)
			serve(slot, fd);
		set_descriptor(slot, -1);
		sim_chip_reset(slot->chip);
		if (atomic_load(&slot->leaving) || atomic_load(&slot->gone))
			break;
		sleep_ms(RETRY_MS);
		fd = sim_vpcd_connect(slot->config.host, slot->config.port);
		if (fd >= 0)
			set_descriptor(slot, fd);
	}

	return NULL;
}

static int
connect_patiently(const struct sim_slot *slot)
{
	unsigned waited = 0;
	int fd;

	for (;;) {
		fd = sim_vpcd_connect(slot->config.host, slot->config.port);
		if (fd >= 0 || waited >= slot->config.wait_ms)
			return fd;
		sleep_ms(RETRY_MS);
		waited += RETRY_MS;
	}
}

static void
draw_uid(struct sim_slot *slot)
{
	sim_random(slot->uid, sizeof(slot->uid));
	slot->uid[0] = UID_RANDOM;
}

static void
put_chip(struct sim_slot *slot)
{
	atomic_store(&slot->leaving, false);
	atomic_store(&slot->gone, false);
	atomic_store(&slot->apdus, 0);
	atomic_store(&slot->link_us, 0);
	slot->chip = sim_chip_new(&slot->profile, &slot->chip_config,
	    &slot->faults);
	slot->swapped = false;
	slot->insertion++;
	draw_uid(slot);
	slot->inserted = true;
}

static void
take_chip(struct sim_slot *slot)
{
	slot->inserted = false;
	sim_chip_free(&slot->chip);
	sim_profile_wipe(&slot->profile);
	sim_profile_wipe(&slot->other);
}

/* Give the card a thread that answers vpcd. */
static bool
connect_card(struct sim_slot *slot)
{
	slot->fd = connect_patiently(slot);
	if (slot->fd < 0) {
		sim_profile_wipe(&slot->profile);
		sim_profile_wipe(&slot->other);
		return false;
	}
	put_chip(slot);
	sim_must(pthread_create(&slot->thread, NULL, run, slot) == 0,
	    "pthread_create");

	return true;
}

bool
sim_slot_insert(struct sim_slot *slot, struct sim_profile *profile,
    struct sim_profile *other, const struct sim_chip_config *config,
    const struct sim_faults *faults)
{
	if (sim_slot_remove(slot))
		sleep_ms(NOTICE_MS);
	slot->profile = *profile;
	*profile = (struct sim_profile){ 0 };
	slot->other = *other;
	*other = (struct sim_profile){ 0 };
	slot->chip_config = *config;
	slot->faults = *faults;
	if (!slot->config.in_field)
		return connect_card(slot);
	pthread_mutex_lock(&slot->lock);
	put_chip(slot);
	pthread_mutex_unlock(&slot->lock);

	return true;
}

static void
disconnect_card(struct sim_slot *slot)
{
	pthread_mutex_lock(&slot->lock);
	atomic_store(&slot->leaving, true);
	if (slot->fd >= 0)
		shutdown(slot->fd, SHUT_RDWR);
	pthread_mutex_unlock(&slot->lock);
	pthread_join(slot->thread, NULL);
}

bool
sim_slot_remove(struct sim_slot *slot)
{
	if (!slot->inserted)
		return false;
	if (!slot->config.in_field)
		disconnect_card(slot);
	pthread_mutex_lock(&slot->lock);
	take_chip(slot);
	pthread_mutex_unlock(&slot->lock);

	return true;
}

/* lock is held. */
static bool
is_there(const struct sim_slot *slot)
{
	return slot->inserted && !atomic_load(&slot->gone);
}

/* What kinds of cards say in the field. */
static void
describe(const struct sim_slot *slot, struct sim_presence *out)
{
	struct sim_bytes historical = SIM_BYTES_INIT;

	memcpy(out->uid, slot->uid, UID_LEN);
	out->uid_len = UID_LEN;
	memcpy(out->atqa, "\x00\x08", 2);
	out->sak = 0x20;
	out->has_blocks = true;
	switch (slot->profile.kind) {
	case SIM_KIND_BANK:
		sim_put_hex(&historical, "0073C84013009000");
		break;
	case SIM_KIND_MEMORY:
		memcpy(out->uid, "\x1a\x2b\x3c\x4d", 4);
		memcpy(out->atqa, "\x00\x04", 2);
		out->sak = 0x08;
		out->has_blocks = false;
		break;
	case SIM_KIND_DESFIRE:
		memcpy(out->uid, "\x04\x11\x22\x33\x44\x55\x66", 7);
		out->uid_len = 7;
		memcpy(out->atqa, "\x03\x44", 2);
		sim_put_hex(&historical, "80");
		break;
	case SIM_KIND_EMRTD:
	case SIM_KIND_MUTE:
		sim_chip_historical(slot->chip, &historical);
		break;
	}
	if (historical.len > 0)
		memcpy(out->historical, historical.ptr, historical.len);
	out->historical_len = historical.len;
	sim_bytes_free(&historical);
}

bool
sim_slot_look(struct sim_slot *slot, struct sim_presence *out)
{
	bool there;

	*out = (struct sim_presence){ 0 };
	pthread_mutex_lock(&slot->lock);
	there = is_there(slot) && slot->profile.kind != SIM_KIND_MUTE;
	if (there) {
		out->insertion = slot->insertion;
		describe(slot, out);
	}
	pthread_mutex_unlock(&slot->lock);

	return there;
}

void
sim_slot_power(struct sim_slot *slot)
{
	pthread_mutex_lock(&slot->lock);
	if (is_there(slot)) {
		sim_chip_reset(slot->chip);
		draw_uid(slot);
	}
	pthread_mutex_unlock(&slot->lock);
}

enum sim_reply
sim_slot_ask(struct sim_slot *slot, unsigned insertion,
    struct sim_span command, struct sim_bytes *answer)
{
	enum sim_reply reply = SIM_REPLY_GONE;

	pthread_mutex_lock(&slot->lock);
	if (is_there(slot) && slot->insertion == insertion)
		reply = answer_command(slot, command, answer);
	pthread_mutex_unlock(&slot->lock);

	return reply;
}

unsigned
sim_slot_lost_status(struct sim_slot *slot)
{
	unsigned status = STATUS_TIMEOUT;

	pthread_mutex_lock(&slot->lock);
	if (slot->faults.on[SIM_FAULT_LOST_STATUS])
		status = slot->faults.number[SIM_FAULT_LOST_STATUS] & 0x3f;
	pthread_mutex_unlock(&slot->lock);

	return status;
}

void
sim_slot_state(struct sim_slot *slot, struct sim_slot_state *out)
{
	*out = (struct sim_slot_state){
		.apdus = atomic_load(&slot->apdus),
		.link_us = atomic_load(&slot->link_us),
	};
	if (slot->inserted && !atomic_load(&slot->gone))
		snprintf(out->label, sizeof(out->label), "%s",
		    slot->profile.label);
}

void
sim_slot_free(struct sim_slot **slot)
{
	if (*slot == NULL)
		return;
	sim_slot_remove(*slot);
	pthread_mutex_destroy(&(*slot)->lock);
	free(*slot);
	*slot = NULL;
}
