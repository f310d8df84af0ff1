/*
 * textfile.h - the metrics as a file, for node_exporter
 *
 * In the flow:  http (what /metrics shows) -> [textfile] -> NAME.prom ->
 *               node_exporter --collector.textfile.directory
 *
 * For a computer whose node_exporter is scraped and checkind is not. The file
 * is replaced by rename, so that nobody reads half of it, and it stays when the
 * daemon ends: its age, which node_exporter tells, says that nobody writes it
 * any more.
 */
#ifndef SERVICE_DAEMON_TEXTFILE_H
#define SERVICE_DAEMON_TEXTFILE_H

#include "ck/error.h"

struct ck_config;
struct ck_http;
struct ck_loop;
struct ck_textfile;

/*
 * Write [metrics] textfile now and every every_ms. All borrowed. A file that
 * cannot be written ends nothing: the log says so when it begins and when it
 * is over. Returns CK_OK or CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_textfile_new(struct ck_textfile **out, const struct ck_config *config,
    struct ck_loop *loop, struct ck_http *http);

/* Before ck_http_free(). NULL is allowed. */
void ck_textfile_free(struct ck_textfile **textfile);

#endif /* SERVICE_DAEMON_TEXTFILE_H */
