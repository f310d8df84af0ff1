/*
 * document.c - whose a feed document is, and who signed it
 */
#include <openssl/evp.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ck/hex.h"
#include "ledger/document_read.h"

/* In front of the canonical form. docs/feed.md, "What is signed" */
static const char signed_prefix[] = "checkin feed 1";

/* --- Before parsing ------------------------------------------------------- */

/* Values that jansson would make of text: it takes memory for each, so many
 * small ones in few bytes must not reach it. */
static bool
few_values(struct ck_span text)
{
	bool in_string = false;
	size_t values = 0, i;

	for (i = 0; i < text.len && values <= CK_DOCUMENT_VALUES_MAX; i++) {
		uint8_t byte = text.ptr[i];

		if (in_string && byte == '\\')
			i++;
		else if (byte == '"')
			in_string = !in_string;
		else if (!in_string && (byte == ',' || byte == '[' ||
		    byte == '{'))
			values++;
	}

	return values <= CK_DOCUMENT_VALUES_MAX;
}

static enum ck_err
digest(struct ck_span bytes, uint8_t out[32])
{
	return EVP_Digest(bytes.ptr, bytes.len, out, NULL, EVP_sha256(),
	    NULL) == 1 ? CK_OK : CK_ERR_CRYPTO;
}

/* --- Members -------------------------------------------------------------- */

bool
ck_feed_hex(const json_t *object, const char *name, uint8_t *out,
    size_t len)
{
	const json_t *value = json_object_get(object, name);

	return ck_hex_read(ck_span_of(json_string_value(value),
	    json_string_length(value)), out, len);
}

bool
ck_feed_number(const json_t *object, const char *name, int64_t *out)
{
	const json_t *value = json_object_get(object, name);

	*out = json_is_integer(value) ? json_integer_value(value) : 0;

	return json_is_integer(value);
}

/* strspn() of what a short name may hold. */
static bool
holds_only(const char *text, const char *letters)
{
	return text[strspn(text, letters)] == '\0';
}

