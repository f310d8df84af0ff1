/*
 * tie.c - one visit is noticed once, whoever tells the insurer of it
 *
 * A check-in of hospital software is ours by its MA_LK; or, where ours has no
 * accepted notice yet, by person, day and facility, with the same name, if that
 * is one check-in only. Two that could be meant are left alone: a notice too
 * many harms less than one that is missing.
 *
 * It is looked for when the software's call begins and ends, when somebody is
 * admitted after it, and when a notice of its MA_LK is kept after it.
 */
#include <stdlib.h>
#include <string.h>

#include "ck/name.h"
#include "store/forwarded.h"
#include "store/internal.h"

/* What a visit is found by. */
struct visit_key {
	uint8_t episode[CK_HASH_LEN];
	bool ward;
	int64_t person;			/* 0: no number */
	int64_t date;			/* YYYYMMDD; 0: none */
};

static bool
is_digits(const char *text, size_t len)
{
	return strlen(text) >= len && strspn(text, "0123456789") >= len;
}

/* Numbers of other forms name nobody here. */
static void
keys_of(const struct ck_notice *visit, struct ck_person_keys *out)
{
	const char *number = ck_notice_get(visit, CK_FIELD_SO_CCCD);
	const char *card = ck_notice_get(visit, CK_FIELD_MA_THE_BHYT);

	memset(out, 0, sizeof(*out));
	if (strlen(number) == 12 && is_digits(number, 12))
		memcpy(out->id_number, number, 13);
	else if (strlen(number) == 9 && is_digits(number, 9))
		memcpy(out->old_number, number, 10);
	if (strlen(card) == 15)
		memcpy(out->card_number, card, 16);
	else if (strlen(card) == 10 && is_digits(card, 10))
		memcpy(out->insurance_number, card, 11);
}

enum ck_err
ck_tie_person(struct ck_store *store, const struct ck_notice *visit,
    int64_t *person)
{
	struct ck_person_keys keys;
	enum ck_err err;

	keys_of(visit, &keys);
	err = ck_person_resolve(store, &keys, false, person);
	explicit_bzero(&keys, sizeof(keys));

	return err;
}

/* "202611230731" is of 20261123; 0: it tells no day. */
static int64_t
day_of(const char *arrived)
{
	int64_t day = 0;
	size_t i;

	for (i = 0; i < 8 && is_digits(arrived, 8); i++)
		day = 10 * day + (arrived[i] - '0');

	return day;
}

static enum ck_err
describe(struct ck_store *store, const struct ck_notice *visit,
    struct visit_key *out)
{
	enum ck_err err;

	memset(out, 0, sizeof(*out));
	out->ward = ck_notice_is_ward(visit);
	out->date = day_of(ck_notice_get(visit, CK_FIELD_NGAY_VAO));
	err = ck_crypt_hash(store->crypt, CK_HASH_EPISODE,
	    ck_notice_get(visit, CK_FIELD_MA_LK), out->episode);

	return err == CK_OK ? ck_tie_person(store, visit, &out->person) : err;
}

/* --- Which check-in it is ------------------------------------------------- */

static enum ck_err
find_by_episode(struct ck_store *store, const struct visit_key *key,
    int64_t *check_in)
{
	static const char sql[] =
	    "SELECT number FROM check_in WHERE episode = ? "
	    "AND sealed <> x''";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	*check_in = 0;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(key->episode, CK_HASH_LEN));
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row)
		*check_in = ck_stmt_take_int(stmt);
	ck_stmt_end(stmt);

	return err;
}

/* The one check-in of this person and day of which the insurer knows nothing
 * yet; id is empty: none, or several. */
static enum ck_err
find_open(struct ck_store *store, const struct visit_key *key,
    const char *facility, char id[CK_LOOKUP_ID_LEN])
{
	static const char sql[] =
	    "SELECT c.id FROM check_in c "
	    "JOIN clinic k ON k.number = c.clinic WHERE c.person IN "
	    "(SELECT number FROM person WHERE number = ?1 OR same_as = ?1) "
	    "AND c.visit_date = ?2 AND k.facility = ?3 AND NOT EXISTS "
	    "(SELECT 1 FROM notice n WHERE n.check_in = c.number "
	    "AND n.state IN (2, 5)) LIMIT 2";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	id[0] = '\0';
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, key->person);
	ck_stmt_bind_int(stmt, key->date);
	ck_stmt_bind_text(stmt, facility);
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row)
		ck_id_print(ck_stmt_take_blob(stmt), id);
	if (err == CK_OK && row &&
	    (err = ck_stmt_next(stmt, &row)) == CK_OK && row)
		id[0] = '\0';
	ck_stmt_end(stmt);

	return err;
}

