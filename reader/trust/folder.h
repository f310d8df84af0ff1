/*
 * folder.h - the trust store's folder, loaded
 *
 * The store's own file, and what was dropped beside it by hand: files each
 * with one certificate in DER or any number in PEM, and CRLs. A folder is
 * loaded as a whole or not at all: with one file of it damaged nobody could
 * tell whether it was the one that revokes.
 */
#ifndef READER_TRUST_FOLDER_H
#define READER_TRUST_FOLDER_H

#include "trust/anchors.h"

/*
 * Load every file of dir whose name ends in .der, .cer, .crt, .pem or .crl, and
 * the store's own file. Other names, hidden files, subfolders and private keys
 * are passed over. Certificates dropped by hand are anchors, whatever they are.
 *
 * out   Receives the set, possibly empty, its CRLs proven; free with
 *       ck_anchors_free(). NULL on error.
 * text  On error receives which file or folder is wrong and why, for the
 *       technician; may be NULL.
 *
 * Returns  CK_OK
 *          CK_ERR_CONFIG  the folder cannot be read, or a file is damaged
 *          CK_ERR_LIMIT   a file or their number is too large
 *          CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_anchors_load(struct ck_anchors **out, const char *dir,
    char text[CK_TRUST_TEXT_LEN]);

/* A set that is loaded again when its folder has changed. Start zeroed. */
struct ck_anchors_cache {
	struct ck_anchors *anchors;	/* owned; NULL: no list is installed */
	uint64_t stamp;			/* of what was loaded */
	bool loaded;
};

/*
 * Make cache->anchors what dir holds now; one that is absent or damaged is no
 * list, and one that is there but cannot be read is damaged. Some stat() calls when nothing has changed.
 *
 * text  Receives "" or what is wrong, told once for each change; may be NULL.
 */
void ck_anchors_refresh(struct ck_anchors_cache *cache, const char *dir,
    char text[CK_TRUST_TEXT_LEN]);

#endif /* READER_TRUST_FOLDER_H */
