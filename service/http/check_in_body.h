/*
 * check_in_body.h - bodies of the check-in routes, checked member by member
 */
#ifndef SERVICE_HTTP_CHECK_IN_BODY_H
#define SERVICE_HTTP_CHECK_IN_BODY_H

#include <stdbool.h>

#include "checkin/admission.h"
#include "http/lookup_body.h"
#include "io/json.h"

/* POST /v1/check-ins. */
struct ck_check_in_body {
	struct ck_admission admission;
	char lookup_id[CK_LOOKUP_ID_LEN];	/* empty: none */
	char operator_name[CK_NAME_LEN];
	char desk[CK_DESK_LEN];
};

/*
 * Fill out from body; arrived_ms is now unless the body says when. Unknown
 * members are refused. False: *defect says which member and what is expected.
 * The caller wipes out.
 */
bool ck_check_in_body_read(const json_t *body, const struct ck_config *config,
    int64_t now_ms, struct ck_check_in_body *out,
    struct ck_body_defect *defect);

/*
 * The number of the notice that a new one corrects; 0 where the body names
 * none. False: it is no such number.
 */
bool ck_notice_body_corrects(const json_t *body, int64_t *out);

/*
 * Put the members of body's "fields", named as elements of XML0, over notice.
 * Beside it there may be "corrects", for whoever reads that.
 * False: *defect names the first that is none, is no text, or not clean.
 */
bool ck_notice_body_read(const json_t *body, struct ck_notice *notice,
    struct ck_body_defect *defect);

#endif /* SERVICE_HTTP_CHECK_IN_BODY_H */
