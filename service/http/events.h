/*
 * events.h - server-sent events: every desk page sees its desk as it is now
 *
 * One event is the whole view of one desk (docs/desk-events.md), so a page
 * that reconnects needs nothing but the latest one. Thread-safe.
 */
#ifndef SERVICE_HTTP_EVENTS_H
#define SERVICE_HTTP_EVENTS_H

#include "ck/error.h"
#include "io/json.h"

struct ck_events;

CK_MUST_CHECK enum ck_err ck_events_new(struct ck_events **out);
void ck_events_free(struct ck_events **events);

/*
 * The desk's view has changed: keep it as the latest and send it to all who
 * listen. Takes the reference to view. The text is wiped when replaced.
 */
void ck_events_publish(struct ck_events *events, const char *desk,
    json_t *view);

/* The desk is gone: its listeners get a last event "gone" and are closed. */
void ck_events_remove(struct ck_events *events, const char *desk);

#endif /* SERVICE_HTTP_EVENTS_H */
