/*
 * document.c - what travels of a correction case
 */
#include <openssl/evp.h>

#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "ck/hex.h"
#include "correction/document.h"
#include "ledger/document_read.h"
#include "receipt/signed_json.h"

/* In front of what is signed. docs/corrections.md */
#define TEXT "checkin correction 1"

#define CASE "correction_case"
#define CLOSED "correction_closed"

static const struct {
	const char *label, *text;
} reasons[] = {
#define X(symbol, label, text) { label, text },
	CK_CORRECTION_REASON_LIST(X)
#undef X
};

const char *
ck_correction_reason_label(enum ck_correction_reason reason)
{
	return reason < CK_CORRECTION_REASONS ? reasons[reason].label : "?";
}

const char *
ck_correction_reason_text(enum ck_correction_reason reason)
{
	return reason < CK_CORRECTION_REASONS ? reasons[reason].text : "?";
}

/* --- Building ------------------------------------------------------------- */

static json_t *
base64(struct ck_span bytes)
{
	struct ck_buf text = CK_BUF_INIT;
	json_t *json = NULL;

	if (bytes.len <= CK_ENVELOPE_MAX && ck_buf_resize(&text,
	    4 * ((bytes.len + 2) / 3) + 1) == CK_OK) {
		(void)EVP_EncodeBlock(text.ptr, bytes.ptr, (int)bytes.len);
		json = json_string((const char *)text.ptr);
	}
	ck_buf_wipe(&text);

	return json;
}

static json_t *
bare_json(const struct ck_correction_document *document)
{
	char made_at[CK_INSTANT_LEN], recipient[2 * CK_FINGERPRINT_LEN + 1];

	ck_clock_instant(document->made_ms, made_at);
	if (document->type == CK_CORRECTION_CLOSED)
		return json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:I}",
		    "schema", CK_CORRECTION_SCHEMA, "type", CLOSED,
		    "facility", document->code, "station", document->station,
		    "id", document->id, "made_at", made_at,
		    "retests", (json_int_t)document->retests);
	ck_hex_print(ck_span_of(document->recipient, CK_FINGERPRINT_LEN),
	    recipient);

	return json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:o}",
	    "schema", CK_CORRECTION_SCHEMA, "type", CASE,
	    "facility", document->code, "station", document->station,
	    "id", document->id, "made_at", made_at, "recipient", recipient,
	    "envelope", base64(ck_buf_view(&document->envelope)));
}

/* Canonical, so that equal documents are equal bytes. Takes json. */
static enum ck_err
sign_and_print(json_t *json, const char *text, struct ck_signer *signer,
    const uint8_t public[CK_PUBLIC_LEN], struct ck_buf *out)
{
	enum ck_err err = json == NULL ? CK_ERR_NOMEM :
	    ck_json_sign(json, text, signer, public);

	if (err == CK_OK)
		err = ck_json_canonical(json, out);
	if (err == CK_OK && out->len > CK_CORRECTION_MAX)
		err = CK_ERR_LIMIT;
	json_decref(json);

	return err;
}

enum ck_err
ck_correction_build(const struct ck_correction_document *document,
    struct ck_signer *signer, const uint8_t public[CK_PUBLIC_LEN],
    struct ck_buf *out)
{
	return sign_and_print(bare_json(document), TEXT, signer, public, out);
}

/* --- Reading -------------------------------------------------------------- */

bool
ck_correction_recognise(struct ck_span body)
{
	static const char mark[] = "\"type\":\"correction_";

	return memmem(body.ptr, body.len, mark, sizeof(mark) - 1) != NULL;
}

/* Exactly the form that is written: base64 of RFC 4648 §4 with its padding,
 * no white space. */
static bool
take_envelope(const json_t *json, struct ck_buf *out)
{
	const json_t *value = json_object_get(json, "envelope");
	const char *text = json_string_value(value);
	size_t len = json_string_length(value);
	json_t *again;
	bool good;

	if (text == NULL || len == 0 || len % 4 != 0 ||
	    len / 4 * 3 > CK_ENVELOPE_MAX + 2 ||
	    ck_buf_resize(out, len / 4 * 3) != CK_OK ||
	    EVP_DecodeBlock(out->ptr, (const uint8_t *)text, (int)len) < 0)
		return false;
	out->len -= text[len - 1] == '=';
	out->len -= text[len - 2] == '=';
	again = base64(ck_buf_view(out));
	good = json_equal(value, again) == 1;
	json_decref(again);

	return good && ck_envelope_check(ck_buf_view(out)) == CK_OK;
}

static bool
take_id(const json_t *json, char out[CK_CASE_ID_LEN])
{
	uint8_t bytes[16];

	return ck_json_copy(json, "id", out, CK_CASE_ID_LEN) &&
	    ck_hex_read(ck_span_str(out), bytes, sizeof(bytes));
}

static bool
take_signer(const json_t *json, uint8_t out[CK_PUBLIC_LEN])
{
	const json_t *signature = json_object_get(json, "signature");
	uint8_t value[CK_SIGNATURE_LEN];

	return json_object_size(signature) == 2 &&
	    ck_hex_read(ck_span_str(ck_json_text(signature, "key")), out,
	    CK_PUBLIC_LEN) && ck_hex_read(ck_span_str(
	    ck_json_text(signature, "value")), value, sizeof(value));
}

/* What both have: schema, type and signature are three of the members. */
static bool
take_common(const json_t *json, struct ck_correction_document *out)
{
	return take_id(json, out->id) &&
	    ck_feed_code(json, "facility", out->code) &&
	    ck_feed_station(json, "station", out->station) &&
	    ck_feed_instant(ck_json_text(json, "made_at"), &out->made_ms) &&
	    take_signer(json, out->key);
}

