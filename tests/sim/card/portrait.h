/*
 * portrait.h - two drawn portraits, of nobody
 */
#ifndef SIM_CARD_PORTRAIT_H
#define SIM_CARD_PORTRAIT_H

#include "bytes.h"

/* Both pictures have the size of an ID photo in pixels. */
#define SIM_PORTRAIT_WIDTH 480
#define SIM_PORTRAIT_HEIGHT 640

/* The JPEG of a man's or a woman's outline; static. */
struct sim_span sim_portrait(bool male);

#endif /* SIM_CARD_PORTRAIT_H */
