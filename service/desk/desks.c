/*
 * desks.c - all desks of the clinic, and which reader belongs to which
 *
 * A configured desk waits for the reader it names; one whose reader libnfc
 * serves has it from the start, plugged in or not. Every other reader gets the
 * first desk without one, in the order of arrival, and gets the same desk
 * again when it comes back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/log.h"
#include "daemon/config.h"
#include "desk/machine.h"
#include "desk/worker.h"
#include "http/events.h"
#include "io/loop.h"

/* How often the clock is looked at for sign-ons that are over. */
#define EVENING_MS INT64_C(60000)

struct ck_desks {
	struct ck_desks_options options;
	struct ck_worker *watcher;
	struct ck_timer *evening;	/* has the night signed anybody off? */
	bool stack_up;
	unsigned count;
	struct ck_desk desks[CK_DESKS_MAX];
	struct ck_read_figures figures;
};

static struct ck_desk *
find(struct ck_desks *desks, const char *name)
{
	unsigned i;

	for (i = 0; i < desks->count; i++) {
		if (strcmp(desks->desks[i].name, name) == 0)
			return &desks->desks[i];
	}

	return NULL;
}

static enum ck_err
add(struct ck_desks *desks, const char *name, const char *reader_wanted)
{
	struct ck_desk *desk = &desks->desks[desks->count];
	enum ck_err err;

	if (desks->count == CK_DESKS_MAX)
		return CK_ERR_LIMIT;
	if ((err = ck_desk_init(desk, name, &desks->options,
	    &desks->figures)) != CK_OK)
		return err;
	(void)snprintf(desk->reader_wanted, sizeof(desk->reader_wanted), "%s",
	    reader_wanted);
	ck_desk_sign_on_restore(desk);
	desks->count++;
	ck_desk_publish(desk);

	return CK_OK;
}

/* "ban-1", "ban-2", … ("bàn" is the desk), skipping names that are taken. */
static struct ck_desk *
add_next(struct ck_desks *desks)
{
	char name[CK_DESK_LEN];
	unsigned number = 0;

	do
		(void)snprintf(name, sizeof(name), "ban-%u", ++number);
	while (find(desks, name) != NULL);

	return add(desks, name, "") == CK_OK ?
	    &desks->desks[desks->count - 1] : NULL;
}

static struct ck_desk *
desk_of_reader(struct ck_desks *desks, const char *reader)
{
	unsigned i;

	for (i = 0; i < desks->count; i++) {
		if (strcmp(desks->desks[i].card.reader, reader) == 0)
			return &desks->desks[i];
	}

	return NULL;
}

/* The desk that names this reader; else one that had it; else a free one. */
static struct ck_desk *
desk_for(struct ck_desks *desks, const char *reader)
{
	struct ck_desk *free_desk = NULL;
	unsigned i;

	for (i = 0; i < desks->count; i++) {
		struct ck_desk *desk = &desks->desks[i];

		if (desk->card.reader[0] != '\0')
			continue;
		if (desk->reader_wanted[0] != '\0') {
			if (strstr(reader, desk->reader_wanted) != NULL)
				return desk;
			continue;
		}
		if (strcmp(desk->reader_before, reader) == 0)
			return desk;
		if (free_desk == NULL)
			free_desk = desk;
	}

	return free_desk != NULL ? free_desk : add_next(desks);
}

static bool
listed(const struct ck_worker_readers *readers, const char *name)
{
	uint32_t i;

	for (i = 0; i < readers->count; i++) {
		if (strcmp(readers->name[i], name) == 0)
			return true;
	}

	return false;
}

static void
unbind_gone(struct ck_desks *desks, const struct ck_worker_readers *readers)
{
	unsigned i;

	for (i = 0; i < desks->count; i++) {
		struct ck_desk *desk = &desks->desks[i];

		if (desk->card.reader[0] == '\0' || !ck_desk_needs_pcscd(desk) ||
		    listed(readers, desk->card.reader))
			continue;
		/* else its worker has told already */
		if (readers->service != 0 && desk->card.reader_err == CK_OK)
			ck_desk_card_count(desk, CK_ERR_READER_NONE);
		ck_log(CK_LOG_WARNING, "desk", "%s: reader \"%s\" is gone",
		    desk->name, desk->card.reader);
		ck_desk_bind(desk, NULL);
	}
}

