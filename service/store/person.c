/*
 * person.c - many numbers, one person
 *
 * A person is a random number that means nothing outside this database. CCCD,
 * CMND, insurance and card numbers lead to it by keyed hash. Numbers are tied
 * together only when the insurer has answered for the person: what is typed or
 * printed may be somebody else's, and would tie two people into one for ever.
 *
 * When an answer shows that two persons are one, the younger becomes an alias
 * of the older. Its numbers and visits move; its lookups stay as they are, and
 * readers follow same_as.
 */
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <string.h>

#include "store/internal.h"

#define KINDS 4

/* One number of a person, in the order of how well it names somebody. */
struct known_number {
	enum ck_hash_domain kind;
	uint8_t hash[CK_HASH_LEN];
	int64_t person;		/* 0: not known yet */
};

static enum ck_err
find_hash(struct ck_store *store, struct known_number *number)
{
	static const char sql[] =
	    "SELECT person FROM person_number WHERE kind = ? AND hash = ?";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	number->person = 0;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, (int64_t)number->kind);
	ck_stmt_bind_blob(stmt, ck_span_of(number->hash, CK_HASH_LEN));
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row)
		number->person = ck_stmt_take_int(stmt);
	ck_stmt_end(stmt);

	return err;
}

void
ck_person_forget(struct ck_store *store)
{
	OPENSSL_cleanse(&store->found, sizeof(store->found));
}

static void
remember(struct ck_store *store, enum ck_hash_domain kind, const char *number,
    int64_t person)
{
	struct ck_found *found = &store->found;
	size_t len = strlen(number);

	if (ck_db_in_transaction(store->db) || len >= sizeof(found->number))
		return;
	found->kind = kind;
	memcpy(found->number, number, len + 1);
	found->person = person;
}

enum ck_err
ck_person_find(struct ck_store *store, enum ck_hash_domain kind,
    const char *number, int64_t *person)
{
	const struct ck_found *found = &store->found;
	struct known_number known = { .kind = kind };
	enum ck_err err;

	if (number[0] != '\0' && kind == found->kind &&
	    strcmp(number, found->number) == 0) {
		*person = found->person;
		return CK_OK;
	}
	*person = 0;
	err = ck_crypt_hash(store->crypt, (uint8_t)kind, number, known.hash);
	if (err == CK_OK)
		err = find_hash(store, &known);
	*person = known.person;
	if (err == CK_OK)
		remember(store, kind, number, known.person);

	return err;
}

static enum ck_err
insert_person(struct ck_store *store, int64_t number)
{
	static const char sql[] =
	    "INSERT INTO person (number, created_ms) VALUES (?, ?)";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, number);
	ck_stmt_bind_int(stmt, ck_clock_wall_ms(store->clock));

	return ck_stmt_run(stmt);
}

/* 62 random bits, never 0: with a million people one collision in 9 million
 * databases, and that one is refused by the primary key. */
static enum ck_err
make_person(struct ck_store *store, int64_t *out)
{
	uint64_t random;

	if (RAND_bytes((unsigned char *)&random, sizeof(random)) != 1)
		return CK_ERR_CRYPTO;
	*out = (int64_t)(random >> 2) + 1;

	return insert_person(store, *out);
}

static enum ck_err
link_number(struct ck_store *store, const struct known_number *number,
    int64_t person)
{
	static const char sql[] =
	    "INSERT INTO person_number (kind, hash, person) VALUES (?, ?, ?)";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, (int64_t)number->kind);
	ck_stmt_bind_blob(stmt, ck_span_of(number->hash, CK_HASH_LEN));
	ck_stmt_bind_int(stmt, person);

	return ck_stmt_run(stmt);
}

/* Run a statement that takes the one who stays and the one who goes. */
static enum ck_err
run_pair(struct ck_store *store, const char *sql, int64_t into, int64_t from)
{
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, into);
	ck_stmt_bind_int(stmt, from);

	return ck_stmt_run(stmt);
}

