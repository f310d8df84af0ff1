/*
 * check_in_site.h - what the handlers of check-ins share
 */
#ifndef SERVICE_HTTP_CHECK_IN_SITE_H
#define SERVICE_HTTP_CHECK_IN_SITE_H

#include <stdbool.h>

#include "checkin/category.h"
#include "checkin/renew.h"
#include "store/check_in.h"

struct ck_http;
struct ck_request;

/* Which code its category is, at the level of the day it came. */
void ck_http_check_in_category(const struct ck_http *http,
    const struct ck_check_in *check_in, bool ward,
    struct ck_category_answer *out);

/*
 * Let a check-in that was read take the answer that decides its visit now: its
 * draft, what is said of insurance, and the category where it was proposed.
 * Nothing is written. Returns CK_OK, CK_ERR_NOMEM or an error of the database.
 */
CK_MUST_CHECK enum ck_err
ck_http_renew_check_in(const struct ck_http *http,
    struct ck_check_in *check_in, struct ck_renewed *out);

/* Answer with a check-in and its notices as they are on disk, renewed. */
void ck_http_reply_check_in(const struct ck_http *http,
    struct ck_request *request, unsigned status,
    struct ck_check_in *check_in);
void ck_http_reply_check_in_of(const struct ck_http *http,
    struct ck_request *request, unsigned status, const char *id);

#endif /* SERVICE_HTTP_CHECK_IN_SITE_H */
