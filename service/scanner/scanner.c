/*
 * scanner.c - one scanner bound to a desk: a serial line or an input device
 */
#include <linux/input.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "ck/log.h"
#include "io/loop.h"
#include "scanner/frame.h"
#include "scanner/keys.h"
#include "scanner/scanner.h"

/* How often a device that is not there is looked for. */
#define RETRY_MS 2000

/*
 * A pause that ends a line without an end. Within a code the bytes follow each
 * other in about a millisecond (9600 baud), keystrokes in some ten.
 */
#define PAUSE_MS 250

/* Taken in one turn, so that a flood leaves time for everything else. */
#define BYTES_PER_TURN 1024
#define EVENTS_PER_TURN 64

struct ck_scanner {
	struct ck_scanner_options options;
	enum ck_scanner_state state;
	bool told;		/* of the state it is in, in the log */
	bool is_input;		/* an input device, not a serial line */
	bool dropped;		/* the kernel lost keys: this line is void */
	int fd;			/* -1: not open */
	struct ck_watch *watch;
	struct ck_timer *retry, *pause;
	struct ck_frame frame;
	struct ck_keys keys;
};

static const struct {
	unsigned baud;
	speed_t speed;
} speeds[] = {
	{ 1200, B1200 }, { 2400, B2400 }, { 4800, B4800 }, { 9600, B9600 },
	{ 19200, B19200 }, { 38400, B38400 }, { 57600, B57600 },
	{ 115200, B115200 }, { 230400, B230400 }
};

const char *
ck_scanner_state_label(enum ck_scanner_state state)
{
	static const char *const labels[] = {
		[CK_SCANNER_READY] = "ready",
		[CK_SCANNER_ABSENT] = "absent",
		[CK_SCANNER_DENIED] = "denied",
		[CK_SCANNER_BUSY] = "busy",
		[CK_SCANNER_FAILED] = "failed"
	};

	return labels[state];
}

static const char *
advice(enum ck_scanner_state state)
{
	switch (state) {
	case CK_SCANNER_READY:
		return "ready";
	case CK_SCANNER_ABSENT:
		return "not there: plug it in, or correct [desk] scanner";
	case CK_SCANNER_DENIED:
		return "may not be opened: add the service's user to the "
		    "group dialout (serial line) or input (keyboard device), "
		    "and start the service again";
	case CK_SCANNER_BUSY:
		return "another program has it: close that program, or take "
		    "the second [desk] that names it away";
	case CK_SCANNER_FAILED:
	default:
		return "is no serial line and no keyboard, or [desk] "
		    "scanner_baud is no usual speed";
	}
}

/* Say a state once, not at every try. */
static void
enter(struct ck_scanner *scanner, enum ck_scanner_state state)
{
	if (scanner->told && scanner->state == state)
		return;
	scanner->state = state;
	ck_log(state == CK_SCANNER_READY ? CK_LOG_NOTICE : CK_LOG_WARNING,
	    "scanner", "%s: %s", scanner->options.device, advice(state));
	if (scanner->told)
		scanner->options.changed(scanner->options.ctx);
	scanner->told = true;
}

static void on_retry(void *ctx);

static void
shut(struct ck_scanner *scanner)
{
	ck_loop_unwatch(&scanner->watch);
	ck_loop_timer_cancel(&scanner->pause);
	if (scanner->fd >= 0)
		(void)close(scanner->fd);
	scanner->fd = -1;
	ck_frame_wipe(&scanner->frame);
	explicit_bzero(&scanner->keys, sizeof(scanner->keys));
	scanner->dropped = false;
}

static void
give_up(struct ck_scanner *scanner, enum ck_scanner_state state)
{
	shut(scanner);
	if (scanner->retry == NULL && ck_loop_timer(scanner->options.loop,
	    RETRY_MS, on_retry, scanner, &scanner->retry) != CK_OK)
		ck_log(CK_LOG_ERROR, "scanner", "%s: out of memory, not looked "
		    "for again before the next start",
		    scanner->options.device);
	enter(scanner, state);
}

static void
tell(struct ck_scanner *scanner, enum ck_frame_event event)
{
	const struct ck_scanner_options *options = &scanner->options;

	if (event == CK_FRAME_MORE)
		return;
	if (scanner->dropped || event == CK_FRAME_TOO_LONG)
		options->too_long(options->ctx);
	else
		options->line(options->ctx, ck_frame_line(&scanner->frame));
	scanner->dropped = false;
}

/* Take bytes of the line. False when there were none, or the device is gone. */
static bool
read_line(struct ck_scanner *scanner)
{
	uint8_t bytes[BYTES_PER_TURN];
	ssize_t got = read(scanner->fd, bytes, sizeof(bytes)), i;

	if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
		give_up(scanner, CK_SCANNER_ABSENT);
	for (i = 0; i < got; i++)
		tell(scanner, ck_frame_push(&scanner->frame, bytes[i]));
	explicit_bzero(bytes, sizeof(bytes));

	return got > 0;
}

static void
take_event(struct ck_scanner *scanner, const struct input_event *event)
{
	uint8_t typed[CK_KEYS_MAX];
	size_t i, count = 0;

	/* Which keys are down is not known either after a loss. */
	if (event->type == EV_SYN && event->code == SYN_DROPPED) {
		scanner->dropped = true;
		explicit_bzero(&scanner->keys, sizeof(scanner->keys));
	}
	if (event->type == EV_KEY)
		count = ck_keys_take(&scanner->keys, event->code, event->value,
		    typed);
	for (i = 0; i < count; i++)
		tell(scanner, ck_frame_push(&scanner->frame, typed[i]));
	explicit_bzero(typed, sizeof(typed));
}

