/*
 * mixes.h - which counted words were met together, and what that tells
 *
 * In the flow:  gather -> [mixes] -> report.c; public.c -> [mixes] -> cells.c
 *
 * A reason belongs to one outcome and mostly to one owner; a way of capturing
 * comes with few kinds of assurance. So the table of outcomes and those of the
 * words are different sums of the same people: what one hides, another could
 * give back. Here they are one table.
 */
#ifndef SERVICE_REPORT_MIXES_H
#define SERVICE_REPORT_MIXES_H

#include <stdbool.h>

#include "ck/error.h"
#include "report/gather.h"
#include "report/hiding.h"

/*
 * The two lists of a document, [why, how]; each entry names a series, a part of
 * its total, and reason and owner, or presented, captured and assurance, that
 * some lookup had. New reference; NULL when out of memory.
 */
json_t *ck_mixes_json(const struct ck_gathered *figures);

/* True when the document tells what the words of a division were met with. */
bool ck_mixes_have(const json_t *document, const char *division);

/*
 * Hide what the words and the parts of the totals tell of each other. Does
 * nothing for a document without "mixes": it was signed before they were told.
 * Returns CK_OK, CK_ERR_NOMEM, or CK_ERR_REQUEST (a document that is none).
 */
CK_MUST_CHECK enum ck_err ck_mixes_hide(struct ck_hiding *hiding);

#endif /* SERVICE_REPORT_MIXES_H */
