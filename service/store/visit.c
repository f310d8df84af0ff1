/*
 * visit.c - one person, one clinic, one date
 *
 * A visit is a function of the set of its closed lookups, whatever the order
 * in which they close: the earliest one began it, the latest one with an
 * answer decides it, the earliest attempt with CCCD, CC or VNeID is its
 * attempt. So a lookup, or the visits of a second person who proves to be the
 * same, can be folded in at any time, and the figures move with it.
 */
#include "ck/words.h"
#include "store/internal.h"

struct visit {
	bool exists, has_cccd, gateway;
	struct ck_counts first, final, cccd;
};

struct place {
	int64_t date, clinic, person;
};

void
ck_counts_take(struct ck_stmt *stmt, struct ck_counts *out)
{
	out->lookup = ck_stmt_take_int(stmt);
	out->opened_ms = ck_stmt_take_int(stmt);
	out->visit_date = ck_stmt_take_int(stmt);
	out->clinic = ck_stmt_take_int(stmt);
	out->kind = ck_stmt_take_int(stmt);
	out->presented = ck_stmt_take_int(stmt);
	out->captured = ck_stmt_take_int(stmt);
	out->assurance = ck_stmt_take_int(stmt);
	out->first_key = ck_stmt_take_int(stmt);
	out->first_outcome = ck_stmt_take_int(stmt);
	out->first_source = ck_stmt_take_int(stmt);
	out->first_reason = ck_stmt_take_int(stmt);
	out->resolved_by = ck_stmt_take_int(stmt);
	out->outcome = ck_stmt_take_int(stmt);
	out->source = ck_stmt_take_int(stmt);
	out->reason = ck_stmt_take_int(stmt);
	out->owner = ck_stmt_take_int(stmt);
	out->desk = ck_stmt_take_int(stmt);
	out->latency_ms = ck_stmt_take_int(stmt);
}

static enum ck_err
load_counts(struct ck_store *store, int64_t lookup, struct ck_counts *out)
{
	static const char sql[] =
	    "SELECT " CK_COUNTS_COLUMNS " FROM lookup WHERE number = ?";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, lookup);
	if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
		return err;
	if (row)
		ck_counts_take(stmt, out);
	ck_stmt_end(stmt);

	return row ? CK_OK : CK_ERR_STORE_CORRUPT;
}

static void
bind_place(struct ck_stmt *stmt, const struct place *place)
{
	ck_stmt_bind_int(stmt, place->date);
	ck_stmt_bind_int(stmt, place->clinic);
	ck_stmt_bind_int(stmt, place->person);
}

/* Most visits have one lookup: it is not read twice. */
static enum ck_err
load_lookups(struct ck_store *store, int64_t final, int64_t cccd,
    struct visit *visit)
{
	enum ck_err err;

	err = load_counts(store, visit->first.lookup, &visit->first);
	if (err == CK_OK && final == visit->first.lookup)
		visit->final = visit->first;
	else if (err == CK_OK)
		err = load_counts(store, final, &visit->final);
	if (err == CK_OK && cccd == visit->first.lookup)
		visit->cccd = visit->first;
	else if (err == CK_OK && cccd != 0)
		err = load_counts(store, cccd, &visit->cccd);

	return err;
}

static enum ck_err
load(struct ck_store *store, const struct place *place, struct visit *visit)
{
	static const char sql[] =
	    "SELECT gateway, first, final, cccd FROM visit "
	    "WHERE date = ? AND clinic = ? AND person = ?";
	struct ck_stmt *stmt;
	int64_t final, cccd;
	enum ck_err err;

	*visit = (struct visit){ 0 };
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	bind_place(stmt, place);
	err = ck_stmt_next(stmt, &visit->exists);
	if (err != CK_OK || !visit->exists) {
		ck_stmt_end(stmt);
		return err;
	}
	visit->gateway = ck_stmt_take_int(stmt) != 0;
	visit->first.lookup = ck_stmt_take_int(stmt);
	final = ck_stmt_take_int(stmt);
	cccd = ck_stmt_take_int(stmt);
	visit->has_cccd = cccd != 0;
	ck_stmt_end(stmt);

	return load_lookups(store, final, cccd, visit);
}

static enum ck_err
save(struct ck_store *store, const struct place *place,
    const struct visit *visit)
{
	static const char sql[] =
	    "INSERT INTO visit (date, clinic, person, first, final, cccd, "
	    "gateway) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
	    "first = excluded.first, final = excluded.final, "
	    "cccd = excluded.cccd, gateway = excluded.gateway";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	bind_place(stmt, place);
	ck_stmt_bind_int(stmt, visit->first.lookup);
	ck_stmt_bind_int(stmt, visit->final.lookup);
	if (visit->has_cccd)
		ck_stmt_bind_int(stmt, visit->cccd.lookup);
	else
		ck_stmt_bind_null(stmt);
	ck_stmt_bind_int(stmt, visit->gateway ? 1 : 0);

	return ck_stmt_run(stmt);
}

