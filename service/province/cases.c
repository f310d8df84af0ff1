/*
 * cases.c - checkin-province cases: what the office does with them
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/hex.h"
#include "correction/content.h"
#include "ledger/day.h"
#include "province/cases.h"
#include "province/command.h"
#include "province/office_key.h"

static const char usage[] =
    "Usage: checkin-province cases list [--all]\n"
    "       checkin-province cases show --key FILE ID\n"
    "       checkin-province cases close ID --corrected|--refused\n"
    "       checkin-province cases answers FILE|-\n"
    "       checkin-province cases refused\n"
    "       checkin-province cases key\n"
    "\n"
    "  list     what waits: id, clinic, station, state, received, days open\n"
    "  show     open one with the office's private key (PEM, mode 600), which\n"
    "           stands in no configuration\n"
    "  close    tell the clinic that the record was corrected, or will not be;\n"
    "           its next lookup of the patient closes the case\n"
    "  answers  write our signed answers, one a line, for clinics that send\n"
    "           files: 'checkin corrections answers FILE' takes them\n"
    "  refused  what came and was not taken, and why\n"
    "  key      the public key of our answers, for [office] answer_key of the\n"
    "           clinics\n";

/* --- What answers them ---------------------------------------------------- */

static enum ck_err
load_recipient(const char *path, struct ck_province_office *out)
{
	struct ck_office *office;
	const char *why;
	enum ck_err err = ck_office_load(&office, path, &why);

	if (err != CK_OK) {
		(void)fprintf(stderr, "checkin-province: [office] "
		    "certificate: %s: %s\n", path, why != NULL ? why :
		    ck_err_text(err));
		return err;
	}
	out->checks_recipient = true;
	err = ck_office_fingerprint(office, out->recipient);
	ck_office_free(&office);

	return err;
}

enum ck_err
ck_province_office_open(const struct ck_province_config *config,
    struct ck_province_office *out)
{
	enum ck_err err;

	memset(out, 0, sizeof(*out));
	if (config->office_answer_key_file[0] == '\0')
		return CK_OK;
	err = ck_office_key_load(config->office_answer_key_file,
	    &out->signer, out->public);
	if (err == CK_OK && config->office_certificate[0] != '\0')
		err = load_recipient(config->office_certificate, out);

	return err;
}

void
ck_province_office_close(struct ck_province_office *office)
{
	ck_signer_free(&office->signer);
}

const uint8_t *
ck_province_recipient(const struct ck_province_office *office)
{
	return office->checks_recipient ? office->recipient : NULL;
}

/* --- Listing -------------------------------------------------------------- */

static enum ck_err
print_case(void *ctx, const struct ck_correction_held *held)
{
	const struct ck_office_answer *answer = &held->answer;
	char received_at[CK_INSTANT_LEN];
	int64_t today = ck_day_of_ms(*(const int64_t *)ctx);
	bool closed = answer->state == CK_OFFICE_CLOSED;

	ck_clock_instant(answer->received_ms, received_at);
	(void)printf("%s\t%s\t%s\t%s\t%s\t%" PRId64 " days\n", answer->id,
	    answer->code, answer->station,
	    ck_office_state_label(answer->state), received_at,
	    (closed ? ck_day_of_ms(answer->state_ms) : today) -
	    ck_day_of_ms(held->made_ms));

	return CK_OK;
}

static int
run_list(const struct ck_province_config *config, int argc, char **argv)
{
	bool all = argc == 2 && strcmp(argv[1], "--all") == 0;
	int64_t now = ck_clock_wall_ms(ck_clock_system());
	struct ck_ledger *ledger;
	enum ck_err err;

	if (argc != 1 && !all)
		return 2;
	if (ck_province_ledger(config, &ledger) != CK_OK)
		return 1;
	err = ck_corrections_read(ledger, !all, print_case, &now);
	ck_ledger_close(&ledger);

	return err == CK_OK ? 0 : 1;
}

