/*
 * said.h - what a call says on standard error
 */
#ifndef TESTS_UNIT_SAID_H
#define TESTS_UNIT_SAID_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct said {
	FILE *file;		/* stands in for standard error */
	int kept;		/* standard error */
	char text[16384];
};

/* From now on it goes to said. */
static inline void
said_begin(struct said *said)
{
	(void)fflush(stderr);
	assert_non_null(said->file = tmpfile());
	said->kept = dup(STDERR_FILENO);
	assert_true(said->kept >= 0);
	assert_true(dup2(fileno(said->file), STDERR_FILENO) >= 0);
}

/* No more; said->text is what went there. */
static inline void
said_end(struct said *said)
{
	size_t len;

	(void)fflush(stderr);
	assert_true(dup2(said->kept, STDERR_FILENO) >= 0);
	(void)close(said->kept);
	rewind(said->file);
	len = fread(said->text, 1, sizeof(said->text) - 1, said->file);
	said->text[len] = '\0';
	(void)fclose(said->file);
}

static inline void
said_has(const struct said *said, const char *words)
{
	if (strstr(said->text, words) == NULL)
		fail_msg("not said: %s; but: %s", words, said->text);
}

#endif /* TESTS_UNIT_SAID_H */
