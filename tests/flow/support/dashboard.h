/*
 * dashboard.h - docs/monitoring/dashboards, asked as Grafana asks
 */
#ifndef FLOW_DASHBOARD_H
#define FLOW_DASHBOARD_H

#include "watch.h"

/*
 * Check the shape of dashboards/NAME.json (panels that explain themselves, do
 * not overlap and ask the chosen data source) and put each of its queries to
 * Prometheus, with values for its variables. Fails the test on an error, and on
 * an answer that stays empty; the few that may be are named in dashboard.c.
 * Returns how many queries there were.
 */
unsigned dashboard_run(const struct watcher *prometheus,
    const struct world *world, const char *name);

#endif /* FLOW_DASHBOARD_H */
