/*
 * key_line.c - the secret that opens a chip, as one line of text
 */
#include <openssl/crypto.h>

#include <stdio.h>
#include <string.h>

#include "ck/printed.h"
#include "key_line.h"

#define CAN_LEN 6
#define NUMBER_LEN 12
#define MRZ_DATE_LEN 6
#define SPACE " \t\r\n"

static bool
is_digits(const char *text, size_t len)
{
	return strlen(text) == len && strspn(text, "0123456789") == len;
}

static enum ck_err
parse_can(const char *value, struct ck_secret *out)
{
	if (!is_digits(value, CAN_LEN))
		return CK_ERR_REQUEST;
	out->kind = CK_SECRET_CAN;
	memcpy(out->can, value, CAN_LEN + 1);

	return CK_OK;
}

static enum ck_err
parse_number(const char *value, struct ck_secret *out)
{
	if (!is_digits(value, NUMBER_LEN))
		return CK_ERR_REQUEST;
	memcpy(out->number, value, NUMBER_LEN + 1);

	return parse_can(value + NUMBER_LEN - CAN_LEN, out);
}

/* YYMMDD in the century that begins with this year. */
static bool
parse_date(const char *text, unsigned century, struct ck_date *out)
{
	unsigned year, month, day;

	if (strspn(text, "0123456789") < MRZ_DATE_LEN ||
	    sscanf(text, "%2u%2u%2u", &year, &month, &day) != 3)
		return false;
	*out = (struct ck_date){
		(uint16_t)(century + year), (uint8_t)month, (uint8_t)day
	};

	return ck_date_valid(*out) && day != 0;
}

/* DOCNO,YYMMDD,YYMMDD: nobody is born tomorrow; cards end in this century. */
static enum ck_err
parse_mrz(const char *value, struct ck_date today, struct ck_secret *out)
{
	const char *birth = strchr(value, ','), *expiry;
	size_t len = birth == NULL ? 0 : (size_t)(birth - value);

	if (len == 0 || len >= sizeof(out->document_number))
		return CK_ERR_REQUEST;
	birth++;
	if ((expiry = strchr(birth, ',')) == NULL ||
	    expiry - birth != MRZ_DATE_LEN)
		return CK_ERR_REQUEST;
	expiry++;
	if (!is_digits(expiry, MRZ_DATE_LEN) ||
	    !parse_date(birth, 2000, &out->date_of_birth) ||
	    !parse_date(expiry, 2000, &out->expiry_date))
		return CK_ERR_REQUEST;
	if (ck_date_compare(out->date_of_birth, today) > 0 &&
	    !parse_date(birth, 1900, &out->date_of_birth))
		return CK_ERR_REQUEST;
	out->kind = CK_SECRET_MRZ;
	memcpy(out->document_number, value, len);

	return CK_OK;
}

static enum ck_err
parse_qr(const char *value, struct ck_date today, struct ck_secret *out)
{
	struct ck_printed printed;
	enum ck_err err;

	err = ck_printed_parse(ck_span_str(value), today, &printed);
	if (err == CK_OK)
		err = ck_printed_secret(&printed, out);
	ck_printed_wipe(&printed);

	return err;
}

enum ck_err
ck_key_value_parse(const char *kind, const char *value, struct ck_date today,
    struct ck_secret *out)
{
	enum ck_err err = CK_ERR_REQUEST;

	*out = (struct ck_secret){ .kind = CK_SECRET_CAN };
	if (strcmp(kind, "can") == 0)
		err = parse_can(value, out);
	else if (strcmp(kind, "number") == 0)
		err = parse_number(value, out);
	else if (strcmp(kind, "mrz") == 0)
		err = parse_mrz(value, today, out);
	else if (strcmp(kind, "qr") == 0)
		err = parse_qr(value, today, out);
	if (err != CK_OK)
		ck_secret_wipe(out);

	return err;
}

enum ck_err
ck_key_line_parse(const char *line, struct ck_date today,
    struct ck_secret *out)
{
	char kind[8], value[CK_PRINTED_MAX + 1];
	const char *begin = line + strspn(line, SPACE);
	size_t kind_len = strcspn(begin, SPACE), len;
	enum ck_err err = CK_ERR_REQUEST;

	ck_secret_wipe(out);
	if (kind_len >= sizeof(kind))
		return err;
	(void)snprintf(kind, sizeof(kind), "%.*s", (int)kind_len, begin);
	begin += kind_len;
	begin += strspn(begin, " \t");
	len = strcspn(begin, "\r\n");
	if (len > CK_PRINTED_MAX ||
	    begin[len + strspn(begin + len, SPACE)] != '\0')
		return err;
	while (len > 0 && strchr(" \t", begin[len - 1]) != NULL)
		len--;
	(void)snprintf(value, sizeof(value), "%.*s", (int)len, begin);
	err = ck_key_value_parse(kind, value, today, out);
	OPENSSL_cleanse(value, sizeof(value));

	return err;
}
