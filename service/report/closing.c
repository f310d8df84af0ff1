/*
 * closing.c - a period that was signed, and how it may still change
 */
#include <stdio.h>
#include <string.h>

#include <openssl/sha.h>

#include "ck/hex.h"
#include "ledger/day.h"
#include "report/closing.h"
#include "report/report.h"

static const char domain[] = "checkin report 1";	/* with its NUL */

/* --- Signing ------------------------------------------------------------------ */

/* The bytes that are signed. */
static enum ck_err
signed_bytes(const json_t *document, struct ck_buf *out)
{
	json_t *copy = json_copy((json_t *)(uintptr_t)document);
	enum ck_err err;

	if (copy == NULL)
		return CK_ERR_NOMEM;
	(void)json_object_del(copy, "signature");
	if ((err = ck_buf_append(out, ck_span_of(domain, sizeof(domain)))) ==
	    CK_OK)
		err = ck_json_canonical(copy, out);
	json_decref(copy);

	return err;
}

static enum ck_err
sign(json_t *document, struct ck_signer *signer,
    const uint8_t public[CK_PUBLIC_LEN])
{
	uint8_t signature[CK_SIGNATURE_LEN];
	char key[2 * CK_PUBLIC_LEN + 1], value[2 * CK_SIGNATURE_LEN + 1];
	struct ck_buf bytes = CK_BUF_INIT;
	enum ck_err err;

	if ((err = signed_bytes(document, &bytes)) == CK_OK)
		err = ck_signer_sign_bytes(signer, ck_buf_view(&bytes),
		    signature);
	ck_buf_wipe(&bytes);
	if (err != CK_OK)
		return err;
	ck_hex_print(ck_span_of(public, CK_PUBLIC_LEN), key);
	ck_hex_print(ck_span_of(signature, sizeof(signature)), value);
	if (json_object_set_new(document, "signature", json_pack("{s:s, s:s}",
	    "key", key, "value", value)) != 0)
		return CK_ERR_NOMEM;

	return CK_OK;
}

/* The key is the one that the document names: whether that is the office's is
 * for the reader to know. Here it tells a document that was changed. */
static enum ck_err
check_signature(const json_t *document)
{
	const json_t *member = json_object_get(document, "signature");
	uint8_t public[CK_PUBLIC_LEN], signature[CK_SIGNATURE_LEN];
	struct ck_buf bytes = CK_BUF_INIT;
	enum ck_err err;

	if (!ck_hex_read(ck_span_str(ck_json_text(member, "key")), public,
	    sizeof(public)) ||
	    !ck_hex_read(ck_span_str(ck_json_text(member, "value")), signature,
	    sizeof(signature)))
		return CK_ERR_STORE_CORRUPT;
	if ((err = signed_bytes(document, &bytes)) == CK_OK &&
	    !ck_signature_holds(public, ck_buf_view(&bytes), signature))
		err = CK_ERR_STORE_CORRUPT;
	ck_buf_wipe(&bytes);

	return err;
}

/* --- What differs --------------------------------------------------------------- */

static const json_t *
clinic_of(const json_t *report, const char *key)
{
	const json_t *clinics = json_object_get(json_object_get(report,
	    "groups"), "clinic"), *clinic;
	size_t i;

	json_array_foreach(clinics, i, clinic) {
		if (strcmp(ck_json_text(clinic, "key"), key) == 0)
			return clinic;
	}

	return NULL;
}

static json_int_t
number(const json_t *clinic, const char *series, const char *part)
{
	return json_integer_value(json_object_get(json_object_get(clinic,
	    series), part));
}

/* Add a change of one number of a clinic, if it is one. */
static int
add_change(json_t *changes, const json_t *before, const json_t *after,
    const char *series, const char *part)
{
	const json_t *clinic = after == NULL ? before : after;
	json_int_t old = number(before, series, part);
	json_int_t fresh = number(after, series, part);
	char name[32];

	if (old == fresh)
		return 0;
	(void)snprintf(name, sizeof(name), "%s.%s", series, part);

	return json_array_append_new(changes,
	    json_pack("{s:s, s:s, s:s, s:s, s:I, s:I}",
	    "key", ck_json_text(clinic, "key"),
	    "code", ck_json_text(clinic, "code"),
	    "name", ck_json_text(clinic, "name"),
	    "series", name, "before", old, "after", fresh));
}

