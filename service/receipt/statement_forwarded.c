/*
 * statement_forwarded.c - a call that was passed through, in lines
 */
#include <inttypes.h>
#include <stdio.h>

#include "ck/hex.h"
#include "receipt/statement.h"
#include "receipt/statement_check_in.h"
#include "receipt/statement_forwarded.h"
#include "store/forwarded.h"

#define DIGEST_LEN (CK_HEX_LEN(CK_TREE_HASH_LEN))

static bool
is_set(const struct ck_tree_hash *hash)
{
	static const struct ck_tree_hash zeros;

	return !ck_tree_equal(hash, &zeros);
}

struct line {
	const char *name, *value;
};

static enum ck_err
put_lines(struct ck_buf *out, const struct line *lines, size_t count)
{
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; i < count && err == CK_OK; i++)
		err = ck_statement_text(out, lines[i].name, lines[i].value);

	return err;
}

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static enum ck_err
put_question(struct ck_buf *out, const struct ck_forwarded *forwarded)
{
	char question[DIGEST_LEN] = "", answer[DIGEST_LEN] = "";
	char salt[DIGEST_LEN] = "";
	const struct line lines[] = {
		{ "function", ck_remote_name(forwarded->function) },
		{ "account", forwarded->account },
		{ "forwarded_state", ck_forwarded_label(forwarded->state) },
		{ "answer_transaction", forwarded->transaction },
		{ "answer_received", forwarded->received },
		{ "answer_words", forwarded->words },
		{ "question_commitment", question },
		{ "answer_commitment", answer },
		{ "commitment_salt", salt }
	};

	ck_hex_print(ck_span_of(forwarded->question.bytes,
	    CK_TREE_HASH_LEN), question);
	ck_hex_print(ck_span_of(forwarded->salt, CK_SALT_LEN), salt);
	if (is_set(&forwarded->answer))
		ck_hex_print(ck_span_of(forwarded->answer.bytes,
		    CK_TREE_HASH_LEN), answer);

	return put_lines(out, lines, COUNT(lines));
}

/* The same names as of a lookup's calls. */
static enum ck_err
put_call(struct ck_buf *out, const struct ck_forwarded *forwarded)
{
	char took[32], status[16] = "";
	const struct line lines[] = {
		{ "call_took", took },
		{ "call_host", forwarded->host },
		{ "call_result", forwarded->code },
		{ "call_failure", forwarded->failure },
		{ "call_http_status", status }
	};
	enum ck_err err;

	(void)snprintf(took, sizeof(took), "%" PRId64 " ms",
	    forwarded->ended_ms - forwarded->started_ms);
	if (forwarded->http_status != 0)
		(void)snprintf(status, sizeof(status), "%u",
		    forwarded->http_status);
	if ((err = ck_statement_instant(out, "call",
	    forwarded->started_ms)) != CK_OK)
		return err;

	return put_lines(out, lines, COUNT(lines));
}

enum ck_err
ck_statement_forwarded(struct ck_buf *out,
    const struct ck_forwarded *forwarded)
{
	enum ck_err err = put_question(out, forwarded);
	size_t i;

	for (i = 0; i < forwarded->visit_count && err == CK_OK; i++)
		err = ck_statement_fields(out, &forwarded->visits[i]);

	return err == CK_OK ? put_call(out, forwarded) : err;
}