static bool
take_members(const json_t *json, struct ck_correction_document *out)
{
	const char *type = ck_json_text(json, "type");

	if (!take_common(json, out))
		return false;
	if (strcmp(type, CASE) == 0) {
		out->type = CK_CORRECTION_CASE;
		return json_object_size(json) == 9 &&
		    ck_feed_hex(json, "recipient", out->recipient,
		    CK_FINGERPRINT_LEN) && take_envelope(json, &out->envelope);
	}
	out->type = CK_CORRECTION_CLOSED;

	return strcmp(type, CLOSED) == 0 && json_object_size(json) == 8 &&
	    ck_feed_number(json, "retests", &out->retests) &&
	    out->retests >= 0;
}

static enum ck_correction_reason
read_json(struct ck_span body, struct ck_correction_document *out)
{
	int64_t schema;

	if (body.len > CK_CORRECTION_MAX)
		return CK_CORRECTION_TOO_LARGE;
	if ((out->json = ck_json_parse(body)) == NULL ||
	    !ck_feed_number(out->json, "schema", &schema))
		return CK_CORRECTION_MALFORMED;
	if (schema != CK_CORRECTION_SCHEMA)
		return CK_CORRECTION_VERSION;

	return take_members(out->json, out) ? CK_CORRECTION_GOOD :
	    CK_CORRECTION_MALFORMED;
}

enum ck_err
ck_correction_read(struct ck_span body, struct ck_correction_document *out,
    enum ck_correction_reason *reason)
{
	memset(out, 0, sizeof(*out));
	*reason = CK_CORRECTION_MALFORMED;
	if (EVP_Digest(body.ptr, body.len, out->sha256, NULL, EVP_sha256(),
	    NULL) != 1)
		return CK_ERR_CRYPTO;
	*reason = read_json(body, out);

	return CK_OK;
}

bool
ck_correction_verify(const struct ck_correction_document *document,
    const uint8_t public[CK_PUBLIC_LEN])
{
	return ck_json_signed(document->json, TEXT, public);
}

void
ck_correction_wipe(struct ck_correction_document *document)
{
	json_decref(document->json);
	ck_buf_wipe(&document->envelope);
	memset(document, 0, sizeof(*document));
}

/* --- The office's answer -------------------------------------------------- */

#define ANSWER_TEXT "checkin correction answer 1"
#define ANSWER "correction_answer"

static const struct {
	enum ck_office_state number;
	const char *label;
} states[] = {
#define X(symbol, number, label) { symbol, label },
	CK_OFFICE_STATE_LIST(X)
#undef X
};

#define STATES (sizeof(states) / sizeof(states[0]))

const char *
ck_office_state_label(enum ck_office_state state)
{
	size_t i;

	for (i = 0; i < STATES; i++) {
		if (states[i].number == state)
			return states[i].label;
	}

	return "?";
}

static bool
take_state(const json_t *json, enum ck_office_state *out)
{
	const char *label = ck_json_text(json, "state");
	size_t i;

	for (i = 0; i < STATES; i++) {
		if (strcmp(states[i].label, label) == 0) {
			*out = states[i].number;
			return true;
		}
	}

	return false;
}

enum ck_err
ck_office_answer_build(const struct ck_office_answer *answer,
    struct ck_signer *signer, const uint8_t public[CK_PUBLIC_LEN],
    struct ck_buf *out)
{
	char received_at[CK_INSTANT_LEN], state_at[CK_INSTANT_LEN];
	char sha256[65];

	ck_clock_instant(answer->received_ms, received_at);
	ck_clock_instant(answer->state_ms, state_at);
	ck_hex_print(ck_span_of(answer->sha256, sizeof(answer->sha256)), sha256);

	return sign_and_print(json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, "
	    "s:s, s:s}", "schema", CK_CORRECTION_SCHEMA, "type", ANSWER,
	    "facility", answer->code, "station", answer->station,
	    "id", answer->id, "sha256", sha256,
	    "state", ck_office_state_label(answer->state),
	    "received_at", received_at, "state_at", state_at), ANSWER_TEXT,
	    signer, public, out);
}

enum ck_err
ck_office_answer_read(struct ck_span body,
    const uint8_t public[CK_PUBLIC_LEN], struct ck_office_answer *out)
{
	json_t *json = body.len > CK_CORRECTION_MAX ? NULL :
	    ck_json_parse(body);
	int64_t schema;
	bool good;

	memset(out, 0, sizeof(*out));
	good = json_object_size(json) == 10 &&
	    ck_feed_number(json, "schema", &schema) &&
	    schema == CK_CORRECTION_SCHEMA &&
	    strcmp(ck_json_text(json, "type"), ANSWER) == 0 &&
	    take_id(json, out->id) &&
	    ck_feed_code(json, "facility", out->code) &&
	    ck_feed_station(json, "station", out->station) &&
	    ck_feed_hex(json, "sha256", out->sha256, sizeof(out->sha256)) &&
	    take_state(json, &out->state) &&
	    ck_feed_instant(ck_json_text(json, "received_at"),
	    &out->received_ms) &&
	    ck_feed_instant(ck_json_text(json, "state_at"), &out->state_ms) &&
	    ck_json_signed(json, ANSWER_TEXT, public);
	json_decref(json);
	if (!good)
		memset(out, 0, sizeof(*out));

	return good ? CK_OK : CK_ERR_CASE_MALFORMED;
}
