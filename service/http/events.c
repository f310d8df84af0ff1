/*
 * events.c - one channel for each desk, one frame for each view
 *
 * A frame is the text of one event, shared by all who are sending it. A
 * listener finishes the frame it has begun, then goes on with the channel's
 * latest, whatever came between. One lock guards all of it.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/buf.h"
#include "http/events.h"
#include "http/request.h"
#include "store/record.h"

struct frame {
	unsigned holders;
	struct ck_buf text;
};

struct channel {
	char desk[CK_DESK_LEN];
	struct frame *latest;		/* NULL: no view yet */
	bool gone;
	unsigned listeners;
	struct channel *next;
};

struct listener {
	struct ck_events *events;
	struct channel *channel;
	struct ck_stream *stream;	/* NULL until first asked */
	struct frame *frame;		/* being sent, or sent last */
	size_t sent;			/* bytes of frame */
	bool comment_due;
	bool ended;			/* the last event has been sent */
	struct listener *prev, *next;
};

struct ck_events {
	pthread_mutex_t lock;
	struct channel *channels;
	struct listener *listeners;
	unsigned listener_count;
	bool closed;
};

static const char gone_text[] = "event: gone\ndata: {}\n\n";
static const char comment_text[] = ":\n\n";

static void
frame_release(struct frame **frame)
{
	struct frame *old = *frame;

	*frame = NULL;
	if (old == NULL || --old->holders > 0)
		return;
	ck_buf_wipe(&old->text);
	free(old);
}

static int
append_dump(const char *buffer, size_t size, void *data)
{
	return ck_buf_append(data, ck_span_of(buffer, size)) == CK_OK ? 0 : -1;
}

/* JSON_COMPACT puts no line break into the data line. */
static struct frame *
frame_of(const json_t *view)
{
	struct frame *frame = calloc(1, sizeof(*frame));

	if (frame == NULL)
		return NULL;
	frame->holders = 1;
	if (view == NULL ||
	    ck_buf_append(&frame->text,
	    ck_span_str("event: desk\ndata: ")) != CK_OK ||
	    json_dump_callback(view, append_dump, &frame->text,
	    JSON_COMPACT) != 0 ||
	    ck_buf_append(&frame->text, ck_span_str("\n\n")) != CK_OK)
		frame_release(&frame);

	return frame;
}

enum ck_err
ck_events_new(struct ck_events **out)
{
	struct ck_events *events = calloc(1, sizeof(*events));

	*out = events;
	if (events == NULL)
		return CK_ERR_NOMEM;
	(void)pthread_mutex_init(&events->lock, NULL);

	return CK_OK;
}

static struct channel *
find(const struct ck_events *events, const char *desk)
{
	struct channel *channel;

	for (channel = events->channels; channel != NULL;
	    channel = channel->next) {
		if (!channel->gone && strcmp(channel->desk, desk) == 0)
			return channel;
	}

	return NULL;
}

static struct channel *
find_or_add(struct ck_events *events, const char *desk)
{
	struct channel *channel = find(events, desk);

	if (channel != NULL)
		return channel;
	if ((channel = calloc(1, sizeof(*channel))) == NULL)
		return NULL;
	(void)snprintf(channel->desk, sizeof(channel->desk), "%s", desk);
	channel->next = events->channels;
	events->channels = channel;

	return channel;
}

/* Forget channels that are gone and have nobody left. */
static void
sweep(struct ck_events *events)
{
	struct channel **at = &events->channels;

	while (*at != NULL) {
		struct channel *channel = *at;

		if (!channel->gone || channel->listeners > 0) {
			at = &channel->next;
			continue;
		}
		*at = channel->next;
		frame_release(&channel->latest);
		free(channel);
	}
}

static void
wake(struct ck_events *events, const struct channel *channel)
{
	struct listener *listener;

	for (listener = events->listeners; listener != NULL;
	    listener = listener->next) {
		if (listener->stream != NULL &&
		    (channel == NULL || listener->channel == channel))
			ck_stream_wake(listener->stream);
	}
}

void
ck_events_publish(struct ck_events *events, const char *desk, json_t *view)
{
	struct frame *frame = frame_of(view);
	struct channel *channel;

	json_decref(view);
	if (frame == NULL)
		return;		/* out of memory: the old view stands */
	pthread_mutex_lock(&events->lock);
	channel = find_or_add(events, desk);
	if (channel != NULL) {
		struct frame *old = channel->latest;

		channel->latest = frame;
		frame = NULL;
		frame_release(&old);
		wake(events, channel);
	}
	frame_release(&frame);
	pthread_mutex_unlock(&events->lock);
}

