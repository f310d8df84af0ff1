/*
 * events.h - server-sent events: every desk page sees its desk as it is now
 *
 * One event is the whole view of one desk (docs/desk-events.md), so a page
 * that reconnects needs nothing but the latest one, and a slow page skips what
 * it missed: nothing ever queues up. Thread-safe.
 */
#ifndef SERVICE_HTTP_EVENTS_H
#define SERVICE_HTTP_EVENTS_H

#include "ck/error.h"
#include "io/json.h"

struct ck_events;
struct ck_request;

/* Pages that may listen at once: desks, their second screens, and spare. */
#define CK_LISTENERS_MAX 64

CK_MUST_CHECK enum ck_err ck_events_new(struct ck_events **out);

/* All listeners must be gone: the server has stopped. */
void ck_events_free(struct ck_events **events);

/*
 * The desk's view has changed: keep it as the latest and send it to all who
 * listen. Takes the reference to view. The text is wiped when replaced.
 */
void ck_events_publish(struct ck_events *events, const char *desk,
    json_t *view);

/* The desk is gone: its listeners get a last event "gone" and are closed. */
void ck_events_remove(struct ck_events *events, const char *desk);

/* Answer with the stream of one desk: 404 if it has no view, 503 when too many
 * listen. */
void ck_events_attach(struct ck_events *events, const char *desk,
    struct ck_request *request);

/* Send a comment line to all, so that both ends notice a dead connection. To
 * be called every 15 s. */
void ck_events_keep_alive(struct ck_events *events);

/* End all streams and refuse new ones: the daemon stops. */
void ck_events_close(struct ck_events *events);

#endif /* SERVICE_HTTP_EVENTS_H */
