/*
 * run.h - what libFuzzer calls, or replay.c where there is no libFuzzer
 */
#ifndef TESTS_FUZZ_RUN_H
#define TESTS_FUZZ_RUN_H

#include <stddef.h>
#include <stdint.h>

/* Called once; chooses the target by the program's name. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Run the target once. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* TESTS_FUZZ_RUN_H */
