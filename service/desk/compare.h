/*
 * compare.h - the chip against the print, as the desk's view tells it
 *
 * Includes:  desk/patient.h, io/json.h; pure: no I/O
 *
 * Three members of the view (docs/desk-events.md): what was scanned and in
 * which state it came, how each field compares, and a warning for each that
 * differs, with both values, so that the clerk sees what to look at.
 */
#ifndef SERVICE_DESK_COMPARE_H
#define SERVICE_DESK_COMPARE_H

#include "desk/patient.h"
#include "io/json.h"

/* Kind and damage of the print; null without one. New reference. */
json_t *ck_print_view(const struct ck_patient *patient);

/* Number, name and birth date, a word each; null unless chip and print are
 * both there. New reference. */
json_t *ck_comparison_view(const struct ck_patient *patient);

/* Array of what the clerk should look at again. New reference. */
json_t *ck_warnings_view(const struct ck_patient *patient);

#endif /* SERVICE_DESK_COMPARE_H */
