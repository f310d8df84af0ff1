/*
 * message.h - an outcome in words for the clerk: what happened, what to do
 *
 * In the flow:  decide -> [message] -> lookup's JSON
 *
 * The words stand in service/text/reasons.LANGUAGE.po; what to do may depend
 * on whose work the failure is. docs/errors.md shows the same words.
 */
#ifndef SERVICE_ELIGIBILITY_MESSAGE_H
#define SERVICE_ELIGIBILITY_MESSAGE_H

#include "store/record.h"

/* What happened. "" while the lookup is open. Static; any language but "en"
 * is Vietnamese. */
const char *ck_message(const struct ck_counted *counted, const char *language);

/* What to do, and whom to call. As above. */
const char *ck_next_step(const struct ck_counted *counted,
    const char *language);

#endif /* SERVICE_ELIGIBILITY_MESSAGE_H */
