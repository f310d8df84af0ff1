/*
 * error.c - the texts, labels and classes of the one error list
 */
#include <stddef.h>

#include "ck/error.h"

struct row {
	enum ck_err err;
	enum ck_class cls;
	const char *label;
	const char *text;
};

static const struct row rows[] = {
#define X(sym, no, cls, label, text) { sym, cls, label, text },
	CK_ERR_LIST(X)
#undef X
};

static const struct row unlisted = {
	CK_ERR_SYSTEM, CK_CLASS_INTERNAL, "unlisted", "unlisted error"
};

static const struct row *
find(enum ck_err err)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].err == err)
			return &rows[i];
	}

	return &unlisted;
}

enum ck_class
ck_err_class(enum ck_err err)
{
	return find(err)->cls;
}

const char *
ck_err_label(enum ck_err err)
{
	return find(err)->label;
}

const char *
ck_err_text(enum ck_err err)
{
	return find(err)->text;
}
