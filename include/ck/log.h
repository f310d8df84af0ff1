/*
 * log.h - lines for the technician, never about a person
 *
 * One line is one event: "level area: words". It goes to standard error, with
 * the systemd priority prefix when the journal reads it. Names, numbers, dates
 * from a card, keys, tokens and URLs with a query never stand in a line.
 */
#ifndef CK_LOG_H
#define CK_LOG_H

enum ck_log_level {
	CK_LOG_ERROR = 3,	/* somebody has to act; values as in syslog */
	CK_LOG_WARNING = 4,	/* it goes on, but worse than it should */
	CK_LOG_NOTICE = 5,	/* start, stop, a reader or the line changed */
	CK_LOG_INFO = 6,
	CK_LOG_DEBUG = 7
};

/* Drop lines above level; CK_LOG_INFO until set. */
void ck_log_set_level(enum ck_log_level level);

/* Write one line. area is a short static word ("pcsc", "store"). */
void ck_log(enum ck_log_level level, const char *area, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif /* CK_LOG_H */