static enum ck_err
print_refusal(void *ctx, const struct ck_correction_refusal *refusal)
{
	char last_at[CK_INSTANT_LEN];

	(void)ctx;
	ck_clock_instant(refusal->last_ms, last_at);
	(void)printf("%s\t%s\t%s\t%s\t%" PRId64 "\t%s\t%s\n", last_at,
	    refusal->code[0] != '\0' ? refusal->code : "?",
	    refusal->station[0] != '\0' ? refusal->station : "?",
	    ck_way_label(refusal->way), refusal->times, refusal->reason,
	    refusal->detail);

	return CK_OK;
}

static int
run_refused(const struct ck_province_config *config, int argc, char **argv)
{
	struct ck_ledger *ledger;
	enum ck_err err;

	(void)argv;
	if (argc != 1)
		return 2;
	if (ck_province_ledger(config, &ledger) != CK_OK)
		return 1;
	err = ck_correction_refusals(ledger, print_refusal, NULL);
	ck_ledger_close(&ledger);

	return err == CK_OK ? 0 : 1;
}

/* --- Opening -------------------------------------------------------------- */

static enum ck_err
complain(const char *id, const char *why, enum ck_err err)
{
	(void)fprintf(stderr, "checkin-province: case %s: %s\n", id,
	    why != NULL ? why : ck_err_text(err));

	return err;
}

static enum ck_err
print_content(const char *id, const char *key,
    const struct ck_correction_document *document)
{
	struct ck_buf plain = CK_BUF_INIT;
	json_t *content = NULL;
	const char *why;
	enum ck_err err;

	err = ck_envelope_open(key, ck_buf_view(&document->envelope), &plain,
	    &why);
	if (err == CK_OK && (err = ck_content_read(ck_buf_view(&plain),
	    document->id, document->code, document->station, &content)) !=
	    CK_OK)
		why = "what was sealed belongs to another case, or is no case";
	if (err == CK_OK)
		ck_content_print(content, stdout);
	else
		(void)complain(id, why, err);
	json_decref(content);
	ck_buf_wipe(&plain);

	return err;
}

static enum ck_err
show(struct ck_ledger *ledger, const char *id, const char *key)
{
	struct ck_correction_document document = { .json = NULL };
	enum ck_correction_reason reason;
	struct ck_correction_held held;
	struct ck_buf body = CK_BUF_INIT;
	enum ck_err err;

	if ((err = ck_correction_find(ledger, id, &held, &body)) != CK_OK ||
	    (err = ck_correction_read(ck_buf_view(&body), &document,
	    &reason)) != CK_OK) {
		(void)complain(id, NULL, err);
		goto out;
	}
	if (reason != CK_CORRECTION_GOOD)
		err = complain(id, ck_correction_reason_text(reason),
		    CK_ERR_CASE_MALFORMED);
	else
		err = print_content(id, key, &document);
out:
	ck_correction_wipe(&document);
	ck_buf_wipe(&body);

	return err;
}

static int
run_show(const struct ck_province_config *config, int argc, char **argv)
{
	static const struct option options[] = {
		{ "key", required_argument, NULL, 'k' },
		{ NULL, 0, NULL, 0 }
	};
	const char *key = NULL;
	struct ck_ledger *ledger;
	enum ck_err err;
	int option;

	optind = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'k')
			return 2;
		key = optarg;
	}
	if (key == NULL || optind + 1 != argc)
		return 2;
	if (ck_province_ledger(config, &ledger) != CK_OK)
		return 1;
	err = show(ledger, argv[optind], key);
	ck_ledger_close(&ledger);

	return err == CK_OK ? 0 : 1;
}

/* --- Deciding and answering ----------------------------------------------- */

static int
run_close(const struct ck_province_config *config, int argc, char **argv)
{
	enum ck_office_state state = CK_OFFICE_UNKNOWN;
	struct ck_ledger *ledger;
	enum ck_err err;

	if (argc == 3 && strcmp(argv[2], "--corrected") == 0)
		state = CK_OFFICE_CORRECTED;
	else if (argc == 3 && strcmp(argv[2], "--refused") == 0)
		state = CK_OFFICE_REFUSED;
	else
		return 2;
	if (ck_province_ledger(config, &ledger) != CK_OK)
		return 1;
	err = ck_correction_decide(ledger, argv[1], state);
	if (err != CK_OK)
		(void)complain(argv[1], err == CK_ERR_REQUEST ? "the clinic "
		    "has closed it: a later lookup of the patient was "
		    "confirmed" : NULL, err);
	ck_ledger_close(&ledger);

	return err == CK_OK ? 0 : 1;
}