static int
add_clinic(json_t *changes, const json_t *before, const json_t *after)
{
	static const char *const series[] = {
		"cccd", "visits", "lookups", "calls"
	};
	int failed = add_change(changes, before, after, "cccd", "covered");
	size_t i;

	for (i = 0; i < sizeof(series) / sizeof(series[0]); i++)
		failed |= add_change(changes, before, after, series[i],
		    "total");

	return failed;
}

json_t *
ck_closing_changes(const json_t *before, const json_t *after)
{
	const json_t *olds = json_object_get(json_object_get(before,
	    "groups"), "clinic");
	const json_t *news = json_object_get(json_object_get(after, "groups"),
	    "clinic");
	json_t *changes = json_array();
	const json_t *clinic;
	int failed = changes == NULL;
	size_t i;

	json_array_foreach(news, i, clinic)
		failed |= add_clinic(changes, clinic_of(before,
		    ck_json_text(clinic, "key")), clinic);
	json_array_foreach(olds, i, clinic) {
		if (clinic_of(after, ck_json_text(clinic, "key")) == NULL)
			failed |= add_clinic(changes, clinic, NULL);
	}
	if (failed != 0) {
		json_decref(changes);
		return NULL;
	}

	return changes;
}

/* --- Closing ---------------------------------------------------------------------- */

static enum ck_err
hash_of(const json_t *document, char out[2 * SHA256_DIGEST_LENGTH + 1])
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	struct ck_buf bytes = CK_BUF_INIT;
	enum ck_err err;

	if ((err = ck_json_canonical(document, &bytes)) == CK_OK &&
	    SHA256(bytes.ptr, bytes.len, digest) == NULL)
		err = CK_ERR_CRYPTO;
	ck_buf_wipe(&bytes);
	if (err == CK_OK)
		ck_hex_print(ck_span_of(digest, sizeof(digest)), out);

	return err;
}

/* "closing" of document on top of last, NULL for the first statement. */
static enum ck_err
set_closing(json_t *document, const json_t *last, const char *reason,
    int64_t now_ms)
{
	json_int_t statement = 1 + json_integer_value(json_object_get(
	    json_object_get(last, "closing"), "statement"));
	char closed_at[CK_INSTANT_LEN];
	char replaces[2 * SHA256_DIGEST_LENGTH + 1] = "";
	json_t *changes = last == NULL ? json_array() :
	    ck_closing_changes(last, document);
	enum ck_err err = CK_OK;

	if (last != NULL && changes != NULL && json_array_size(changes) == 0)
		err = CK_ERR_NOT_FOUND;
	else if (last != NULL)
		err = hash_of(last, replaces);
	if (err != CK_OK) {
		json_decref(changes);
		return err;
	}
	ck_clock_instant(now_ms, closed_at);
	if (json_object_set_new(document, "closing",
	    json_pack("{s:I, s:s, s:s, s:s, s:o}", "statement", statement,
	    "closed_at", closed_at, "reason", reason, "replaces", replaces,
	    "changes", changes)) != 0)
		return CK_ERR_NOMEM;

	return CK_OK;
}

static enum ck_err
keep(struct ck_ledger *ledger, int64_t from_day, int64_t to_day,
    const json_t *document, int64_t now_ms)
{
	static const char text[] =
	    "INSERT INTO closing (from_day, to_day, statement, closed_ms, "
	    "document) VALUES ($1, $2, $3, $4, $5)";
	struct ck_sql *sql = ck_ledger_sql(ledger);
	struct ck_buf bytes = CK_BUF_INIT;
	struct ck_sql_stmt stmt;
	enum ck_err err;

	if ((err = ck_json_canonical(document, &bytes)) != CK_OK ||
	    (err = ck_buf_push(&bytes, '\0')) != CK_OK ||
	    (err = ck_sql_begin(sql)) != CK_OK)
		goto out;
	if ((err = ck_sql_prepare(sql, text, &stmt)) == CK_OK) {
		ck_sql_bind_int(&stmt, from_day);
		ck_sql_bind_int(&stmt, to_day);
		ck_sql_bind_int(&stmt, json_integer_value(json_object_get(
		    json_object_get(document, "closing"), "statement")));
		ck_sql_bind_int(&stmt, now_ms);
		ck_sql_bind_text(&stmt, (const char *)bytes.ptr);
		err = ck_sql_run(&stmt);
	}
	if (err == CK_OK)
		err = ck_sql_commit(sql);
	if (err != CK_OK)
		ck_sql_rollback(sql);
out:
	ck_buf_wipe(&bytes);

	return err;
}

