/*
 * worker.c - cccd-worker: the process in which a card is read
 *
 * In the flow:  checkind  <- socket on descriptor 3 ->  [worker]  ->  pcscd or
 *               a reader of libnfc
 *
 * A card may be silent, hostile or broken; whatever it does ends here. The
 * daemon kills this process when a read takes too long and starts it anew.
 * Two kinds: one watches which readers there are, the others serve one reader
 * each. A third, for `checkin doctor`, looks once and prints. Started by hand
 * it says so and ends.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "card/nfc.h"
#include "card/pcsc.h"
#include "ck/log.h"
#include "worker/link.h"
#include "worker/lookout.h"
#include "worker/perform.h"
#include "worker/report.h"
#include "worker/survey.h"

/* Exit codes: 2 as for other commands, 1 for what must not happen. */
#define EXIT_INTERNAL 1
#define EXIT_USAGE 2

struct worker {
	struct ck_link link;
	struct ck_place place;		/* reader NULL: the watcher */
	struct ck_anchors_cache trust;
	struct ck_sight sight;		/* the last one */
	struct ck_worker_status told;	/* the last status sent */
	struct ck_worker_readers listed;	/* the last list sent */
	int lookout;
};

static void
send_status(struct worker *worker, struct ck_worker_status status)
{
	ck_link_begin(&worker->link, CK_WORKER_STATUS, 0)->u.status = status;
	ck_link_send(&worker->link);
	worker->told = status;
}

/* A card that comes or goes is no news to the watcher. */
static void
send_readers(struct worker *worker, const struct ck_sight *sight)
{
	struct ck_worker_readers now;

	ck_report_readers(sight, &now);
	if (memcmp(&now, &worker->listed, sizeof(now)) == 0)
		return;
	ck_link_begin(&worker->link, CK_WORKER_READERS, 0)->u.readers = now;
	ck_link_send(&worker->link);
	worker->listed = now;
}

/* Tell the daemon what is new; an exchanged card goes before it comes. */
static void
tell(struct worker *worker, const struct ck_sight *sight)
{
	struct ck_worker_status status = ck_report_status(sight);

	if (worker->place.reader == NULL) {
		send_readers(worker, sight);
		return;
	}
	if (ck_report_exchanged(&worker->sight, sight))
		send_status(worker, (struct ck_worker_status){ .err = CK_OK });
	if (memcmp(&status, &worker->told, sizeof(status)) != 0)
		send_status(worker, status);
}

static bool
on_sight(struct worker *worker)
{
	struct ck_sight sight;

	if (!ck_lookout_read(worker->lookout, &sight))
		return false;
	tell(worker, &sight);
	worker->sight = sight;

	return true;
}

/* The daemon's only message; anything else ends the worker. */
static bool
on_message(struct worker *worker)
{
	struct ck_worker_read order;
	uint32_t serial;

	if (!ck_link_receive(&worker->link) ||
	    worker->link.packet.type != CK_WORKER_READ ||
	    worker->place.reader == NULL)
		return false;
	order = worker->link.packet.u.read;
	serial = worker->link.packet.serial;
	ck_link_wipe(&worker->link);
	ck_perform_read(&worker->place, serial, &order);
	explicit_bzero(&order, sizeof(order));

	return true;
}

/* Until the daemon closes the socket. */
static void
serve(struct worker *worker)
{
	struct pollfd fds[2] = {
		{ .fd = worker->lookout, .events = POLLIN },
		{ .fd = worker->link.fd, .events = POLLIN }
	};
	bool going = true;

	while (going && !worker->link.broken) {
		if (poll(fds, 2, -1) < 0) {
			going = errno == EINTR;
			continue;
		}
		if (fds[0].revents != 0)
			going = on_sight(worker);
		if (going && fds[1].revents != 0)
			going = on_message(worker);
	}
}

/*
 * Personal data lives in this process: no core file, no debugger of the same
 * user, no end of the daemon that leaves it behind.
 */
static bool
harden(void)
{
	const struct rlimit none = { 0, 0 };

	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);	/* a terminal's; the daemon ends us */

	return prctl(PR_SET_DUMPABLE, 0) == 0 &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
	    setrlimit(RLIMIT_CORE, &none) == 0;
}

/* pcscd, or the one reader that libnfc serves; and a thread that watches. */
static enum ck_err
open_readers(struct worker *worker)
{
	struct ck_place *place = &worker->place;
	enum ck_err err;

	err = place->reader != NULL && ck_nfc_is_name(place->reader) ?
	    ck_nfc_new(&place->nfc, place->reader) :
	    ck_pcsc_new(&place->pcsc);
	if (err != CK_OK)
		return err;

	return ck_lookout_start(place->reader, place->nfc, &worker->lookout);
}

static int
run(struct worker *worker)
{
	enum ck_err err;

	if (!harden()) {
		ck_log(CK_LOG_ERROR, "worker", "cannot protect the process: "
		    "%s", strerror(errno));
		return EXIT_INTERNAL;
	}
	ck_link_init(&worker->link, CK_WORKER_FD);
	worker->place.link = &worker->link;
	worker->place.trust = &worker->trust;
	/* No report looks like these, so that the first one is news. */
	worker->told.err = UINT32_MAX;
	worker->listed.service = UINT32_MAX;
	if ((err = open_readers(worker)) != CK_OK) {
		ck_log(CK_LOG_ERROR, "worker", "%s", ck_err_text(err));
		return EXIT_INTERNAL;
	}
	(void)ck_link_begin(&worker->link, CK_WORKER_HELLO, 0);
	ck_link_send(&worker->link);
	/* Now, so that the first patient does not wait for it. */
	ck_perform_refresh(&worker->place);
	serve(worker);
	ck_anchors_free(&worker->trust.anchors);
	/* The thread that watches may be inside libnfc: the process ends it. */
	ck_pcsc_free(&worker->place.pcsc);

	return 0;
}

/* "--watch" or "--reader NAME [--trust DIR] [--cold]". */
static bool
read_arguments(int argc, char **argv, struct ck_place *place)
{
	int i;

	if (argc == 2 && strcmp(argv[1], "--watch") == 0)
		return true;
	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--cold") == 0)
			place->cold = true;
		else if (strcmp(argv[i], "--reader") == 0 && i + 1 < argc)
			place->reader = argv[++i];
		else if (strcmp(argv[i], "--trust") == 0 && i + 1 < argc)
			place->trust_dir = argv[++i];
		else
			return false;
	}

	return place->reader != NULL &&
	    strlen(place->reader) < CK_READER_NAME_LEN;
}

static bool
has_socket(void)
{
	int type = 0;
	socklen_t len = sizeof(type);

	return getsockopt(CK_WORKER_FD, SOL_SOCKET, SO_TYPE, &type,
	    &len) == 0 && type == SOCK_SEQPACKET;
}

int
main(int argc, char **argv)
{
	static struct worker worker;

	if (argc > 1 && strcmp(argv[1], "--survey") == 0) {
		ck_survey(argv + 2, stdout);
		return 0;
	}
	if (!read_arguments(argc, argv, &worker.place)) {
		(void)fprintf(stderr, "usage: cccd-worker --watch\n"
		    "       cccd-worker --survey [nfc:CONNSTRING]...\n"
		    "       cccd-worker --reader NAME [--trust DIR] "
		    "[--cold]\n");
		return EXIT_USAGE;
	}
	if (!has_socket()) {
		(void)fprintf(stderr, "cccd-worker: started by checkind, "
		    "with its socket on descriptor %d\n", CK_WORKER_FD);
		return EXIT_USAGE;
	}

	return run(&worker);
}
