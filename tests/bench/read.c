/*
 * read.c - one inspection, measured: commands, the card's modelled time, ours
 *
 * bench-read DIR text|full RUNS
 *
 * Puts a card with a photo of about 15 KB on the simulated reader of the clinic
 * in DIR, whose sim-card models its link at 424 kbit/s, and reads it RUNS times
 * through pcscd, then once as common readers do. What is spent inside transmit
 * belongs to chip and pcscd; the rest is ours. Prints one JSON object; times of
 * the link are the model's of tests/sim/README.md.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "card/pcsc.h"
#include "ck/card.h"
#include "ck/reader.h"
#include "support/common.h"
#include "support/sim.h"
#include "trust/folder.h"

#define RUNS_MAX 1000

/* Her photo has 16,061 bytes. */
#define WHOSE "code-001"

/*
 * The least that reading takes in the model: what the chip reckons (PACE, chip
 * and active authentication), the bytes of the files over the link, and their
 * secure messaging. No command, no frame, no header, no signature.
 */
#define PUBLIC_KEY_MS (10.0 + 90.0 + 110.0 + 15.0 + 110.0 + 180.0)
#define BYTE_MS (9.0 / 424.0)
#define SM_BYTE_MS (0.03 / 16.0)

/* EF.CardAccess of the simulated chip: read in plain, before PACE. */
#define CARD_ACCESS_LEN 54.0

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

/* The card at the moments that matter; dir NULL: not looked at. */
struct moments {
	const char *dir;
	struct bench_card begin, identity, photo, end;
};

static void
at_identity(void *ctx, const struct ck_identity *identity)
{
	struct moments *moments = ctx;

	(void)identity;
	moments->identity = bench_card_now(moments->dir);
}

static void
at_step(void *ctx, enum ck_step step)
{
	struct moments *moments = ctx;

	if (step == CK_STEP_PHOTO)
		moments->photo = bench_card_now(moments->dir);
}

struct sample {
	double elapsed_ms, overhead_ms;
	unsigned apdus;
};

static struct stopwatch
connect_card(struct ck_pcsc *pcsc)
{
	struct stopwatch watch = { 0 };

	if (ck_pcsc_connect(pcsc, NULL, false, &watch.under) != CK_OK)
		bench_die("no card on the reader");
	watch.transport.ops = &timed_ops;
	watch.transport.atr = watch.under->atr;

	return watch;
}

static struct sample
read_once(struct ck_pcsc *pcsc, const struct ck_secret *secret,
    const struct ck_read_options *options, struct moments *moments)
{
	const struct ck_read_observer observer = {
		.identity_known = at_identity, .step = at_step, .ctx = moments
	};
	struct stopwatch watch = connect_card(pcsc);
	struct ck_reading reading = { 0 };
	struct sample sample;
	double begin = now_ms();

	if (ck_read_card(&watch.transport, secret, options,
	    moments == NULL ? NULL : &observer, &reading) != CK_OK ||
	    reading.assurance != CK_ASSURANCE_CHIP_VERIFIED)
		bench_die("the card could not be read");
	sample.elapsed_ms = now_ms() - begin;
	sample.overhead_ms = sample.elapsed_ms - watch.inside_ms;
	sample.apdus = reading.apdus;
	watch.transport.ops->close(&watch.transport);
	ck_reading_wipe(&reading);

	return sample;
}

/* Our way once more, looking at the card's clock. */
static struct moments
read_ours(const char *dir, struct ck_pcsc *pcsc,
    const struct ck_secret *secret, const struct ck_read_options *options)
{
	struct moments moments = { .dir = dir, .begin = bench_card_now(dir) };

	(void)read_once(pcsc, secret, options, &moments);
	moments.end = bench_card_now(dir);

	return moments;
}

/* The common way, and the sizes of the files. */
static struct moments
read_common(const char *dir, struct ck_pcsc *pcsc,
    const struct ck_secret *secret, const struct ck_read_options *options,
    struct common_sizes *sizes)
{
	struct moments moments = { .begin = bench_card_now(dir) };
	struct stopwatch watch = connect_card(pcsc);

	if (common_read(&watch.transport, secret, options, sizes) != CK_OK)
		bench_die("the card could not be read the common way");
	watch.transport.ops->close(&watch.transport);
	moments.end = bench_card_now(dir);

	return moments;
}

static int
by_overhead(const void *a, const void *b)
{
	const struct sample *left = a, *right = b;

	return (left->overhead_ms > right->overhead_ms) -
	    (left->overhead_ms < right->overhead_ms);
}

static void
print(const struct sample *median, const struct moments *ours,
    const struct moments *common, const struct common_sizes *sizes)
{
	double bytes = (double)(sizes->text + sizes->photo);
	double limit_ms = PUBLIC_KEY_MS + bytes * (BYTE_MS + SM_BYTE_MS) +
	    CARD_ACCESS_LEN * BYTE_MS;

	(void)printf("{\"apdus\": %u, \"overhead_ms\": %.2f, "
	    "\"elapsed_ms\": %.2f, ", median->apdus, median->overhead_ms,
	    median->elapsed_ms);
	(void)printf("\"link_ms\": %.2f, \"identity_ms\": %.2f, "
	    "\"common_ms\": %.2f, \"common_apdus\": %u, ",
	    ours->end.link_ms - ours->begin.link_ms,
	    ours->identity.link_ms - ours->begin.link_ms,
	    common->end.link_ms - common->begin.link_ms,
	    common->end.apdus - common->begin.apdus);
	(void)printf("\"photo_apdus\": %u, \"public_key_ms\": %.2f, "
	    "\"limit_ms\": %.2f, \"file_bytes\": %.0f}\n",
	    ours->photo.apdus == 0 ? 0 : ours->end.apdus - ours->photo.apdus,
	    PUBLIC_KEY_MS, limit_ms, bytes + CARD_ACCESS_LEN);
}

int
main(int argc, char **argv)
{
	static struct sample samples[RUNS_MAX];
	struct ck_secret secret = { 0 };
	struct ck_read_options options = { .clock = ck_clock_system() };
	struct moments ours, common;
	struct common_sizes sizes;
	char trust[512];
	struct ck_anchors *anchors = NULL;
	struct ck_pcsc *pcsc;
	size_t runs, i;

	if (argc != 4)
		return 2;
	runs = strtoul(argv[3], NULL, 10);
	if (runs == 0 || runs > RUNS_MAX)
		return 2;
	bench_insert(argv[1], WHOSE, &secret);
	(void)snprintf(trust, sizeof(trust), "%s/trust", argv[1]);
	options.photo = strcmp(argv[2], "full") == 0;
	if (ck_anchors_load(&anchors, trust, NULL) != CK_OK)
		bench_die("no trust folder");
	options.anchors = anchors;
	if (ck_pcsc_new(&pcsc) != CK_OK)
		bench_die("no memory");
	for (i = 0; i < runs; i++)
		samples[i] = read_once(pcsc, &secret, &options, NULL);
	ours = read_ours(argv[1], pcsc, &secret, &options);
	common = read_common(argv[1], pcsc, &secret, &options, &sizes);
	ck_pcsc_free(&pcsc);
	ck_anchors_free(&anchors);
	qsort(samples, runs, sizeof(samples[0]), by_overhead);
	print(&samples[runs / 2], &ours, &common, &sizes);

	return 0;
}