/* The same for keys. */
static bool
read_keys(struct ck_scanner *scanner)
{
	struct input_event events[EVENTS_PER_TURN];
	ssize_t got = read(scanner->fd, events, sizeof(events));
	size_t i, count = got > 0 ? (size_t)got / sizeof(events[0]) : 0;

	if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
		give_up(scanner, CK_SCANNER_ABSENT);
	for (i = 0; i < count; i++)
		take_event(scanner, &events[i]);
	explicit_bzero(events, sizeof(events));

	return count > 0;
}

static void on_pause(void *ctx);

static void
take(struct ck_scanner *scanner, bool *any)
{
	*any = scanner->is_input ? read_keys(scanner) : read_line(scanner);
	ck_loop_timer_cancel(&scanner->pause);
	/* Without memory for a timer a line ends with its end only. */
	if (scanner->fd >= 0 && *any &&
	    ck_loop_timer(scanner->options.loop, PAUSE_MS, on_pause, scanner,
	    &scanner->pause) != CK_OK)
		scanner->pause = NULL;
}

/* Bytes that lie there already, because this thread was busy, come first. */
static void
on_pause(void *ctx)
{
	struct ck_scanner *scanner = ctx;
	bool any;

	take(scanner, &any);
	if (!any && scanner->fd >= 0)
		tell(scanner, ck_frame_pause(&scanner->frame));
}

static void
on_ready(void *ctx, int fd, uint32_t events)
{
	struct ck_scanner *scanner = ctx;
	bool any = false;

	(void)fd;
	if ((events & EPOLLIN) != 0)
		take(scanner, &any);
	if (!any && scanner->fd >= 0 && (events & (EPOLLHUP | EPOLLERR)) != 0)
		give_up(scanner, CK_SCANNER_ABSENT);
}

/* Raw bytes at this speed, nobody else on the line, nothing from before. */
static bool
set_up_line(int fd, unsigned baud)
{
	struct termios line;
	size_t i;

	for (i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++) {
		if (speeds[i].baud == baud)
			break;
	}
	if (i == sizeof(speeds) / sizeof(speeds[0]) ||
	    tcgetattr(fd, &line) != 0)
		return false;
	cfmakeraw(&line);
	line.c_cflag |= CLOCAL | CREAD;
	line.c_cc[VMIN] = 1;
	line.c_cc[VTIME] = 0;

	return cfsetspeed(&line, speeds[i].speed) == 0 &&
	    tcsetattr(fd, TCSANOW, &line) == 0 &&
	    ioctl(fd, TIOCEXCL) == 0 && tcflush(fd, TCIFLUSH) == 0;
}

static enum ck_scanner_state
state_of(int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return CK_SCANNER_DENIED;
	case EBUSY:
		return CK_SCANNER_BUSY;
	case ENOENT:
	case ENODEV:
	case ENXIO:
	case EIO:
	case ENOTDIR:
		return CK_SCANNER_ABSENT;
	default:
		return CK_SCANNER_FAILED;
	}
}

/* What kind of device it is shows in what it answers. */
static enum ck_scanner_state
set_up(struct ck_scanner *scanner)
{
	int version;

	scanner->is_input = ioctl(scanner->fd, EVIOCGVERSION, &version) == 0;
	if (scanner->is_input)
		return ioctl(scanner->fd, EVIOCGRAB, 1) == 0 ?
		    CK_SCANNER_READY : state_of(errno);

	return isatty(scanner->fd) &&
	    set_up_line(scanner->fd, scanner->options.baud) ?
	    CK_SCANNER_READY : CK_SCANNER_FAILED;
}

static void
try_open(struct ck_scanner *scanner)
{
	enum ck_scanner_state state;

	scanner->fd = open(scanner->options.device,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	state = scanner->fd < 0 ? state_of(errno) : set_up(scanner);
	if (state == CK_SCANNER_READY &&
	    ck_loop_watch(scanner->options.loop, scanner->fd, EPOLLIN,
	    on_ready, scanner, &scanner->watch) != CK_OK)
		state = CK_SCANNER_FAILED;
	if (state == CK_SCANNER_READY)
		enter(scanner, state);
	else
		give_up(scanner, state);
}

static void
on_retry(void *ctx)
{
	try_open(ctx);
}

enum ck_err
ck_scanner_new(struct ck_scanner **out,
    const struct ck_scanner_options *options)
{
	struct ck_scanner *scanner = calloc(1, sizeof(*scanner));

	*out = NULL;
	if (scanner == NULL)
		return CK_ERR_NOMEM;
	scanner->options = *options;
	scanner->fd = -1;
	try_open(scanner);
	*out = scanner;

	return CK_OK;
}

enum ck_scanner_state
ck_scanner_state(const struct ck_scanner *scanner)
{
	return scanner->state;
}

void
ck_scanner_free(struct ck_scanner **scanner)
{
	if (*scanner == NULL)
		return;
	shut(*scanner);
	ck_loop_timer_cancel(&(*scanner)->retry);
	free(*scanner);
	*scanner = NULL;
}
