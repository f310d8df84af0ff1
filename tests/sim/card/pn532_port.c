/*
 * pn532_port.c - the serial line of a PN532: frames, and a pseudo terminal
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "pn532_state.h"

/* How often a waiting command looks for its card, and a line for its host. */
#define LOOK_MS 20

bool
sim_pn532_waits(const struct sim_pn532 *chip)
{
	return chip->pending.len > 0;
}

/* Try what waits; it may go on waiting. */
static void
try_pending(struct sim_pn532 *chip, struct sim_bytes *out)
{
	struct sim_bytes answer = SIM_BYTES_INIT;

	switch (sim_pn532_run(chip, sim_view(&chip->pending), &answer)) {
	case SIM_PN532_WAIT:
		chip->waited_ms += LOOK_MS;
		break;
	case SIM_PN532_NEVER:
		chip->stalled = true;
		break;
	case SIM_PN532_WRONG:
		sim_bytes_clear(&chip->pending);
		sim_pn532_put_error(out);
		break;
	case SIM_PN532_DONE:
		sim_bytes_clear(&chip->pending);
		sim_bytes_clear(&chip->last);
		sim_pn532_put_answer(&chip->last, sim_view(&answer));
		sim_put(out, sim_view(&chip->last));
		break;
	}
	sim_bytes_free(&answer);
}

/* A new command, or an ACK, ends what was under way. §6.2.1.3 */
static void
take_event(struct sim_pn532 *chip, enum sim_pn532_event event,
    struct sim_span command, struct sim_bytes *out)
{
	switch (event) {
	case SIM_PN532_COMMAND:
		sim_bytes_clear(&chip->pending);
		chip->stalled = false;
		chip->waited_ms = 0;
		sim_put(&chip->pending, command);
		sim_pn532_put_ack(out);
		try_pending(chip, out);
		break;
	case SIM_PN532_ACK:
		sim_bytes_clear(&chip->pending);
		break;
	case SIM_PN532_NACK:
		sim_put(out, sim_view(&chip->last));
		break;
	case SIM_PN532_BROKEN:
		sim_pn532_put_error(out);
		break;
	case SIM_PN532_NOTHING:
		break;
	}
}

void
sim_pn532_receive(struct sim_pn532 *chip, struct sim_span bytes,
    struct sim_bytes *out)
{
	struct sim_bytes command = SIM_BYTES_INIT;
	enum sim_pn532_event event;

	sim_put(&chip->line, bytes);
	if (bytes.len == 0 && sim_pn532_waits(chip) && !chip->stalled)
		try_pending(chip, out);
	while ((event = sim_pn532_next(&chip->line, &command)) !=
	    SIM_PN532_NOTHING)
		take_event(chip, event, sim_view(&command), out);
	sim_bytes_free(&command);
}

/*
 * Bytes pass as they are. A real serial line forgets its settings when the
 * last program closes it; libnfc takes leftover ones for another program's.
 */
static void
make_raw(int port)
{
	struct termios settings;

	if (tcgetattr(port, &settings) != 0)
		return;
	cfmakeraw(&settings);
	tcsetattr(port, TCSANOW, &settings);
}

static bool
send_all(int port, struct sim_span bytes)
{
	ssize_t sent;

	while (bytes.len > 0) {
		sent = write(port, bytes.ptr, bytes.len);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		bytes = sim_slice(bytes, (size_t)sent,
		    bytes.len - (size_t)sent);
	}

	return true;
}

/* False when nobody holds the other end. */
static bool
serve_once(struct sim_pn532 *chip, bool readable)
{
	struct sim_bytes out = SIM_BYTES_INIT;
	uint8_t block[512];
	ssize_t got = 0;
	bool ok = true;

	if (readable) {
		got = read(chip->port, block, sizeof(block));
		ok = got > 0 || (got < 0 && (errno == EINTR ||
		    errno == EAGAIN));
	}
	if (ok) {
		sim_pn532_receive(chip, sim_span(block, got > 0 ? (size_t)got
							       : 0), &out);
		ok = send_all(chip->port, sim_view(&out));
	}
	sim_bytes_free(&out);

	return ok;
}

static void *
serve(void *argument)
{
	struct sim_pn532 *chip = argument;
	struct pollfd watched[] = {
		{ .fd = chip->stop[0], .events = POLLIN },
		{ .fd = chip->port, .events = POLLIN },
	};
	bool attended = true;

	while (watched[0].revents == 0) {
		if (poll(watched, attended ? 2 : 1,
		    attended && !sim_pn532_waits(chip) ? -1 : LOOK_MS) < 0)
			continue;
		if (!attended)
			watched[1].revents = POLLIN;
		if (watched[1].revents == 0 && !sim_pn532_waits(chip))
			continue;
		if (serve_once(chip, watched[1].revents != 0)) {
			attended = true;
		} else if (attended) {
			attended = false;
			make_raw(chip->port);
		}
	}

	return NULL;
}

/* Put the link where the old one may still be, at once. */
static bool
put_link(const char *target, const char *path)
{
	char temporary[300];

	snprintf(temporary, sizeof(temporary), "%s.%ld", path, (long)getpid());
	unlink(temporary);

	return symlink(target, temporary) == 0 &&
	    rename(temporary, path) == 0;
}

bool
sim_pn532_open(struct sim_pn532 *chip, const char *path, char *why,
    size_t why_size)
{
	char name[64] = "";

	chip->port = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK |
	    O_CLOEXEC);
	if (chip->port < 0 || grantpt(chip->port) != 0 ||
	    unlockpt(chip->port) != 0 ||
	    ptsname_r(chip->port, name, sizeof(name)) != 0 ||
	    pipe2(chip->stop, O_CLOEXEC) != 0) {
		snprintf(why, why_size, "no pseudo terminal: %s",
		    strerror(errno));
		return false;
	}
	make_raw(chip->port);
	if (strlen(path) >= sizeof(chip->path) || !put_link(name, path)) {
		snprintf(why, why_size, "cannot put a link at %s", path);
		return false;
	}
	strcpy(chip->path, path);
	sim_must(pthread_create(&chip->thread, NULL, serve, chip) == 0,
	    "pthread_create");

	return true;
}

void
sim_pn532_close(struct sim_pn532 *chip)
{
	if (chip->path[0] != '\0') {
		sim_must(write(chip->stop[1], "", 1) == 1, "pipe");
		pthread_join(chip->thread, NULL);
		unlink(chip->path);
	}
	chip->path[0] = '\0';
	if (chip->port >= 0)
		close(chip->port);
	if (chip->stop[0] >= 0) {
		close(chip->stop[0]);
		close(chip->stop[1]);
	}
	chip->port = chip->stop[0] = chip->stop[1] = -1;
}