/* A number alone may be mistyped: the name has to be hers as well. */
static bool
same_name(const struct ck_notice *a, const struct ck_notice *b)
{
	return ck_name_compare(ck_notice_get(a, CK_FIELD_HO_TEN),
	    ck_notice_get(b, CK_FIELD_HO_TEN)) == CK_NAME_SAME;
}

static enum ck_err
find_by_person(struct ck_store *store, const struct visit_key *key,
    const struct ck_notice *visit, int64_t *check_in)
{
	char id[CK_LOOKUP_ID_LEN];
	struct ck_check_in ours;
	enum ck_err err;

	*check_in = 0;
	if (key->ward || key->person == 0 || key->date == 0)
		return CK_OK;
	err = find_open(store, key, ck_notice_get(visit, CK_FIELD_MA_CSKCB),
	    id);
	if (err != CK_OK || id[0] == '\0')
		return err;
	err = ck_store_get_check_in(store, id, &ours);
	if (err == CK_OK && same_name(&ours.draft, visit))
		*check_in = ours.number;
	ck_check_in_wipe(&ours);

	return err;
}

static enum ck_err
find_check_in(struct ck_store *store, const struct visit_key *key,
    const struct ck_notice *visit, int64_t *check_in)
{
	enum ck_err err = find_by_episode(store, key, check_in);

	return err == CK_OK && *check_in == 0 ?
	    find_by_person(store, key, visit, check_in) : err;
}

/* --- The software's visits ------------------------------------------------ */

static void
bind_check_in(struct ck_stmt *stmt, int64_t check_in)
{
	if (check_in != 0)
		ck_stmt_bind_int(stmt, check_in);
	else
		ck_stmt_bind_null(stmt);
}

enum ck_err
ck_tie_insert(struct ck_store *store, int64_t forwarded, int64_t place,
    const struct ck_notice *visit)
{
	static const char sql[] =
	    "INSERT INTO forwarded_visit (forwarded, place, episode, ward, "
	    "person, visit_date, check_in) VALUES (?, ?, ?, ?, ?, ?, ?)";
	struct visit_key key;
	struct ck_stmt *stmt;
	int64_t check_in;
	enum ck_err err;

	if ((err = describe(store, visit, &key)) != CK_OK ||
	    (err = find_check_in(store, &key, visit, &check_in)) != CK_OK ||
	    (err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, forwarded);
	ck_stmt_bind_int(stmt, place);
	ck_stmt_bind_blob(stmt, ck_span_of(key.episode, CK_HASH_LEN));
	ck_stmt_bind_int(stmt, key.ward ? 1 : 0);
	bind_check_in(stmt, key.person);
	ck_stmt_bind_int(stmt, key.date);
	bind_check_in(stmt, check_in);

	return ck_stmt_run(stmt);
}

static enum ck_err
set_check_in(struct ck_store *store, int64_t forwarded, int64_t place,
    int64_t check_in)
{
	static const char sql[] =
	    "UPDATE forwarded_visit SET check_in = ? "
	    "WHERE forwarded = ? AND place = ?";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	bind_check_in(stmt, check_in);
	ck_stmt_bind_int(stmt, forwarded);
	ck_stmt_bind_int(stmt, place);

	return ck_stmt_run(stmt);
}

/* --- What becomes of our notice ------------------------------------------- */

/* The notice of one check-in that tells the same. */
struct same_kind {
	bool ward;
	bool told;			/* the insurer has it already */
	struct ck_notice_row open;	/* number 0: none */
};

static enum ck_err
look(void *ctx, const struct ck_notice_row *row)
{
	struct same_kind *found = ctx;
	enum ck_err err;

	if (ck_notice_is_ward(&row->notice) != found->ward)
		return CK_OK;
	if (row->state == CK_NOTICE_ACCEPTED ||
	    row->state == CK_NOTICE_SENT_BY_SOFTWARE) {
		found->told = true;
		return CK_OK;
	}
	if (found->open.number != 0)
		return CK_OK;
	found->open = *row;
	found->open.notice = (struct ck_notice)CK_NOTICE_INIT;
	err = ck_notice_copy(&row->notice, &found->open.notice);

	return err;
}

/* Our MA_LK was never sent: the visit has theirs from now on. */
static enum ck_err
take_episode(struct ck_store *store, int64_t check_in,
    const struct ck_notice *visit)
{
	static const char sql[] =
	    "UPDATE check_in SET episode = ?1 WHERE number = ?2 AND NOT EXISTS "
	    "(SELECT 1 FROM check_in WHERE episode = ?1)";
	uint8_t hash[CK_HASH_LEN];
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_crypt_hash(store->crypt, CK_HASH_EPISODE,
	    ck_notice_get(visit, CK_FIELD_MA_LK), hash)) != CK_OK ||
	    (err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(hash, sizeof(hash)));
	ck_stmt_bind_int(stmt, check_in);

	return ck_stmt_run(stmt);
}

