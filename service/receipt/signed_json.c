/*
 * signed_json.c - a JSON document under an Ed25519 key
 *
 * Sources: RFC 8032 (Ed25519), RFC 8785 (canonical form).
 */
#include <string.h>

#include "ck/hex.h"
#include "receipt/signed_json.h"

/* The bytes that are signed; document has no signature now. The NUL of text
 * is signed, too. */
static enum ck_err
signed_bytes(const json_t *document, const char *text, struct ck_buf *out)
{
	enum ck_err err = ck_buf_append(out, ck_span_of(text,
	    strlen(text) + 1));

	return err == CK_OK ? ck_json_canonical(document, out) : err;
}

enum ck_err
ck_json_sign(json_t *document, const char *text, struct ck_signer *signer,
    const uint8_t public[CK_PUBLIC_LEN])
{
	char key[2 * CK_PUBLIC_LEN + 1], value[2 * CK_SIGNATURE_LEN + 1];
	uint8_t signature[CK_SIGNATURE_LEN];
	struct ck_buf bytes = CK_BUF_INIT;
	enum ck_err err;

	(void)json_object_del(document, "signature");
	if ((err = signed_bytes(document, text, &bytes)) != CK_OK ||
	    (err = ck_signer_sign_bytes(signer, ck_buf_view(&bytes),
	    signature)) != CK_OK)
		goto out;
	ck_hex_print(ck_span_of(public, CK_PUBLIC_LEN), key);
	ck_hex_print(ck_span_of(signature, CK_SIGNATURE_LEN), value);
	if (json_object_set_new(document, "signature", json_pack(
	    "{s:s, s:s}", "key", key, "value", value)) != 0)
		err = CK_ERR_NOMEM;
out:
	ck_buf_wipe(&bytes);

	return err;
}

bool
ck_json_signed(const json_t *document, const char *text,
    const uint8_t public[CK_PUBLIC_LEN])
{
	const json_t *given = json_object_get(document, "signature");
	uint8_t signature[CK_SIGNATURE_LEN];
	struct ck_buf bytes = CK_BUF_INIT;
	json_t *rest = NULL;
	bool good = false;

	if (!ck_hex_read(ck_span_str(ck_json_text(given, "value")), signature,
	    sizeof(signature)))
		return false;
	/* copies the members, not what they hold */
	if ((rest = json_copy((json_t *)(uintptr_t)document)) == NULL)
		return false;
	(void)json_object_del(rest, "signature");
	good = signed_bytes(rest, text, &bytes) == CK_OK &&
	    ck_signature_holds(public, ck_buf_view(&bytes), signature);
	ck_buf_wipe(&bytes);
	json_decref(rest);

	return good;
}
