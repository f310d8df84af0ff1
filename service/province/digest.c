/*
 * digest.c - once a day, never twice
 *
 * The turn of a day is a number in the ledger: it is taken before anything is
 * sent, so that a crash costs a digest and never doubles one; it is given back
 * where nothing was sent.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ck/log.h"
#include "daemon/secret.h"
#include "io/mail.h"
#include "io/mail_text.h"
#include "ledger/day.h"
#include "province/digest.h"

/* Bytes of a password, with NUL. */
#define PASSWORD_LEN 129

/* --- The turn ------------------------------------------------------------- */

static enum ck_err
make_counter(struct ck_sql *sql)
{
	static const char text[] = "INSERT INTO counter (name, value) "
	    "VALUES ('digest', 0) ON CONFLICT (name) DO NOTHING";
	struct ck_sql_stmt stmt;
	enum ck_err err = ck_sql_prepare(sql, text, &stmt);

	return err == CK_OK ? ck_sql_run(&stmt) : err;
}

/* An update waits for whoever else is about to take it. */
static enum ck_err
take_turn(struct ck_sql *sql, int64_t today, bool *taken)
{
	static const char text[] = "UPDATE counter SET value = $1 "
	    "WHERE name = 'digest' AND value < $1 RETURNING value";
	struct ck_sql_stmt stmt;
	enum ck_err err = ck_sql_prepare(sql, text, &stmt);

	if (err != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, today);
	err = ck_sql_next(&stmt, taken);
	ck_sql_end(&stmt);

	return err;
}

enum ck_err
ck_digest_claim(struct ck_ledger *ledger, int64_t today, bool *taken,
    int64_t *before)
{
	static const char text[] =
	    "SELECT value FROM counter WHERE name = 'digest'";
	struct ck_sql *sql = ck_ledger_sql(ledger);
	enum ck_err err;

	*taken = false;
	if ((err = ck_sql_begin(sql)) != CK_OK)
		return err;
	if ((err = make_counter(sql)) == CK_OK &&
	    (err = ck_sql_int(sql, text, before)) == CK_OK &&
	    (err = take_turn(sql, today, taken)) == CK_OK)
		err = ck_sql_commit(sql);
	if (err != CK_OK) {
		ck_sql_rollback(sql);
		*taken = false;
	}

	return err;
}

enum ck_err
ck_digest_give_back(struct ck_ledger *ledger, int64_t today, int64_t before)
{
	static const char text[] = "UPDATE counter SET value = $1 "
	    "WHERE name = 'digest' AND value = $2";
	struct ck_sql *sql = ck_ledger_sql(ledger);
	struct ck_sql_stmt stmt;
	enum ck_err err;

	if ((err = ck_sql_begin(sql)) != CK_OK)
		return err;
	if ((err = ck_sql_prepare(sql, text, &stmt)) == CK_OK) {
		ck_sql_bind_int(&stmt, before);
		ck_sql_bind_int(&stmt, today);
		err = ck_sql_run(&stmt);
	}
	if (err == CK_OK)
		err = ck_sql_commit(sql);
	if (err != CK_OK)
		ck_sql_rollback(sql);

	return err;
}

/* --- Sending -------------------------------------------------------------- */

static enum ck_err
compose(struct ck_ledger *ledger, const struct ck_province_config *config,
    int64_t now_ms, struct ck_buf *out)
{
	struct ck_buf subject = CK_BUF_INIT, text = CK_BUF_INIT;
	struct ck_catalogue *catalogue = NULL;
	char id[64];
	struct ck_mail_draft draft = {
		.from = config->digest_from, .to = config->digest_to,
		.id = id, .date_ms = now_ms
	};
	enum ck_err err;

	(void)snprintf(id, sizeof(id), "checkin-digest-%" PRId64, now_ms);
	if ((err = ck_catalogue_open(&catalogue,
	    config->digest_language)) == CK_OK &&
	    (err = ck_digest_text(ledger, catalogue, now_ms, &subject,
	    &text)) == CK_OK) {
		draft.subject = (const char *)subject.ptr;
		draft.text = ck_buf_view(&text);
		err = ck_mail_compose(&draft, out);
	}
	ck_catalogue_free(&catalogue);
	ck_buf_wipe(&subject);
	ck_buf_wipe(&text);

	return err;
}

static enum ck_err
post(const struct ck_province_config *config, struct ck_span message)
{
	char password[PASSWORD_LEN] = "";
	struct ck_mail_server server = {
		.host = config->mail_host, .port = config->mail_port,
		.ca_file = config->mail_ca_file, .user = config->mail_user,
		.password = password, .timeout_ms = config->mail_timeout_ms
	};
	enum ck_mail_end end = CK_MAIL_REFUSED;

	(void)ck_province_mail_security(config, &server.security);
	if (config->mail_user[0] == '\0' ||
	    ck_secret_read(config->mail_password_file, 1, password,
	    sizeof(password)) == CK_OK)
		end = ck_mail_send(&server, config->digest_from,
		    config->digest_to, message);
	explicit_bzero(password, sizeof(password));

	return end == CK_MAIL_TAKEN ? CK_OK :
	    end == CK_MAIL_NOT_TAKEN ? CK_ERR_LINE :
	    end == CK_MAIL_REFUSED ? CK_ERR_CONFIG : CK_ERR_REQUEST;
}

/* CK_ERR_REQUEST: nobody knows, and twice is worse than once. */
static enum ck_err
give_back_unless_sent(struct ck_ledger *ledger, int64_t today,
    int64_t before, enum ck_err err)
{
	enum ck_err back;

	if (err == CK_OK || err == CK_ERR_REQUEST)
		return err;
	back = ck_digest_give_back(ledger, today, before);
	if (back != CK_OK)
		ck_log(CK_LOG_WARNING, "digest", "was not sent, and cannot "
		    "be tried again today: %s", ck_err_text(back));

	return err;
}

enum ck_err
ck_digest_send(struct ck_ledger *ledger,
    const struct ck_province_config *config, int64_t now_ms, bool again,
    bool *sent)
{
	struct ck_buf message = CK_BUF_INIT;
	int64_t today = ck_day_of_ms(now_ms), before = 0;
	bool taken;
	enum ck_err err;

	*sent = false;
	if ((err = ck_digest_claim(ledger, today, &taken, &before)) != CK_OK)
		return err;
	if (!taken && !again)
		return CK_OK;
	if ((err = compose(ledger, config, now_ms, &message)) == CK_OK)
		err = post(config, ck_buf_view(&message));
	if (taken)
		err = give_back_unless_sent(ledger, today, before, err);
	*sent = err == CK_OK;
	ck_buf_wipe(&message);

	return err;
}
