/*
 * config.h - what the operator decides, read once at start
 *
 * INI through libinih; schema/config.example.conf documents every key with its
 * default. An unknown key, a wrong type or a missing file is refused with file,
 * line and key. Secrets come from files named in the configuration, so that
 * the configuration itself holds none.
 */
#ifndef SERVICE_DAEMON_CONFIG_H
#define SERVICE_DAEMON_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "ck/error.h"
#include "ck/identity.h"
#include "eligibility/remote.h"
#include "store/record.h"

#define CK_OPERATORS_MAX 32	/* clerks of one daemon */
#define CK_APPOINTMENT_CALLS_MAX 8	/* beside those of the desks */
#define CK_DESKS_MAX 16		/* as many as pcscd has readers */
#define CK_HEADERS_LEN 4096	/* bytes of extra headers for a platform */

/* A clerk on whose behalf the gateway is asked. */
struct ck_operator {
	char name[CK_NAME_LEN];		/* hoTenCb */
	char number[CK_NUMBER_LEN];	/* cccdCb */
};

/* A desk that the configuration names; others get one for each reader. */
struct ck_desk_config {
	char name[CK_DESK_LEN];		/* [a-z0-9-]+ */
	char reader[128];		/* substring of the reader's name */
	char scanner[256];		/* device; empty: the page's field only */
	unsigned scanner_baud;		/* of a serial line; 9600 */
};

enum ck_cache_policy {
	CK_POLICY_ALWAYS,		/* ask the gateway every time */
	CK_POLICY_FIRST_OF_VISIT,	/* default */
	CK_POLICY_OLDER_THAN		/* ask when the answer is older */
};

