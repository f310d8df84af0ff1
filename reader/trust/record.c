/*
 * record.c - the trust store's own file, as text
 */
#include <openssl/evp.h>
#include <openssl/err.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/text.h"
#include "trust/crl.h"
#include "trust/record.h"

#define HEAD "checkin-trust 1"

/* Digits of an instant in milliseconds; more is no instant. */
#define DIGITS_MAX 15

/* One object being read. */
struct draft {
	bool begun, has_kind, has_der;
	struct ck_trust_item head;	/* kind, note and list_signed only */
	struct ck_span der;		/* base64, inside the text */
};

struct parse {
	struct ck_cursor rest;
	size_t line, count;
	struct draft draft;
	struct ck_anchors *anchors;
	bool ended;
};

static bool
next_line(struct parse *parse, struct ck_span *line)
{
	struct ck_span rest = parse->rest.rest, end;
	const uint8_t *stop = rest.len == 0 ? NULL :
	    memchr(rest.ptr, '\n', rest.len);

	if (stop == NULL || !ck_cursor_take(&parse->rest,
	    (size_t)(stop - rest.ptr), line))
		return false;
	parse->line++;

	return ck_cursor_take(&parse->rest, 1, &end);
}

static bool
take_text(struct ck_span value, char *out, size_t size)
{
	return out[0] == '\0' && ck_text_store(value, out, size) == CK_OK;
}

static bool
take_number(struct ck_span value, int64_t *out)
{
	size_t i;

	if (value.len == 0 || value.len > DIGITS_MAX || *out != 0)
		return false;
	for (i = 0; i < value.len; i++) {
		if (value.ptr[i] < '0' || value.ptr[i] > '9')
			return false;
		*out = *out * 10 + (value.ptr[i] - '0');
	}

	return true;
}

static bool
take_kind(struct draft *draft, struct ck_span value)
{
	int kind;

	for (kind = CK_TRUST_CSCA; kind <= CK_TRUST_PUBLISHER; kind++) {
		const char *label = ck_trust_kind_label(
		    (enum ck_trust_kind)kind);

		if (!draft->has_kind &&
		    ck_span_equal(value, ck_span_str(label))) {
			draft->head.kind = (enum ck_trust_kind)kind;
			return draft->has_kind = true;
		}
	}

	return false;
}

static bool
take_member(struct draft *draft, struct ck_span name, struct ck_span value)
{
	struct ck_trust_note *note = &draft->head.note;

	draft->begun = true;
	if (draft->has_der)
		return false;
	if (ck_span_equal(name, ck_span_str("kind")))
		return take_kind(draft, value);
	if (ck_span_equal(name, ck_span_str("at")))
		return take_number(value, &note->at_ms);
	if (ck_span_equal(name, ck_span_str("by")))
		return take_text(value, note->by, sizeof(note->by));
	if (ck_span_equal(name, ck_span_str("source")))
		return take_text(value, note->source, sizeof(note->source));
	if (ck_span_equal(name, ck_span_str("reason")))
		return take_text(value, note->reason, sizeof(note->reason));
	if (ck_span_equal(name, ck_span_str("list-signed")))
		return take_number(value, &draft->head.list_signed);
	draft->has_der = ck_span_equal(name, ck_span_str("der"));
	draft->der = value;

	return draft->has_der;
}

static enum ck_err
decode(struct ck_span text, struct ck_buf *out)
{
	size_t padding = 0;
	enum ck_err err;
	int len;

	if (text.len == 0 || text.len % 4 != 0)
		return CK_ERR_CONFIG;
	while (padding < 2 && text.ptr[text.len - 1 - padding] == '=')
		padding++;
	if ((err = ck_buf_resize(out, text.len / 4 * 3)) != CK_OK)
		return err;
	len = EVP_DecodeBlock(out->ptr, text.ptr, (int)text.len);
	if (len < 0 || (size_t)len != out->len)
		return CK_ERR_CONFIG;

	return ck_buf_resize(out, out->len - padding);
}

static enum ck_err
make_item(const struct draft *draft, struct ck_span der,
    struct ck_trust_item **out)
{
	X509_CRL *crl = NULL;
	X509 *cert = NULL;
	enum ck_err err;

	*out = NULL;
	if (draft->head.kind == CK_TRUST_CRL) {
		if ((err = ck_crl_parse(der, &crl)) != CK_OK)
			return err;
		*out = ck_trust_item_crl(crl);
	} else {
		if ((cert = ck_certificate_parse(der)) == NULL)
			return CK_ERR_CONFIG;
		*out = ck_trust_item_certificate(draft->head.kind, cert);
	}
	if (*out == NULL)
		return CK_ERR_NOMEM;
	(*out)->note = draft->head.note;
	(*out)->list_signed = draft->head.list_signed;

	return CK_OK;
}

/* An empty line: the object is whole. */
static enum ck_err
finish(struct parse *parse)
{
	struct draft *draft = &parse->draft;
	struct ck_buf der = CK_BUF_INIT;
	struct ck_trust_item *item = NULL;
	enum ck_err err = CK_ERR_CONFIG;

	if (!draft->begun)
		return CK_OK;
	if (!draft->has_kind || !draft->has_der)
		return err;
	if ((err = decode(draft->der, &der)) == CK_OK)
		err = make_item(draft, ck_buf_view(&der), &item);
	if (err == CK_OK)
		err = ck_anchors_add(parse->anchors, item);
	ck_buf_wipe(&der);
	memset(draft, 0, sizeof(*draft));
	parse->count++;

	return err;
}

