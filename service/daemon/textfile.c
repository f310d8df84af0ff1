/*
 * textfile.c - the metrics as a file, replaced every few seconds
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ck/log.h"
#include "daemon/config.h"
#include "daemon/textfile.h"
#include "http/http.h"
#include "io/loop.h"
#include "io/replace.h"

/* What node_exporter reads. */
#define ENDING ".prom"

struct ck_textfile {
	const struct ck_config *config;	/* borrowed, like the next two */
	struct ck_loop *loop;
	struct ck_http *http;
	struct ck_timer *timer;
	bool failing;			/* and the log knows */
};

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
	else if (ck_replace_file(textfile->config->metrics_textfile,
	    ck_buf_view(&text)) != CK_OK)
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
