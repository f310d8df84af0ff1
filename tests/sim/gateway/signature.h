/*
 * signature.h - does the clinic's signature under a check-in file hold?
 */
#ifndef SIM_SIGNATURE_H
#define SIM_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * True when CHUKYDONVI of file holds, by the certificate (PEM) at path, the
 * SHA-256 signature in base64 over the bytes from <CHI_TIEU_TRANG_THAI_KCB> to
 * </DSACH_TRANG_THAI_KCB> as they came (gateway.md §4).
 */
bool sim_signature_holds(const char *path, const char *file, size_t size);

#endif /* SIM_SIGNATURE_H */