static bool
is_end(const struct parse *parse, struct ck_span line)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "end %zu", parse->count);

	return !parse->draft.begun &&
	    ck_span_equal(line, ck_span_of(text, (size_t)len));
}

static enum ck_err
take_line(struct parse *parse, struct ck_span line)
{
	const uint8_t *space;
	size_t len;

	if (line.len == 0)
		return finish(parse);
	if (is_end(parse, line)) {
		parse->ended = true;
		return CK_OK;
	}
	if ((space = memchr(line.ptr, ' ', line.len)) == NULL)
		return CK_ERR_CONFIG;
	len = (size_t)(space - line.ptr);

	return take_member(&parse->draft, ck_span_slice(line, 0, len),
	    ck_span_slice(line, len + 1, line.len)) ? CK_OK : CK_ERR_CONFIG;
}

enum ck_err
ck_record_parse(struct ck_span text, struct ck_anchors *anchors,
    char why[CK_RECORD_WHY_LEN])
{
	struct parse parse = {
		.rest = ck_cursor_of(text), .anchors = anchors
	};
	enum ck_err err = CK_ERR_CONFIG;
	struct ck_span line;

	if (next_line(&parse, &line) &&
	    ck_span_equal(line, ck_span_str(HEAD)))
		err = CK_OK;
	while (err == CK_OK && !parse.ended)
		err = next_line(&parse, &line) ? take_line(&parse, line) :
		    CK_ERR_CONFIG;
	if (err == CK_OK && !ck_cursor_at_end(&parse.rest))
		err = CK_ERR_CONFIG;
	if (err != CK_OK)
		(void)snprintf(why, CK_RECORD_WHY_LEN, "line %zu: %s",
		    parse.line, err == CK_ERR_CONFIG ? "damaged, or written "
		    "by a newer program" : ck_err_text(err));

	return err;
}

static enum ck_err
encode(const struct ck_trust_item *item, struct ck_buf *out)
{
	unsigned char *der = NULL;
	int len = item->crl != NULL ? i2d_X509_CRL(item->crl, &der) :
	    i2d_X509(item->cert, &der);
	size_t at = out->len, text_len;
	enum ck_err err = CK_ERR_CRYPTO;

	if (len <= 0)
		goto out;
	text_len = ((size_t)len + 2) / 3 * 4;
	/* One more for the NUL, which the line feed then replaces. */
	if ((err = ck_buf_resize(out, at + text_len + 1)) != CK_OK)
		goto out;
	(void)EVP_EncodeBlock(out->ptr + at, der, len);
	out->ptr[at + text_len] = '\n';
out:
	OPENSSL_free(der);
	ERR_clear_error();

	return err;
}

static enum ck_err
put(struct ck_buf *out, const char *name, const char *value)
{
	enum ck_err err;

	if (value[0] == '\0')
		return CK_OK;
	if ((err = ck_buf_append(out, ck_span_str(name))) == CK_OK &&
	    (err = ck_buf_push(out, ' ')) == CK_OK &&
	    (err = ck_buf_append(out, ck_span_str(value))) == CK_OK)
		err = ck_buf_push(out, '\n');

	return err;
}

static enum ck_err
put_number(struct ck_buf *out, const char *name, int64_t value)
{
	char text[24] = "";

	if (value > 0)
		(void)snprintf(text, sizeof(text), "%" PRId64, value);

	return put(out, name, text);
}

static enum ck_err
write_item(const struct ck_trust_item *item, struct ck_buf *out)
{
	const struct ck_trust_note *note = &item->note;
	enum ck_err err;

	if ((err = put(out, "kind", ck_trust_kind_label(item->kind))) ==
	    CK_OK && (err = put_number(out, "at", note->at_ms)) == CK_OK &&
	    (err = put(out, "by", note->by)) == CK_OK &&
	    (err = put(out, "source", note->source)) == CK_OK &&
	    (err = put(out, "reason", note->reason)) == CK_OK &&
	    (err = put_number(out, "list-signed", item->list_signed)) ==
	    CK_OK && (err = ck_buf_append(out, ck_span_str("der "))) == CK_OK &&
	    (err = encode(item, out)) == CK_OK)
		err = ck_buf_push(out, '\n');

	return err;
}

enum ck_err
ck_record_write(const struct ck_anchors *anchors, struct ck_buf *out)
{
	enum ck_err err = ck_buf_append(out, ck_span_str(HEAD "\n\n"));
	char text[32];
	size_t i, count = 0;

	for (i = 0; err == CK_OK && i < ck_anchors_size(anchors); i++) {
		const struct ck_trust_item *item = ck_anchors_item(anchors, i);

		if (item->file[0] != '\0')
			continue;
		err = write_item(item, out);
		count++;
	}
	(void)snprintf(text, sizeof(text), "end %zu\n", count);

	return err != CK_OK ? err : ck_buf_append(out, ck_span_str(text));
}
