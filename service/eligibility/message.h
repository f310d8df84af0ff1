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

/* What to ask or tell her on the telephone, the day before. As above; "" where
 * nobody needs to be called. */
const char *ck_telephone(const struct ck_counted *counted,
    const char *language);

/* Why somebody who is expected has to be called, beside what the insurer
 * answered. */
#define CK_REASON_NO_NUMBER "no_number"
#define CK_REASON_NO_BIRTH "no_birth_date"
#define CK_REASON_NOT_ASKED "not_asked"
#define CK_REASON_ENDS_SOON "ends_soon"

/* The same for a kept answer that is shown while the gateway is asked. */
const char *ck_message_meanwhile(const char *language);
const char *ck_next_step_meanwhile(const char *language);

/* The words under an id of its own, "proxy.mark". Static; "" for an id that the
 * catalogue has not. Values in braces are the caller's to fill in. */
const char *ck_text(const char *id, const char *language);

/* What it means for whoever keeps the installation running: cause, where to
 * look. "" while the lookup is open. */
const char *ck_technician_note(const char *reason, const char *language);

#endif /* SERVICE_ELIGIBILITY_MESSAGE_H */
