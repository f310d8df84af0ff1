/*
 * faults.h - make one library call fail
 *
 * Calls that the product makes to its libraries are counted; the one with the
 * chosen number fails instead of being made. What the simulated chip calls
 * does not count. A program is linked with the functions that wrap.awk writes.
 */
#ifndef TESTS_HOSTILE_SUPPORT_FAULTS_H
#define TESTS_HOSTILE_SUPPORT_FAULTS_H

/* Begin to count; call number at (from 1) fails, 0: none. */
void hostile_faults_arm(unsigned at);

/* Stop. Returns how many calls there were. */
unsigned hostile_faults_disarm(void);

/* The function that failed since arming; NULL when none did. */
const char *hostile_faults_failed(void);

/* Called by the wrapping functions. Returns 1 when the call shall fail. */
int hostile_fault_due(const char *name);

#endif /* TESTS_HOSTILE_SUPPORT_FAULTS_H */
