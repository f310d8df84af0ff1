/*
 * ini.c - an INI file, line by line
 */
#include <ini.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "io/ini.h"

/* U+FEFF in UTF-8: what Notepad puts before the first line. */
#define BOM "\xEF\xBB\xBF"

struct reader {
	FILE *file;
	int line;
	char section[CK_INI_LINE_MAX];
	ck_ini_fn fn;
	ck_ini_defect_fn defect;
	void *ctx;
};

static void
begin_section(struct reader *reader, const char *line)
{
	size_t len = strcspn(line + 1, "]");

	memcpy(reader->section, line + 1, len);
	reader->section[len] = '\0';
	reader->fn(reader->ctx, reader->line, reader->section, NULL, NULL);
}

static void
tell_too_long(const struct reader *reader)
{
	char words[96];

	(void)snprintf(words, sizeof(words), "the line is longer than %d "
	    "bytes, or holds a NUL byte", CK_INI_LINE_MAX - 2);
	reader->defect(reader->ctx, reader->line, words);
}

/* One line for libinih, as fgets(3). */
static char *
next_line(char *out, int size, void *stream)
{
	struct reader *reader = stream;
	const char *start;
	size_t len;

	if (fgets(out, size, reader->file) == NULL)
		return NULL;
	reader->line++;
	len = strlen(out);
	if ((len == 0 || out[len - 1] != '\n') && !feof(reader->file)) {
		tell_too_long(reader);
		return NULL;
	}
	if (reader->line == 1 && strncmp(out, BOM, strlen(BOM)) == 0)
		memmove(out, out + strlen(BOM), len + 1 - strlen(BOM));
	start = out + strspn(out, " \t");
	if (*start == '[')
		begin_section(reader, start);

	return out;
}

/* From libinih, for each key. Never stops it: all defects are reported. */
static int
on_key(void *user, const char *section, const char *name, const char *value)
{
	struct reader *reader = user;

	(void)section;
	reader->fn(reader->ctx, reader->line, reader->section, name, value);

	return 1;
}

enum ck_err
ck_ini_read(const char *path, ck_ini_fn fn, ck_ini_defect_fn defect,
    void *ctx)
{
	struct reader reader = { .fn = fn, .defect = defect, .ctx = ctx };
	int first_bad;

	if ((reader.file = fopen(path, "re")) == NULL) {
		defect(ctx, 0, strerror(errno));
		return CK_ERR_CONFIG;
	}
	ini_allow_multiline = false;
	ini_use_stack = false;
	ini_initial_alloc = CK_INI_LINE_MAX;
	ini_max_line = CK_INI_LINE_MAX;
	first_bad = ini_parse_stream(next_line, &reader, on_key, &reader);
	if (ferror(reader.file))
		defect(ctx, 0, strerror(errno));
	else if (first_bad > 0)
		defect(ctx, first_bad, "expected [section] or key = value");
	else if (first_bad < 0)
		defect(ctx, 0, "out of memory");
	(void)fclose(reader.file);

	return CK_OK;
}