/* The row says what the insurer took, and from whom it did not come. */
static enum ck_err
fill_row(struct ck_notice_row *row, const struct ck_forwarded *how,
    const struct ck_notice *visit)
{
	row->state = CK_NOTICE_SENT_BY_SOFTWARE;
	row->decided_ms = how->ended_ms;
	row->due_ms = 0;
	row->error[0] = '\0';
	row->answer_id[0] = '\0';	/* no answer of ours filled it */
	memcpy(row->code, how->code, sizeof(row->code) - 1);
	memcpy(row->transaction, how->transaction, sizeof(row->transaction));
	memcpy(row->received, how->received, sizeof(row->received));
	memcpy(row->words, how->words, sizeof(row->words));

	return ck_notice_copy(visit, &row->notice);
}

static enum ck_err
apply(struct ck_store *store, int64_t check_in,
    const struct ck_notice *visit, const struct ck_forwarded *how)
{
	struct same_kind found = { .ward = ck_notice_is_ward(visit) };
	struct ck_notice_row *row = &found.open;
	enum ck_err err = ck_store_notices_of(store, check_in, look, &found);

	if (err != CK_OK || found.told)
		goto out;
	if (row->number == 0) {
		row->check_in = check_in;
		row->made_ms = how->ended_ms;
	}
	if ((err = fill_row(row, how, visit)) == CK_OK &&
	    (err = take_episode(store, check_in, visit)) == CK_OK)
		err = ck_store_put_notice(store, row, true);
out:
	ck_notice_row_wipe(row);

	return err;
}

static enum ck_err
tie(struct ck_store *store, int64_t forwarded, size_t place,
    const struct ck_forwarded *how)
{
	const struct ck_notice *visit = &how->visits[place];
	struct visit_key key;
	int64_t check_in;
	enum ck_err err;

	if ((err = describe(store, visit, &key)) != CK_OK ||
	    (err = find_check_in(store, &key, visit, &check_in)) != CK_OK ||
	    check_in == 0)
		return err;
	err = set_check_in(store, forwarded, (int64_t)place, check_in);

	return err == CK_OK ? apply(store, check_in, visit, how) : err;
}

enum ck_err
ck_tie_accepted(struct ck_store *store, int64_t number,
    const struct ck_forwarded *forwarded)
{
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; i < forwarded->visit_count && err == CK_OK; i++)
		err = tie(store, number, i, forwarded);

	return err;
}

/* --- What comes after the software's call --------------------------------- */

/* One visit of a file that was accepted. */
struct told {
	char id[CK_LOOKUP_ID_LEN];	/* of the call */
	int64_t number, place;
	uint8_t episode[CK_HASH_LEN];
};

#define TOLD "SELECT f.id, f.number, v.place, v.episode FROM " \
	"forwarded_visit v JOIN forwarded f ON f.number = v.forwarded " \
	"WHERE f.state = 3 AND f.sealed IS NOT NULL AND "

static enum ck_err
take_told(struct ck_stmt *stmt, struct told *out)
{
	struct ck_span episode;

	ck_id_print(ck_stmt_take_blob(stmt), out->id);
	out->number = ck_stmt_take_int(stmt);
	out->place = ck_stmt_take_int(stmt);
	episode = ck_stmt_take_blob(stmt);
	if (episode.len != CK_HASH_LEN)
		return CK_ERR_STORE_CORRUPT;
	memcpy(out->episode, episode.ptr, CK_HASH_LEN);

	return CK_OK;
}

