/*
 * recheck_view.c - re-checks as JSON: for the desks, and for the list
 */
#include <openssl/crypto.h>

#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "eligibility/recheck.h"
#include "eligibility/recheck_view.h"
#include "io/json.h"
#include "store/check_in.h"
#include "store/store.h"

static json_t *
date(struct ck_date value)
{
	char iso[CK_DATE_LEN];

	ck_date_iso(value, iso);

	return ck_json_known(iso);
}

static json_t *
row_json(const struct ck_recheck_row *row,
    const struct ck_lookup_record *before, enum ck_outcome after,
    const char *check_in)
{
	return json_pack("{ss so so so so so ss so ss so so sI so}",
	    "lookup", row->lookup_id,
	    "answer", ck_json_known(row->answer_id),
	    "check_in", ck_json_known(check_in),
	    "full_name", ck_json_known(before->identity.full_name),
	    "visit_date", date(row->visit_date),
	    "desk", ck_json_known(before->counted.desk),
	    "before", ck_outcome_label(before->counted.outcome),
	    "after", after == CK_OUTCOME_NONE ? json_null() :
	    json_string(ck_outcome_label(after)),
	    "state", ck_recheck_state_label(row->state),
	    "queued_at", ck_json_instant(row->queued_ms),
	    "decided_at", ck_json_instant(row->decided_ms),
	    "tries", (json_int_t)row->tries,
	    "seen_at", ck_json_instant(row->seen_ms));
}

/* Whom the lookup was of may have been admitted; "" is nobody. */
static enum ck_err
find_check_in(struct ck_store *store, const char *lookup_id,
    char id[CK_LOOKUP_ID_LEN])
{
	struct ck_check_in check_in;
	enum ck_err err = ck_store_check_in_of_lookup(store, lookup_id,
	    &check_in);

	memcpy(id, check_in.id, CK_LOOKUP_ID_LEN);
	ck_check_in_wipe(&check_in);

	return err == CK_ERR_NOT_FOUND ? CK_OK : err;
}

enum ck_err
ck_recheck_row_add(json_t *array, struct ck_store *store,
    const struct ck_recheck_row *row)
{
	struct ck_lookup_record *record = calloc(1, sizeof(*record));
	enum ck_outcome after = CK_OUTCOME_NONE;
	char check_in[CK_LOOKUP_ID_LEN];
	json_t *json = NULL;
	enum ck_err err = CK_OK;

	if (record == NULL)
		return CK_ERR_NOMEM;
	if (row->answer_id[0] != '\0') {
		err = ck_store_get_lookup(store, row->answer_id, record);
		after = record->counted.outcome;
	}
	if (err == CK_OK)
		err = ck_store_get_lookup(store, row->lookup_id, record);
	if (err == CK_OK)
		err = find_check_in(store, row->lookup_id, check_in);
	if (err == CK_OK)
		json = row_json(row, record, after, check_in);
	if (err == CK_OK && json_array_append_new(array, json) != 0)
		err = CK_ERR_NOMEM;
	OPENSSL_cleanse(record, sizeof(*record));
	free(record);

	return err;
}

/* Rows are read to their end before their lookups are: one statement of a
 * connection at a time. */
struct rows {
	struct ck_recheck_row list[CK_RECHECK_SHOWN_MAX];
	size_t len;
};

static enum ck_err
keep_row(void *ctx, const struct ck_recheck_row *row)
{
	struct rows *rows = ctx;

	if (rows->len < CK_RECHECK_SHOWN_MAX)
		rows->list[rows->len++] = *row;

	return CK_OK;
}

static enum ck_err
load_changed(struct ck_store *store, json_t **out)
{
	struct rows *rows = calloc(1, sizeof(*rows));
	json_t *array = json_array();
	enum ck_err err = CK_ERR_NOMEM;
	size_t i;

	if (rows != NULL && array != NULL)
		err = ck_store_rechecks_in(store, CK_RECHECK_CHANGED, true,
		    CK_RECHECK_SHOWN_MAX, keep_row, rows);
	for (i = 0; err == CK_OK && i < rows->len; i++)
		err = ck_recheck_row_add(array, store, &rows->list[i]);
	free(rows);
	if (err != CK_OK)
		json_decref(array);
	else
		*out = array;

	return err;
}

enum ck_err
ck_recheck_shown_load(struct ck_recheck_shown *shown, struct ck_store *store,
    bool answers)
{
	json_t *changed = NULL;
	int64_t waiting;
	enum ck_err err = ck_store_count_rechecks(store, &waiting);

	if (err == CK_OK && answers)
		err = load_changed(store, &changed);
	if (err != CK_OK)
		return err;
	shown->waiting = waiting;
	if (answers) {
		json_decref(shown->changed);
		shown->changed = changed;
	}

	return CK_OK;
}

json_t *
ck_recheck_shown_json(const struct ck_recheck_shown *shown)
{
	return json_pack("{sI sb so}",
	    "waiting", (json_int_t)shown->waiting,
	    "asks", (int)shown->asks,
	    "changed", shown->changed == NULL ? json_array() :
	    json_deep_copy(shown->changed));
}

void
ck_recheck_shown_wipe(struct ck_recheck_shown *shown)
{
	json_decref(shown->changed);
	shown->changed = NULL;
}
