/*
 * replay.c - run a target over files, where there is no libFuzzer
 *
 * fuzz_NAME [-mutate=N] PATH...
 *
 * Runs every file, and every file of every folder, then N changed copies of
 * each. The changes come from a fixed sequence, so that each run is the same.
 * Prints how many inputs were run.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define INPUT_MAX 65536

static unsigned long mutations;
static unsigned long runs;
static uint64_t state = 1;

static uint32_t
next(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;

	return (uint32_t)(state >> 32) % below;
}

/* A copy of exact size, so that the sanitizer sees a read beyond its end. */
static void
run_input(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + (size == 0));

	if (copy == NULL)
		abort();
	if (size > 0)
		memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	runs++;
}

static size_t
mutate(uint8_t *data, size_t size)
{
	uint32_t at = next((uint32_t)size);

	switch (next(4)) {
	case 0:
		data[at] ^= (uint8_t)(1U << next(8));
		break;
	case 1:
		data[at] = (uint8_t)next(256);
		break;
	case 2:
		return at;
	default:
		memmove(data + at, data + at + 1, size - at - 1);
		return size - 1;
	}

	return size;
}

static void
run_file(const char *path)
{
	static uint8_t data[INPUT_MAX], changed[INPUT_MAX];
	FILE *file = fopen(path, "rbe");
	unsigned long i;
	size_t size;

	if (file == NULL) {
		perror(path);
		exit(2);
	}
	size = fread(data, 1, sizeof(data), file);
	(void)fclose(file);
	run_input(data, size);
	for (i = 0; i < mutations && size > 0; i++) {
		memcpy(changed, data, size);
		run_input(changed, mutate(changed, size));
	}
}

static void
run_path(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	char inside[1024];

	if (dir == NULL) {
		run_file(path);
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		(void)snprintf(inside, sizeof(inside), "%s/%s", path,
		    entry->d_name);
		if (entry->d_name[0] != '.')
			run_file(inside);
	}
	(void)closedir(dir);
}

int
main(int argc, char **argv)
{
	int i;

	(void)LLVMFuzzerInitialize(&argc, &argv);
	for (i = 1; i < argc; i++) {
		if (strncmp(argv[i], "-mutate=", 8) == 0)
			mutations = strtoul(argv[i] + 8, NULL, 10);
		else
			run_path(argv[i]);
	}
	(void)printf("%lu inputs\n", runs);

	return 0;
}