/* Add the visit's figures (change 1) or take them back (-1). */
static enum ck_err
tally(struct ck_store *store, const struct visit *visit, int64_t change)
{
	struct ck_figure figure;
	enum ck_err err;

	if (!visit->exists)
		return CK_OK;
	figure = ck_count_visit(&visit->first, &visit->final);
	err = ck_tally_add(store->tally, &figure, change, -1);
	if (err == CK_OK && visit->has_cccd) {
		figure = ck_count_cccd(&visit->cccd);
		err = ck_tally_add(store->tally, &figure, change, -1);
	}

	return err;
}

static void
fold_cccd(struct visit *visit, const struct ck_counts *attempt)
{
	if (!visit->has_cccd || ck_count_before(attempt, &visit->cccd))
		visit->cccd = *attempt;
	visit->has_cccd = true;
}

static void
fold_lookup(struct visit *visit, const struct ck_counts *lookup)
{
	bool begins = ck_count_begins_visit(lookup->kind);

	if (!visit->exists) {
		visit->first = *lookup;
		visit->final = *lookup;
		visit->exists = true;
	}
	if (begins && ck_count_before(lookup, &visit->first))
		visit->first = *lookup;
	if (ck_count_decides(lookup, &visit->final))
		visit->final = *lookup;
	if (ck_count_is_cccd(lookup))
		fold_cccd(visit, lookup);
	visit->gateway = visit->gateway ||
	    lookup->source == CK_SOURCE_GATEWAY ||
	    lookup->first_source == CK_SOURCE_GATEWAY;
}

/*
 * A visit that began before a restore, under the same code and station, is
 * still that visit: in the new epoch it would count a second time. The epoch
 * before is not fed any more, so a collector keeps how it stood there.
 */
static enum ck_err
find_before_restore(struct ck_store *store, struct place *place)
{
	static const char sql[] =
	    "SELECT v.clinic FROM visit v "
	    "JOIN clinic c ON c.number = v.clinic "
	    "JOIN clinic now ON now.facility = c.facility "
	    "AND now.station = c.station "
	    "WHERE v.date = ? AND now.number = ? AND v.person = ? "
	    "ORDER BY c.epoch LIMIT 1";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if (!store->restored)
		return CK_OK;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	bind_place(stmt, place);
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row)
		place->clinic = ck_stmt_take_int(stmt);
	ck_stmt_end(stmt);

	return err;
}

enum ck_err
ck_visit_count(struct ck_store *store, int64_t person,
    const struct ck_counts *lookup, bool *known)
{
	struct place place = { lookup->visit_date, lookup->clinic, person };
	struct visit visit;
	enum ck_err err;

	*known = false;
	if (person == 0 || !ck_count_decides_visit(lookup->kind))
		return CK_OK;
	if ((err = find_before_restore(store, &place)) != CK_OK ||
	    (err = load(store, &place, &visit)) != CK_OK)
		return err;
	*known = visit.exists;
	if (!visit.exists && !ck_count_begins_visit(lookup->kind))
		return CK_OK;	/* a re-check after its visit was erased */
	if ((err = tally(store, &visit, -1)) != CK_OK)
		return err;
	fold_lookup(&visit, lookup);
	if ((err = tally(store, &visit, 1)) != CK_OK)
		return err;

	return save(store, &place, &visit);
}

static enum ck_err
erase(struct ck_store *store, const struct place *place)
{
	static const char sql[] =
	    "DELETE FROM visit WHERE date = ? AND clinic = ? AND person = ?";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	bind_place(stmt, place);

	return ck_stmt_run(stmt);
}

static void
fold_visit(struct visit *into, const struct visit *from)
{
	if (!into->exists) {
		*into = *from;
		return;
	}
	if (ck_count_before(&from->first, &into->first))
		into->first = from->first;
	if (ck_count_decides(&from->final, &into->final))
		into->final = from->final;
	if (from->has_cccd)
		fold_cccd(into, &from->cccd);
	into->gateway = into->gateway || from->gateway;
}

static enum ck_err
move(struct ck_store *store, const struct place *from, int64_t into)
{
	struct place target = { from->date, from->clinic, into };
	struct visit source, visit;
	enum ck_err err;

	if ((err = load(store, from, &source)) != CK_OK ||
	    (err = load(store, &target, &visit)) != CK_OK ||
	    (err = tally(store, &source, -1)) != CK_OK ||
	    (err = tally(store, &visit, -1)) != CK_OK)
		return err;
	fold_visit(&visit, &source);
	if ((err = tally(store, &visit, 1)) != CK_OK ||
	    (err = erase(store, from)) != CK_OK)
		return err;

	return save(store, &target, &visit);
}

