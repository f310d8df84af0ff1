/*
 * vn_sex.c - the word for sex on Vietnamese cards and codes
 */
#include <string.h>

#include "base/vn_sex.h"
#include "ck/text.h"

/* Longer than any word for it. */
#define WORD_LEN 64

enum ck_err
ck_vn_sex_parse(struct ck_span text, char *out)
{
	char word[WORD_LEN];
	enum ck_err err = ck_text_store(text, word, sizeof(word));

	*out = 0;
	if (err == CK_ERR_LIMIT)
		return CK_ERR_FILE_MALFORMED;
	if (err != CK_OK || word[0] == '\0')
		return err;
	if (ck_text_same_letters(word, "Nam"))
		*out = 'M';
	else if (ck_text_same_letters(word, "Nữ"))
		*out = 'F';
	else
		*out = 'X';
	explicit_bzero(word, sizeof(word));

	return CK_OK;
}