static enum ck_err
set_alias(struct ck_store *store, int64_t from, int64_t into)
{
	static const char sql_person[] =
	    "UPDATE person SET same_as = ?1 WHERE number = ?2 OR same_as = ?2";
	static const char sql_numbers[] =
	    "UPDATE person_number SET person = ?1 WHERE person = ?2";
	enum ck_err err;

	err = run_pair(store, sql_person, into, from);
	if (err == CK_OK)
		err = run_pair(store, sql_numbers, into, from);

	return err;
}

static enum ck_err
merge(struct ck_store *store, int64_t from, int64_t into)
{
	enum ck_err err;

	if ((err = ck_visit_merge(store, from, into)) == CK_OK)
		err = ck_cache_merge(store, from, into);
	if (err == CK_OK)
		err = set_alias(store, from, into);

	return err;
}

/* Of two persons: the older one stays; of the same age, the lower number. */
static enum ck_err
older(struct ck_store *store, int64_t a, int64_t b, int64_t *out)
{
	static const char sql[] =
	    "SELECT number FROM person WHERE number IN (?, ?) "
	    "ORDER BY created_ms, number LIMIT 1";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, a);
	ck_stmt_bind_int(stmt, b);
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK)
		*out = row ? ck_stmt_take_int(stmt) : a;
	ck_stmt_end(stmt);

	return err;
}

/* Of all that are known; 0: nobody is. */
static enum ck_err
oldest(struct ck_store *store, const struct known_number *numbers,
    size_t count, int64_t *person)
{
	enum ck_err err = CK_OK;
	size_t i;

	*person = 0;
	for (i = 0; i < count && err == CK_OK; i++) {
		int64_t other = numbers[i].person;

		if (*person == 0)
			*person = other;
		else if (other != 0 && other != *person)
			err = older(store, *person, other, person);
	}

	return err;
}

/* Merge every other known person into person, and link what is unknown. */
static enum ck_err
unite(struct ck_store *store, struct known_number *numbers, size_t count,
    int64_t person)
{
	enum ck_err err = CK_OK;
	size_t i, k;

	for (i = 0; i < count && err == CK_OK; i++) {
		int64_t other = numbers[i].person;

		if (other == 0) {
			err = link_number(store, &numbers[i], person);
			continue;
		}
		if (other == person)
			continue;
		err = merge(store, other, person);
		for (k = i; k < count; k++) {
			if (numbers[k].person == other)
				numbers[k].person = person;
		}
	}

	return err;
}

static enum ck_err
add_number(struct ck_store *store, enum ck_hash_domain kind, const char *text,
    struct known_number *numbers, size_t *count)
{
	struct known_number *number = &numbers[*count];
	enum ck_err err;

	if (text[0] == '\0')
		return CK_OK;
	number->kind = kind;
	err = ck_crypt_hash(store->crypt, (uint8_t)kind, text, number->hash);
	if (err == CK_OK)
		err = find_hash(store, number);
	if (err == CK_OK)
		(*count)++;

	return err;
}

static enum ck_err
collect(struct ck_store *store, const struct ck_person_keys *keys,
    bool only_best, struct known_number *numbers, size_t *count)
{
	const struct { enum ck_hash_domain kind; const char *text; } all[] = {
		{ CK_HASH_ID_NUMBER, keys->id_number },
		{ CK_HASH_INSURANCE_NUMBER, keys->insurance_number },
		{ CK_HASH_CARD_NUMBER, keys->card_number },
		{ CK_HASH_OLD_NUMBER, keys->old_number },
	};
	enum ck_err err = CK_OK;
	size_t i;

	*count = 0;
	for (i = 0; i < KINDS && err == CK_OK; i++) {
		if (only_best && *count == 1)
			break;
		err = add_number(store, all[i].kind, all[i].text, numbers,
		    count);
	}

	return err;
}

enum ck_err
ck_person_resolve(struct ck_store *store, const struct ck_person_keys *keys,
    bool proven, int64_t *person)
{
	struct known_number numbers[KINDS] = { 0 };
	enum ck_err err;
	size_t count;

	*person = 0;
	err = collect(store, keys, !proven, numbers, &count);
	if (err != CK_OK || count == 0)
		return err;
	if ((err = oldest(store, numbers, count, person)) != CK_OK)
		return err;
	if (*person == 0 && (err = make_person(store, person)) != CK_OK)
		return err;

	return unite(store, numbers, count, *person);
}
