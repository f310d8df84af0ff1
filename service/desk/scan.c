/*
 * scan.c - a desk's own scanner: its lines are scans like the page's
 */
#include "ck/log.h"
#include "daemon/config.h"
#include "desk/machine.h"
#include "scanner/scanner.h"

static void
on_line(void *ctx, struct ck_span line)
{
	struct ck_desk *desk = ctx;
	const struct ck_scan scan = { .payload = line };
	enum ck_err err = ck_desk_scan(desk, &scan);

	/* The desk shows why; what was scanned stands in no log. */
	if (err != CK_OK)
		ck_log(CK_LOG_INFO, "desk", "%s: a scan was not taken (%s)",
		    desk->name, ck_err_label(err));
}

static void
on_too_long(void *ctx)
{
	ck_desk_refuse_scan(ctx, CK_ERR_LIMIT);
}

static void
on_changed(void *ctx)
{
	ck_desk_publish(ctx);
}

enum ck_err
ck_desk_scanner_start(struct ck_desk *desk,
    const struct ck_desk_config *config)
{
	struct ck_scanner_options options = {
		.device = config->scanner,
		.baud = config->scanner_baud,
		.loop = desk->options->loop,
		.line = on_line,
		.too_long = on_too_long,
		.changed = on_changed,
		.ctx = desk
	};
	enum ck_err err;

	if (config->scanner[0] == '\0')
		return CK_OK;
	err = ck_scanner_new(&desk->scanner, &options);
	desk->scanner_device = config->scanner;
	ck_desk_publish(desk);

	return err;
}

json_t *
ck_desk_scanner_view(const struct ck_desk *desk)
{
	if (desk->scanner == NULL)
		return json_null();

	return json_pack("{s:s, s:s}", "device", desk->scanner_device,
	    "state", ck_scanner_state_label(ck_scanner_state(desk->scanner)));
}
