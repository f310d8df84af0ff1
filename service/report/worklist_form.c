/*
 * worklist_form.c - the worklist as JSON, as a table, as lines for people
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/day.h"
#include "report/worklist.h"

/* The longest id: "worklist.todo.", a reason and an owner. */
#define ID_LEN 96

static const char *
text_or_null(const struct ck_catalogue *catalogue, const char *id)
{
	const char *text = ck_catalogue_text(catalogue, id);

	return text == id ? NULL : text;
}

/* The clerks' own words where there are some; they are of one lookup. */
const char *
ck_cause_text(const struct ck_cause *cause,
    const struct ck_catalogue *catalogue)
{
	const char *text;
	char id[ID_LEN];

	(void)snprintf(id, sizeof(id), "worklist.reason.%s", cause->reason);
	if ((text = text_or_null(catalogue, id)) != NULL)
		return text;
	(void)snprintf(id, sizeof(id), "reason.%s.message", cause->reason);
	if ((text = text_or_null(catalogue, id)) != NULL)
		return text;
	(void)snprintf(id, sizeof(id), "outcome.%s.short",
	    ck_outcome_label(cause->outcome));
	text = text_or_null(catalogue, id);

	return text != NULL && cause->reason[0] == '\0' ? text :
	    cause->reason;
}

const char *
ck_cause_todo(const struct ck_cause *cause,
    const struct ck_catalogue *catalogue)
{
	const char *owner = ck_owner_label(cause->owner), *text;
	char id[ID_LEN];

	(void)snprintf(id, sizeof(id), "worklist.todo.%s.%s", owner,
	    cause->reason);
	if ((text = text_or_null(catalogue, id)) != NULL)
		return text;
	(void)snprintf(id, sizeof(id), "worklist.todo.%s", owner);
	text = text_or_null(catalogue, id);

	return text != NULL ? text : "";
}

static void
print_day(int64_t day, char out[CK_DATE_LEN])
{
	ck_date_iso(ck_day_date(day), out);
}

/* --- JSON ----------------------------------------------------------------- */

static json_t *
cause_json(const struct ck_cause *cause, const struct ck_catalogue *catalogue)
{
	char since[CK_DATE_LEN], last[CK_DATE_LEN];

	print_day(cause->since_day, since);
	print_day(cause->last_day, last);

	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:I, s:b, s:s, "
	    "s:s}", "code", cause->code, "name", cause->name,
	    "reason", cause->reason, "owner", ck_owner_label(cause->owner),
	    "count", (json_int_t)cause->count, "since", since, "last", last,
	    "days_open", (json_int_t)cause->days_open, "open", cause->open,
	    "what", ck_cause_text(cause, catalogue),
	    "todo", ck_cause_todo(cause, catalogue));
}

json_t *
ck_worklist_json(const struct ck_worklist *list,
    const struct ck_catalogue *catalogue)
{
	char from[CK_DATE_LEN], to[CK_DATE_LEN], today[CK_DATE_LEN];
	json_t *causes = json_array();
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (json_array_append_new(causes, cause_json(&list->causes[i],
		    catalogue)) != 0) {
			json_decref(causes);
			return NULL;
		}
	}
	print_day(list->wish.from_day, from);
	print_day(list->wish.to_day, to);
	print_day(list->today, today);

	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:o}", "from", from,
	    "to", to, "today", today,
	    "series", ck_series_label(list->wish.series),
	    "closed_after", (json_int_t)list->wish.closed_after,
	    "causes", causes);
}

/* --- Comma-separated values ----------------------------------------------- */

static enum ck_err
put(struct ck_buf *out, const char *text)
{
	return ck_buf_append(out, ck_span_str(text));
}

/* RFC 4180 §2: quoted always, quotes doubled. A field that a table would take
 * for a formula is led by an apostrophe: names come from a registry. */
static enum ck_err
put_field(struct ck_buf *out, const char *text, const char *end)
{
	enum ck_err err = put(out, text[0] != '\0' &&
	    strchr("=+-@\t\r", text[0]) != NULL ? "\"'" : "\"");

	for (; *text != '\0' && err == CK_OK; text++) {
		if (*text == '"')
			err = ck_buf_push(out, '"');
		if (err == CK_OK)
			err = ck_buf_push(out, (uint8_t)*text);
	}
	if (err == CK_OK)
		err = put(out, "\"");

	return err == CK_OK ? put(out, end) : err;
}

