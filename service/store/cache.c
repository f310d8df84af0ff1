/*
 * cache.c - the last answer for a person
 */
#include <openssl/crypto.h>

#include <stdlib.h>
#include <string.h>

#include "store/internal.h"
#include "store/pack.h"

/* The row that a box is bound to, as bytes. */
struct cache_row {
	uint8_t bytes[8];
};

/* One person's row, opened. */
struct cached {
	struct ck_answer answer;
	struct ck_known_cards cards;
};

static struct ck_box_place
place_of(const char *what, int64_t person, struct cache_row *row)
{
	size_t i;

	for (i = 0; i < sizeof(row->bytes); i++)
		row->bytes[i] = (uint8_t)((uint64_t)person >> (56 - 8 * i));

	return (struct ck_box_place){ what,
	    ck_span_of(row->bytes, sizeof(row->bytes)) };
}

static void
wipe_plain(struct ck_store *store)
{
	if (store->plain.len > 0)
		OPENSSL_cleanse(store->plain.ptr, store->plain.len);
	store->plain.len = 0;
}

bool
ck_card_in_force(const struct ck_insurance_card *card, struct ck_date date)
{
	if (card->number[0] == '\0')
		return false;
	if (!ck_date_absent(card->valid_from) &&
	    ck_date_compare(date, card->valid_from) < 0)
		return false;

	return ck_date_absent(card->valid_to) ||
	    ck_date_compare(date, card->valid_to) <= 0;
}

/* --- Which cards a person has had ----------------------------------------- */

static bool
is_same_card(const struct ck_insurance_card *a,
    const struct ck_insurance_card *b)
{
	return strcmp(a->number, b->number) == 0 &&
	    ck_date_compare(a->valid_from, b->valid_from) == 0;
}

/* To the front; what is told again replaces what was told before. */
static void
add_card(struct ck_known_cards *cards, const struct ck_insurance_card *card)
{
	size_t at = 0;

	if (card->number[0] == '\0')
		return;
	while (at < cards->count && !is_same_card(&cards->list[at], card))
		at++;
	if (at == cards->count && cards->count < CK_KNOWN_CARDS_MAX)
		cards->count++;
	if (at == CK_KNOWN_CARDS_MAX)
		at--;	/* the oldest is forgotten */
	memmove(&cards->list[1], &cards->list[0],
	    at * sizeof(cards->list[0]));
	cards->list[0] = *card;
}

/* Stopped or replaced: its printed period means nothing any more. */
static void
drop_card(struct ck_known_cards *cards, const struct ck_insurance_card *card)
{
	size_t i, kept = 0;

	for (i = 0; i < cards->count; i++) {
		if (strcmp(cards->list[i].number, card->number) != 0)
			cards->list[kept++] = cards->list[i];
	}
	cards->count = kept;
}

/* What an answer says of the cards it names. 003: the old one is over. */
static void
learn_cards(struct ck_known_cards *cards, const struct ck_answer *answer)
{
	bool good = strncmp(answer->code, "00", 2) == 0;

	if (good)
		add_card(cards, &answer->new_card);
	else
		drop_card(cards, &answer->new_card);
	if (good && strcmp(answer->code, "003") != 0)
		add_card(cards, &answer->card);
	else
		drop_card(cards, &answer->card);
}

static void
add_cards(struct ck_known_cards *cards, const struct ck_known_cards *more)
{
	size_t i;

	for (i = more->count; i > 0; i--)
		add_card(cards, &more->list[i - 1]);
}

/* --- Rows ----------------------------------------------------------------- */

static enum ck_err
seal_answer(struct ck_store *store, int64_t person,
    const struct ck_answer *answer)
{
	struct cache_row row;
	enum ck_err err;

	store->plain.len = 0;
	if ((err = ck_pack_answer(answer, &store->plain)) == CK_OK)
		err = ck_crypt_seal(store->crypt,
		    place_of("cache", person, &row),
		    ck_buf_view(&store->plain), &store->box);
	wipe_plain(store);

	return err;
}

static enum ck_err
seal_cards(struct ck_store *store, int64_t person,
    const struct ck_known_cards *cards, struct ck_buf *box)
{
	struct cache_row row;
	enum ck_err err;

	store->plain.len = 0;
	if ((err = ck_pack_cards(cards, &store->plain)) == CK_OK)
		err = ck_crypt_seal(store->crypt,
		    place_of("cache_cards", person, &row),
		    ck_buf_view(&store->plain), box);
	wipe_plain(store);

	return err;
}