struct answering {
	const struct ck_province_office *office;
	FILE *out;
	unsigned count;
};

static enum ck_err
write_answer(void *ctx, const struct ck_correction_held *held)
{
	struct answering *answering = ctx;
	struct ck_buf line = CK_BUF_INIT;
	enum ck_err err = ck_office_answer_build(&held->answer,
	    answering->office->signer, answering->office->public, &line);

	if (err == CK_OK)
		err = ck_buf_push(&line, '\n');
	if (err == CK_OK && fwrite(line.ptr, 1, line.len,
	    answering->out) != line.len)
		err = CK_ERR_SYSTEM;
	answering->count += err == CK_OK;
	ck_buf_wipe(&line);

	return err;
}

/* False: told. */
static bool
open_office(const struct ck_province_config *config,
    struct ck_province_office *office)
{
	if (ck_province_office_open(config, office) != CK_OK)
		return false;
	if (office->signer == NULL)
		(void)fputs("checkin-province: [office] answer_key_file is "
		    "not set: no cases are taken\n", stderr);

	return office->signer != NULL;
}

static int
run_answers(const struct ck_province_config *config, int argc, char **argv)
{
	struct ck_province_office office = { .signer = NULL };
	struct answering answering = { .office = &office };
	struct ck_ledger *ledger = NULL;
	bool standard = argc == 2 && strcmp(argv[1], "-") == 0;
	enum ck_err err = CK_ERR_SYSTEM;

	if (argc != 2)
		return 2;
	if (!open_office(config, &office) ||
	    ck_province_ledger(config, &ledger) != CK_OK)
		goto out;
	answering.out = standard ? stdout : fopen(argv[1], "we");
	if (answering.out != NULL)
		err = ck_corrections_read(ledger, false, write_answer,
		    &answering);
	if (answering.out != NULL && (standard ? fflush(stdout) :
	    fclose(answering.out)) != 0)
		err = CK_ERR_SYSTEM;
	if (err != CK_OK)
		(void)fprintf(stderr, "checkin-province: %s: %s\n", argv[1],
		    ck_err_text(err));
	else
		(void)fprintf(stderr, "checkin-province: %u answers\n",
		    answering.count);
out:
	ck_ledger_close(&ledger);
	ck_province_office_close(&office);

	return err == CK_OK ? 0 : 1;
}

static int
run_key(const struct ck_province_config *config, int argc, char **argv)
{
	struct ck_province_office office = { .signer = NULL };
	char hex[2 * CK_PUBLIC_LEN + 1];
	bool good;

	(void)argv;
	if (argc != 1)
		return 2;
	if ((good = open_office(config, &office))) {
		ck_hex_print(ck_span_of(office.public,
		    sizeof(office.public)), hex);
		(void)puts(hex);
	}
	ck_province_office_close(&office);

	return good ? 0 : 1;
}

int
ck_province_cases(const struct ck_province_config *config, int argc,
    char **argv)
{
	static const struct {
		const char *name;
		int (*run)(const struct ck_province_config *config, int argc,
		    char **argv);
	} actions[] = {
		{ "list", run_list }, { "show", run_show },
		{ "close", run_close }, { "answers", run_answers },
		{ "refused", run_refused }, { "key", run_key }
	};
	int status = 2;
	size_t i;

	for (i = 0; i < sizeof(actions) / sizeof(actions[0]) && argc > 1;
	    i++) {
		if (strcmp(actions[i].name, argv[1]) == 0)
			status = actions[i].run(config, argc - 1, argv + 1);
	}
	if (status == 2)
		(void)fputs(usage, stderr);

	return status;
}
