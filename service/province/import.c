/*
 * import.c - checkin-province import: feed documents and cases from files
 *
 * One document a line, as 'checkin stats export' and 'checkin corrections
 * export' write them. A file is read in blocks, so that its size does not
 * matter.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/log.h"
#include "province/cases.h"
#include "province/command.h"

struct ck_ledger_options
ck_province_ledger_options(const struct ck_province_config *config)
{
	return (struct ck_ledger_options){
		.where = config->where,
		.clock_tolerance_ms = config->clock_tolerance_s * 1000,
		.closed_days = config->closed_days,
		.played = config->played
	};
}

enum ck_err
ck_province_ledger(const struct ck_province_config *config,
    struct ck_ledger **out)
{
	struct ck_ledger_options options =
	    ck_province_ledger_options(config);
	enum ck_err err = ck_ledger_open(out, &options, ck_clock_system());

	if (err != CK_OK)
		ck_log(CK_LOG_ERROR, "ledger", "it cannot be opened: %s",
		    ck_err_text(err));

	return err;
}

struct counts {
	unsigned verdict[4];	/* by enum ck_verdict */
	unsigned repeated;
	unsigned gaps;
	size_t changed;
	unsigned cases, cases_refused;	/* correction cases and their ends */
	const struct ck_province_office *office;	/* borrowed */
};

/* One line; what is beyond the limit is passed over. */
static enum ck_err
read_line(FILE *file, struct ck_buf *line, bool *cut, bool *end)
{
	enum ck_err err = CK_OK;
	int byte;

	ck_buf_wipe(line);
	*cut = false;
	while ((byte = getc_unlocked(file)) != EOF && byte != '\n') {
		if (line->len >= CK_DOCUMENT_MAX)
			*cut = true;
		else if ((err = ck_buf_push(line, (uint8_t)byte)) != CK_OK)
			return err;
	}
	*end = byte == EOF;

	return ferror(file) ? CK_ERR_SYSTEM : CK_OK;
}

static enum ck_err
take_case(struct ck_ledger *ledger, const struct ck_arrival *arrival,
    const char *path, unsigned number, struct counts *counts)
{
	struct ck_correction_taken taken;
	enum ck_err err;

	if (counts->office->signer == NULL) {
		counts->cases_refused++;
		(void)fprintf(stderr, "%s:%u: correction cases are not taken: "
		    "[office] answer_key_file is not set\n", path, number);
		return CK_OK;
	}
	if ((err = ck_ledger_take_correction(ledger, arrival,
	    ck_province_recipient(counts->office), &taken)) != CK_OK)
		return err;
	if (taken.reason == CK_CORRECTION_GOOD) {
		counts->cases++;
		return CK_OK;
	}
	counts->cases_refused++;
	(void)fprintf(stderr, "%s:%u: correction case refused: %s (%s): %s\n",
	    path, number, ck_correction_reason_label(taken.reason),
	    taken.detail, ck_correction_reason_text(taken.reason));

	return CK_OK;
}

static enum ck_err
take_document(struct ck_ledger *ledger, const struct ck_buf *line, bool cut,
    const char *path, unsigned number, struct counts *counts)
{
	struct ck_arrival arrival = {
		.body = ck_buf_view(line), .way = CK_WAY_FILE, .cut = cut
	};
	struct ck_acceptance out;
	enum ck_err err;

	if (ck_correction_recognise(arrival.body))
		return take_case(ledger, &arrival, path, number, counts);
	if ((err = ck_ledger_accept(ledger, &arrival, &out)) != CK_OK)
		return err;
	counts->verdict[out.verdict]++;
	counts->changed += out.changed;
	counts->repeated += out.repeated ? 1 : 0;
	counts->gaps += out.gap ? 1 : 0;
	if (out.verdict != CK_VERDICT_ACCEPTED)
		(void)fprintf(stderr, "%s:%u: %s: %s (%s): %s\n", path,
		    number, ck_verdict_label(out.verdict),
		    ck_feed_reason_label(out.finding.reason),
		    out.finding.detail,
		    ck_feed_reason_text(out.finding.reason));

	return CK_OK;
}

static enum ck_err
take_file(struct ck_ledger *ledger, FILE *file, const char *path,
    struct counts *counts)
{
	struct ck_buf line = CK_BUF_INIT;
	bool cut, end = false;
	unsigned number = 0;
	enum ck_err err = CK_OK;

	while (!end && err == CK_OK) {
		number++;
		err = read_line(file, &line, &cut, &end);
		if (err == CK_OK && line.len > 0)
			err = take_document(ledger, &line, cut, path, number,
			    counts);
	}
	if (err != CK_OK)
		ck_log(CK_LOG_ERROR, "ledger", "%s:%u: %s; what came before "
		    "is counted, import it again", path, number,
		    ck_err_text(err));
	ck_buf_wipe(&line);

	return err;
}

/* RFC 1952 begins with 1F 8B; no line of ours begins with 1F. It is told before
 * it stands in the ledger as a document that cannot be read. */
static bool
is_compressed(FILE *file)
{
	int first = getc(file);

	(void)ungetc(first, file);	/* EOF: nothing happens */

	return first == 0x1F;
}

static enum ck_err
take_path(struct ck_ledger *ledger, const char *path, struct counts *counts)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *file = standard ? stdin : fopen(path, "re");
	enum ck_err err;

	if (file == NULL) {
		(void)fprintf(stderr, "checkin-province: %s: %s\n", path,
		    strerror(errno));
		return CK_ERR_SYSTEM;
	}
	if (is_compressed(file)) {
		(void)fprintf(stderr, "checkin-province: %s: compressed: zcat "
		    "%s | checkin-province import -\n", path, path);
		err = CK_ERR_REQUEST;
	} else {
		err = take_file(ledger, file, path, counts);
	}
	if (!standard)
		(void)fclose(file);

	return err;
}

int
ck_province_import(const struct ck_province_config *config, int argc,
    char **argv)
{
	struct ck_ledger *ledger = NULL;
	struct ck_province_office office;
	struct counts counts = { .office = &office };
	enum ck_err err;
	int i;

	if (argc < 2) {
		(void)fprintf(stderr, "checkin-province: import FILE…\n");
		return 2;
	}
	if ((err = ck_province_office_open(config, &office)) == CK_OK)
		err = ck_province_ledger(config, &ledger);
	for (i = 1; i < argc && err == CK_OK; i++)
		err = take_path(ledger, argv[i], &counts);
	ck_ledger_close(&ledger);
	ck_province_office_close(&office);
	if (counts.cases + counts.cases_refused > 0)
		(void)printf("%u correction cases taken, %u refused\n",
		    counts.cases, counts.cases_refused);
	(void)printf("%u accepted (%u had come before, %u begin after a gap), "
	    "%u quarantined, %u refused; %zu figures changed\n",
	    counts.verdict[CK_VERDICT_ACCEPTED], counts.repeated, counts.gaps,
	    counts.verdict[CK_VERDICT_QUARANTINED],
	    counts.verdict[CK_VERDICT_REFUSED], counts.changed);

	return err == CK_OK &&
	    counts.verdict[CK_VERDICT_QUARANTINED] == 0 &&
	    counts.cases_refused == 0 &&
	    counts.verdict[CK_VERDICT_REFUSED] == 0 ? 0 : 1;
}