static enum ck_err
write_row(struct ck_store *store, int64_t person,
    const struct cached *cached)
{
	static const char sql[] =
	    "INSERT INTO cache (person, as_of_ms, sealed, cards) "
	    "VALUES (?, ?, ?, ?) "
	    "ON CONFLICT DO UPDATE SET as_of_ms = excluded.as_of_ms, "
	    "sealed = excluded.sealed, cards = excluded.cards";
	struct ck_buf cards = CK_BUF_INIT;
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = seal_cards(store, person, &cached->cards, &cards)) !=
	    CK_OK ||
	    (err = seal_answer(store, person, &cached->answer)) != CK_OK ||
	    (err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		goto out;
	ck_stmt_bind_int(stmt, person);
	ck_stmt_bind_int(stmt, cached->answer.as_of_ms);
	ck_stmt_bind_blob(stmt, ck_buf_view(&store->box));
	ck_stmt_bind_blob(stmt, ck_buf_view(&cards));
	err = ck_stmt_run(stmt);
out:
	ck_buf_wipe(&cards);

	return err;
}

/* Rows of before schema 5 have no cards: the answer's own are known. */
static enum ck_err
unseal_cards(struct ck_store *store, int64_t person, struct ck_span box,
    struct cached *out)
{
	struct cache_row row;
	enum ck_err err;

	out->cards.count = 0;
	if (box.len == 0) {
		learn_cards(&out->cards, &out->answer);
		return CK_OK;
	}
	err = ck_crypt_open(store->crypt, place_of("cache_cards", person,
	    &row), box, &store->plain);
	if (err == CK_OK)
		err = ck_unpack_cards(ck_buf_view(&store->plain),
		    &out->cards);
	wipe_plain(store);

	return err;
}

static enum ck_err
unseal(struct ck_store *store, int64_t person, struct ck_span box,
    struct ck_answer *out)
{
	struct cache_row row;
	enum ck_err err;

	err = ck_crypt_open(store->crypt, place_of("cache", person, &row),
	    box, &store->plain);
	if (err == CK_OK)
		err = ck_unpack_answer(ck_buf_view(&store->plain), out);
	wipe_plain(store);

	return err;
}

/* CK_ERR_NOT_FOUND: nothing is kept for this person. */
static enum ck_err
read_row(struct ck_store *store, int64_t person, struct cached *out)
{
	static const char sql[] =
	    "SELECT sealed, cards FROM cache WHERE person = ?";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, person);
	if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
		return err;
	err = CK_ERR_NOT_FOUND;
	if (row)
		err = unseal(store, person, ck_stmt_take_blob(stmt),
		    &out->answer);
	if (err == CK_OK)
		err = unseal_cards(store, person, ck_stmt_take_blob(stmt),
		    out);
	ck_stmt_end(stmt);

	return err;
}

/* The answer replaces the one before; its cards join those known. */
static enum ck_err
put(struct ck_store *store, int64_t person, const struct ck_answer *answer)
{
	struct cached *cached = calloc(1, sizeof(*cached));
	enum ck_err err = CK_ERR_NOMEM;

	if (cached != NULL)
		err = read_row(store, person, cached);
	if (err == CK_OK || err == CK_ERR_NOT_FOUND) {
		cached->answer = *answer;
		learn_cards(&cached->cards, answer);
		err = write_row(store, person, cached);
	}
	if (cached != NULL)
		OPENSSL_cleanse(cached, sizeof(*cached));
	free(cached);

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

	return put(store, person, answer);
}

/* The card in force on this date, where the last answer names none. */
static void
use_known_card(const struct ck_known_cards *cards, struct ck_date date,
    struct ck_answer *answer)
{
	size_t i;

	if (ck_card_in_force(&answer->card, date) ||
	    ck_card_in_force(&answer->new_card, date))
		return;
	for (i = 0; i < cards->count; i++) {
		if (!ck_card_in_force(&cards->list[i], date))
			continue;
		answer->card = cards->list[i];
		return;
	}
}

static enum ck_err
read_for(struct ck_store *store, int64_t person, struct ck_date visit_date,
    struct ck_answer *out)
{
	struct cached cached = { 0 };
	enum ck_err err = read_row(store, person, &cached);

