/*
 * control.h - hands that put cards on the reader, by a Unix socket
 *
 * Each line is one command and gets one line: "ok ..." or "error ...".
 */
#ifndef SIM_CARD_CONTROL_H
#define SIM_CARD_CONTROL_H

#include "personalise.h"
#include "slot.h"

#define SIM_SLOTS 2

/* The desk of the simulator: what commands act upon. All borrowed. */
struct sim_desk {
	const struct sim_factory *factory;
	const struct sim_chip_config *chip_config;
	struct sim_slot *slots[SIM_SLOTS];
};

/*
 * Carry out one command line (without its newline; changed in place) and
 * append the answer, newline included.
 */
void sim_control_line(struct sim_desk *desk, char *line,
    struct sim_bytes *answer);

/*
 * Listen on path and serve until stop_fd becomes readable. False with a
 * message on standard error when the socket cannot be made.
 */
bool sim_control_serve(struct sim_desk *desk, const char *path, int stop_fd);

/*
 * Make a chip for who and put it into slot number. False with a message in
 * why.
 */
bool sim_desk_insert(struct sim_desk *desk, unsigned slot, const char *who,
    const struct sim_faults *faults, char *why, size_t why_size);

#endif /* SIM_CARD_CONTROL_H */
