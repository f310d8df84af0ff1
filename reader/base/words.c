/*
 * words.c - labels of the counted words, generated from their lists
 */
#include <stddef.h>
#include <string.h>

#include "ck/words.h"

struct word {
	int number;
	const char *label;
};

static const char *
label_of(const struct word *words, size_t count, int number)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (words[i].number == number)
			return words[i].label;
	}

	return "?";
}

static bool
number_of(const struct word *words, size_t count, const char *label, int *out)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (label != NULL && strcmp(words[i].label, label) == 0) {
			*out = words[i].number;
			return true;
		}
	}

	return false;
}

#define ROW(sym, no, label) { (no), (label) },
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* One list, its table and its label function. */
#define LABELS(name, list) \
	static const struct word name##_words[] = { list(ROW) }; \
	const char * \
	ck_##name##_label(enum ck_##name word) \
	{ \
		return label_of(name##_words, COUNT(name##_words), (int)word); \
	}

/* The way back, for lists that outside text may name. */
#define PARSER(name) \
	bool \
	ck_##name##_parse(const char *label, enum ck_##name *out) \
	{ \
		int number; \
		\
		if (!number_of(name##_words, COUNT(name##_words), label, \
		    &number)) \
			return false; \
		*out = (enum ck_##name)number; \
		return true; \
	}

LABELS(outcome, CK_OUTCOME_LIST)
LABELS(source, CK_SOURCE_LIST)
LABELS(presented, CK_PRESENTED_LIST)
LABELS(captured, CK_CAPTURED_LIST)
LABELS(assurance, CK_ASSURANCE_LIST)
LABELS(key, CK_KEY_LIST)
LABELS(kind, CK_KIND_LIST)
LABELS(owner, CK_OWNER_LIST)
LABELS(series, CK_SERIES_LIST)
PARSER(presented)
PARSER(kind)
PARSER(series)

/* --- All of them ---------------------------------------------------------- */

#define OUTCOME(sym, no, label) { "outcome", (no), (label) },
#define SOURCE(sym, no, label) { "source", (no), (label) },
#define PRESENTED(sym, no, label) { "presented", (no), (label) },
#define CAPTURED(sym, no, label) { "captured", (no), (label) },
#define ASSURANCE(sym, no, label) { "assurance", (no), (label) },
#define KEY(sym, no, label) { "key", (no), (label) },
#define KIND(sym, no, label) { "kind", (no), (label) },
#define OWNER(sym, no, label) { "owner", (no), (label) },
#define SERIES(sym, no, label) { "series", (no), (label) },

const struct ck_word *
ck_words(size_t *count)
{
	static const struct ck_word words[] = {
		CK_OUTCOME_LIST(OUTCOME)
		CK_SOURCE_LIST(SOURCE)
		CK_PRESENTED_LIST(PRESENTED)
		CK_CAPTURED_LIST(CAPTURED)
		CK_ASSURANCE_LIST(ASSURANCE)
		CK_KEY_LIST(KEY)
		CK_KIND_LIST(KIND)
		CK_OWNER_LIST(OWNER)
		CK_SERIES_LIST(SERIES)
	};

	*count = COUNT(words);

	return words;
}