	if (err == CK_OK) {
		*out = cached.answer;
		use_known_card(&cached.cards, visit_date, out);
	}
	OPENSSL_cleanse(&cached, sizeof(cached));

	return err;
}

enum ck_err
ck_store_cache_get(struct ck_store *store, enum ck_key key, const char *number,
    struct ck_date visit_date, struct ck_answer *out, bool *first_of_visit)
{
	int64_t person;
	bool asked = false;
	enum ck_err err;

	memset(out, 0, sizeof(*out));
	if (first_of_visit != NULL)
		*first_of_visit = true;
	ck_db_look(store->db);
	err = ck_person_find(store, (enum ck_hash_domain)key, number, &person);
	if (err != CK_OK)
		return err;
	if (person == 0)
		return CK_ERR_NOT_FOUND;
	if (first_of_visit != NULL) {
		err = ck_visit_asked_gateway(store, person,
		    ck_date_number(visit_date), &asked);
		if (err != CK_OK)
			return err;
		*first_of_visit = !asked;
	}

	return read_for(store, person, visit_date, out);
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
	struct cached moved = { 0 }, kept = { 0 };
	struct ck_answer newer;
	enum ck_err err;

	if ((err = read_row(store, from, &moved)) != CK_OK)
		return err == CK_ERR_NOT_FOUND ? CK_OK : err;
	err = read_row(store, into, &kept);
	if (err == CK_OK || err == CK_ERR_NOT_FOUND) {
		newer = kept.answer.as_of_ms < moved.answer.as_of_ms ?
		    moved.answer : kept.answer;
		if (newer.as_of_ms == kept.answer.as_of_ms) {
			add_cards(&moved.cards, &kept.cards);
			kept.cards = moved.cards;
		} else {
			add_cards(&kept.cards, &moved.cards);
		}
		kept.answer = newer;
		err = write_row(store, into, &kept);
		OPENSSL_cleanse(&newer, sizeof(newer));
	}
	if (err == CK_OK)
		err = erase_row(store, from);
	OPENSSL_cleanse(&moved, sizeof(moved));
	OPENSSL_cleanse(&kept, sizeof(kept));

	return err;
}

/* --- Size and age --------------------------------------------------------- */

enum ck_err
ck_store_cache_figures(struct ck_store *store, struct ck_cache_figures *out)
{
	static const char sql[] =
	    "SELECT count(*), coalesce(min(as_of_ms), 0), "
	    "coalesce(max(as_of_ms), 0), "
	    "coalesce(sum(length(sealed) + length(coalesce(cards, x''))), 0) "
	    "FROM cache";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	memset(out, 0, sizeof(*out));
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		out->entries = ck_stmt_take_int(stmt);
		out->oldest_ms = ck_stmt_take_int(stmt);
		out->newest_ms = ck_stmt_take_int(stmt);
		out->bytes = ck_stmt_take_int(stmt);
	}
	ck_stmt_end(stmt);

	return err;
}

static enum ck_err
erase_old(struct ck_store *store, int64_t before_ms, int64_t limit,
    int64_t *erased)
{
	static const char sql[] =
	    "DELETE FROM cache WHERE person IN (SELECT person FROM cache "
	    "WHERE as_of_ms < ? ORDER BY as_of_ms LIMIT ?)";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, before_ms);
	ck_stmt_bind_int(stmt, limit);
	if ((err = ck_stmt_run(stmt)) == CK_OK)
		*erased += ck_db_changes(store->db);

	return err;
}

/* The oldest ones beyond the bound; limit of them at most. */
static enum ck_err
erase_excess(struct ck_store *store, int64_t entries_max, int64_t limit,
    int64_t *erased)
{
	int64_t entries;
	enum ck_err err = ck_store_cache_count(store, &entries);

	if (err != CK_OK || entries <= entries_max)
		return err;
	if (limit > entries - entries_max)
		limit = entries - entries_max;

	return erase_old(store, INT64_MAX, limit, erased);
}

enum ck_err
ck_store_cache_prune(struct ck_store *store, int64_t before_ms,
    int64_t entries_max, int64_t limit, int64_t *erased)
{
	enum ck_err err;

	*erased = 0;
	err = erase_old(store, before_ms, limit, erased);
	if (err == CK_OK && *erased < limit)
		err = erase_excess(store, entries_max, limit - *erased,
		    erased);

	return err;
}
