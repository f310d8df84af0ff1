/*
 * books.c - the share of visits as a number that tells of others
 */
#include <stdlib.h>
#include <string.h>

#include "report/books.h"

static json_t *
found_in(const json_t *document)
{
	return json_object_get(document, "denominator");
}

static int64_t
number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

/* A statement that was signed before it told which clinics and days its books
 * have: all, or nobody knows which. */
static bool
is_untold(const json_t *document)
{
	const json_t *found = found_in(document);

	return !json_is_array(json_object_get(found, "clinics")) &&
	    number_of(found, "attempts") != number_of(json_object_get(
	    json_object_get(document, "totals"), "cccd"), "total");
}

static int
set_cell(json_t *document, bool hidden)
{
	json_t *found = found_in(document);
	json_t *value = json_object_get(found, "attempts");

	return json_object_set_new(found, "cccd", json_pack("{s:o}", "total",
	    hidden ? json_null() : json_incref(value)));
}

enum ck_err
ck_books_open(struct ck_hiding *hiding, json_t *plain)
{
	bool hidden = is_untold(plain);

	if (!json_is_object(found_in(plain)))
		return CK_OK;

	return set_cell(plain, false) != 0 ||
	    set_cell(hiding->out, hidden) != 0 ? CK_ERR_NOMEM : CK_OK;
}

enum ck_err
ck_books_make(struct ck_books *books, size_t units)
{
	size_t i;

	*books = (struct ck_books){ .units = units, .columns = units };
	books->in = calloc(units + 1, sizeof(*books->in));
	for (i = 0; i < units && books->in != NULL; i++)
		books->in[i] = i;

	return books->in == NULL ? CK_ERR_NOMEM : CK_OK;
}

void
ck_books_wipe(struct ck_books *books)
{
	free(books->in);
	*books = (struct ck_books){ 0 };
}

/* Days of a month begin with it. */
static bool
is_of(const char *entry, const char *key)
{
	size_t len = strlen(key);

	return strcmp(entry, key) == 0 || (len == sizeof("2026-03") - 1 &&
	    strlen(entry) == sizeof("2026-03-01") - 1 &&
	    strncmp(entry, key, len) == 0);
}

void
ck_books_note(struct ck_books *books, size_t unit, const json_t *list,
    const char *key, int64_t attempts)
{
	const json_t *entry;
	int64_t counted = 0;
	size_t i;

	if (!json_is_array(list))
		return;
	json_array_foreach(list, i, entry) {
		if (is_of(ck_json_text(entry, "key"), key))
			counted += number_of(entry, "attempts");
	}
	if (counted == attempts)
		return;
	books->in[unit] = counted == 0 ? CK_BOOKS_NOTHING : books->columns++;
}

void
ck_books_mark(const struct ck_books *books, uint8_t *members, size_t unit)
{
	if (members == NULL)	/* the table has failed */
		return;
	members[unit] = 1;
	if (books->in[unit] != CK_BOOKS_NOTHING)
		members[books->in[unit]] = 1;
}

void
ck_books_add(const struct ck_books *books, struct ck_hiding_table *table)
{
	const struct ck_hiding *hiding = table->hiding;
	uint8_t *members;
	size_t i;

	if (!json_is_object(found_in(hiding->plain)) ||
	    is_untold(hiding->plain))
		return;
	members = ck_hiding_table_add(table, found_in(hiding->plain),
	    found_in(hiding->out), false);
	for (i = 0; i < books->units && members != NULL; i++) {
		if (books->in[i] != CK_BOOKS_NOTHING)
			members[books->in[i]] = 1;
	}
}

static bool
is_small(int64_t value)
{
	return value > 0 && value < CK_PUBLISHED_MIN;
}

enum ck_err
ck_books_close(struct ck_hiding *hiding)
{
	const json_t *plain = found_in(hiding->plain);
	json_t *found = found_in(hiding->out);
	int64_t visits = number_of(plain, "visits");
	int64_t attempts = number_of(plain, "attempts");

	if (!json_is_object(found))
		return CK_OK;
	if (json_object_set(found, "attempts", json_object_get(
	    json_object_get(found, "cccd"), "total")) != 0)
		return CK_ERR_NOMEM;
	(void)json_object_del(found, "cccd");
	(void)json_object_del(found, "clinics");
	(void)json_object_del(found, "days");

	return is_small(visits) || is_small(llabs(visits - attempts)) ?
	    ck_hiding_erase(hiding, found, "visits") : CK_OK;
}
