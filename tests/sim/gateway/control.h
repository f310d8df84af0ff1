/*
 * control.h - switches and figures for tests, under /sim/
 */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

struct sim_call;

/* POST /sim/fail?mode=MODE[@WHERE][&times=N] */
void sim_control_fail(struct sim_call *call);

/* POST /sim/correct?label=LABEL */
void sim_control_correct(struct sim_call *call);

/* POST /sim/latency?ms=N */
void sim_control_latency(struct sim_call *call);

/* POST /sim/revoke: no token given out so far holds any more. */
void sim_control_revoke(struct sim_call *call);

/* POST /sim/reset: no fault, no figures, no check-ins. */
void sim_control_reset(struct sim_call *call);

/* GET /sim/log: the calls, oldest first. */
void sim_control_log(struct sim_call *call);

/* GET /sim/counts: figures since the start or the last reset. */
void sim_control_counts(struct sim_call *call);

/* GET /sim/check-ins: MA_LK and how often each arrived. */
void sim_control_checkins(struct sim_call *call);

/* GET /sim/arrivals: every arrival of a check-in, in order. */
void sim_control_arrivals(struct sim_call *call);

#endif /* SIM_CONTROL_H */