static void
bind(struct ck_desk *desk, const char *reader)
{
	ck_log(CK_LOG_NOTICE, "desk", "%s: reader \"%s\"", desk->name, reader);
	(void)snprintf(desk->reader_before, sizeof(desk->reader_before), "%s",
	    reader);
	ck_desk_bind(desk, reader);
}

static void
bind_new(struct ck_desks *desks, const struct ck_worker_readers *readers)
{
	uint32_t i;

	for (i = 0; i < readers->count; i++) {
		const char *name = readers->name[i];
		struct ck_desk *desk;

		if (name[0] == '\0' || desk_of_reader(desks, name) != NULL)
			continue;
		if ((desk = desk_for(desks, name)) == NULL)
			ck_log(CK_LOG_WARNING, "desk", "no desk left for "
			    "reader \"%s\": at most %d", name, CK_DESKS_MAX);
		else
			bind(desk, name);
	}
}

static void
note_stack(struct ck_desks *desks, bool up)
{
	unsigned i;

	if (desks->stack_up == up)
		return;
	desks->stack_up = up;
	ck_log(up ? CK_LOG_NOTICE : CK_LOG_ERROR, "desk", up ?
	    "pcscd is there" : "pcscd is not running: start it with "
	    "\"systemctl start pcscd\"; cards are read again by themselves");
	for (i = 0; i < desks->count; i++) {
		desks->desks[i].stack_down = !up;
		ck_desk_publish(&desks->desks[i]);
	}
}

static void
on_readers(void *ctx, const struct ck_worker_message *message)
{
	struct ck_desks *desks = ctx;

	if (message->type != CK_WORKER_READERS)
		return;
	note_stack(desks, message->u.readers.service != 0);
	unbind_gone(desks, &message->u.readers);
	bind_new(desks, &message->u.readers);
}

static void
on_watcher_died(void *ctx, enum ck_err why)
{
	(void)ctx;
	ck_log(CK_LOG_WARNING, "desk", "the reader watcher ended (%s) and "
	    "starts again", ck_err_text(why));
}

static enum ck_err
add_configured(struct ck_desks *desks)
{
	const struct ck_config *config = desks->options.config;
	enum ck_err err = CK_OK;
	unsigned i;

	for (i = 0; err == CK_OK && i < config->desk_count; i++) {
		err = add(desks, config->desks[i].name,
		    config->desks[i].reader);
		if (err == CK_OK)
			err = ck_desk_scanner_start(
			    &desks->desks[desks->count - 1],
			    &config->desks[i]);
	}
	if (err == CK_OK && desks->count == 0 && add_next(desks) == NULL)
		err = CK_ERR_NOMEM;

	return err;
}

/* Desks that nobody touches show it, too. */
static void
on_evening(void *ctx)
{
	struct ck_desks *desks = ctx;
	unsigned i;

	for (i = 0; i < desks->count; i++) {
		if (ck_desk_sign_on_ended(&desks->desks[i]))
			ck_desk_publish(&desks->desks[i]);
	}
	if (ck_loop_timer(desks->options.loop, EVENING_MS, on_evening, desks,
	    &desks->evening) != CK_OK)
		ck_log(CK_LOG_WARNING, "desk", "out of memory: sign-ons that "
		    "are over show until the next view");
}

enum ck_err
ck_desks_new(struct ck_desks **out, const struct ck_desks_options *options)
{
	struct ck_desks *desks = calloc(1, sizeof(*desks));
	struct ck_worker_options watcher = {
		.program = options->config->worker,
		.loop = options->loop,
		.message = on_readers,
		.died = on_watcher_died,
		.ctx = desks
	};
	unsigned i;
	enum ck_err err;

	*out = NULL;
	if (desks == NULL)
		return CK_ERR_NOMEM;
	desks->options = *options;
	desks->stack_up = true;		/* until the watcher says otherwise */
	err = add_configured(desks);
	if (err == CK_OK)
		err = ck_worker_new(&desks->watcher, &watcher);
	for (i = 0; err == CK_OK && i < options->config->desk_count; i++) {
		if (!ck_desk_needs_pcscd(&desks->desks[i]))
			bind(&desks->desks[i],
			    options->config->desks[i].reader);
	}
	if (err == CK_OK)
		err = ck_loop_timer(options->loop, EVENING_MS, on_evening,
		    desks, &desks->evening);
	if (err == CK_OK)
		*out = desks;
	else
		ck_desks_free(&desks);

	return err;
}

