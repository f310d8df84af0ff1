/*
 * report.c - one reading for people or programs
 */
#include <jansson.h>

#include <string.h>

#include "ck/words.h"
#include "report.h"

/* Line lengths of the zone by its size. 9303-4, -5, -6 §4.2 */
static size_t
mrz_line_len(const char *mrz)
{
	switch (strlen(mrz)) {
	case 90:
		return 30;
	case 72:
		return 36;
	default:
		return 44;
	}
}

/* Every setter takes its new value; a failure shows in the count at the end. */
static void
set(json_t *root, const char *name, json_t *value)
{
	(void)json_object_set_new(root, name, value);
}

/* An empty text is an absent field. */
static void
set_text(json_t *root, const char *name, const char *text)
{
	set(root, name, text[0] == '\0' ? json_null() : json_string(text));
}

static void
set_date(json_t *root, const char *name, struct ck_date date)
{
	char text[CK_DATE_LEN];

	ck_date_iso(date, text);
	set_text(root, name, text);
}

static void
set_identity(json_t *root, const struct ck_identity *identity)
{
	const char sex[2] = { identity->sex, '\0' };

	set_text(root, "number", identity->number);
	set_text(root, "full_name", identity->full_name);
	set_date(root, "date_of_birth", identity->date_of_birth);
	set_text(root, "sex", sex);
	set_text(root, "nationality", identity->nationality);
	set_text(root, "residence", identity->residence);
	set_date(root, "issue_date", identity->issue_date);
	if (identity->no_expiry)
		set(root, "expiry_date", json_null());
	else
		set_date(root, "expiry_date", identity->expiry_date);
	set_text(root, "old_number", identity->old_number);
}

static void
set_sensitive(json_t *root, const struct ck_sensitive *sensitive)
{
	set_text(root, "ethnicity", sensitive->ethnicity);
	set_text(root, "religion", sensitive->religion);
	set_text(root, "place_of_origin", sensitive->place_of_origin);
	set_text(root, "identifying_features",
	    sensitive->identifying_features);
	set_text(root, "father", sensitive->father);
	set_text(root, "mother", sensitive->mother);
	set_text(root, "spouse", sensitive->spouse);
}

/* The zone as it is printed: a list of lines. */
static void
set_mrz(json_t *root, const char *mrz)
{
	size_t len = strlen(mrz), line = mrz_line_len(mrz), at;
	json_t *lines = len == 0 ? json_null() : json_array();

	for (at = 0; at + line <= len; at += line)
		(void)json_array_append_new(lines,
		    json_stringn(mrz + at, line));
	set(root, "mrz", lines);
}

static void
set_verdict(json_t *root, const struct ck_reading *reading)
{
	set_text(root, "access", ck_access_label(reading->access));
	set_text(root, "passive_authentication",
	    ck_passive_label(reading->passive));
	set_text(root, "issuer", ck_issuer_label(reading->signer.issuer));
	set(root, "signer_expired", reading->signer.issuer == CK_ISSUER_NONE ?
	    json_null() : json_boolean(reading->signer.expired));
	if (reading->signer.issuer == CK_ISSUER_PINNED) {
		set_text(root, "signer_accepted_by",
		    reading->signer.accepted_by);
		set_date(root, "signer_accepted_on",
		    reading->signer.accepted_on);
	}
	set_text(root, "chip_authentication",
	    ck_clone_check_label(reading->chip_auth));
	set_text(root, "active_authentication",
	    ck_clone_check_label(reading->active_auth));
	set_text(root, "assurance", ck_assurance_label(reading->assurance));
}

static void
set_counts(json_t *root, const struct ck_reading *reading)
{
	set(root, "apdus", json_integer(reading->apdus));
	set(root, "bytes_in", json_integer((json_int_t)reading->bytes_in));
	set(root, "bytes_out", json_integer((json_int_t)reading->bytes_out));
	set(root, "elapsed_ms", json_integer(reading->elapsed_ms));
}

/* The whole object, or NULL. */
static json_t *
object_of(const struct ck_reading *reading)
{
	static const struct ck_reading nobody;
	bool genuine = ck_reading_genuine(reading);
	const struct ck_reading *person = genuine ? reading : &nobody;
	json_t *root = json_object();

	if (root == NULL)
		return NULL;
	set_identity(root, &person->identity);
	if (person->sensitive != NULL)
		set_sensitive(root, person->sensitive);
	set_mrz(root, person->mrz);
	set_verdict(root, reading);
	set_text(root, "document_number", person->document_number);
	set_text(root, "issuing_state", reading->issuing_state);
	set(root, "no_expiry", json_boolean(person->identity.no_expiry));
	set_counts(root, reading);

	return root;
}

static void
write_line(FILE *out, const char *name, const json_t *value)
{
	size_t i;

	if (json_is_string(value))
		(void)fprintf(out, "%s: %s\n", name, json_string_value(value));
	else if (json_is_integer(value))
		(void)fprintf(out, "%s: %lld\n", name,
		    (long long)json_integer_value(value));
	else if (json_is_true(value))
		(void)fprintf(out, "%s: yes\n", name);
	for (i = 0; i < json_array_size(value); i++)
		(void)fprintf(out, "%s: %s\n", name,
		    json_string_value(json_array_get(value, i)));
}

static enum ck_err
write_lines(FILE *out, json_t *root)
{
	const char *name;
	json_t *value;

	json_object_foreach(root, name, value)
		write_line(out, name, value);

	return fflush(out) == 0 ? CK_OK : CK_ERR_SYSTEM;
}

enum ck_err
ck_report_write(FILE *out, const struct ck_reading *reading, bool json)
{
	json_t *root = object_of(reading);
	enum ck_err err = CK_ERR_SYSTEM;

	if (root == NULL)
		return CK_ERR_NOMEM;
	if (!json)
		err = write_lines(out, root);
	else if (json_dumpf(root, out, JSON_COMPACT) == 0 &&
	    fputc('\n', out) != EOF && fflush(out) == 0)
		err = CK_OK;
	json_decref(root);

	return err;
}
