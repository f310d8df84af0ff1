/*
 * config_check.h - what is set must fit together
 */
#ifndef SERVICE_DAEMON_CONFIG_CHECK_H
#define SERVICE_DAEMON_CONFIG_CHECK_H

#include <stdbool.h>

struct ck_config;

/* An access token shorter than this can be guessed. */
#define CK_TOKEN_MIN 16

/* Told of each defect: a sentence, or NULL when the log has it already. */
typedef void (*ck_config_refuse_fn)(void *ctx, const char *words);

/* True when the host of an http or https URL is this computer. */
bool ck_config_url_is_loopback(const char *url);

/*
 * Read the secrets from their files into config, and check every section
 * against the others. Each defect is told once, before the return.
 */
void ck_config_check(struct ck_config *config, ck_config_refuse_fn refuse,
    void *ctx);

#endif /* SERVICE_DAEMON_CONFIG_CHECK_H */
