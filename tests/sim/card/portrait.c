/*
 * portrait.c - two drawn portraits, of nobody
 *
 * The assembler takes the files in, so that the command needs none beside
 * itself. Paths are those of the top of the tree, where make compiles.
 */
#include "portrait.h"

#define EMBED(symbol, path) \
	__asm__(".section .rodata\n" \
		".global " #symbol "_begin, " #symbol "_end\n" \
		#symbol "_begin:\n" \
		".incbin \"" path "\"\n" \
		#symbol "_end:\n" \
		".byte 0\n" \
		".previous\n"); \
	extern const uint8_t symbol##_begin[], symbol##_end[]

EMBED(sim_portrait_man, "tests/sim/card/portrait-man.jpg");
EMBED(sim_portrait_woman, "tests/sim/card/portrait-woman.jpg");

struct sim_span
sim_portrait(bool male)
{
	if (male)
		return sim_span(sim_portrait_man_begin,
		    (size_t)(sim_portrait_man_end - sim_portrait_man_begin));

	return sim_span(sim_portrait_woman_begin,
	    (size_t)(sim_portrait_woman_end - sim_portrait_woman_begin));
}