static bool
reason_is_good(const char *reason)
{
	const unsigned char *c = (const unsigned char *)reason;

	for (; *c != '\0'; c++) {
		if (*c < ' ' || *c == 0x7f)
			return false;
	}

	return strlen(reason) <= CK_CLOSING_REASON_MAX;
}

/* A reason that must be given and is not is the first thing to tell. */
static enum ck_refusal
refusal_of(const char *reason, bool restated)
{
	if (restated && reason[0] == '\0')
		return CK_REFUSAL_CLOSED;

	return reason_is_good(reason) ? CK_REFUSAL_NONE : CK_REFUSAL_REASON;
}

/* The report as it would be signed; NULL where it is refused. */
static enum ck_err
prepare(struct ck_ledger *ledger, int64_t from_day, int64_t to_day,
    const char *reason, int64_t now_ms, enum ck_refusal *why, json_t **out)
{
	json_t *last = NULL, *document = NULL;
	enum ck_err err;

	*out = NULL;
	*why = CK_REFUSAL_RUNS;
	if (to_day >= ck_day_of_ms(now_ms))
		return CK_OK;
	err = ck_closing_load(ledger, from_day, to_day, &last);
	if (err != CK_OK && err != CK_ERR_NOT_FOUND)
		return err;
	err = CK_OK;
	if ((*why = refusal_of(reason, last != NULL)) != CK_REFUSAL_NONE ||
	    (err = ck_report_make(ledger, from_day, to_day, now_ms,
	    &document)) != CK_OK)
		goto out;
	if (last == NULL && json_integer_value(json_object_get(
	    json_object_get(document, "complete"), "taking_part")) == 0)
		*why = CK_REFUSAL_NOBODY;
	else if ((err = set_closing(document, last, reason, now_ms)) ==
	    CK_ERR_NOT_FOUND)
		*why = CK_REFUSAL_SAME;
	if (*why == CK_REFUSAL_SAME)
		err = CK_OK;
	if (err == CK_OK && *why == CK_REFUSAL_NONE)
		*out = json_incref(document);
out:
	json_decref(last);
	json_decref(document);

	return err;
}

enum ck_err
ck_closing_try(struct ck_ledger *ledger, int64_t from_day, int64_t to_day,
    const char *reason, int64_t now_ms, enum ck_refusal *why)
{
	json_t *document;
	enum ck_err err = prepare(ledger, from_day, to_day, reason, now_ms,
	    why, &document);

	json_decref(document);

	return err;
}

enum ck_err
ck_closing_make(struct ck_ledger *ledger, int64_t from_day, int64_t to_day,
    struct ck_signer *signer, const uint8_t public[CK_PUBLIC_LEN],
    const char *reason, int64_t now_ms, json_t **out)
{
	enum ck_refusal why;
	json_t *document;
	enum ck_err err;

	*out = NULL;
	if ((err = prepare(ledger, from_day, to_day, reason, now_ms, &why,
	    &document)) != CK_OK)
		return err;
	if (why != CK_REFUSAL_NONE)
		return why == CK_REFUSAL_SAME ? CK_ERR_NOT_FOUND :
		    CK_ERR_REQUEST;
	if ((err = sign(document, signer, public)) == CK_OK &&
	    (err = keep(ledger, from_day, to_day, document, now_ms)) == CK_OK)
		*out = json_incref(document);
	json_decref(document);

	return err;
}

enum ck_err
ck_closing_load(struct ck_ledger *ledger, int64_t from_day, int64_t to_day,
    json_t **out)
{
	static const char text[] =
	    "SELECT document FROM closing WHERE from_day = $1 AND to_day = $2 "
	    "ORDER BY statement DESC LIMIT 1";
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	*out = NULL;
	/* What was signed tells of all. */
	if (ck_ledger_is_narrow(ledger))
		return CK_ERR_NOT_FOUND;
	if ((err = ck_sql_prepare(ck_ledger_sql(ledger), text, &stmt)) !=
	    CK_OK)
		return err;
	ck_sql_bind_int(&stmt, from_day);
	ck_sql_bind_int(&stmt, to_day);
	if ((err = ck_sql_next(&stmt, &row)) == CK_OK && row)
		*out = ck_json_parse(ck_span_str(ck_sql_take_text(&stmt)));
	ck_sql_end(&stmt);
	if (err != CK_OK)
		return err;
	if (!row)
		return CK_ERR_NOT_FOUND;
	if (*out == NULL)
		return CK_ERR_STORE_CORRUPT;
	if ((err = check_signature(*out)) != CK_OK) {
		json_decref(*out);
		*out = NULL;
	}

	return err;
}
