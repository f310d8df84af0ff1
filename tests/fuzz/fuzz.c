/*
 * fuzz.c - which target this program is, and what all targets need
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/text.h"
#include "fuzz.h"
#include "run.h"

static const struct {
	const char *name;
	int (*run)(const uint8_t *data, size_t size);
	size_t max;
} targets[] = {
#define X(name, max) { #name, fuzz_##name, (max) },
	FUZZ_LIST(X)
#undef X
};

#define TARGETS (sizeof(targets) / sizeof(targets[0]))

/* The row that this process runs. */
static size_t chosen;

static size_t
find(const char *name)
{
	size_t i;

	for (i = 0; i < TARGETS && strcmp(targets[i].name, name) != 0; i++)
		continue;

	return i;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *slash = strrchr((*argv)[0], '/');
	const char *name = slash == NULL ? (*argv)[0] : slash + 1;

	if (*argc == 2 && strcmp((*argv)[1], "--list") == 0) {
		for (chosen = 0; chosen < TARGETS; chosen++)
			(void)printf("%s %zu\n", targets[chosen].name,
			    targets[chosen].max);
		exit(0);
	}
	if (strncmp(name, "fuzz_", 5) == 0)
		chosen = find(name + 5);
	else
		chosen = TARGETS;
	if (chosen == TARGETS) {
		(void)fprintf(stderr, "%s: no such target\n", name);
		exit(2);
	}

	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > targets[chosen].max)
		return 0;

	return targets[chosen].run(data, size);
}

void
fuzz_fail(const char *what, const char *file, int line)
{
	(void)fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}

uint8_t
fuzz_u8(struct ck_cursor *input)
{
	uint8_t value = 0;

	return ck_cursor_u8(input, &value) ? value : 0;
}

uint16_t
fuzz_u16(struct ck_cursor *input)
{
	uint16_t value = 0;

	return ck_cursor_u16(input, &value) ? value : 0;
}

struct ck_span
fuzz_part(struct ck_cursor *input)
{
	size_t len = fuzz_u16(input);
	struct ck_span out = CK_SPAN_EMPTY;

	if (len > input->rest.len)
		len = input->rest.len;

	return ck_cursor_take(input, len, &out) ? out : CK_SPAN_EMPTY;
}

bool
fuzz_inside(struct ck_span outer, struct ck_span inner)
{
	return inner.len == 0 || (inner.ptr >= outer.ptr &&
	    inner.len <= outer.len &&
	    inner.ptr - outer.ptr <= (ptrdiff_t)(outer.len - inner.len));
}

bool
fuzz_zero(const void *ptr, size_t len)
{
	const uint8_t *bytes = ptr;
	size_t i;

	for (i = 0; i < len && bytes[i] == 0; i++)
		continue;

	return i == len;
}

/* What was stored once can be stored again and stays the same. */
bool
fuzz_clean_text(const char *text, size_t cap)
{
	size_t len = strnlen(text, cap);
	char again[4096];

	return len < cap && cap <= sizeof(again) &&
	    ck_text_store(ck_span_of(text, len), again, cap) == CK_OK &&
	    strcmp(text, again) == 0;
}

#define FILES_KEPT 16

struct ck_span
fuzz_load(const char *path)
{
	static struct {
		const char *path;
		uint8_t bytes[20000];
		size_t len;
	} kept[FILES_KEPT];
	size_t i;
	FILE *file;

	for (i = 0; i < FILES_KEPT && kept[i].path != NULL; i++) {
		if (strcmp(kept[i].path, path) == 0)
			return ck_span_of(kept[i].bytes, kept[i].len);
	}
	fuzz_check(i < FILES_KEPT);
	file = fopen(path, "rbe");
	if (file == NULL) {
		(void)fprintf(stderr, "%s: run at the top of the tree\n", path);
		exit(2);
	}
	kept[i].path = path;
	kept[i].len = fread(kept[i].bytes, 1, sizeof(kept[i].bytes), file);
	(void)fclose(file);

	return ck_span_of(kept[i].bytes, kept[i].len);
}
