/*
 * main.c - sim-card: a chip ID card for the virtual reader
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "control.h"
#include "options.h"
#include "pn532.h"

/* How long --person waits for pcscd to come up, and an insertion by hand. */
#define START_WAIT_MS 15000
#define INSERT_WAIT_MS 3000

/* SIGTERM and SIGINT as a descriptor that becomes readable. */
static int
watch_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);

	return signalfd(-1, &signals, SFD_CLOEXEC);
}

static bool
wait_for_signal(int signals)
{
	struct signalfd_siginfo info;

	return read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info);
}

static void
open_slots(const struct sim_card_options *options, struct sim_desk *desk)
{
	struct sim_slot_config config = {
		.host = options->host,
		.wait_ms = options->control != NULL ? INSERT_WAIT_MS
						    : START_WAIT_MS,
		.link = options->link,
		.real_time = options->real_time,
		.log = options->log,
		.in_field = options->pn532 != NULL,
	};
	unsigned i;

	for (i = 0; i < SIM_SLOTS; i++) {
		config.port = options->port + i;
		desk->slots[i] = sim_slot_new(&config);
	}
}

/* Cards go on a virtual reader or into the field of a PN532. */
static bool
open_reader(const struct sim_card_options *options, struct sim_desk *desk,
    struct sim_pn532 **pn532)
{
	char why[256] = "";

	open_slots(options, desk);
	if (options->pn532 == NULL)
		return true;
	*pn532 = sim_pn532_new(desk->slots, options->type_b);
	if (sim_pn532_open(*pn532, options->pn532, why, sizeof(why)))
		return true;
	fprintf(stderr, "sim-card: %s\n", why);

	return false;
}

static int
play(const struct sim_card_options *options, const struct sim_factory *factory)
{
	struct sim_desk desk = {
		.factory = factory,
		.chip_config = &options->chip,
	};
	struct sim_pn532 *pn532 = NULL;
	int signals = watch_signals();
	char why[256] = "";
	unsigned i;
	bool ok = open_reader(options, &desk, &pn532);

	if (ok && options->person != NULL &&
	    !sim_desk_insert(&desk, 0, options->person, &options->faults, why,
	    sizeof(why))) {
		fprintf(stderr, "sim-card: %s\n", why);
		ok = false;
	}
	if (ok && options->control != NULL)
		ok = sim_control_serve(&desk, options->control, signals);
	else if (ok)
		ok = wait_for_signal(signals);
	sim_pn532_free(&pn532);
	for (i = 0; i < SIM_SLOTS; i++)
		sim_slot_free(&desk.slots[i]);
	close(signals);

	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int
run(const struct sim_card_options *options)
{
	struct sim_factory factory = {
		.state_dir = options->state_dir,
		.seed = options->seed,
		.offer = options->offer,
	};
	int result = EXIT_SUCCESS;

	if (!sim_pki_open(&factory.pki, options->state_dir,
	    options->explicit_curve)) {
		fprintf(stderr, "sim-card: cannot keep keys in %s\n",
		    options->state_dir);
		result = EXIT_FAILURE;
	} else if (options->export_dir != NULL &&
	    !sim_pki_export(&factory.pki, options->export_dir)) {
		fprintf(stderr, "sim-card: cannot write to %s\n",
		    options->export_dir);
		result = EXIT_FAILURE;
	} else if (options->person != NULL || options->control != NULL) {
		result = play(options, &factory);
	}
	sim_pki_close(&factory.pki);

	return result;
}

int
main(int argc, char **argv)
{
	struct sim_card_options options;

	switch (sim_card_options_read(argc, argv, &options)) {
	case SIM_OPTIONS_RUN:
		return run(&options);
	case SIM_OPTIONS_DONE:
		return EXIT_SUCCESS;
	case SIM_OPTIONS_WRONG:
		break;
	}

	return 2;
}
