/*
 * history.h - treatment history and cumulated co-payment (gateway.md §3)
 */
#ifndef SIM_HISTORY_H
#define SIM_HISTORY_H

struct sim_call;

/* Serve POST /api/egw/Lskcb2025: form only, as found in production. */
void sim_history_serve(struct sim_call *call);

/* Serve POST /api/TraCuuCCT/TraCuuTienMCCT: JSON, log-in in headers. */
void sim_copayment_serve(struct sim_call *call);

#endif /* SIM_HISTORY_H */
