/*
 * master_list.c - a signed list of many states' CSCA certificates
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <string.h>

#include "card/tlv.h"
#include "trust/limits.h"
#include "trust/master_list.h"
#include "trust/strength.h"

#define TAG_INTEGER 0x02
#define TAG_SEQUENCE 0x30
#define TAG_SET 0x31

/* OBJ_obj2txt() of the signer's extended key usage. 9303-12 §7.1.3 */
#define LIST_SIGNING "2.23.136.1.1.3"

bool
ck_master_list_next(struct ck_cursor *cur, struct ck_span *der)
{
	struct ck_tlv object;

	if (!ck_tlv_next(cur, &object) || object.tag != TAG_SEQUENCE)
		return false;
	*der = object.whole;

	return true;
}

/* CscaMasterList ::= SEQUENCE { version (0), certList SET OF Certificate } */
static enum ck_err
parse_content(struct ck_span content, struct ck_master_list *out)
{
	static const uint8_t version[] = { 0 };
	struct ck_span value;
	struct ck_cursor cur;

	if (!ck_tlv_only(content, TAG_SEQUENCE, &value))
		return CK_ERR_FILE_MALFORMED;
	cur = ck_cursor_of(value);
	if (!ck_tlv_expect(&cur, TAG_INTEGER, &value) ||
	    !ck_span_equal(value, ck_span_of(version, sizeof(version))) ||
	    !ck_tlv_expect(&cur, TAG_SET, &out->certificates) ||
	    !ck_cursor_at_end(&cur))
		return CK_ERR_FILE_MALFORMED;
	cur = ck_cursor_of(out->certificates);
	while (ck_master_list_next(&cur, &value)) {
		if (++out->count > CK_MASTER_LIST_CERTIFICATES_MAX)
			return CK_ERR_LIMIT;
	}

	return ck_cursor_at_end(&cur) && out->count > 0 ? CK_OK :
	    CK_ERR_FILE_MALFORMED;
}

enum ck_err
ck_master_list_open(struct ck_span file, struct ck_master_list *out)
{
	enum ck_err err;

	memset(out, 0, sizeof(*out));
	if (file.len > CK_MASTER_LIST_MAX)
		return CK_ERR_LIMIT;
	err = ck_signed_open(file, CK_SIGNED_MASTER_LIST, &out->document);

	return err != CK_OK ? err :
	    parse_content(out->document.content, out);
}

/* Any document signer of any state could sign a list otherwise. */
static bool
for_lists(X509 *signer)
{
	EXTENDED_KEY_USAGE *uses = X509_get_ext_d2i(signer, NID_ext_key_usage,
	    NULL, NULL);
	bool found = false;
	char text[64];
	int i;

	for (i = 0; i < sk_ASN1_OBJECT_num(uses); i++) {
		if (OBJ_obj2txt(text, sizeof(text),
		    sk_ASN1_OBJECT_value(uses, i), 1) > 0 &&
		    strcmp(text, LIST_SIGNING) == 0)
			found = true;
	}
	EXTENDED_KEY_USAGE_free(uses);
	ERR_clear_error();

	return found;
}

enum ck_err
ck_master_list_verify(struct ck_master_list *list)
{
	struct ck_signed *document = &list->document;
	enum ck_err err = ck_signed_verify(document);

	if (err != CK_OK)
		return err;
	if (!ck_strength_certificate(document->signer, false) ||
	    !ck_strength_digest(ck_signed_digest(document), false))
		return CK_ERR_TRUST_POLICY;

	return for_lists(document->signer) ? CK_OK : CK_ERR_TRUST_CHAIN;
}

void
ck_master_list_close(struct ck_master_list *list)
{
	ck_signed_close(&list->document);
	memset(list, 0, sizeof(*list));
}
