/*
 * survey.c - one look at all readers, for `checkin doctor`
 */
#include "card/nfc.h"
#include "card/pcsc.h"
#include "worker/survey.h"

/* The maker's name of a reader, with nothing in it that ends a field. */
static void
print_name(const char *name, FILE *out)
{
	for (; *name != '\0'; name++)
		(void)fputc((unsigned char)*name < ' ' ? '?' : *name, out);
}

static void
print(const char *transport, const char *name, enum ck_err err,
    const struct ck_seen_reader *seen, FILE *out)
{
	(void)fprintf(out, "%s\t", transport);
	print_name(name, out);
	(void)fprintf(out, "\t%s\t%d\t%s\n", ck_err_label(err),
	    seen != NULL && seen->card_present,
	    ck_card_kind_label(seen == NULL ? CK_CARD_NONE : seen->kind));
}

static void
look_at_pcscd(FILE *out)
{
	struct ck_seen readers = { .count = 0 };
	struct ck_pcsc *pcsc = NULL;
	enum ck_err err;
	size_t i;

	err = ck_pcsc_new(&pcsc);
	if (err == CK_OK)
		err = ck_pcsc_list(pcsc, &readers);
	if (err == CK_OK && readers.count == 0)
		err = CK_ERR_READER_NONE;
	if (err != CK_OK)
		print("pcsc", "", err, NULL, out);
	for (i = 0; i < readers.count; i++)
		print("pcsc", readers.reader[i].name, readers.reader[i].err,
		    &readers.reader[i], out);
	ck_pcsc_free(&pcsc);
}

static void
look_at_nfc(const char *name, FILE *out)
{
	struct ck_seen seen = { .count = 0 };
	struct ck_nfc *nfc = NULL;
	enum ck_err err;

	err = ck_nfc_new(&nfc, name);
	if (err == CK_OK)
		err = ck_nfc_look(nfc, &seen);
	print("nfc", name, seen.count > 0 ? seen.reader[0].err : err,
	    seen.count > 0 ? &seen.reader[0] : NULL, out);
	ck_nfc_free(&nfc);
}

void
ck_survey(char *const *names, FILE *out)
{
	look_at_pcscd(out);
	(void)fflush(out);
	for (; *names != NULL; names++) {
		if (ck_nfc_is_name(*names))
			look_at_nfc(*names, out);
		(void)fflush(out);
	}
}
