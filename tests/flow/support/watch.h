/*
 * watch.h - the programs that watch us, as Debian has them
 *
 * Prometheus, Alertmanager, node_exporter: each a process of the test's own on
 * a free loopback port, with all of its files in the world's folder. Whatever
 * the packages start as services is not touched.
 */
#ifndef FLOW_WATCH_H
#define FLOW_WATCH_H

#include "world.h"

struct watcher {
	pid_t pid;			/* 0: not running */
	int port;
};

/* Start a command line that listens on 127.0.0.1:$PORT, and wait until path
 * answers 200. Its output goes to NAME.log; fails the test after 30 s. */
void watch_start(struct watcher *watcher, const struct world *world,
    const char *name, const char *command, const char *path);

/* End it and wait. One that is not running is left alone. */
void watch_stop(struct watcher *watcher);

/* Ask Prometheus now. The array of the answer's samples; fails the test on an
 * error, with the expression. New reference. */
json_t *watch_query(const struct watcher *prometheus, const char *expr);

/* Wait until the expression has exactly one sample, of this value; fails the
 * test with the last answer after 30 s. */
void watch_wait(const struct watcher *prometheus, const char *expr,
    double value);

#endif /* FLOW_WATCH_H */
