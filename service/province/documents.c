/*
 * documents.c - checkin-province documents: what arrived, and why it was not
 * counted
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

/* What the command line asks for. */
struct asked {
	struct ck_documents_query query;
	int64_t number;		/* to show; 0: list */
};

static bool
read_options(int argc, char **argv, struct asked *asked)
{
	static const struct option options[] = {
		{ "all", no_argument, NULL, 'a' },
		{ "quarantined", no_argument, NULL, 'q' },
		{ "refused", no_argument, NULL, 'r' },
		{ "show", required_argument, NULL, 's' },
		{ NULL, 0, NULL, 0 }
	};
	char *end = NULL;
	int option;

	asked->query.limit = LINES_MAX;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'a')
			asked->query.limit = 0;
		else if (option == 'q')
			asked->query.verdict = CK_VERDICT_QUARANTINED;
		else if (option == 'r')
			asked->query.verdict = CK_VERDICT_REFUSED;
		else if (option == 's')
			asked->number = strtoll(optarg, &end, 10);
		else
			return false;
	}

	return optind == argc && (end == NULL ||
	    (*end == '\0' && asked->number > 0));
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
		    "[--quarantined | --refused] [--all] | --show NUMBER\n");
		return 2;
	}
	if (ck_province_ledger(config, &ledger) != CK_OK)
		return 1;
	err = asked.number != 0 ? show(ledger, asked.number) :
	    ck_documents_read(ledger, &asked.query, print_document, NULL);
	ck_ledger_close(&ledger);

	return err == CK_OK ? 0 : 1;
}
