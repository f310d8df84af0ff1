/*
 * scanner.h - one scanner bound to a desk: a serial line or an input device
 *
 * In the flow:  device -> [scanner: frame, keys] -> desk
 *
 * Opened when it is there, again and again while it is not: a scanner that is
 * unplugged comes back by itself. An input device is grabbed, so that what it
 * types reaches nobody else, no input method and no other window. What is
 * scanned is never logged. Core's thread only; nothing here blocks.
 */
#ifndef SERVICE_SCANNER_SCANNER_H
#define SERVICE_SCANNER_SCANNER_H

#include "ck/buf.h"
#include "ck/error.h"

struct ck_loop;
struct ck_scanner;

enum ck_scanner_state {
	CK_SCANNER_READY,	/* "ready" */
	CK_SCANNER_ABSENT,	/* "absent": no such device now */
	CK_SCANNER_DENIED,	/* "denied": we may not open it */
	CK_SCANNER_BUSY,	/* "busy": another program has it */
	CK_SCANNER_FAILED	/* "failed": no scanner, or wrong speed */
};

struct ck_scanner_options {
	const char *device;	/* path; borrowed for the scanner's life */
	unsigned baud;		/* of a serial line, bits per second */
	struct ck_loop *loop;

	/* A whole line came; borrowed. */
	void (*line)(void *ctx, struct ck_span line);

	/* A line came that was longer than any code. */
	void (*too_long)(void *ctx);

	/* ck_scanner_state() is another now. */
	void (*changed)(void *ctx);

	void *ctx;
};

/*
 * Begin to look for the device. That it is not there, or refuses, is a state
 * and no error. Calls nothing back before the loop's next turn.
 * Returns CK_OK, CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_scanner_new(struct ck_scanner **out,
    const struct ck_scanner_options *options);

enum ck_scanner_state ck_scanner_state(const struct ck_scanner *scanner);

/* "ready", … Static string. */
const char *ck_scanner_state_label(enum ck_scanner_state state);

/* Let the device go, wipe what came of it, free. NULL is allowed. Not inside
 * its own callbacks. */
void ck_scanner_free(struct ck_scanner **scanner);

#endif /* SERVICE_SCANNER_SCANNER_H */
