/*
 * textfile.c - the metrics as a file, replaced every few seconds
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ck/log.h"
#include "daemon/config.h"
#include "daemon/textfile.h"
#include "http/http.h"
#include "io/loop.h"

/* What node_exporter reads; the name beside it is none of these. */
#define ENDING ".prom"
#define BESIDE ".new"

struct ck_textfile {
	const struct ck_config *config;	/* borrowed, like the next two */
	struct ck_loop *loop;
	struct ck_http *http;
	struct ck_timer *timer;
	bool failing;			/* and the log knows */
	char beside[sizeof(((struct ck_config *)0)->metrics_textfile) +
	    sizeof(BESIDE)];
};

static bool
write_all(int fd, struct ck_span bytes)
{
	size_t done = 0;

	while (done < bytes.len) {
		ssize_t put = write(fd, bytes.ptr + done, bytes.len - done);

		if (put <= 0)
			return false;
		done += (size_t)put;
	}

	return true;
}

/* No fsync: after a crash of the machine the next one is seconds away. */
static bool
replace(const struct ck_textfile *textfile, struct ck_span bytes)
{
	int fd = open(textfile->beside, O_WRONLY | O_CREAT | O_TRUNC |
	    O_NOFOLLOW | O_CLOEXEC, 0644);
	bool good;

	if (fd < 0)
		return false;
	/* Our umask hides all we write; node_exporter is another user. */
	good = fchmod(fd, 0644) == 0 && write_all(fd, bytes);
	if (close(fd) != 0)
		good = false;

	return good && rename(textfile->beside,
	    textfile->config->metrics_textfile) == 0;
}

static void
tell(struct ck_textfile *textfile, bool good, const char *why)
{
	const char *path = textfile->config->metrics_textfile;

	if (good == !textfile->failing)
		return;
	textfile->failing = !good;
	if (good)
		ck_log(CK_LOG_NOTICE, "metrics", "%s is written again", path);
	else
		ck_log(CK_LOG_WARNING, "metrics", "%s cannot be written: %s; "
		    "may the service's user write to its folder?", path, why);
}

static void
write_now(struct ck_textfile *textfile)
{
	struct ck_buf text = CK_BUF_INIT;
	enum ck_err err = ck_http_metrics_text(textfile->http,
	    CK_METRICS_TEXT, &text);

	if (err != CK_OK)
		tell(textfile, false, ck_err_text(err));
	else if (!replace(textfile, ck_buf_view(&text)))
		tell(textfile, false, strerror(errno));
	else
		tell(textfile, true, "");
	ck_buf_wipe(&text);
}

static void
on_timer(void *ctx)
{
	struct ck_textfile *textfile = ctx;

	write_now(textfile);
	if (ck_loop_timer(textfile->loop, textfile->config->metrics_every_ms,
	    on_timer, textfile, &textfile->timer) != CK_OK)
		ck_log(CK_LOG_ERROR, "metrics", "%s is written no more: out "
		    "of memory", textfile->config->metrics_textfile);
}

static bool
is_read(const char *path)
{
	size_t len = strlen(path);

	return len > sizeof(ENDING) &&
	    strcmp(path + len - (sizeof(ENDING) - 1), ENDING) == 0;
}

enum ck_err
ck_textfile_new(struct ck_textfile **out, const struct ck_config *config,
    struct ck_loop *loop, struct ck_http *http)
{
	struct ck_textfile *textfile = calloc(1, sizeof(*textfile));
	enum ck_err err;

	*out = NULL;
	if (textfile == NULL)
		return CK_ERR_NOMEM;
	textfile->config = config;
	textfile->loop = loop;
	textfile->http = http;
	(void)snprintf(textfile->beside, sizeof(textfile->beside), "%s"
	    BESIDE, config->metrics_textfile);
	if (!is_read(config->metrics_textfile))
		ck_log(CK_LOG_WARNING, "metrics", "%s: node_exporter reads "
		    "only names that end in " ENDING,
		    config->metrics_textfile);
	if ((err = ck_loop_timer(loop, 0, on_timer, textfile,
	    &textfile->timer)) != CK_OK)
		ck_textfile_free(&textfile);
	*out = textfile;

	return err;
}

void
ck_textfile_free(struct ck_textfile **textfile)
{
	struct ck_textfile *old = *textfile;

	if (old == NULL)
		return;
	ck_loop_timer_cancel(&old->timer);
	free(old);
	*textfile = NULL;
}
