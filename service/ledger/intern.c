/*
 * intern.c - numbers for labels and for combinations of words
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/intern.h"

/* Keys of one fixed size, each with its number; open addressing. */
struct map {
	size_t key_size;
	size_t slots;		/* a power of 2; at most half are used */
	size_t used;
	char *keys;
	int64_t *numbers;	/* 0: the slot is free */
};

struct slot {
	struct ck_counted words;
	bool there;
};

struct ck_intern {
	struct map labels;
	struct map words;
	struct slot *counted;		/* by number */
	size_t counted_room;
};

#define FIRST_SLOTS 1024

/* --- The map -------------------------------------------------------------- */

static bool
map_make(struct map *map, size_t key_size, size_t slots)
{
	*map = (struct map){ .key_size = key_size, .slots = slots };
	map->keys = calloc(slots, key_size);
	map->numbers = calloc(slots, sizeof(*map->numbers));

	return map->keys != NULL && map->numbers != NULL;
}

static void
map_drop(struct map *map)
{
	free(map->keys);
	free(map->numbers);
	memset(map, 0, sizeof(*map));
}

/* FNV-1a. */
static size_t
hash(const void *key, size_t len)
{
	const uint8_t *bytes = key;
	uint64_t value = UINT64_C(0xcbf29ce484222325);
	size_t i;

	for (i = 0; i < len; i++)
		value = (value ^ bytes[i]) * UINT64_C(0x100000001b3);

	return (size_t)(value ^ value >> 32);
}

/* Where the key is, or would be. */
static size_t
map_slot(const struct map *map, const void *key)
{
	size_t slot = hash(key, map->key_size) & (map->slots - 1);

	while (map->numbers[slot] != 0 &&
	    memcmp(map->keys + slot * map->key_size, key, map->key_size) != 0)
		slot = (slot + 1) & (map->slots - 1);

	return slot;
}

static void
map_set(struct map *map, const void *key, int64_t number)
{
	size_t slot = map_slot(map, key);

	if (map->numbers[slot] == 0)
		map->used++;
	memcpy(map->keys + slot * map->key_size, key, map->key_size);
	map->numbers[slot] = number;
}

static enum ck_err
map_put(struct map *map, const void *key, int64_t number)
{
	struct map larger;
	size_t i;

	if (map->used * 2 >= map->slots) {
		if (!map_make(&larger, map->key_size, map->slots * 2)) {
			map_drop(&larger);
			return CK_ERR_NOMEM;
		}
		for (i = 0; i < map->slots; i++) {
			if (map->numbers[i] != 0)
				map_set(&larger, map->keys +
				    i * map->key_size, map->numbers[i]);
		}
		map_drop(map);
		*map = larger;
	}
	map_set(map, key, number);

	return CK_OK;
}

/* --- The database --------------------------------------------------------- */

/* Run an INSERT that may do nothing, then a SELECT, both bound alike. */
typedef void (*bind_fn)(struct ck_sql_stmt *stmt, const void *what);

static enum ck_err
insert_or_find(struct ck_sql *sql, const char *insert, const char *select,
    bind_fn bind, const void *what, int64_t *number)
{
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	*number = 0;
	if ((err = ck_sql_prepare(sql, insert, &stmt)) != CK_OK)
		return err;
	bind(&stmt, what);
	if ((err = ck_sql_run(&stmt)) != CK_OK ||
	    (err = ck_sql_prepare(sql, select, &stmt)) != CK_OK)
		return err;
	bind(&stmt, what);
	if ((err = ck_sql_next(&stmt, &row)) == CK_OK && row)
		*number = ck_sql_take_int(&stmt);
	ck_sql_end(&stmt);

	return err == CK_OK && *number == 0 ? CK_ERR_STORE_CORRUPT : err;
}

static void
bind_label(struct ck_sql_stmt *stmt, const void *what)
{
	ck_sql_bind_text(stmt, what);
}

static enum ck_err
add_label(struct ck_intern *intern, struct ck_sql *sql,
    const char label[CK_FEED_LABEL_LEN])
{
	static const char insert[] = "INSERT INTO label (label) VALUES ($1) "
	    "ON CONFLICT (label) DO NOTHING";
	static const char select[] = "SELECT number FROM label "
	    "WHERE label = $1";
	int64_t number;
	enum ck_err err;

	if (ck_intern_label(intern, label) != 0)
		return CK_OK;
	if (intern->labels.used >= CK_LABELS_MAX)
		return CK_ERR_LIMIT;
	err = insert_or_find(sql, insert, select, bind_label, label, &number);

	return err == CK_OK ? map_put(&intern->labels, label, number) : err;
}

