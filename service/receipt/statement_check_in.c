/*
 * statement_check_in.c - a check-in and its notices in lines
 */
#include <inttypes.h>
#include <stdio.h>

#include "receipt/statement.h"
#include "receipt/statement_check_in.h"
#include "store/check_in.h"

static const struct {
	unsigned flag;
	const char *word;
} flags[] = {
	{ CK_ADMITTED_EMERGENCY, "emergency" },
	{ CK_ADMITTED_REFERRED, "referred" },
	{ CK_ADMITTED_APPOINTED, "appointed" },
	{ CK_ADMITTED_SAMPLE_ONLY, "sample_only" },
	{ CK_ADMITTED_SELF_PAID, "self_paid" },
	{ CK_ADMITTED_UNINSURED, "not_confirmed_by_insurer" },
	{ CK_ADMITTED_ANOTHER, "another_visit" }
};

enum ck_err
ck_statement_fields(struct ck_buf *out, const struct ck_notice *notice)
{
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; i < CK_FIELDS && err == CK_OK; i++)
		err = ck_statement_text(out,
		    ck_field_rule((enum ck_notice_field)i)->name,
		    ck_notice_get(notice, (enum ck_notice_field)i));

	return err;
}

enum ck_err
ck_statement_check_in(struct ck_buf *out, const struct ck_check_in *check_in)
{
	enum ck_err err;
	size_t i;

	if ((err = ck_statement_instant(out, "admitted",
	    check_in->admitted_ms)) != CK_OK ||
	    (err = ck_statement_text(out, "lookup",
	    check_in->lookup_id)) != CK_OK ||
	    (err = ck_statement_text(out, "without_card",
	    ck_without_label(check_in->without))) != CK_OK ||
	    (err = ck_statement_text(out, "operator",
	    check_in->operator_name)) != CK_OK ||
	    (err = ck_statement_text(out, "desk", check_in->desk)) != CK_OK)
		return err;
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if ((check_in->flags & flags[i].flag) != 0 &&
		    (err = ck_statement_text(out, "stated",
		    flags[i].word)) != CK_OK)
			return err;
	}

	return ck_statement_fields(out, &check_in->draft);
}

enum ck_err
ck_statement_notice(struct ck_buf *out, const struct ck_notice_row *row)
{
	char corrects[24] = "";
	const struct {
		const char *name, *value;
	} lines[] = {
		{ "notice_state", ck_notice_state_label(row->state) },
		{ "answer_code", row->code },
		{ "answer_transaction", row->transaction },
		{ "answer_received", row->received },
		{ "answer_words", row->words },
		{ "notice_from_lookup", row->answer_id },
		{ "notice_corrects", corrects }
	};
	char number[24];
	enum ck_err err;
	size_t i;

	(void)snprintf(number, sizeof(number), "%" PRId64, row->number);
	if (row->corrects != 0)
		(void)snprintf(corrects, sizeof(corrects), "%" PRId64,
		    row->corrects);
	if ((err = ck_statement_text(out, "notice", number)) != CK_OK ||
	    (err = ck_statement_instant(out, "notice_made",
	    row->made_ms)) != CK_OK ||
	    (err = ck_statement_instant(out, "notice_decided",
	    row->decided_ms)) != CK_OK)
		return err;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if ((err = ck_statement_text(out, lines[i].name,
		    lines[i].value)) != CK_OK)
			return err;
	}

	return ck_statement_fields(out, &row->notice);
}
