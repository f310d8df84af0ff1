/*
 * fields.c - the text of a code, cut at its bars
 */
#include <string.h>

#include "ck/text.h"
#include "printed/fields.h"

static size_t
field_len(struct ck_span text)
{
	size_t len = 0;

	while (len < text.len && text.ptr[len] != '|')
		len++;

	return len;
}

void
ck_fields_split(struct ck_span text, struct ck_fields *out)
{
	memset(out, 0, sizeof(*out));
	for (;;) {
		size_t len = field_len(text);

		if (out->count < CK_FIELDS_MAX)
			out->field[out->count] =
			    ck_text_trim(ck_span_slice(text, 0, len));
		out->count++;
		if (len == text.len)
			return;
		text = ck_span_slice(text, len + 1, text.len);
	}
}

bool
ck_field_absent(struct ck_span field)
{
	return field.len == 0 || (field.len == 1 && field.ptr[0] == '-');
}