/* The call and its visit, to be read; CK_ERR_NOT_FOUND: it has no such. */
static enum ck_err
open_told(struct ck_store *store, const struct told *told,
    struct ck_forwarded *out)
{
	enum ck_err err = ck_store_get_forwarded(store, told->id, out);

	if (err == CK_OK && (told->place < 0 ||
	    (uint64_t)told->place >= out->visit_count))
		err = CK_ERR_STORE_CORRUPT;

	return err;
}

/* Of this person and day, and tied to nothing; several with one MA_LK are one
 * visit, and with two MA_LK nobody knows which. */
static enum ck_err
find_told(struct ck_store *store, int64_t person, int64_t date,
    struct told *out, bool *found)
{
	static const char sql[] = TOLD "v.check_in IS NULL AND v.ward = 0 AND "
	    "v.visit_date = ?2 AND v.person IN (SELECT number FROM person "
	    "WHERE number = ?1 OR same_as = ?1) ORDER BY f.number DESC";
	struct ck_stmt *stmt;
	struct told one;
	enum ck_err err;
	bool row;

	*found = false;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, person);
	ck_stmt_bind_int(stmt, date);
	while ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		if ((err = take_told(stmt, &one)) != CK_OK)
			break;
		if (*found && memcmp(one.episode, out->episode,
		    CK_HASH_LEN) != 0) {
			*found = false;
			break;
		}
		*out = one;
		*found = true;
	}
	ck_stmt_end(stmt);

	return err;
}

enum ck_err
ck_tie_check_in(struct ck_store *store, const struct ck_check_in *check_in,
    int64_t person, int64_t date)
{
	const struct ck_notice *draft = &check_in->draft, *visit;
	struct ck_forwarded how = { .id = "" };
	struct told told;
	enum ck_err err;
	bool found;

	if (person == 0 || (err = find_told(store, person, date, &told,
	    &found)) != CK_OK || !found)
		return person == 0 ? CK_OK : err;
	if ((err = open_told(store, &told, &how)) != CK_OK)
		goto out;
	visit = &how.visits[told.place];
	if (!same_name(draft, visit) || strcmp(ck_notice_get(draft,
	    CK_FIELD_MA_CSKCB), ck_notice_get(visit, CK_FIELD_MA_CSKCB)) != 0)
		goto out;
	err = set_check_in(store, told.number, told.place, check_in->number);
	if (err == CK_OK)
		err = apply(store, check_in->number, visit, &how);
out:
	ck_forwarded_wipe(&how);

	return err;
}

static enum ck_err
find_told_episode(struct ck_store *store, const struct ck_notice *notice,
    struct told *out, bool *found)
{
	static const char sql[] = TOLD "v.episode = ? AND v.ward = ? "
	    "ORDER BY f.number LIMIT 1";
	uint8_t hash[CK_HASH_LEN];
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_crypt_hash(store->crypt, CK_HASH_EPISODE,
	    ck_notice_get(notice, CK_FIELD_MA_LK), hash)) != CK_OK ||
	    (err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(hash, sizeof(hash)));
	ck_stmt_bind_int(stmt, ck_notice_is_ward(notice) ? 1 : 0);
	if ((err = ck_stmt_next(stmt, found)) == CK_OK && *found)
		err = take_told(stmt, out);
	ck_stmt_end(stmt);

	return err;
}

enum ck_err
ck_tie_notice(struct ck_store *store, struct ck_notice_row *row)
{
	struct ck_forwarded how = { .id = "" };
	struct told told;
	enum ck_err err;
	bool found;

	/* What corrects a notice is to be sent, whoever sent that one. */
	if (row->corrects != 0)
		return CK_OK;
	if ((err = find_told_episode(store, &row->notice, &told,
	    &found)) != CK_OK || !found)
		return err;
	if ((err = open_told(store, &told, &how)) == CK_OK &&
	    (err = set_check_in(store, told.number, told.place,
	    row->check_in)) == CK_OK)
		err = fill_row(row, &how, &how.visits[told.place]);
	ck_forwarded_wipe(&how);

	return err;
}
