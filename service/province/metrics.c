/*
 * metrics.c - checkin-province metrics: for node_exporter, or to look at
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ck/clock.h"
#include "io/replace.h"
#include "province/command.h"
#include "province/gather.h"

static enum ck_err
write_to(const char *path, struct ck_span text)
{
	enum ck_err err = CK_OK;

	if (path == NULL)
		(void)fwrite(text.ptr, 1, text.len, stdout);
	else if ((err = ck_replace_file(path, text)) != CK_OK)
		(void)fprintf(stderr, "checkin-province: %s: %s\n", path,
		    err == CK_ERR_SYSTEM ? strerror(errno) :
		    ck_err_text(err));

	return err;
}

int
ck_province_metrics(const struct ck_province_config *config, int argc,
    char **argv)
{
	struct ck_buf text = CK_BUF_INIT;
	struct ck_ledger *ledger;
	enum ck_err err;

	if (argc > 2) {
		(void)fprintf(stderr, "checkin-province: metrics [FILE]\n");
		return 2;
	}
	if (ck_province_ledger(config, &ledger) != CK_OK)
		return 1;
	if ((err = ck_province_metrics_text(ledger,
	    ck_clock_wall_ms(ck_clock_system()), CK_METRICS_TEXT,
	    &text)) != CK_OK)
		(void)fprintf(stderr, "checkin-province: metrics: %s\n",
		    ck_err_text(err));
	else
		err = write_to(argc == 2 ? argv[1] : NULL,
		    ck_buf_view(&text));
	ck_buf_wipe(&text);
	ck_ledger_close(&ledger);

	return err == CK_OK ? 0 : 1;
}
