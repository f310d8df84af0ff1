/*
 * digest_command.c - checkin-province digest: to read it, or to send it
 */
#include <getopt.h>
#include <stdio.h>

#include "province/command.h"
#include "province/digest.h"

struct asked {
	bool send, again;
};

static bool
read_options(int argc, char **argv, struct asked *asked)
{
	static const struct option options[] = {
		{ "print", no_argument, NULL, 'p' },
		{ "send", no_argument, NULL, 's' },
		{ "again", no_argument, NULL, 'a' },
		{ NULL, 0, NULL, 0 }
	};
	bool print = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'p')
			print = true;
		else if (option == 's')
			asked->send = true;
		else if (option == 'a')
			asked->again = true;
		else
			return false;
	}

	return optind == argc && !(print && asked->send) &&
	    (asked->send || !asked->again);
}

static enum ck_err
print(struct ck_ledger *ledger, const struct ck_province_config *config)
{
	struct ck_buf subject = CK_BUF_INIT, text = CK_BUF_INIT;
	struct ck_catalogue *catalogue;
	enum ck_err err;

	if ((err = ck_catalogue_open(&catalogue,
	    config->digest_language)) != CK_OK)
		return err;
	err = ck_digest_text(ledger, catalogue,
	    ck_clock_wall_ms(ck_clock_system()), &subject, &text);
	if (err == CK_OK)
		(void)printf("%s\n\n%.*s", (const char *)subject.ptr,
		    (int)text.len, (const char *)text.ptr);
	ck_catalogue_free(&catalogue);
	ck_buf_wipe(&subject);
	ck_buf_wipe(&text);

	return err;
}

static enum ck_err
send_now(struct ck_ledger *ledger, const struct ck_province_config *config,
    bool again)
{
	bool sent;
	enum ck_err err;

	err = ck_digest_send(ledger, config,
	    ck_clock_wall_ms(ck_clock_system()), again, &sent);
	if (err == CK_OK)
		(void)puts(sent ? "sent" : "today's was sent before; --again "
		    "sends it once more");

	return err;
}

int
ck_province_digest(const struct ck_province_config *config, int argc,
    char **argv)
{
	struct asked asked = { false, false };
	struct ck_ledger *ledger;
	enum ck_err err;

	if (!read_options(argc, argv, &asked)) {
		(void)fprintf(stderr, "checkin-province: digest [--print | "
		    "--send [--again]]\n");
		return 2;
	}
	if (asked.send && config->digest_to[0] == '\0') {
		(void)fprintf(stderr, "checkin-province: [digest] to names "
		    "nobody\n");
		return 1;
	}
	if (ck_province_ledger(config, &ledger) != CK_OK)
		return 1;
	err = asked.send ? send_now(ledger, config, asked.again) :
	    print(ledger, config);
	ck_ledger_close(&ledger);
	if (err != CK_OK)
		(void)fprintf(stderr, "checkin-province: digest: %s\n",
		    err == CK_ERR_LINE ? "the mail server did not take it; "
		    "see above, and try again" :
		    err == CK_ERR_CONFIG ? "the mail server refuses it, or "
		    "[mail] and [digest] are wrong; see above" :
		    err == CK_ERR_REQUEST ? "nobody knows whether it was "
		    "taken: look into the mailbox" : ck_err_text(err));

	return err == CK_OK ? 0 : 1;
}