void
ck_events_remove(struct ck_events *events, const char *desk)
{
	struct channel *channel;

	pthread_mutex_lock(&events->lock);
	channel = find(events, desk);
	if (channel != NULL) {
		channel->gone = true;
		wake(events, channel);
		sweep(events);
	}
	pthread_mutex_unlock(&events->lock);
}

static size_t
send_text(char *buf, size_t max, const char *text)
{
	size_t len = strlen(text);

	if (len > max)
		return 0;
	memcpy(buf, text, len);

	return len;
}

/* The next bytes for one listener; 0: nothing now. */
static size_t
next_bytes(struct listener *listener, char *buf, size_t max)
{
	struct channel *channel = listener->channel;
	struct ck_span rest;

	if (listener->frame == NULL || (listener->frame != channel->latest &&
	    listener->sent == listener->frame->text.len)) {
		frame_release(&listener->frame);
		listener->frame = channel->latest;
		listener->frame->holders++;
		listener->sent = 0;
	}
	rest = ck_span_slice(ck_buf_view(&listener->frame->text),
	    listener->sent, max);
	if (rest.len > 0) {
		memcpy(buf, rest.ptr, rest.len);
		listener->sent += rest.len;
		return rest.len;
	}
	if (channel->gone && !listener->ended) {
		listener->ended = true;
		return send_text(buf, max, gone_text);
	}
	if (!listener->comment_due)
		return 0;
	listener->comment_due = false;

	return send_text(buf, max, comment_text);
}

static ssize_t
pull(void *ctx, struct ck_stream *stream, char *buf, size_t max)
{
	struct listener *listener = ctx;
	struct ck_events *events = listener->events;
	ssize_t got = -1;

	pthread_mutex_lock(&events->lock);
	listener->stream = stream;
	if (!events->closed && !listener->ended) {
		got = (ssize_t)next_bytes(listener, buf, max);
		if (got == 0)
			ck_stream_sleep(stream);
	}
	pthread_mutex_unlock(&events->lock);

	return got;
}

static void
gone(void *ctx)
{
	struct listener *listener = ctx;
	struct ck_events *events = listener->events;

	pthread_mutex_lock(&events->lock);
	if (listener->prev != NULL)
		listener->prev->next = listener->next;
	else
		events->listeners = listener->next;
	if (listener->next != NULL)
		listener->next->prev = listener->prev;
	events->listener_count--;
	listener->channel->listeners--;
	frame_release(&listener->frame);
	sweep(events);
	pthread_mutex_unlock(&events->lock);
	free(listener);
}

static struct listener *
add_listener(struct ck_events *events, struct channel *channel)
{
	struct listener *listener = calloc(1, sizeof(*listener));

	if (listener == NULL)
		return NULL;
	listener->events = events;
	listener->channel = channel;
	listener->next = events->listeners;
	if (listener->next != NULL)
		listener->next->prev = listener;
	events->listeners = listener;
	events->listener_count++;
	channel->listeners++;

	return listener;
}

void
ck_events_attach(struct ck_events *events, const char *desk,
    struct ck_request *request)
{
	struct listener *listener = NULL;
	struct channel *channel;

	pthread_mutex_lock(&events->lock);
	channel = find(events, desk);
	if (channel != NULL && !events->closed &&
	    events->listener_count < CK_LISTENERS_MAX)
		listener = add_listener(events, channel);
	pthread_mutex_unlock(&events->lock);
	if (channel == NULL)
		ck_request_reply_problem(request, 404, "unknown-desk",
		    "There is no desk of this name.", NULL);
	else if (listener == NULL)
		ck_request_reply_problem(request, 503, "too-many-listeners",
		    "Too many pages are open.", NULL);
	else
		ck_request_reply_stream(request, "text/event-stream", pull,
		    gone, listener);
}

void
ck_events_keep_alive(struct ck_events *events)
{
	struct listener *listener;

	pthread_mutex_lock(&events->lock);
	for (listener = events->listeners; listener != NULL;
	    listener = listener->next)
		listener->comment_due = true;
	wake(events, NULL);
	pthread_mutex_unlock(&events->lock);
}

void
ck_events_close(struct ck_events *events)
{
	pthread_mutex_lock(&events->lock);
	events->closed = true;
	wake(events, NULL);
	pthread_mutex_unlock(&events->lock);
}

void
ck_events_free(struct ck_events **events)
{
	struct ck_events *old = *events;

	if (old == NULL)
		return;
	while (old->channels != NULL) {
		struct channel *channel = old->channels;

		old->channels = channel->next;
		frame_release(&channel->latest);
		free(channel);
	}
	(void)pthread_mutex_destroy(&old->lock);
	free(old);
	*events = NULL;
}