bool
ck_feed_code(const json_t *object, const char *name,
    char out[CK_CODE_LEN])
{
	return ck_json_copy(object, name, out, CK_CODE_LEN) &&
	    strlen(out) == CK_CODE_LEN - 1 && holds_only(out,
	    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

bool
ck_feed_station(const json_t *object, const char *name,
    char out[CK_STATION_LEN])
{
	return ck_json_copy(object, name, out, CK_STATION_LEN) &&
	    out[0] != '\0' && holds_only(out,
	    "abcdefghijklmnopqrstuvwxyz0123456789-");
}

/* "1772330400-a1b2c3d4e5f60718" */
static bool
take_epoch(const json_t *object, char out[CK_FEED_EPOCH_LEN], int64_t *second)
{
	const char *random;
	char *end;

	if (!ck_json_copy(object, "epoch", out, CK_FEED_EPOCH_LEN) ||
	    !isdigit((unsigned char)out[0]))
		return false;
	*second = strtoll(out, &end, 10);
	random = end + 1;

	return *end == '-' && end - out <= 12 && strlen(random) == 16 &&
	    holds_only(random, "0123456789abcdef");
}

/* --- Opening -------------------------------------------------------------- */

static const char *const members[] = {
	"schema", "facility", "station", "epoch", "after", "revision", "more",
	"made_at", "complete_until", "latency_bounds_ms", "rows", "receipts",
	"signature"
};

#define MEMBERS (sizeof(members) / sizeof(members[0]))

/* The version comes first: another one may have other members. */
static void
check_schema(const json_t *json, struct ck_finding *finding)
{
	int64_t schema;

	if (!ck_feed_number(json, "schema", &schema))
		ck_finding_note(finding, CK_FEED_SCHEMA, "schema is absent or "
		    "no number; this program knows %d", CK_FEED_SCHEMA_KNOWN);
	else if (schema != CK_FEED_SCHEMA_KNOWN)
		ck_finding_note(finding, CK_FEED_SCHEMA, "schema %lld; this "
		    "program knows %d", (long long)schema,
		    CK_FEED_SCHEMA_KNOWN);
}

static void
check_members(const json_t *json, struct ck_finding *finding)
{
	size_t i;

	for (i = 0; i < MEMBERS; i++) {
		if (json_object_get(json, members[i]) == NULL)
			ck_finding_note(finding, CK_FEED_MALFORMED,
			    "no member %s", members[i]);
	}
	if (json_object_size(json) != MEMBERS)
		ck_finding_note(finding, CK_FEED_MALFORMED,
		    "%zu members, expected %zu", json_object_size(json),
		    MEMBERS);
}

static void
read_envelope(struct ck_document *doc, const json_t *json,
    struct ck_finding *finding)
{
	const json_t *signature = json_object_get(json, "signature");

	if (!ck_feed_code(json, "facility", doc->code))
		ck_finding_note(finding, CK_FEED_MALFORMED,
		    "facility is no code of 5 characters");
	if (!ck_feed_station(json, "station", doc->station))
		ck_finding_note(finding, CK_FEED_MALFORMED,
		    "station is no short name");
	if (!take_epoch(json, doc->epoch, &doc->epoch_s))
		ck_finding_note(finding, CK_FEED_MALFORMED,
		    "epoch is not SECOND-RANDOM");
	if (!ck_feed_instant(ck_json_text(json, "made_at"), &doc->made_ms))
		ck_finding_note(finding, CK_FEED_MALFORMED,
		    "made_at is no instant");
	if (json_object_size(signature) != 2 ||
	    !ck_feed_hex(signature, "key", doc->key, CK_KEY_LEN) ||
	    !ck_feed_hex(signature, "value", doc->signature, 64))
		ck_finding_note(finding, CK_FEED_MALFORMED,
		    "signature is not {key, value} in hexadecimal");
}

/* What is signed is the document without its signature. */
static enum ck_err
keep_signed_bytes(struct ck_document *doc, json_t *json,
    struct ck_finding *finding)
{
	json_t *bare = json_copy(json);
	enum ck_err err = CK_ERR_NOMEM;

	if (bare == NULL || json_object_del(bare, "signature") != 0)
		goto out;
	err = ck_buf_append(&doc->signed_bytes,
	    ck_span_of(signed_prefix, sizeof(signed_prefix)));
	if (err == CK_OK)
		err = ck_json_canonical(bare, &doc->signed_bytes);
	if (err == CK_ERR_LIMIT) {
		ck_finding_note(finding, CK_FEED_MALFORMED, "a number that is "
		    "not whole, or a control character in a text");
		err = CK_OK;
	}
out:
	json_decref(bare);

	return err;
}

enum ck_err
ck_document_open(struct ck_document *doc, struct ck_span body,
    struct ck_finding *finding)
{
	json_t *json;
	enum ck_err err;

	memset(doc, 0, sizeof(*doc));
	doc->body = body;
	if ((err = digest(body, doc->sha256)) != CK_OK)
		return err;
	if (body.len > CK_DOCUMENT_MAX || !few_values(body)) {
		ck_finding_note(finding, CK_FEED_TOO_LARGE, "%zu bytes; at "
		    "most %d bytes and %d values", body.len, CK_DOCUMENT_MAX,
		    CK_DOCUMENT_VALUES_MAX);
		return CK_OK;
	}
	if ((json = ck_json_parse(body)) == NULL || !json_is_object(json)) {
		json_decref(json);
		ck_finding_note(finding, CK_FEED_MALFORMED,
		    "not one JSON object");
		return CK_OK;
	}
	doc->json = json;
	check_schema(json, finding);
	check_members(json, finding);
	read_envelope(doc, json, finding);

	return finding->reason != CK_FEED_GOOD ? CK_OK :
	    keep_signed_bytes(doc, json, finding);
}

bool
ck_document_verify(const struct ck_document *doc,
    const uint8_t key[CK_KEY_LEN])
{
	return ck_signature_holds(key, ck_buf_view(&doc->signed_bytes),
	    doc->signature);
}

void
ck_document_wipe(struct ck_document *doc)
{
	json_decref(doc->json);
	free(doc->rows);
	ck_buf_wipe(&doc->signed_bytes);
	memset(doc, 0, sizeof(*doc));
}