struct numbered {
	const struct ck_counted *words;
	int64_t reason;
};

static void
bind_words(struct ck_sql_stmt *stmt, const void *what)
{
	const struct numbered *numbered = what;
	const struct ck_counted *words = numbered->words;

	ck_sql_bind_int(stmt, words->series);
	ck_sql_bind_int(stmt, words->kind);
	ck_sql_bind_int(stmt, words->presented);
	ck_sql_bind_int(stmt, words->captured);
	ck_sql_bind_int(stmt, words->assurance);
	ck_sql_bind_int(stmt, words->first_key);
	ck_sql_bind_int(stmt, words->first_outcome);
	ck_sql_bind_int(stmt, words->resolved_by);
	ck_sql_bind_int(stmt, words->outcome);
	ck_sql_bind_int(stmt, words->source);
	ck_sql_bind_int(stmt, numbered->reason);
	ck_sql_bind_int(stmt, words->owner);
}

static enum ck_err
add_words(struct ck_intern *intern, struct ck_sql *sql,
    const struct ck_counted *words)
{
	static const char insert[] =
	    "INSERT INTO words (series, kind, presented, captured, assurance, "
	    "first_key, first_outcome, resolved_by, outcome, source, reason, "
	    "owner) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
	    "$12) ON CONFLICT DO NOTHING";
	static const char select[] =
	    "SELECT number FROM words WHERE series = $1 AND kind = $2 "
	    "AND presented = $3 AND captured = $4 AND assurance = $5 "
	    "AND first_key = $6 AND first_outcome = $7 AND resolved_by = $8 "
	    "AND outcome = $9 AND source = $10 AND reason = $11 "
	    "AND owner = $12";
	struct numbered numbered = { .words = words };
	int64_t number;
	enum ck_err err;

	if (intern->words.used >= CK_WORDS_MAX)
		return CK_ERR_LIMIT;
	if ((err = add_label(intern, sql, words->reason)) != CK_OK)
		return err;
	numbered.reason = ck_intern_label(intern, words->reason);
	err = insert_or_find(sql, insert, select, bind_words, &numbered,
	    &number);

	return err == CK_OK ? map_put(&intern->words, words, number) : err;
}

static enum ck_err
add_row(struct ck_intern *intern, struct ck_sql *sql,
    const struct ck_feed_row *row)
{
	enum ck_err err = add_label(intern, sql, row->desk);

	if (err == CK_OK && ck_intern_words(intern, &row->words) == 0)
		err = add_words(intern, sql, &row->words);

	return err;
}

/* --- The door ------------------------------------------------------------- */

enum ck_err
ck_intern_new(struct ck_intern **out)
{
	struct ck_intern *intern = calloc(1, sizeof(*intern));

	*out = intern;
	if (intern != NULL &&
	    map_make(&intern->labels, CK_FEED_LABEL_LEN, FIRST_SLOTS) &&
	    map_make(&intern->words, sizeof(struct ck_counted), FIRST_SLOTS))
		return CK_OK;
	ck_intern_free(out);

	return CK_ERR_NOMEM;
}

void
ck_intern_free(struct ck_intern **intern)
{
	if (*intern == NULL)
		return;
	map_drop(&(*intern)->labels);
	map_drop(&(*intern)->words);
	free((*intern)->counted);
	free(*intern);
	*intern = NULL;
}

int64_t
ck_intern_label(const struct ck_intern *intern, const char *label)
{
	char key[CK_FEED_LABEL_LEN] = "";

	memcpy(key, label, strnlen(label, sizeof(key) - 1));

	return intern->labels.numbers[map_slot(&intern->labels, key)];
}

int64_t
ck_intern_words(const struct ck_intern *intern,
    const struct ck_counted *words)
{
	return intern->words.numbers[map_slot(&intern->words, words)];
}

