/*
 * check_in_json.h - a check-in and its notices as the routes show them
 *
 * schema/http.openapi.yaml: CheckIn, Notice.
 */
#ifndef SERVICE_HTTP_CHECK_IN_JSON_H
#define SERVICE_HTTP_CHECK_IN_JSON_H

#include "checkin/category.h"
#include "checkin/rules.h"
#include "io/json.h"
#include "store/check_in.h"

/* episode_rule: MA_LK need not be given. notices: takes the reference. New reference; NULL: out of memory. */
json_t *ck_check_in_json(const struct ck_check_in *check_in,
    const struct ck_category_answer *category, const char *language,
    bool episode_rule, json_t *notices);

/* New reference; NULL: out of memory. */
json_t *ck_notice_json(const struct ck_notice_row *row);

/* An RFC 9457 problem that names each defect. New reference; NULL. */
json_t *ck_defects_json(const struct ck_defect *defects, size_t count);

#endif /* SERVICE_HTTP_CHECK_IN_JSON_H */