static enum ck_err
put_number(struct ck_buf *out, int64_t number)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRId64 ",", number);

	return put(out, text);
}

static enum ck_err
put_cause(const struct ck_cause *cause, const struct ck_catalogue *catalogue,
    struct ck_buf *out)
{
	char since[CK_DATE_LEN], last[CK_DATE_LEN];
	enum ck_err err;

	print_day(cause->since_day, since);
	print_day(cause->last_day, last);
	if ((err = put_field(out, ck_owner_label(cause->owner), ",")) !=
	    CK_OK ||
	    (err = put_field(out, cause->code, ",")) != CK_OK ||
	    (err = put_field(out, cause->name, ",")) != CK_OK ||
	    (err = put_field(out, cause->reason, ",")) != CK_OK ||
	    (err = put_number(out, cause->count)) != CK_OK ||
	    (err = put_field(out, since, ",")) != CK_OK ||
	    (err = put_field(out, last, ",")) != CK_OK ||
	    (err = put_number(out, cause->days_open)) != CK_OK ||
	    (err = put_field(out, cause->open ? "open" : "closed", ",")) !=
	    CK_OK ||
	    (err = put_field(out, ck_cause_text(cause, catalogue), ",")) !=
	    CK_OK)
		return err;

	return put_field(out, ck_cause_todo(cause, catalogue), "\r\n");
}

enum ck_err
ck_worklist_csv(const struct ck_worklist *list,
    const struct ck_catalogue *catalogue, struct ck_buf *out)
{
	enum ck_err err = put(out, "\xef\xbb\xbf" "owner,code,name,reason,"
	    "count,since,last,days_open,state,what,todo\r\n");
	size_t i;

	for (i = 0; i < list->count && err == CK_OK; i++)
		err = put_cause(&list->causes[i], catalogue, out);

	return err;
}

/* --- Lines ---------------------------------------------------------------- */

static enum ck_err
put_line(const struct ck_cause *cause, const struct ck_catalogue *catalogue,
    struct ck_buf *out)
{
	char line[256], since[CK_DATE_LEN];
	enum ck_err err;

	print_day(cause->since_day, since);
	(void)snprintf(line, sizeof(line), "  %s %s: %" PRId64 " × %s, %"
	    PRId64 " %s (%s)%s%s\n", cause->code, cause->name, cause->count,
	    cause->reason, cause->days_open,
	    ck_catalogue_text(catalogue, "worklist.days"), since,
	    cause->open ? "" : " ", cause->open ? "" :
	    ck_catalogue_text(catalogue, "worklist.closed"));
	if ((err = put(out, line)) != CK_OK ||
	    (err = put(out, "      ")) != CK_OK ||
	    (err = put(out, ck_cause_text(cause, catalogue))) != CK_OK ||
	    (err = put(out, "\n      → ")) != CK_OK ||
	    (err = put(out, ck_cause_todo(cause, catalogue))) != CK_OK)
		return err;

	return put(out, "\n");
}

static enum ck_err
put_owner(const struct ck_worklist *list, enum ck_owner owner,
    const struct ck_catalogue *catalogue, struct ck_buf *out)
{
	enum ck_err err = CK_OK;
	bool first = true;
	size_t i;

	for (i = 0; i < list->count && err == CK_OK; i++) {
		if (list->causes[i].owner != owner)
			continue;
		if (first && (err = put(out, ck_catalogue_word(catalogue,
		    "worklist.owner", ck_owner_label(owner)))) == CK_OK)
			err = put(out, "\n");
		first = false;
		if (err == CK_OK)
			err = put_line(&list->causes[i], catalogue, out);
	}

	return err;
}

enum ck_err
ck_worklist_text(const struct ck_worklist *list,
    const struct ck_catalogue *catalogue, struct ck_buf *out)
{
	static const enum ck_owner owners[] = {
		CK_OWNER_INSURER, CK_OWNER_CLINIC, CK_OWNER_LINE,
		CK_OWNER_GATEWAY, CK_OWNER_DESK, CK_OWNER_PATIENT,
		CK_OWNER_UNKNOWN
	};
	enum ck_err err = CK_OK;
	size_t i;

	if (list->count == 0 && (err = put(out, ck_catalogue_text(catalogue,
	    "worklist.nothing"))) == CK_OK)
		err = put(out, "\n");
	for (i = 0; i < sizeof(owners) / sizeof(owners[0]) && err == CK_OK;
	    i++)
		err = put_owner(list, owners[i], catalogue, out);

	return err;
}
