/*
 * present.c - the report that somebody asked for
 */
#include <stdlib.h>
#include <string.h>

#include "report/closing.h"
#include "report/forms.h"
#include "report/present.h"
#include "report/report.h"
#include "report/suppress.h"

bool
ck_form_parse(const char *label, enum ck_form *out)
{
	static const char *const labels[] = {
#define LABEL(sym, label, type) label,
		CK_FORM_LIST(LABEL)
#undef LABEL
	};
	int i;

	for (i = 0; i < CK_FORMS; i++) {
		if (strcmp(labels[i], label) == 0) {
			*out = (enum ck_form)i;
			return true;
		}
	}

	return false;
}

const char *
ck_form_type(enum ck_form form)
{
	static const char *const types[] = {
#define TYPE(sym, label, type) type,
		CK_FORM_LIST(TYPE)
#undef TYPE
	};

	return types[form];
}

/* The closed statement with what arrived since, or the live report. */
static enum ck_err
load(struct ck_ledger *ledger, const struct ck_report_wish *wish,
    int64_t now_ms, json_t **out)
{
	json_t *closed, *live, *since;
	enum ck_err err;

	err = ck_closing_load(ledger, wish->from_day, wish->to_day, &closed);
	if (err != CK_OK && err != CK_ERR_NOT_FOUND)
		return err;
	if ((err = ck_report_make(ledger, wish->from_day, wish->to_day,
	    now_ms, &live)) != CK_OK || closed == NULL) {
		json_decref(closed);
		*out = live;
		return err;
	}
	since = ck_closing_changes(closed, live);
	json_decref(live);
	if (since == NULL || (json_array_size(since) > 0 &&
	    json_object_set(closed, "since", since) != 0)) {
		json_decref(closed);
		closed = NULL;
		err = CK_ERR_NOMEM;
	}
	json_decref(since);
	*out = closed;

	return err;
}

/* A signed statement is given as it was signed: canonical, and without what is
 * not of it. */
static enum ck_err
put_json(const json_t *document, struct ck_buf *out)
{
	json_t *copy = json_copy((json_t *)(uintptr_t)document);
	enum ck_err err;

	if (copy == NULL)
		return CK_ERR_NOMEM;
	(void)json_object_del(copy, "since");
	if ((err = ck_json_canonical(copy, out)) == CK_OK)
		err = ck_buf_push(out, '\n');
	json_decref(copy);

	return err;
}

static enum ck_err
draw(const json_t *document, enum ck_form form,
    const struct ck_catalogue *catalogue, struct ck_buf *out)
{
	switch (form) {
	case CK_FORM_TEXT:
		return ck_report_text(document, catalogue, out);
	case CK_FORM_CSV:
		return ck_report_csv(document, catalogue, out);
	case CK_FORM_XLSX:
		return ck_report_xlsx(document, catalogue, out);
	case CK_FORM_HTML:
		return ck_report_html(document, catalogue, out);
	case CK_FORM_JSON:
	case CK_FORMS:
	default:
		return put_json(document, out);
	}
}

enum ck_err
ck_report_present(struct ck_ledger *ledger,
    const struct ck_report_wish *wish, const struct ck_catalogue *catalogue,
    int64_t now_ms, struct ck_buf *out)
{
	json_t *document, *public = NULL;
	enum ck_err err;

	if ((err = load(ledger, wish, now_ms, &document)) != CK_OK)
		return err;
	if (!wish->internal)
		err = ck_report_public(document, &public);
	if (err == CK_OK)
		err = draw(wish->internal ? document : public, wish->form,
		    catalogue, out);
	json_decref(public);
	json_decref(document);

	return err;
}
