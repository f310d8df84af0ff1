/*
 * reader.h - a thread that reads the ledger, beside the loop that writes it
 *
 * In the flow:  site.c -> [reader] -> report, clinics, documents
 *
 * What takes long to read must not keep a clinic's push waiting. Each reader
 * has a connection of its own, for a ledger belongs to one thread. Questions
 * are answered one after the other.
 */
#ifndef SERVICE_PROVINCE_READER_H
#define SERVICE_PROVINCE_READER_H

#include "ck/error.h"
#include "http/request.h"
#include "ledger/ledger.h"

struct ck_reader;	/* opaque */

/* Answers request exactly once; on the reader's thread. */
typedef void (*ck_reader_fn)(void *ctx, struct ck_ledger *ledger,
    struct ck_request *request);

/*
 * Open the ledger once more and start the thread. options and clock are
 * borrowed until ck_reader_stop().
 *
 * Returns  CK_OK, CK_ERR_SYSTEM, or as ck_ledger_open()
 */
CK_MUST_CHECK enum ck_err
ck_reader_start(struct ck_reader **out,
    const struct ck_ledger_options *options, const struct ck_clock *clock);

/* Have fn(ctx, …) answer request from a ledger that is narrowed to scope (NULL:
 * it shows everything; borrowed until ck_reader_stop()). A request that cannot
 * be asked is answered with 503. */
void ck_reader_ask(struct ck_reader *reader, const struct ck_scope *scope,
    ck_reader_fn fn, void *ctx, struct ck_request *request);

/*
 * Wait for the answer that is under way, leave out those behind it, end the
 * thread and close the ledger. Requests that were left out have not been
 * answered: stop the reader before the server, which does it. NULL is allowed.
 */
void ck_reader_stop(struct ck_reader **reader);

#endif /* SERVICE_PROVINCE_READER_H */
