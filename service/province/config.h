/*
 * config.h - what the operator of a collector decides, read once at start
 *
 * INI as for checkind; schema/province.example.conf documents every key with
 * its default. An unknown key, a wrong type or a missing file is refused with
 * file, line and key. Secrets stand in files that it names.
 */
#ifndef SERVICE_PROVINCE_CONFIG_H
#define SERVICE_PROVINCE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "ck/error.h"
#include "io/mail.h"

struct ck_province_config {
	/* [ledger] */
	char where[512];		/* a path, or postgresql://… */
	int64_t clock_tolerance_s;
	char closed_days[1024];		/* a list of holidays; empty: none */
	bool played;			/* what it takes is no real figure */
	/* [collect] */
	char name[33];			/* of this collector; empty: made of
					 * host and process */
	int64_t interval_s;		/* between two pulls of a clinic */
	int64_t timeout_ms;		/* of one request */
	int64_t connect_timeout_ms;
	unsigned parallel;		/* clinics that are asked at once */
	unsigned failures_max;		/* in a row; then it is left alone */
	int64_t backoff_s;		/* after a failure; doubles, */
	int64_t backoff_max_s;		/* up to this */
	int64_t lease_s;		/* that a collector may take for one */
	char tokens_directory[1024];	/* a file CLINIC.STATION for each */
	char ca_file[1024];		/* empty: the system's */
	char client_cert_file[1024];
	char client_key_file[1024];
	/* [http] */
	char listen[64];		/* numeric address */
	uint16_t port;
	char token_file[1024];		/* empty: no token, loopback only */
	char clinics_directory[1024];	/* a file CLINIC.STATION for each that
					 * pushes; empty: none may */
	char accounts_file[1024];	/* who sees some clinics; empty: none */
	char accounts_directory[1024];	/* a file for each with its token */
	char allowed_hosts[1024];	/* blank separated */
	char http_certificate[1024];
	char http_key[1024];
	bool behind_proxy;		/* which speaks TLS for us */
	/* [digest] */
	char digest_to[1024];		/* addresses; empty: none is sent */
	char digest_from[256];
	unsigned digest_hour;		/* local, 0 to 23 */
	char digest_language[3];
	/* [mail] */
	char mail_host[256];
	uint16_t mail_port;
	char mail_security[9];		/* starttls, tls, none */
	char mail_ca_file[1024];	/* empty: the system's */
	char mail_user[256];		/* empty: no sign-in */
	char mail_password_file[1024];
	int64_t mail_timeout_ms;
	/* [office] */
	char office_key_file[1024];	/* signs closed periods */
	char office_answer_key_file[1024];	/* signs answers to correction
					 * cases; empty: none are taken */
	char office_certificate[1024];	/* that cases are encrypted to; empty:
					 * any */
};

/*
 * Read file. Errors go to the log with file, line and key.
 * Returns CK_OK, CK_ERR_CONFIG.
 */
CK_MUST_CHECK enum ck_err
ck_province_config_load(struct ck_province_config *config, const char *path);

/* What [mail] security says. False: another word. */
bool ck_province_mail_security(const struct ck_province_config *config,
    enum ck_mail_security *out);

/* Print the effective values as INI that could be loaded again. */
void ck_province_config_print(const struct ck_province_config *config,
    FILE *out);

#endif /* SERVICE_PROVINCE_CONFIG_H */