void
ck_desks_free(struct ck_desks **desks)
{
	unsigned i;

	if (*desks == NULL)
		return;
	ck_loop_timer_cancel(&(*desks)->evening);
	ck_worker_free(&(*desks)->watcher);
	for (i = 0; i < (*desks)->count; i++)
		ck_desk_wipe(&(*desks)->desks[i]);
	free(*desks);
	*desks = NULL;
}

void
ck_desks_refresh(void *ctx)
{
	struct ck_desks *desks = ctx;
	unsigned i;

	for (i = 0; i < desks->count; i++)
		ck_desk_publish(&desks->desks[i]);
}

json_t *
ck_desks_json(const struct ck_desks *desks)
{
	json_t *list = json_array();
	unsigned i;

	for (i = 0; i < desks->count; i++)
		(void)json_array_append_new(list,
		    ck_desk_view(&desks->desks[i]));

	return list;
}

enum ck_err
ck_desks_scan(struct ck_desks *desks, const char *desk,
    const struct ck_scan *scan)
{
	struct ck_desk *found = find(desks, desk);

	return found == NULL ? CK_ERR_NOT_FOUND : ck_desk_scan(found, scan);
}

enum ck_err
ck_desks_reset(struct ck_desks *desks, const char *desk)
{
	struct ck_desk *found = find(desks, desk);

	if (found == NULL)
		return CK_ERR_NOT_FOUND;
	ck_desk_reset(found);

	return CK_OK;
}

bool
ck_desks_has(const struct ck_desks *desks, const char *desk)
{
	unsigned i;

	for (i = 0; i < desks->count; i++) {
		if (strcmp(desks->desks[i].name, desk) == 0)
			return true;
	}

	return false;
}

enum ck_err
ck_desks_sign_on(struct ck_desks *desks, const char *desk,
    const char *operator_name)
{
	struct ck_desk *found = find(desks, desk);

	if (found == NULL || ck_config_operator(desks->options.config,
	    operator_name) == NULL)
		return CK_ERR_NOT_FOUND;
	ck_desk_sign_on(found, operator_name);
	ck_desk_publish(found);

	return CK_OK;
}

const char *
ck_desks_operator(const struct ck_desks *desks, const char *desk)
{
	unsigned i;

	for (i = 0; i < desks->count; i++) {
		if (strcmp(desks->desks[i].name, desk) == 0)
			return ck_desk_operator(&desks->desks[i]);
	}

	return "";
}

enum ck_err
ck_desks_photo(const struct ck_desks *desks, const char *desk,
    struct ck_span *out, enum ck_image_format *format)
{
	unsigned i;

	for (i = 0; i < desks->count; i++) {
		const struct ck_card_state *card = &desks->desks[i].card;

		if (strcmp(desks->desks[i].name, desk) != 0 ||
		    card->photo_format == CK_IMAGE_NONE)
			continue;
		*out = ck_buf_view(&card->photo);
		*format = card->photo_format;
		return CK_OK;
	}

	return CK_ERR_NOT_FOUND;
}

void
ck_desks_each_reader(const struct ck_desks *desks,
    void (*fn)(void *ctx, const char *reader, bool connected,
    const struct ck_reader_counts *counts), void *ctx)
{
	unsigned i;

	for (i = 0; i < desks->count; i++) {
		const struct ck_desk *desk = &desks->desks[i];
		const struct ck_card_state *card = &desk->card;
		const char *name = card->reader[0] != '\0' ? card->reader :
		    desk->reader_before;

		if (name[0] != '\0')
			fn(ctx, name, card->reader[0] != '\0' &&
			    !card->restarting && card->reader_err == CK_OK,
			    &card->counts);
	}
}

json_t *
ck_desks_readers_json(const struct ck_desks *desks)
{
	json_t *list = json_array();
	unsigned i;

	for (i = 0; i < desks->count; i++)
		(void)json_array_append_new(list,
		    ck_desk_reader_view(&desks->desks[i]));

	return list;
}

bool
ck_desks_reader_stack_up(const struct ck_desks *desks)
{
	unsigned i;

	for (i = 0; !desks->stack_up && i < desks->count; i++) {
		if (ck_desk_needs_pcscd(&desks->desks[i]))
			return false;
	}

	return true;
}

const struct ck_read_figures *
ck_desks_read_figures(const struct ck_desks *desks)
{
	return &desks->figures;
}
