/*
 * finding.h - one line of `checkin doctor`
 */
#ifndef SERVICE_CLI_FINDING_H
#define SERVICE_CLI_FINDING_H

enum ck_finding {
	CK_FINDING_OK,		/* "ok": as it should be */
	CK_FINDING_NOTE,	/* "note": worth knowing */
	CK_FINDING_FAIL		/* "FAIL": to be put right; says how */
};

/*
 * Print a line about what. words is a printf format; nothing personal.
 * Returns 1 for CK_FINDING_FAIL, else 0, to be added up.
 */
__attribute__((format(printf, 3, 4)))
int ck_finding(enum ck_finding finding, const char *what, const char *words,
    ...);

#endif /* SERVICE_CLI_FINDING_H */
