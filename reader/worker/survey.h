/*
 * survey.h - one look at all readers, for `checkin doctor`
 */
#ifndef READER_WORKER_SURVEY_H
#define READER_WORKER_SURVEY_H

#include <stdio.h>

/*
 * Print a line for each reader of pcscd and for each of these names
 * ("nfc:CONNSTRING"): transport, name, error label, 1 if a card lies there,
 * its kind; separated by tabs. Where pcscd does not answer, or has no reader,
 * its line has no name. Nothing about the card but its kind.
 */
void ck_survey(char *const *names, FILE *out);

#endif /* READER_WORKER_SURVEY_H */
