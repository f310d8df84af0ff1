/*
 * site_documents.c - what arrived, and why it was not counted
 */
#include "ck/hex.h"
#include "ledger/day.h"
#include "province/site_state.h"

struct listing {
	const struct ck_registry *registry;	/* borrowed */
	const struct ck_site_documents *wish;
	const struct ck_site_asked *asked;
	json_t *list;				/* owned */
};

static json_t *
document(const struct ck_document_row *row)
{
	char hash[2 * sizeof(row->sha256) + 1];

	ck_hex_print(ck_span_of(row->sha256, sizeof(row->sha256)), hash);

	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:o, s:I, s:o, s:s, "
	    "s:s, s:s, s:I, s:I, s:I, s:I, s:s}",
	    "number", (json_int_t)row->number,
	    "verdict", ck_verdict_label(row->verdict),
	    "reason", row->reason, "detail", row->detail,
	    "way", ck_way_label(row->way),
	    "received", ck_site_instant(row->received_ms),
	    "last", ck_site_instant(row->last_ms),
	    "times", (json_int_t)row->times,
	    "made", ck_site_instant(row->made_ms),
	    "code", row->code, "station", row->station, "epoch", row->epoch,
	    "after", (json_int_t)row->after,
	    "revision", (json_int_t)row->revision,
	    "row_count", (json_int_t)row->row_count,
	    "bytes", (json_int_t)row->bytes, "sha256", hash);
}

static enum ck_err
add(void *ctx, const struct ck_document_row *row)
{
	struct listing *listing = ctx;

	if (json_array_append_new(listing->list, document(row)) != 0)
		return CK_ERR_NOMEM;

	return json_array_size(listing->list) < listing->wish->limit ?
	    CK_OK : CK_ERR_LIMIT;
}

static enum ck_err
read_documents(struct ck_ledger *ledger, struct listing *listing,
    struct ck_documents_query *query)
{
	const struct ck_clinic *clinic;

	if (listing->wish->code[0] == '\0')
		return ck_documents_read(ledger, query, add, listing);
	clinic = ck_registry_by_code(listing->registry, listing->wish->code,
	    ck_day_of_ms(listing->asked->now_ms));
	if (clinic == NULL)
		return CK_ERR_NOT_FOUND;
	query->facility = clinic->number;

	return ck_documents_read(ledger, query, add, listing);
}

enum ck_err
ck_province_documents_json(struct ck_ledger *ledger,
    const struct ck_site_documents *wish, const struct ck_site_asked *asked,
    json_t **out)
{
	struct listing listing = { .wish = wish, .asked = asked };
	struct ck_documents_query query = {
		.verdict = wish->verdict, .not_counted = wish->not_counted
	};
	enum ck_err err;

	*out = NULL;
	if ((err = ck_ledger_registry(ledger, &listing.registry)) != CK_OK)
		return err;
	if ((listing.list = json_array()) == NULL)
		return CK_ERR_NOMEM;
	err = read_documents(ledger, &listing, &query);
	if (err == CK_ERR_LIMIT)
		err = CK_OK;	/* as many as were asked for */
	if (err == CK_OK)
		*out = listing.list;
	else
		json_decref(listing.list);

	return err;
}
