/*
 * read.c - one full inspection, measured: commands sent, and our own time
 *
 * bench-read DIR text|full RUNS
 *
 * Puts code-000 on the simulated reader of the clinic in DIR and reads it RUNS
 * times through pcscd. What is spent inside transmit belongs to chip and
 * pcscd; the rest is ours. Prints one JSON object with the medians.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "card/pcsc.h"
#include "ck/card.h"
#include "ck/reader.h"
#include "trust/folder.h"

#define RUNS_MAX 1000

/* A transport that measures the one under it. */
struct stopwatch {
	struct ck_transport transport;
	struct ck_transport *under;
	double inside_ms;
};

static double
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);

	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static struct stopwatch *
stopwatch_of(struct ck_transport *transport)
{
	return (struct stopwatch *)(void *)transport;
}

static enum ck_err
timed_transmit(struct ck_transport *transport, struct ck_span command,
    struct ck_buf *response)
{
	struct stopwatch *watch = stopwatch_of(transport);
	double begin = now_ms();
	enum ck_err err = watch->under->ops->transmit(watch->under, command,
	    response);

	watch->inside_ms += now_ms() - begin;

	return err;
}

static enum ck_err
timed_reset(struct ck_transport *transport)
{
	struct stopwatch *watch = stopwatch_of(transport);

	return watch->under->ops->reset(watch->under);
}

static void
timed_close(struct ck_transport *transport)
{
	struct stopwatch *watch = stopwatch_of(transport);

	watch->under->ops->close(watch->under);
}

static const struct ck_transport_ops timed_ops = {
	timed_transmit, timed_reset, timed_close
};

static void
die(const char *what)
{
	(void)fprintf(stderr, "bench-read: %s\n", what);
	exit(1);
}

static void
control(const char *dir, const char *line, char *answer, size_t size)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ssize_t len;

	(void)snprintf(address.sun_path, sizeof(address.sun_path),
	    "%s/card.sock", dir);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    dprintf(fd, "%s\n", line) < 0 ||
	    (len = read(fd, answer, size - 1)) < 3 ||
	    strncmp(answer, "ok ", 3) != 0)
		die("sim-card does not obey");
	answer[len] = '\0';
	(void)close(fd);
}

static void
find_can(const char *dir, struct ck_secret *secret)
{
	char answer[8192];
	json_t *person;

	control(dir, "person code-000", answer, sizeof(answer));
	if ((person = json_loads(answer + 3, 0, NULL)) == NULL)
		die("sim-card's answer is no JSON");
	secret->kind = CK_SECRET_CAN;
	(void)snprintf(secret->can, sizeof(secret->can), "%s",
	    json_string_value(json_object_get(person, "can")));
	json_decref(person);
	control(dir, "insert code-000", answer, sizeof(answer));
}

struct sample {
	double elapsed_ms, overhead_ms;
	unsigned apdus;
};

static struct sample
read_once(struct ck_pcsc *pcsc, const struct ck_secret *secret,
    const struct ck_read_options *options)
{
	struct stopwatch watch = { 0 };
	struct ck_reading reading = { 0 };
	struct sample sample;
	double begin;

	if (ck_pcsc_connect(pcsc, NULL, false, &watch.under) != CK_OK)
		die("no card on the reader");
	watch.transport.ops = &timed_ops;
	watch.transport.atr = watch.under->atr;
	begin = now_ms();
	if (ck_read_card(&watch.transport, secret, options, NULL,
	    &reading) != CK_OK)
		die("the card could not be read");
	sample.elapsed_ms = now_ms() - begin;
	sample.overhead_ms = sample.elapsed_ms - watch.inside_ms;
	sample.apdus = reading.apdus;
	watch.transport.ops->close(&watch.transport);
	ck_reading_wipe(&reading);

	return sample;
}

static int
by_overhead(const void *a, const void *b)
{
	const struct sample *left = a, *right = b;

	return (left->overhead_ms > right->overhead_ms) -
	    (left->overhead_ms < right->overhead_ms);
}

int
main(int argc, char **argv)
{
	static struct sample samples[RUNS_MAX];
	struct ck_secret secret = { 0 };
	struct ck_read_options options = { .clock = ck_clock_system() };
	char trust[512];
	struct ck_anchors *anchors = NULL;
	struct ck_pcsc *pcsc;
	size_t runs, i;

	if (argc != 4)
		return 2;
	runs = strtoul(argv[3], NULL, 10);
	if (runs == 0 || runs > RUNS_MAX)
		return 2;
	find_can(argv[1], &secret);
	(void)usleep(1500 * 1000);	/* pcscd looks every 0.4 s */
	(void)snprintf(trust, sizeof(trust), "%s/trust", argv[1]);
	options.photo = strcmp(argv[2], "full") == 0;
	if (ck_anchors_load(&anchors, trust, NULL) != CK_OK)
		die("no trust folder");
	options.anchors = anchors;
	if (ck_pcsc_new(&pcsc) != CK_OK)
		die("no memory");
	for (i = 0; i < runs; i++)
		samples[i] = read_once(pcsc, &secret, &options);
	ck_pcsc_free(&pcsc);
	ck_anchors_free(&anchors);
	qsort(samples, runs, sizeof(samples[0]), by_overhead);
	(void)printf("{\"apdus\": %u, \"overhead_ms\": %.2f, "
	    "\"elapsed_ms\": %.2f}\n", samples[0].apdus,
	    samples[runs / 2].overhead_ms, samples[runs / 2].elapsed_ms);

	return 0;
}
