/*
 * certificate.h - until when a certificate of ours holds
 *
 * In the flow:  [gateway] client_cert_file, [check_in] signature_file ->
 *               [certificate] -> /metrics
 *
 * Whoever has to renew it wants to know weeks before; the gateway tells on the
 * day after. Only the date is read: neither key nor name is kept.
 */
#ifndef SERVICE_IO_CERTIFICATE_H
#define SERVICE_IO_CERTIFICATE_H

#include <sys/stat.h>

#include <stdint.h>

/* What was read of a file, and of which state of it. Start zeroed. */
struct ck_certificate {
	struct timespec changed;
	ino_t inode;
	int64_t end_ms;
};

/*
 * When the certificate in path ends, wall clock in milliseconds; 0 when there
 * is none, or path is empty. The file is read again only when it has changed:
 * to open a PKCS #12 file takes long on purpose.
 *
 * password  Of a PKCS #12 file; NULL: path is PEM, whose first certificate
 *           counts.
 */
int64_t ck_certificate_end_ms(struct ck_certificate *kept, const char *path,
    const char *password);

#endif /* SERVICE_IO_CERTIFICATE_H */
