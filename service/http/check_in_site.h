/*
 * check_in_site.h - what the handlers of check-ins share
 */
#ifndef SERVICE_HTTP_CHECK_IN_SITE_H
#define SERVICE_HTTP_CHECK_IN_SITE_H

#include <stdbool.h>

#include "checkin/category.h"
#include "store/check_in.h"

struct ck_http;
struct ck_request;

/* Which code its category is, at the level of the day it came. */
void ck_http_check_in_category(const struct ck_http *http,
    const struct ck_check_in *check_in, bool ward,
    struct ck_category_answer *out);

/* Answer with a check-in and its notices as they are on disk. */
void ck_http_reply_check_in(const struct ck_http *http,
    struct ck_request *request, unsigned status,
    const struct ck_check_in *check_in);
void ck_http_reply_check_in_of(const struct ck_http *http,
    struct ck_request *request, unsigned status, const char *id);

#endif /* SERVICE_HTTP_CHECK_IN_SITE_H */
