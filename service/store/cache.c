/*
 * cache.c - the last answer for a person
 */
#include <openssl/crypto.h>

#include <string.h>

#include "store/internal.h"
#include "store/pack.h"

/* The row that a box is bound to, as bytes. */
struct cache_row {
	uint8_t bytes[8];
};

static struct ck_box_place
place_of(int64_t person, struct cache_row *row)
{
	size_t i;

	for (i = 0; i < sizeof(row->bytes); i++)
		row->bytes[i] = (uint8_t)((uint64_t)person >> (56 - 8 * i));

	return (struct ck_box_place){ "cache",
	    ck_span_of(row->bytes, sizeof(row->bytes)) };
}

static void
wipe_plain(struct ck_store *store)
{
	if (store->plain.len > 0)
		OPENSSL_cleanse(store->plain.ptr, store->plain.len);
	store->plain.len = 0;
}

static enum ck_err
seal(struct ck_store *store, int64_t person, const struct ck_answer *answer)
{
	struct cache_row row;
	enum ck_err err;

	store->plain.len = 0;
	if ((err = ck_pack_answer(answer, &store->plain)) == CK_OK)
		err = ck_crypt_seal(store->crypt, place_of(person, &row),
		    ck_buf_view(&store->plain), &store->box);
	wipe_plain(store);

	return err;
}

static enum ck_err
write_row(struct ck_store *store, int64_t person,
    const struct ck_answer *answer)
{
	static const char sql[] =
	    "INSERT INTO cache (person, as_of_ms, sealed) VALUES (?, ?, ?) "
	    "ON CONFLICT DO UPDATE SET as_of_ms = excluded.as_of_ms, "
	    "sealed = excluded.sealed";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = seal(store, person, answer)) != CK_OK)
		return err;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, person);
	ck_stmt_bind_int(stmt, answer->as_of_ms);
	ck_stmt_bind_blob(stmt, ck_buf_view(&store->box));

	return ck_stmt_run(stmt);
}

static enum ck_err
unseal(struct ck_store *store, int64_t person, struct ck_span box,
    struct ck_answer *out)
{
	struct cache_row row;
	enum ck_err err;

	err = ck_crypt_open(store->crypt, place_of(person, &row), box,
	    &store->plain);
	if (err == CK_OK)
		err = ck_unpack_answer(ck_buf_view(&store->plain), out);
	wipe_plain(store);

	return err;
}

/* CK_ERR_NOT_FOUND: nothing is kept for this person. */
static enum ck_err
read_row(struct ck_store *store, int64_t person, struct ck_answer *out)
{
	static const char sql[] = "SELECT sealed FROM cache WHERE person = ?";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, person);
	if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
		return err;
	if (row)
		err = unseal(store, person, ck_stmt_take_blob(stmt), out);
	else
		err = CK_ERR_NOT_FOUND;
	ck_stmt_end(stmt);

	return err;
}

enum ck_err
ck_store_cache_put(struct ck_store *store, const struct ck_person_keys *keys,
    const struct ck_answer *answer)
{
	int64_t person;
	enum ck_err err;

	if ((err = ck_person_resolve(store, keys, true, &person)) != CK_OK)
		return err;
	if (person == 0)
		return CK_ERR_LIMIT;

	return write_row(store, person, answer);
}

enum ck_err
ck_store_cache_get(struct ck_store *store, enum ck_key key, const char *number,
    struct ck_date visit_date, struct ck_answer *out, bool *first_of_visit)
{
	int64_t person;
	bool asked = false;
	enum ck_err err;

	memset(out, 0, sizeof(*out));
	*first_of_visit = true;
	err = ck_person_find(store, (enum ck_hash_domain)key, number, &person);
	if (err != CK_OK)
		return err;
	if (person == 0)
		return CK_ERR_NOT_FOUND;
	err = ck_visit_asked_gateway(store, person,
	    ck_date_number(visit_date), &asked);
	if (err != CK_OK)
		return err;
	*first_of_visit = !asked;

	return read_row(store, person, out);
}

enum ck_err
ck_store_cache_count(struct ck_store *store, int64_t *out)
{
	static const char sql[] = "SELECT count(*) FROM cache";

	return ck_db_int(store->db, sql, out);
}

static enum ck_err
erase_row(struct ck_store *store, int64_t person)
{
	static const char sql[] = "DELETE FROM cache WHERE person = ?";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, person);

	return ck_stmt_run(stmt);
}

enum ck_err
ck_cache_merge(struct ck_store *store, int64_t from, int64_t into)
{
	struct ck_answer moved = { 0 }, kept = { 0 };
	enum ck_err err;

	if ((err = read_row(store, from, &moved)) != CK_OK)
		return err == CK_ERR_NOT_FOUND ? CK_OK : err;
	err = read_row(store, into, &kept);
	if (err == CK_ERR_NOT_FOUND ||
	    (err == CK_OK && kept.as_of_ms < moved.as_of_ms))
		err = write_row(store, into, &moved);
	if (err == CK_OK)
		err = erase_row(store, from);
	OPENSSL_cleanse(&moved, sizeof(moved));
	OPENSSL_cleanse(&kept, sizeof(kept));

	return err;
}
