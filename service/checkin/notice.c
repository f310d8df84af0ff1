/*
 * notice.c - the 26 values, normalised when they are set
 */
#include <openssl/crypto.h>

#include <string.h>

#include "checkin/notice.h"
#include "ck/text.h"

/* LY_DO_VNT has 4,000 characters of at most 4 bytes; and a NUL. */
#define VALUE_SIZE 16001

static const struct ck_field_rule rules[] = {
#define X(name, max, required) { #name, (max), (required) },
	CK_FIELD_LIST(X)
#undef X
};

_Static_assert(sizeof(rules) / sizeof(rules[0]) == 26,
    "QĐ 4750 has 26 elements");

const struct ck_field_rule *
ck_field_rule(enum ck_notice_field field)
{
	return &rules[field];
}

enum ck_notice_field
ck_field_find(const char *name)
{
	size_t i;

	for (i = 0; i < CK_FIELDS; i++) {
		if (strcmp(rules[i].name, name) == 0)
			break;
	}

	return (enum ck_notice_field)i;
}

static enum ck_err
store_value(struct ck_buf *into, const char *text)
{
	size_t len = strlen(text);

	ck_buf_wipe(into);

	return len == 0 ? CK_OK : ck_buf_append(into,
	    ck_span_of(text, len + 1));
}

enum ck_err
ck_notice_set(struct ck_notice *notice, enum ck_notice_field field,
    const char *text)
{
	struct ck_buf value = CK_BUF_INIT;
	char clean[VALUE_SIZE];
	enum ck_err err;

	if ((err = ck_text_store(ck_span_str(text), clean,
	    sizeof(clean))) == CK_OK)
		err = store_value(&value, clean);
	if (err == CK_OK) {
		ck_buf_wipe(&notice->value[field]);
		notice->value[field] = value;
	}
	OPENSSL_cleanse(clean, sizeof(clean));

	return err;
}

const char *
ck_notice_get(const struct ck_notice *notice, enum ck_notice_field field)
{
	const struct ck_buf *value = &notice->value[field];

	return value->len > 0 ? (const char *)value->ptr : "";
}

enum ck_err
ck_notice_copy(const struct ck_notice *from, struct ck_notice *into)
{
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; i < CK_FIELDS && err == CK_OK; i++)
		err = store_value(&into->value[i],
		    ck_notice_get(from, (enum ck_notice_field)i));

	return err;
}

bool
ck_notice_equal(const struct ck_notice *a, const struct ck_notice *b)
{
	size_t i;

	for (i = 0; i < CK_FIELDS; i++) {
		if (strcmp(ck_notice_get(a, (enum ck_notice_field)i),
		    ck_notice_get(b, (enum ck_notice_field)i)) != 0)
			return false;
	}

	return true;
}

bool
ck_notice_is_ward(const struct ck_notice *notice)
{
	return ck_notice_get(notice, CK_FIELD_NGAY_VAO_NOI_TRU)[0] != '\0';
}

void
ck_notice_wipe(struct ck_notice *notice)
{
	size_t i;

	for (i = 0; i < CK_FIELDS; i++)
		ck_buf_wipe(&notice->value[i]);
}
