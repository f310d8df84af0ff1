/*
 * desk.h - one desk: which reader, and where its patient stands
 *
 * In the flow:  worker process, scan -> [desk] -> lookup; view -> events
 *
 * A desk is a small state machine over two inputs that come in any order, the
 * card and the scan, and one question, the lookup. Its whole state is one JSON
 * view (docs/desk-events.md). All of this runs on the core's thread.
 */
#ifndef SERVICE_DESK_DESK_H
#define SERVICE_DESK_DESK_H

#include "ck/buf.h"
#include "ck/error.h"
#include "ck/reader.h"
#include "io/json.h"

struct ck_config;
struct ck_desks;
struct ck_events;
struct ck_loop;
struct ck_lookups;

struct ck_desks_options {
	const struct ck_config *config;	/* all borrowed */
	struct ck_loop *loop;
	struct ck_lookups *lookups;
	struct ck_events *events;
};

/* Start the watcher process and one worker for each reader it finds. */
CK_MUST_CHECK enum ck_err
ck_desks_new(struct ck_desks **out, const struct ck_desks_options *options);

/* End the workers and close what is open. */
void ck_desks_free(struct ck_desks **desks);

/* GET /v1/desks: array of all views. New reference. */
json_t *ck_desks_json(const struct ck_desks *desks);

/*
 * A scan or typed text at a desk: {"payload"}, with the optional members
 * "full_name" and "date_of_birth" for a patient without any card.
 * Returns CK_OK; CK_ERR_NOT_FOUND (no such desk); CK_ERR_PRINTED_UNKNOWN,
 * CK_ERR_PRINTED_MALFORMED, CK_ERR_LIMIT, CK_ERR_REQUEST.
 */
CK_MUST_CHECK enum ck_err
ck_desks_scan(struct ck_desks *desks, const char *desk, struct ck_span payload);

/* The clerk starts afresh: POST /v1/desks/{desk}/reset. CK_ERR_NOT_FOUND. */
CK_MUST_CHECK enum ck_err
ck_desks_reset(struct ck_desks *desks, const char *desk);

/*
 * The photo of this check-in, borrowed until the next turn.
 * CK_ERR_NOT_FOUND: no such desk, or no photo now.
 */
CK_MUST_CHECK enum ck_err
ck_desks_photo(const struct ck_desks *desks, const char *desk,
    struct ck_span *out, enum ck_image_format *format);

/* For the metrics. */
struct ck_desk_figures {
	unsigned long long reads[64];	/* by result index; see desks_figures */
};

/* Call fn for each reader known: its name and whether it works now. */
void ck_desks_each_reader(const struct ck_desks *desks,
    void (*fn)(void *ctx, const char *reader, int connected), void *ctx);

/* Is the reader stack (pcscd) there? For readyz. */
int ck_desks_reader_stack_up(const struct ck_desks *desks);

#endif /* SERVICE_DESK_DESK_H */
