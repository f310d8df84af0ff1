/*
 * label.c - desks, reasons and codes as numbers
 */
#include <stdio.h>
#include <string.h>

#include "store/internal.h"

/*
 * Distinct labels of one database. Codes come from outside: a gateway that
 * invents one for each answer must not fill the disk with rows of figures.
 */
#define LABELS_MAX 4096
#define OTHER "other"

static struct ck_label_slot *
slot_of(struct ck_store *store, const char *text)
{
	uint32_t hash = 2166136261U;	/* FNV-1a */
	const char *c;

	for (c = text; *c != '\0'; c++)
		hash = (hash ^ (uint8_t)*c) * 16777619U;

	return &store->labels[hash % CK_LABEL_SLOTS];
}

static enum ck_err
find(struct ck_store *store, const char *text, int64_t *out)
{
	static const char sql[] = "SELECT number FROM label WHERE label = ?";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	*out = 0;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_text(stmt, text);
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row)
		*out = ck_stmt_take_int(stmt);
	ck_stmt_end(stmt);

	return err;
}

static enum ck_err
insert(struct ck_store *store, const char *text, int64_t *out)
{
	static const char sql_last[] = "SELECT max(number) FROM label";
	static const char sql[] = "INSERT INTO label (label) VALUES (?)";
	struct ck_stmt *stmt;
	int64_t last;
	enum ck_err err;

	if ((err = ck_db_int(store->db, sql_last, &last)) != CK_OK)
		return err;
	if (last >= LABELS_MAX) {
		text = OTHER;
		if ((err = find(store, text, out)) != CK_OK || *out != 0)
			return err;
	}
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_text(stmt, text);
	if ((err = ck_stmt_run(stmt)) == CK_OK)
		*out = ck_db_last_rowid(store->db);

	return err;
}

enum ck_err
ck_label_number(struct ck_store *store, const char *text, int64_t *out)
{
	struct ck_label_slot *slot = slot_of(store, text);
	enum ck_err err;

	*out = 0;
	if (text[0] == '\0')
		return CK_OK;
	if (slot->number != 0 && strcmp(slot->text, text) == 0) {
		*out = slot->number;
		return CK_OK;
	}
	if ((err = find(store, text, out)) != CK_OK)
		return err;
	if (*out == 0 && (err = insert(store, text, out)) != CK_OK)
		return err;
	(void)snprintf(slot->text, sizeof(slot->text), "%s", text);
	slot->number = *out;

	return CK_OK;
}

void
ck_label_forget(struct ck_store *store)
{
	memset(store->labels, 0, sizeof(store->labels));
}
