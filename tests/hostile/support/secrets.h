/*
 * secrets.h - does freed memory still hold what must be gone?
 *
 * Every block that the product gives back, and every block that OpenSSL and
 * libeac give back for it, is searched for the secrets of the read. Programs
 * that use this are linked with --wrap for free() and ck_sm_new().
 */
#ifndef TESTS_HOSTILE_SUPPORT_SECRETS_H
#define TESTS_HOSTILE_SUPPORT_SECRETS_H

#include <stdbool.h>
#include <stddef.h>

/* Watch OpenSSL's memory too. To be called before any use of OpenSSL. */
void hostile_secrets_open(void);

/* Forget the secrets of the last read. */
void hostile_secrets_reset(void);

/*
 * Look for these bytes from now on; len 6 to 64, fewer are passed over. The
 * session keys of each channel are added by themselves.
 */
void hostile_secrets_add(const void *secret, size_t len);

/* How many secrets are looked for. */
size_t hostile_secrets_count(void);

/* True when the len bytes at ptr contain one of them. */
bool hostile_secrets_in(const void *ptr, size_t len);

/* How many blocks with a secret inside were freed since the reset. */
unsigned hostile_secrets_leaked(void);

#endif /* TESTS_HOSTILE_SUPPORT_SECRETS_H */
