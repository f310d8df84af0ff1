/*
 * clinic.c - one clinic's daemon: its files, its process
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "play.h"

static void
pause_ms(long ms)
{
	struct timespec time = { ms / 1000, (ms % 1000) * 1000000 };

	(void)nanosleep(&time, NULL);
}

static size_t
ignore(char *bytes, size_t size, size_t count, void *ctx)
{
	(void)bytes;
	(void)ctx;

	return size * count;
}

static bool
is_ready(const struct play_clinic *clinic)
{
	char url[64];
	CURL *curl = curl_easy_init();
	CURLcode result;
	long status = 0;

	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d/livez",
	    clinic->port);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 2000L);
	result = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(curl);

	return result == CURLE_OK && status == 200;
}

static void
become_daemon(const struct play *play, const struct play_clinic *clinic)
{
	char program[512], config[300], log[300];
	int fd;

	(void)snprintf(program, sizeof(program), "%s/checkind", play->bin);
	(void)snprintf(config, sizeof(config), "%s/checkind.conf",
	    clinic->dir);
	(void)snprintf(log, sizeof(log), "%s/checkind.log", clinic->dir);
	fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd >= 0) {
		(void)dup2(fd, STDOUT_FILENO);
		(void)dup2(fd, STDERR_FILENO);
	}
	(void)execl(program, "checkind", "-c", config, (char *)NULL);
	_exit(127);
}

void
play_clinic_start(struct play *play, struct play_clinic *clinic)
{
	int tries;

	clinic->pid = fork();
	if (clinic->pid < 0)
		play_fail("fork: %s", strerror(errno));
	if (clinic->pid == 0)
		become_daemon(play, clinic);
	for (tries = 0; tries < 600 && !is_ready(clinic); tries++) {
		if (waitpid(clinic->pid, NULL, WNOHANG) != 0)
			play_fail("checkind of %s has ended: see %s/"
			    "checkind.log", clinic->code, clinic->dir);
		pause_ms(50);
	}
	if (tries == 600)
		play_fail("checkind of %s is not ready", clinic->code);
}

static void
end(struct play_clinic *clinic, int signal_number)
{
	if (clinic->pid > 0) {
		(void)kill(clinic->pid, signal_number);
		(void)waitpid(clinic->pid, NULL, 0);
	}
	clinic->pid = 0;
}

void
play_clinic_kill(struct play_clinic *clinic)
{
	end(clinic, SIGKILL);
}

void
play_clinic_stop(struct play_clinic *clinic)
{
	end(clinic, SIGTERM);
}

void
play_clock(struct play *play, int minute)
{
	struct timespec now;
	int64_t target = play->begin_ms + play->day * INT64_C(86400000) +
	    minute * INT64_C(60000);
	char fresh[320];
	FILE *file;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)snprintf(fresh, sizeof(fresh), "%s.new", play->offset_file);
	if ((file = fopen(fresh, "we")) == NULL)
		play_fail("%s: %s", fresh, strerror(errno));
	(void)fprintf(file, "%lld\n", (long long)(target -
	    (int64_t)now.tv_sec * 1000 - now.tv_nsec / 1000000));
	(void)fclose(file);
	if (rename(fresh, play->offset_file) != 0)
		play_fail("%s: %s", play->offset_file, strerror(errno));
}