enum ck_err
ck_intern_document(struct ck_intern *intern, struct ck_sql *sql,
    const struct ck_document *doc)
{
	enum ck_err err = CK_OK;
	size_t i = 0;

	while (i < doc->row_count &&
	    ck_intern_label(intern, doc->rows[i].desk) != 0 &&
	    ck_intern_words(intern, &doc->rows[i].words) != 0)
		i++;
	if (i == doc->row_count)
		return CK_OK;
	if ((err = ck_sql_begin(sql)) != CK_OK)
		return err;
	for (; i < doc->row_count && err == CK_OK; i++)
		err = add_row(intern, sql, &doc->rows[i]);
	if (err == CK_OK)
		err = ck_sql_commit(sql);
	if (err == CK_OK)
		return CK_OK;
	/* The numbers were not kept: forget all that is known here. */
	ck_sql_rollback(sql);
	memset(intern->labels.numbers, 0,
	    intern->labels.slots * sizeof(*intern->labels.numbers));
	memset(intern->words.numbers, 0,
	    intern->words.slots * sizeof(*intern->words.numbers));
	intern->labels.used = intern->words.used = 0;

	return err;
}

/* --- Back to words -------------------------------------------------------- */

static enum ck_err
make_room(struct ck_intern *intern, int64_t number)
{
	size_t room = intern->counted_room;
	struct slot *larger;

	if (number < 1 || number > 16 * (int64_t)CK_WORDS_MAX)
		return CK_ERR_STORE_CORRUPT;
	while (room <= (size_t)number)
		room = room == 0 ? FIRST_SLOTS : room * 2;
	if (room == intern->counted_room)
		return CK_OK;
	larger = realloc(intern->counted, room * sizeof(*larger));
	if (larger == NULL)
		return CK_ERR_NOMEM;
	memset(larger + intern->counted_room, 0,
	    (room - intern->counted_room) * sizeof(*larger));
	intern->counted = larger;
	intern->counted_room = room;

	return CK_OK;
}

static enum ck_err
take_counted(struct ck_intern *intern, struct ck_sql_stmt *stmt)
{
	int64_t number = ck_sql_take_int(stmt);
	struct ck_counted *out;
	enum ck_err err;

	if ((err = make_room(intern, number)) != CK_OK)
		return err;
	out = &intern->counted[number].words;
	out->series = (uint8_t)ck_sql_take_int(stmt);
	out->kind = (uint8_t)ck_sql_take_int(stmt);
	out->presented = (uint8_t)ck_sql_take_int(stmt);
	out->captured = (uint8_t)ck_sql_take_int(stmt);
	out->assurance = (uint8_t)ck_sql_take_int(stmt);
	out->first_key = (uint8_t)ck_sql_take_int(stmt);
	out->first_outcome = (uint8_t)ck_sql_take_int(stmt);
	out->resolved_by = (uint8_t)ck_sql_take_int(stmt);
	out->outcome = (uint8_t)ck_sql_take_int(stmt);
	out->source = (uint8_t)ck_sql_take_int(stmt);
	out->owner = (uint8_t)ck_sql_take_int(stmt);
	(void)snprintf(out->reason, sizeof(out->reason), "%s",
	    ck_sql_take_text(stmt));
	intern->counted[number].there = true;

	return CK_OK;
}

/* All of them: another collector may just have added some. */
static enum ck_err
load_counted(struct ck_intern *intern, struct ck_sql *sql)
{
	static const char text[] =
	    "SELECT w.number, series, kind, presented, captured, assurance, "
	    "first_key, first_outcome, resolved_by, outcome, source, owner, "
	    "label FROM words w JOIN label l ON l.number = w.reason";
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_sql_prepare(sql, text, &stmt)) != CK_OK)
		return err;
	while ((err = ck_sql_next(&stmt, &row)) == CK_OK && row &&
	    (err = take_counted(intern, &stmt)) == CK_OK)
		;
	ck_sql_end(&stmt);

	return err;
}

static bool
is_there(const struct ck_intern *intern, int64_t number)
{
	return number > 0 && (uint64_t)number < intern->counted_room &&
	    intern->counted[number].there;
}

enum ck_err
ck_intern_counted(struct ck_intern *intern, struct ck_sql *sql,
    int64_t number, const struct ck_counted **out)
{
	enum ck_err err;

	*out = NULL;
	if (!is_there(intern, number) &&
	    (err = load_counted(intern, sql)) != CK_OK)
		return err;
	if (!is_there(intern, number))
		return CK_ERR_STORE_CORRUPT;
	*out = &intern->counted[number].words;

	return CK_OK;
}
