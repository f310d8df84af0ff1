/*
 * checkin.h - the status notice of a visit, XML0 (gateway.md §4)
 */
#ifndef SIM_CHECKIN_H
#define SIM_CHECKIN_H

struct sim_call;

/* Serve POST /api/qd130/checkInKcbQd3176 and …Qd4750: 26 elements. */
void sim_checkin_serve(struct sim_call *call);

/* Serve POST /api/qd130/checkInKcbQd130, the 18 elements of QD 130. */
void sim_checkin_serve_qd130(struct sim_call *call);

#endif /* SIM_CHECKIN_H */
