/*
 * figure.h - the words of one row of figures
 *
 * A figure is a row of numbers: which series, which hour, which clinic, and the
 * number of every counted word. It names nobody. The list below gives the
 * columns of the table rollup, the members of a feed row, and the words that
 * /v1/stats can group by, so that the three cannot drift apart.
 */
#ifndef SERVICE_STATS_FIGURE_H
#define SERVICE_STATS_FIGURE_H

#include <stdint.h>

/* X(symbol, column and member); hour counts whole hours since 1970 UTC. desk
 * and reason are numbers of the table label; the other words of words.h. */
#define CK_FIGURE_LIST(X) \
	X(CK_FIGURE_SERIES, "series") \
	X(CK_FIGURE_HOUR, "hour") \
	X(CK_FIGURE_CLINIC, "clinic") \
	X(CK_FIGURE_KIND, "kind") \
	X(CK_FIGURE_PRESENTED, "presented") \
	X(CK_FIGURE_CAPTURED, "captured") \
	X(CK_FIGURE_ASSURANCE, "assurance") \
	X(CK_FIGURE_FIRST_KEY, "first_key") \
	X(CK_FIGURE_FIRST_OUTCOME, "first_outcome") \
	X(CK_FIGURE_RESOLVED_BY, "resolved_by") \
	X(CK_FIGURE_OUTCOME, "outcome") \
	X(CK_FIGURE_SOURCE, "source") \
	X(CK_FIGURE_REASON, "reason") \
	X(CK_FIGURE_OWNER, "owner") \
	X(CK_FIGURE_DESK, "desk")

#define CK_FIGURE_ENUM(sym, name) sym,
enum ck_figure_word { CK_FIGURE_LIST(CK_FIGURE_ENUM) CK_FIGURE_WORDS };
#undef CK_FIGURE_ENUM

struct ck_figure {
	int64_t word[CK_FIGURE_WORDS];
};

#endif /* SERVICE_STATS_FIGURE_H */
