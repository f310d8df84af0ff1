/*
 * message.c - reasons to words, through a table made from the catalogues
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/words.h"
#include "eligibility/decide.h"
#include "eligibility/message.h"

/* "reason." + label + ".next_step." + owner, with NUL */
#define ID_LEN (CK_REASON_LEN + 32)

struct text {
	const char *id;
	const char *vi, *en;
};

#define ROW(id, vi, en) { id, vi, en },

/* Sorted by id. */
static const struct text texts[] = {
#include "reasons.inc"
};

static int
compare(const void *id, const void *text)
{
	return strcmp(id, ((const struct text *)text)->id);
}

static const char *
find(const char *id, const char *language)
{
	const struct text *text = bsearch(id, texts,
	    sizeof(texts) / sizeof(texts[0]), sizeof(texts[0]), compare);

	if (text == NULL)
		return NULL;

	return strcmp(language, "en") == 0 ? text->en : text->vi;
}

/* An admission on an old answer is told as such, whatever it said. */
static const char *
reason_of(const struct ck_counted *counted)
{
	return counted->source == CK_SOURCE_STALE ? "stale" : counted->reason;
}

const char *
ck_message(const struct ck_counted *counted, const char *language)
{
	char id[ID_LEN];
	const char *text;

	if (counted->outcome == CK_OUTCOME_NONE)
		return "";
	(void)snprintf(id, sizeof(id), "reason.%s.message",
	    reason_of(counted));
	text = find(id, language);

	return text != NULL ? text :
	    find("reason." CK_REASON_UNKNOWN_CODE ".message", language);
}

const char *
ck_next_step(const struct ck_counted *counted, const char *language)
{
	const char *reason = reason_of(counted);
	const char *text;
	char id[ID_LEN];

	if (counted->outcome == CK_OUTCOME_NONE)
		return "";
	(void)snprintf(id, sizeof(id), "reason.%s.next_step.%s", reason,
	    ck_owner_label(counted->owner));
	if ((text = find(id, language)) != NULL)
		return text;
	(void)snprintf(id, sizeof(id), "reason.%s.next_step", reason);
	text = find(id, language);

	return text != NULL ? text :
	    find("reason." CK_REASON_UNKNOWN_CODE ".next_step", language);
}

/* Words for the reason, or for all of its outcome. */
const char *
ck_telephone(const struct ck_counted *counted, const char *language)
{
	char id[ID_LEN];
	const char *text;

	(void)snprintf(id, sizeof(id), "reason.%s.telephone",
	    counted->reason);
	if ((text = find(id, language)) != NULL)
		return text;
	(void)snprintf(id, sizeof(id), "reason.%s.telephone",
	    ck_outcome_label(counted->outcome));
	text = find(id, language);

	return text != NULL ? text : "";
}

const char *
ck_text(const char *id, const char *language)
{
	const char *text = find(id, language);

	return text != NULL ? text : "";
}

const char *
ck_message_meanwhile(const char *language)
{
	return find("reason.meanwhile.message", language);
}

const char *
ck_next_step_meanwhile(const char *language)
{
	return find("reason.meanwhile.next_step", language);
}

const char *
ck_technician_note(const char *reason, const char *language)
{
	char id[ID_LEN];
	const char *text;

	if (reason[0] == '\0')
		return "";
	(void)snprintf(id, sizeof(id), "reason.%s.technician", reason);
	text = find(id, language);

	return text != NULL ? text :
	    find("reason." CK_REASON_UNKNOWN_CODE ".technician", language);
}
