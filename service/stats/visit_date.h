/*
 * visit_date.h - for which days may be asked
 *
 * In the flow:  a body from outside -> [visit_date] -> lookup, appointment list
 *
 * A visit counts on its date, whatever the day on which it was asked about. A
 * date that nobody can mean would stand in the figures of a month that is long
 * closed, or of one to come: a collector (ledger/document_read.c) keeps such a
 * document back, and all others of that clinic behind it.
 */
#ifndef SERVICE_STATS_VISIT_DATE_H
#define SERVICE_STATS_VISIT_DATE_H

#include <stdbool.h>

#include "ck/identity.h"

/* Days after today: a hospital may ask about a visit of the weeks to come. A
 * collector takes figures this far ahead of a document's day. */
#define CK_VISIT_AHEAD_DAYS 92

/* Days before today: the law asks once more before a stay is closed, and asks
 * for the day on which it began. Stays of a year are rare, longer ones none. */
#define CK_VISIT_BEHIND_DAYS 366

/* An appointment is looked up, and counted, on the eve of its day: the list may
 * go further ahead. Beyond two years it is a slip of the pen. */
#define CK_APPOINTMENT_AHEAD_DAYS 731

#define CK_VISIT_DATE_QUOTE(number) #number
#define CK_VISIT_DATE_TEXT(number) CK_VISIT_DATE_QUOTE(number)

/* What is expected, for whoever is refused. */
#define CK_VISIT_DATE_EXPECTED "YYYY-MM-DD, at most " \
	CK_VISIT_DATE_TEXT(CK_VISIT_BEHIND_DAYS) " days before today and " \
	CK_VISIT_DATE_TEXT(CK_VISIT_AHEAD_DAYS) " days after it"
#define CK_APPOINTMENT_DATE_EXPECTED "from today on, at most " \
	CK_VISIT_DATE_TEXT(CK_APPOINTMENT_AHEAD_DAYS) " days ahead"

/* May a visit of this date be asked about today? Both are whole dates. */
bool ck_visit_date_possible(struct ck_date date, struct ck_date today);

/* May an appointment of this date stand in a list that is given today? */
bool ck_appointment_date_possible(struct ck_date date, struct ck_date today);

#endif /* SERVICE_STATS_VISIT_DATE_H */
