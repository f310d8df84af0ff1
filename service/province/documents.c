/*
 * documents.c - checkin-province documents: what arrived, and why it was not
 * counted; and counting it after all
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/hex.h"
#include "ledger/figures.h"
#include "province/command.h"

/* Lines without --all. */
#define LINES_MAX 100

static enum ck_err
print_document(void *ctx, const struct ck_document_row *row)
{
	char instant[CK_INSTANT_LEN];
	char digest[CK_HEX_LEN(sizeof(row->sha256))];

	(void)ctx;
	ck_clock_instant(row->received_ms, instant);
	(void)printf("%" PRId64 "\t%s\t%s\t%s\t%s\t%s\t%" PRId64 "-%" PRId64
	    "\t%" PRId64 " rows\t", row->number, instant,
	    ck_way_label(row->way), ck_verdict_label(row->verdict),
	    row->code, row->station, row->after, row->revision,
	    row->row_count);
	ck_hex_print(ck_span_of(row->sha256, sizeof(row->sha256)), digest);
	(void)printf("%s\t%s\t%s\n", digest, row->reason, row->detail);

	return CK_OK;
}

static enum ck_err
show(struct ck_ledger *ledger, int64_t number)
{
	struct ck_buf body = CK_BUF_INIT;
	enum ck_err err = ck_document_body(ledger, number, &body);

	if (err == CK_OK)
		(void)fwrite(body.ptr, 1, body.len, stdout);
	else
		(void)fprintf(stderr, "checkin-province: document %" PRId64
		    ": %s\n", number, err == CK_ERR_NOT_FOUND ? "there is "
		    "none, or it was refused and not kept" :
		    ck_err_text(err));
	ck_buf_wipe(&body);

	return err;
}

/* --- Once more ------------------------------------------------------------ */

/* What was released. */
struct releasing {
	int64_t *numbers;	/* owned */
	size_t count, cap;
	bool left;		/* something was not counted */
};

static void
tell(struct releasing *releasing, int64_t number, enum ck_err err,
    const struct ck_acceptance *out)
{
	releasing->left |= err != CK_OK ||
	    out->verdict != CK_VERDICT_ACCEPTED;
	if (err == CK_ERR_NOT_FOUND)
		(void)fprintf(stderr, "checkin-province: document %" PRId64
		    ": there is none, or it was refused and not kept: the "
		    "clinic has to send it again\n", number);
	else if (err != CK_OK)
		(void)fprintf(stderr, "checkin-province: document %" PRId64
		    ": %s\n", number, ck_err_text(err));
	else if (out->repeated)
		(void)printf("%" PRId64 "\tcounted already\n", number);
	else if (out->verdict == CK_VERDICT_ACCEPTED)
		(void)printf("%" PRId64 "\tcounted\t%zu figures changed\n",
		    number, out->changed);
	else
		(void)printf("%" PRId64 "\tstays quarantined\t%s\t%s\t%s\n",
		    number, ck_feed_reason_label(out->finding.reason),
		    out->finding.detail,
		    ck_feed_reason_text(out->finding.reason));
}

static enum ck_err
release(struct ck_ledger *ledger, struct releasing *releasing,
    int64_t number)
{
	struct ck_acceptance out;
	enum ck_err err = ck_ledger_release(ledger, number, &out);

	tell(releasing, number, err, &out);

	return err == CK_ERR_NOT_FOUND ? CK_OK : err;
}

static enum ck_err
note_number(void *ctx, const struct ck_document_row *row)
{
	struct releasing *releasing = ctx;
	size_t cap = releasing->cap == 0 ? 64 : 2 * releasing->cap;
	int64_t *grown;

	if (releasing->count == releasing->cap) {
		grown = reallocarray(releasing->numbers, cap,
		    sizeof(*grown));
		if (grown == NULL)
			return CK_ERR_NOMEM;
		releasing->numbers = grown;
		releasing->cap = cap;
	}
	releasing->numbers[releasing->count++] = row->number;

	return CK_OK;
}

/* The oldest first: a later one may follow from it. */
static enum ck_err
release_all(struct ck_ledger *ledger, struct releasing *releasing)
{
	struct ck_documents_query query = {
		.verdict = CK_VERDICT_QUARANTINED
	};
	enum ck_err err = ck_documents_read(ledger, &query, note_number,
	    releasing);
	size_t i;

	for (i = releasing->count; i > 0 && err == CK_OK; i--)
		err = release(ledger, releasing, releasing->numbers[i - 1]);

	return err;
}

/* --- The command ---------------------------------------------------------- */

/* What the command line asks for. */
struct asked {
	struct ck_documents_query query;
	int64_t number;		/* to show or release; 0: list */
	bool release, release_all;
};

static bool
read_number(const char *text, int64_t *out)
{
	char *end = NULL;

	*out = strtoll(text, &end, 10);

	return *end == '\0' && *out > 0;
}

static bool
read_release(struct asked *asked)
{
	asked->release = true;
	asked->release_all = strcmp(optarg, "all") == 0;

	return asked->release_all || read_number(optarg, &asked->number);
}

static bool
read_options(int argc, char **argv, struct asked *asked)
{
	static const struct option options[] = {
		{ "all", no_argument, NULL, 'a' },
		{ "quarantined", no_argument, NULL, 'q' },
		{ "refused", no_argument, NULL, 'r' },
		{ "release", required_argument, NULL, 'R' },
		{ "show", required_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 }
	};
	bool good = true;
	int option;

	asked->query.limit = LINES_MAX;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'a')
			asked->query.limit = 0;
		else if (option == 'q')
			asked->query.verdict = CK_VERDICT_QUARANTINED;
		else if (option == 'r')
			asked->query.verdict = CK_VERDICT_REFUSED;
		else if (option == 'R')
			good &= read_release(asked);
		else if (option == 's')
			good &= read_number(optarg, &asked->number);
		else
			return false;
	}

	return optind == argc && good;
}

static enum ck_err
run(struct ck_ledger *ledger, const struct asked *asked)
{
	struct releasing releasing = { .numbers = NULL };
	enum ck_err err;

	if (!asked->release)
		return asked->number != 0 ? show(ledger, asked->number) :
		    ck_documents_read(ledger, &asked->query, print_document,
		    NULL);
	err = asked->release_all ? release_all(ledger, &releasing) :
	    release(ledger, &releasing, asked->number);
	free(releasing.numbers);

	return err == CK_OK && releasing.left ? CK_ERR_REQUEST : err;
}

int
ck_province_documents(const struct ck_province_config *config, int argc,
    char **argv)
{
	struct asked asked = { .number = 0 };
	struct ck_ledger *ledger;
	enum ck_err err;

	if (!read_options(argc, argv, &asked)) {
		(void)fprintf(stderr, "checkin-province: documents "
		    "[--quarantined | --refused] [--all] | --show NUMBER | "
		    "--release NUMBER | --release all\n");
		return 2;
	}
	if (ck_province_ledger(config, &ledger) != CK_OK)
		return 1;
	err = run(ledger, &asked);
	ck_ledger_close(&ledger);

	return err == CK_OK ? 0 : 1;
}
