/*
 * sign_on.c - who sits at a desk, until the night
 */
#include <stdio.h>
#include <string.h>

#include "ck/clock.h"
#include "ck/log.h"
#include "daemon/config.h"
#include "desk/machine.h"
#include "io/loop.h"
#include "store/desk_operator.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_HOURS 24

int64_t
ck_sign_on_begin(int64_t now_ms, int64_t expiry_hour)
{
	int64_t hour = (int64_t)ck_clock_local_hour(now_ms);
	int64_t passed = (hour - expiry_hour + DAY_HOURS) % DAY_HOURS;

	/* Whole hours lie between our zone and UTC. */
	return now_ms - now_ms % HOUR_MS - passed * HOUR_MS;
}

static bool
is_over(const struct ck_desk *desk)
{
	const struct ck_desks_options *options = desk->options;

	return desk->operator_since_ms < ck_sign_on_begin(ck_clock_wall_ms(
	    ck_loop_clock(options->loop)),
	    options->config->sign_on_expiry_hour);
}

const char *
ck_desk_operator(const struct ck_desk *desk)
{
	return desk->operator_name[0] == '\0' || is_over(desk) ? "" :
	    desk->operator_name;
}

void
ck_desk_sign_on(struct ck_desk *desk, const char *name)
{
	(void)snprintf(desk->operator_name, sizeof(desk->operator_name), "%s",
	    name);
	desk->operator_since_ms = ck_clock_wall_ms(ck_loop_clock(
	    desk->options->loop));
}

void
ck_desk_sign_on_restore(struct ck_desk *desk)
{
	const struct ck_desks_options *options = desk->options;
	enum ck_err err;

	if (options->store == NULL)
		return;
	err = ck_store_get_desk_operator(options->store, desk->name,
	    desk->operator_name, &desk->operator_since_ms);
	if (err != CK_OK && err != CK_ERR_NOT_FOUND)
		ck_log(CK_LOG_WARNING, "desk", "%s: who signed on is not "
		    "known any more: %s", desk->name, ck_err_text(err));
	/* Whom the configuration does not name any more cannot ask. */
	if (err != CK_OK || ck_config_operator(options->config,
	    desk->operator_name) == NULL)
		desk->operator_name[0] = '\0';
}

bool
ck_desk_sign_on_ended(struct ck_desk *desk)
{
	if (desk->operator_name[0] == '\0' || !is_over(desk))
		return false;
	memset(desk->operator_name, 0, sizeof(desk->operator_name));

	return true;
}
