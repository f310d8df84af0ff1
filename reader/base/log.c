/*
 * log.c - one event, one line, one write
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ck/log.h"

/* Longest line; the rest is cut. */
#define LINE_MAX_LEN 1024

static enum ck_log_level threshold = CK_LOG_INFO;

static const char *
level_name(enum ck_log_level level)
{
	switch (level) {
	case CK_LOG_ERROR:
		return "error";
	case CK_LOG_WARNING:
		return "warning";
	case CK_LOG_NOTICE:
		return "notice";
	case CK_LOG_INFO:
		return "info";
	case CK_LOG_DEBUG:
	default:
		return "debug";
	}
}

void
ck_log_set_level(enum ck_log_level level)
{
	threshold = level;
}

void
ck_log(enum ck_log_level level, const char *area, const char *format, ...)
{
	char words[LINE_MAX_LEN - 64];
	char line[LINE_MAX_LEN];
	va_list args;
	int len;

	if (level > threshold)
		return;
	va_start(args, format);
	(void)vsnprintf(words, sizeof(words), format, args);
	va_end(args);

	/* sd-daemon(3): the journal reads <N> as the priority of the line. */
	if (getenv("JOURNAL_STREAM") != NULL)
		len = snprintf(line, sizeof(line), "<%d>%s: %s\n", (int)level,
		    area, words);
	else
		len = snprintf(line, sizeof(line), "%s %s: %s\n",
		    level_name(level), area, words);
	if (len > 0 && write(STDERR_FILENO, line, (size_t)len) < 0)
		return;		/* nobody is left to tell */
}
