/*
 * disk.c - what the disk takes for one commit, whatever the program
 *
 * bench-disk FILE RATE SECONDS
 *
 * At fixed instants writes 4 KiB over and over into the first MiB of FILE and
 * waits until they are on the disk. Latency runs from when each was due. Prints
 * one JSON object and removes FILE.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "support/client.h"

#define BLOCK 4096
#define BLOCKS 256

static void
wait_until(int64_t due_ns)
{
	const struct timespec due = {
		due_ns / 1000000000, due_ns % 1000000000
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due,
	    NULL) != 0)
		continue;
}

static void
write_block(int fd, size_t i)
{
	static char block[BLOCK];

	block[0] = (char)i;
	if (pwrite(fd, block, BLOCK, (off_t)(i % BLOCKS) * BLOCK) != BLOCK ||
	    fdatasync(fd) != 0)
		bench_failed("write");
}

int
main(int argc, char **argv)
{
	unsigned long rate, seconds;
	uint32_t *samples;
	int64_t begin;
	size_t total, i;
	int fd;

	if (argc != 4)
		return 2;
	rate = strtoul(argv[2], NULL, 10);
	seconds = strtoul(argv[3], NULL, 10);
	if (rate == 0 || rate > 10000 || seconds == 0 || seconds > 600)
		return 2;
	total = rate * seconds;
	samples = calloc(total, sizeof(*samples));
	fd = open(argv[1], O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (samples == NULL || fd < 0)
		bench_failed(argv[1]);
	for (i = 0; i < BLOCKS; i++)
		write_block(fd, i);	/* allocated before it is measured */
	begin = bench_now_ns();
	for (i = 0; i < total; i++) {
		int64_t due = begin + (int64_t)(i * 1000000000 / rate);

		wait_until(due);
		write_block(fd, i);
		samples[i] = (uint32_t)((bench_now_ns() - due) / 1000);
	}
	(void)close(fd);
	(void)unlink(argv[1]);
	(void)printf("{\"p50_us\": %u, \"p99_us\": %u}\n",
	    bench_percentile(samples, total, 50),
	    bench_percentile(samples, total, 99));
	free(samples);

	return 0;
}