static enum ck_err
any_visit(struct ck_store *store, int64_t person, struct place *out,
    bool *found)
{
	static const char sql[] =
	    "SELECT date, clinic FROM visit WHERE person = ? LIMIT 1";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, person);
	if ((err = ck_stmt_next(stmt, found)) == CK_OK && *found) {
		out->date = ck_stmt_take_int(stmt);
		out->clinic = ck_stmt_take_int(stmt);
		out->person = person;
	}
	ck_stmt_end(stmt);

	return err;
}

enum ck_err
ck_visit_merge(struct ck_store *store, int64_t from, int64_t into)
{
	struct place place = { 0 };
	enum ck_err err;
	bool found = false;

	while ((err = any_visit(store, from, &place, &found)) == CK_OK &&
	    found) {
		if ((err = move(store, &place, into)) != CK_OK)
			return err;
	}

	return err;
}

enum ck_err
ck_visit_asked_gateway(struct ck_store *store, int64_t person, int64_t date,
    bool *out)
{
	static const char sql[] =
	    "SELECT EXISTS (SELECT 1 FROM visit WHERE date = ?1 "
	    "AND clinic = ?2 AND person = ?3 AND gateway = 1) "
	    "OR EXISTS (SELECT 1 FROM lookup WHERE closed_ms IS NULL "
	    "AND person = ?3 AND visit_date = ?1 AND clinic = ?2 "
	    "AND kind <> ?4 AND ?5 IN (source, first_source))";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	*out = false;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, date);
	ck_stmt_bind_int(stmt, store->clinic);
	ck_stmt_bind_int(stmt, person);
	ck_stmt_bind_int(stmt, CK_KIND_APPOINTMENT);
	ck_stmt_bind_int(stmt, CK_SOURCE_GATEWAY);
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row)
		*out = ck_stmt_take_int(stmt) != 0;
	ck_stmt_end(stmt);

	return err;
}

/* --- What earlier visits came to ------------------------------------------- */

/* The person of any of these numbers; 0: nobody. */
static enum ck_err
find_person(struct ck_store *store, const struct ck_person_keys *keys,
    int64_t *person)
{
	const struct { enum ck_hash_domain kind; const char *text; } all[] = {
		{ CK_HASH_ID_NUMBER, keys->id_number },
		{ CK_HASH_INSURANCE_NUMBER, keys->insurance_number },
		{ CK_HASH_CARD_NUMBER, keys->card_number },
	};
	enum ck_err err = CK_OK;
	size_t i;

	*person = 0;
	for (i = 0; i < sizeof(all) / sizeof(all[0]) && err == CK_OK &&
	    *person == 0; i++) {
		if (all[i].text[0] != '\0')
			err = ck_person_find(store, all[i].kind, all[i].text,
			    person);
	}

	return err;
}

enum ck_err
ck_store_same_visits(struct ck_store *store,
    const struct ck_lookup_record *record, int64_t *out)
{
	static const char sql[] =
	    "SELECT l.outcome FROM visit v JOIN lookup l ON l.number = v.final "
	    "WHERE v.person = ? AND v.date < ? ORDER BY v.date DESC LIMIT ?";
	struct ck_stmt *stmt;
	int64_t person;
	enum ck_err err;
	bool row;

	*out = 0;
	if ((err = find_person(store, &record->person, &person)) != CK_OK ||
	    person == 0)
		return err;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, person);
	ck_stmt_bind_int(stmt, ck_date_number(record->visit_date));
	ck_stmt_bind_int(stmt, CK_SAME_VISITS_MAX);
	while ((err = ck_stmt_next(stmt, &row)) == CK_OK && row &&
	    ck_stmt_take_int(stmt) == (int64_t)record->counted.outcome)
		(*out)++;
	ck_stmt_end(stmt);

	return err;
}

enum ck_err
ck_store_deciding_lookup(struct ck_store *store, const char *id,
    char out[CK_LOOKUP_ID_LEN])
{
	static const char sql[] =
	    "SELECT f.id FROM lookup l JOIN person p ON p.number = l.person "
	    "JOIN visit v ON v.person = coalesce(p.same_as, p.number) AND "
	    "v.date = l.visit_date AND v.clinic = l.clinic "
	    "JOIN lookup f ON f.number = v.final WHERE l.id = ?";
	uint8_t bytes[CK_ID_BYTES];
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	out[0] = '\0';
	if (!ck_id_parse(id, bytes))
		return CK_ERR_NOT_FOUND;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(bytes, sizeof(bytes)));
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row)
		ck_id_print(ck_stmt_take_blob(stmt), out);
	ck_stmt_end(stmt);

	return err == CK_OK && !row ? CK_ERR_NOT_FOUND : err;
}