struct ck_config {
	/* [clinic] */
	char facility[6];		/* facility = 84001 */
	char station[CK_DESK_LEN];	/* station = main */
	char language[3];		/* language = vi */
	/* [state] */
	char directory[1024];		/* directory = /var/lib/checkin */
	/* [http] */
	char listen[64];		/* listen = 127.0.0.1 */
	uint16_t port;			/* port = 8484 */
	char token_file[1024];		/* empty: no token */
	char token[129];		/* what that file holds */
	char allowed_hosts[512];	/* extra Host names, space separated */
	char http_certificate[1024];	/* PEM; empty: no TLS */
	char http_key[1024];
	char http_client_ca[1024];	/* empty: no client certificates */
	char feed_clients[512];		/* their names, space separated */
	char feed_token_file[1024];	/* reads figures only; empty: none */
	char feed_token[129];		/* what that file holds */
	bool behind_proxy;		/* TLS ends before us */
	/* [gateway] */
	char gateway_url[512];		/* url = https://egw… */
	char gateway_user[64];
	char gateway_password_file[1024];
	char gateway_password[129];	/* what that file holds */
	char gateway_ca_file[1024];	/* empty: system store */
	struct ck_remote_choice remotes[CK_REMOTES];
	char gateway_copayment_user[64];	/* empty: gateway_user */
	char gateway_proxy[512];	/* empty: none */
	char gateway_proxy_login_file[1024];
	char gateway_proxy_login[129];	/* what that file holds */
	char gateway_headers_file[1024];
	char gateway_headers[CK_HEADERS_LEN];	/* lines of that file, each
						 * with its NUL; then "" */
	char gateway_client_cert_file[1024];
	char gateway_client_key_file[1024];
	char gateway_source_address[64];	/* empty: the system's choice */
	char gateway_public_address[64];	/* empty: not known */
	int64_t gateway_connect_timeout_ms;
	int64_t gateway_timeout_ms;	/* whole call; the hard limit */
	int64_t gateway_history_timeout_ms;
	int64_t gateway_copayment_timeout_ms;
	int64_t gateway_check_in_timeout_ms;
	int64_t gateway_answer_max;	/* bytes of an answer */
	unsigned gateway_calls_max;	/* lookups in flight */
	unsigned gateway_failures_max;	/* in a row; then it is left alone */
	int64_t gateway_backoff_ms;	/* for this long, and twice as long */
	int64_t gateway_backoff_max_ms;	/* each time, up to this */
	bool gateway_test_operators;	/* ask at sign-on */
	/* [lookup] */
	int64_t budget_ms;		/* to an answer at the desk; 5000 */
	enum ck_cache_policy policy;
	int64_t policy_age_ms;		/* older-than: 86400000 */
	int64_t close_after_ms;		/* 15000 */
	int64_t lookup_keep_days;	/* what is personal of it */
	/* [cache] */
	int64_t cache_entries_max;
	int64_t cache_days;		/* after the answer; then it is erased */
	/* [recheck] */
	int64_t recheck_pause_ms;	/* between two; doubles in an outage */
	int64_t recheck_backoff_max_ms;	/* up to this */
	int64_t recheck_days;		/* after the visit; then it expires */
	int64_t recheck_keep_days;	/* after the visit; then it is erased */
	/* [appointments] */
	int64_t appointments_hour;	/* local; from then on tomorrow's */
	int64_t appointments_deadline_hour;	/* local, on the day; 24: none */
	unsigned appointments_calls;	/* on their way at once */
	int64_t appointments_pause_ms;	/* of each of them, behind an answer */
	int64_t appointments_ends_soon_days;	/* after the visit */
	int64_t appointments_keep_days;	/* after it; then it is erased */
	/* [check_in] */
	char check_in_level[256];	/* of the facility, dated */
	char check_in_episode_rule[128];	/* empty: MA_LK is given */
	int64_t check_in_backoff_ms;	/* after a failure; doubles */
	int64_t check_in_backoff_max_ms;
	int64_t check_in_tries_max;	/* that may have arrived */
	int64_t check_in_keep_days;	/* what is personal of it */
	char check_in_signature_file[1024];	/* PKCS #12; empty: none */
	char check_in_signature_password_file[1024];
	char check_in_signature_password[129];	/* what that file holds */
	/* [collector] */
	char collector_url[512];	/* empty: nothing is pushed */
	char collector_token_file[1024];
	char collector_token[129];	/* what that file holds */
	char collector_client_certificate[1024];	/* PEM */
	char collector_client_key[1024];	/* empty: in the same file */
	char collector_ca_file[1024];	/* empty: system store */
	char collector_proxy[512];	/* empty: none */
	int64_t collector_interval_s;	/* between two documents */
	/* [corrections] */
	char corrections_office_certificate[1024];	/* empty: no cases */
	char corrections_answer_key[65];	/* of the office's answers */
	int64_t corrections_keep_days;	/* after the last news; then erased */
	/* [reader] */
	char trust_directory[1024];
	char worker[1024];		/* path of cccd-worker; empty: beside us */
	int64_t read_timeout_ms;	/* a read longer than this is killed */
	bool bac_allowed;
	unsigned bac_tries_max;
	bool photo;
	/* [operator] repeated */
	struct ck_operator operators[CK_OPERATORS_MAX];
	unsigned operator_count;
	/* [desk "name"] repeated */
	struct ck_desk_config desks[CK_DESKS_MAX];
	unsigned desk_count;
	/* [sign_on] */
	int64_t sign_on_expiry_hour;	/* local; everybody is signed off */
	/* [automatic] */
	char automatic_operator[CK_NAME_LEN];	/* empty: switched off */
	/* [proxy] */
	bool proxy;			/* enabled = yes */
	int64_t proxy_keep_days;	/* of calls that were passed through */
	/* [drop] */
	char drop_directory[1024];	/* empty: switched off */
	/* [metrics] */
	char metrics_textfile[1024];	/* empty: none is written */
	int64_t metrics_every_ms;	/* 15000 */
	/* [practice] */
	bool practice;			/* enabled = yes */
	char practice_socket[108];	/* sim-card --control */
};

/*
 * Read file and the secrets it names. Errors go to the log with file, line and
 * key. Returns CK_OK, CK_ERR_CONFIG, CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_config_load(struct ck_config *config, const char *path);

/* Print the effective values as INI that could be loaded again; secrets are
 * only named, as "***". */
void ck_config_print(const struct ck_config *config, FILE *out);

/* The configured operator of this name; NULL: none. Empty name: the first. */
const struct ck_operator *
ck_config_operator(const struct ck_config *config, const char *name);

/* The operator in whose name automatic runs (re-check, appointments) ask;
 * NULL: they are switched off. */
const struct ck_operator *
ck_config_automatic_operator(const struct ck_config *config);

/* True when only programs of this machine can reach the pages. */
bool ck_config_listens_on_loopback(const struct ck_config *config);

/* Overwrite everything with zero. */
void ck_config_wipe(struct ck_config *config);

#endif /* SERVICE_DAEMON_CONFIG_H */
