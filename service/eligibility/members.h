/*
 * members.h - members of the gateway's JSON into fields of ours
 *
 * In the flow:  history, copayment, check_in -> [members] -> io/json.h
 *
 * Names without regard to case; absent, null, "" and " " are the same. What
 * is meant for the eye is cut at its field's size; what is compared must fit.
 * Control characters become blanks: none gets into a record.
 */
#ifndef SERVICE_ELIGIBILITY_MEMBERS_H
#define SERVICE_ELIGIBILITY_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck/identity.h"
#include "io/json.h"

/* Text that must fit. False, and out empty: too long, or not text. */
bool ck_member_text(json_t *object, const char *name, char *out, size_t size);

/* Text for the eye. Out is empty where it is not text. */
void ck_member_note(json_t *object, const char *name, char *out, size_t size);

/* The result code: digits, as text or as a number. False: none, or not one. */
bool ck_member_code(json_t *object, const char *name, char out[8]);

/* dd/MM/yyyy, as far as it is one. Absent otherwise. */
struct ck_date ck_member_date(json_t *object, const char *name);

/* A whole sum of money, 0 to 10^13. False: none, or not one. */
bool ck_member_money(json_t *object, const char *name, int64_t *out);

#endif /* SERVICE_ELIGIBILITY_MEMBERS_H */
