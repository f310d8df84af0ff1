/*
 * receipt.c - checkin receipt: is the proof whole, and what does it say?
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "cli/ask.h"
#include "cli/receipt.h"
#include "cli/tell.h"
#include "daemon/config.h"
#include "io/json.h"
#include "store/receipt.h"
#include "store/record.h"

static const char usage[] =
    "Usage: checkin receipt verify [--head NUMBER:HEX]\n"
    "       checkin receipt show ID\n"
    "       checkin receipt head\n"
    "       checkin receipt key\n"
    "\n"
    "  verify   check that no receipt or record was removed, changed or\n"
    "           reordered; with a head that was kept elsewhere (a feed\n"
    "           document has one) also that the end was not cut off\n"
    "  show     print the receipt of a lookup or check-in as JSON, with all\n"
    "           that somebody else needs to check it\n"
    "  head     print the head of the chain as NUMBER:HEX, to be kept\n"
    "  key      print this clinic's public key, 64 digits, for the registry\n"
    "           of the province\n";

static int
wrong_usage(void)
{
	(void)fputs(usage, stderr);

	return 2;
}

/* --- verify --------------------------------------------------------------- */

static void
print_finding(void *ctx, const char *text)
{
	(void)ctx;
	(void)fprintf(stderr, "checkin: %s\n", text);
}

static bool
read_hash(const char *text, struct ck_tree_hash *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	if (strlen(text) != 2 * CK_TREE_HASH_LEN ||
	    strspn(text, digits) != strlen(text))
		return false;
	for (i = 0; i < CK_TREE_HASH_LEN; i++)
		out->bytes[i] = (uint8_t)
		    ((strchr(digits, text[2 * i]) - digits) << 4 |
		    (strchr(digits, text[2 * i + 1]) - digits));

	return true;
}

/* "17:5dc9…", as head prints it. */
static bool
read_head(const char *text, struct ck_known_head *out)
{
	const char *colon = strchr(text, ':');
	size_t len = colon != NULL ? (size_t)(colon - text) : 0;

	if (len == 0 || len > 18 || strspn(text, "0123456789") != len)
		return false;
	out->number = strtoll(text, NULL, 10);

	return out->number > 0 && read_hash(colon + 1, &out->head);
}

static int
report_whole(const struct ck_receipt_report *report)
{
	char made[CK_INSTANT_LEN] = "never";

	if (report->last.number != 0)
		ck_clock_instant(report->last.made_ms, made);
	(void)printf("%" PRId64 " receipts in %" PRId64 " batches, %" PRId64
	    " with erased statements, the last of %s\n", report->receipts,
	    report->batches, report->erased, made);
	if (report->findings == 0) {
		(void)puts("whole: nothing was removed, changed or reordered");
		return 0;
	}
	(void)printf("%" PRId64 " findings: keep this database and its keys as "
	    "they are, and tell whoever answers for the clinic's data\n",
	    report->findings);

	return 1;
}

static int
verify(const struct ck_config *config, int argc, char **argv)
{
	struct ck_receipt_report report;
	struct ck_known_head known;
	bool has_head = argc == 3 && strcmp(argv[1], "--head") == 0;
	enum ck_err err;

	if (argc != 1 && !has_head)
		return wrong_usage();
	if (has_head && !read_head(argv[2], &known)) {
		(void)fprintf(stderr, "checkin: --head wants NUMBER:HEX as "
		    "\"checkin receipt head\" prints it\n");
		return 2;
	}
	err = ck_receipts_verify(config->directory, has_head ? &known : NULL,
	    print_finding, NULL, &report);
	if (err == CK_OK)
		return report_whole(&report);
	(void)fprintf(stderr, "checkin: %s: %s\n", config->directory,
	    err == CK_ERR_NOT_FOUND ? "there is no database here; is "
	    "[state] directory right?" : ck_err_text(err));

	return 1;
}

/* --- show, head ----------------------------------------------------------- */

/* The daemon's answer as JSON; NULL, told, when there is none. */
static json_t *
ask(const struct ck_config *config, const char *target)
{
	struct ck_cli_reply reply = { 0 };
	enum ck_err err = ck_cli_ask(config, "GET", target, NULL,
	    CK_SPAN_EMPTY, &reply);
	json_t *json = NULL;

	if (err != CK_OK || reply.status != 200)
		ck_cli_tell(config, err, &reply);
	else if ((json = ck_json_parse(reply.body)) == NULL)
		(void)fprintf(stderr, "checkin: the daemon's answer is no "
		    "JSON\n");
	ck_cli_reply_wipe(&reply);

	return json;
}

static int
show(const struct ck_config *config, int argc, char **argv)
{
	char target[128];
	json_t *json;

	if (argc != 2 || strlen(argv[1]) != CK_LOOKUP_ID_LEN - 1 ||
	    strspn(argv[1], "0123456789abcdef") != CK_LOOKUP_ID_LEN - 1)
		return wrong_usage();
	(void)snprintf(target, sizeof(target), "/v1/receipts/%s",
	    argv[1]);
	if ((json = ask(config, target)) == NULL)
		return 1;
	(void)json_dumpf(json, stdout, JSON_INDENT(2));
	(void)fputc('\n', stdout);
	json_decref(json);

	return 0;
}

/* Far behind any revision: the page is empty, the head is there. */
#define FEED_END "/v1/stats/feed?after=9007199254740991"

static int
head(const struct ck_config *config, int argc, char **argv)
{
	json_t *json, *receipts;
	int status = 0;

	(void)argv;
	if (argc != 1)
		return wrong_usage();
	if ((json = ask(config, FEED_END)) == NULL)
		return 1;
	receipts = json_object_get(json, "receipts");
	if (json_is_object(receipts)) {
		(void)printf("%lld:%s\n", json_integer_value(
		    json_object_get(receipts, "batch")),
		    ck_json_text(receipts, "head"));
	} else {
		(void)fprintf(stderr, "checkin: there is no receipt yet\n");
		status = 1;
	}
	json_decref(json);

	return status;
}

/* Every feed document is signed with the key of the receipts. */
static int
key(const struct ck_config *config, int argc, char **argv)
{
	json_t *json;

	(void)argv;
	if (argc != 1)
		return wrong_usage();
	if ((json = ask(config, FEED_END)) == NULL)
		return 1;
	(void)printf("%s\n", ck_json_text(json_object_get(json, "signature"),
	    "key"));
	json_decref(json);

	return 0;
}

int
ck_cli_receipt(const struct ck_config *config, int argc, char **argv)
{
	if (argc >= 2 && strcmp(argv[1], "verify") == 0)
		return verify(config, argc - 1, argv + 1);
	if (argc >= 2 && strcmp(argv[1], "show") == 0)
		return show(config, argc - 1, argv + 1);
	if (argc >= 2 && strcmp(argv[1], "head") == 0)
		return head(config, argc - 1, argv + 1);
	if (argc >= 2 && strcmp(argv[1], "key") == 0)
		return key(config, argc - 1, argv + 1);

	return wrong_usage();
}
