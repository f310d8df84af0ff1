/*
 * digester.c - a thread that sends the digest at its hour
 */
#include <pthread.h>
#include <stdlib.h>

#include "ck/log.h"
#include "io/loop.h"
#include "province/digest.h"
#include "province/digester.h"

#define LOOK_MS 60000
#define AGAIN_MS 900000

struct ck_digester {
	const struct ck_province_config *config;	/* borrowed */
	const struct ck_clock *clock;			/* borrowed */
	struct ck_ledger *ledger;
	struct ck_loop *loop;
	struct ck_timer *timer;
	pthread_t thread;
	bool started;
};

static void
send_digest(struct ck_digester *digester, int64_t now_ms, int64_t *wait_ms)
{
	bool sent;
	enum ck_err err = ck_digest_send(digester->ledger, digester->config,
	    now_ms, false, &sent);

	if (err != CK_OK)
		ck_log(CK_LOG_WARNING, "digest", "today's was not sent: %s",
		    ck_err_text(err));
	if (err != CK_OK)
		*wait_ms = AGAIN_MS;
}

/* Without a timer it would never look again: that is said, serving goes on. */
static void
look(void *ctx)
{
	struct ck_digester *digester = ctx;
	int64_t now_ms = ck_clock_wall_ms(digester->clock);
	int64_t wait_ms = LOOK_MS;
	enum ck_err err;

	if (ck_clock_local_hour(now_ms) >= digester->config->digest_hour)
		send_digest(digester, now_ms, &wait_ms);
	err = ck_loop_timer(digester->loop, wait_ms, look, digester,
	    &digester->timer);
	if (err != CK_OK)
		ck_log(CK_LOG_ERROR, "digest", "no more of them until the "
		    "next start: %s", ck_err_text(err));
}

static void *
run(void *ctx)
{
	struct ck_digester *digester = ctx;

	return ck_loop_run(digester->loop) == CK_OK ? NULL : digester;
}

enum ck_err
ck_digester_start(struct ck_digester **out,
    const struct ck_province_config *config,
    const struct ck_ledger_options *options, const struct ck_clock *clock)
{
	struct ck_digester *digester;
	enum ck_err err;

	*out = NULL;
	if (config->digest_to[0] == '\0')
		return CK_OK;
	if ((digester = calloc(1, sizeof(*digester))) == NULL)
		return CK_ERR_NOMEM;
	digester->config = config;
	digester->clock = clock;
	if ((err = ck_ledger_open(&digester->ledger, options, clock)) ==
	    CK_OK && (err = ck_loop_new(&digester->loop,
	    ck_clock_system())) == CK_OK &&
	    (err = ck_loop_timer(digester->loop, 0, look, digester,
	    &digester->timer)) == CK_OK) {
		digester->started = pthread_create(&digester->thread, NULL,
		    run, digester) == 0;
		err = digester->started ? CK_OK : CK_ERR_SYSTEM;
	}
	if (err != CK_OK)
		ck_digester_stop(&digester);
	*out = digester;

	return err;
}

void
ck_digester_stop(struct ck_digester **digester)
{
	struct ck_digester *old = *digester;

	if (old == NULL)
		return;
	if (old->started) {
		ck_loop_stop(old->loop);
		(void)pthread_join(old->thread, NULL);
	}
	ck_loop_free(&old->loop);
	ck_ledger_close(&old->ledger);
	free(old);
	*digester = NULL;
}
