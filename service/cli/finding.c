/*
 * finding.c - one line of `checkin doctor`
 */
#include <stdarg.h>
#include <stdio.h>

#include "cli/finding.h"

int
ck_finding(enum ck_finding finding, const char *what, const char *words, ...)
{
	static const char *const heads[] = { "ok", "note", "FAIL" };
	va_list args;

	(void)printf("%-5s %-9s ", heads[finding], what);
	va_start(args, words);
	(void)vprintf(words, args);
	va_end(args);
	(void)putchar('\n');

	return finding == CK_FINDING_FAIL;
}
