/*
 * fields.h - the text of a code, cut at its bars
 */
#ifndef READER_PRINTED_FIELDS_H
#define READER_PRINTED_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "ck/buf.h"

/* More than any code seen (17); later fields are counted but not kept. */
#define CK_FIELDS_MAX 32

struct ck_fields {
	struct ck_span field[CK_FIELDS_MAX];	/* trimmed, borrowed */
	size_t count;				/* all, also beyond the array */
};

/* Cut text at every '|'. Text without a bar is one field. */
void ck_fields_split(struct ck_span text, struct ck_fields *out);

/* True for an empty field and for "-", which codes use for nothing. */
bool ck_field_absent(struct ck_span field);

#endif /* READER_PRINTED_FIELDS_H */
