/*
 * text.h - Vietnamese UTF-8: capitals, and names compared as people do
 */
#ifndef SIM_TEXT_H
#define SIM_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Copy text in capitals, at most size-1 bytes, never half a character.
 * Keeps composed letters composed (NFC stays NFC).
 */
void sim_text_upper(const char *text, char *out, size_t size);

/* Copy text with a capital at the start of each word and none elsewhere. */
void sim_text_title(const char *text, char *out, size_t size);

/*
 * Bring a name to a form that compares: lower case, letters taken apart with
 * their marks in one order (so NFC and NFD agree), blanks trimmed and joined.
 */
void sim_text_fold(const char *text, char *out, size_t size);

/* Both names fold to the same. */
bool sim_text_same(const char *a, const char *b);

/* The first words of both names fold to the same. */
bool sim_text_same_first_word(const char *a, const char *b);

/* Lower-case hex of the bytes of text. */
void sim_text_hex(const char *text, char *out, size_t size);

#endif /* SIM_TEXT_H */
