/*
 * assets.h - pages and text catalogues, embedded when the program is built
 *
 * service/web/assets.sh makes the table from service/web/static and from the
 * catalogues, so the daemon needs no files beside itself.
 */
#ifndef SERVICE_HTTP_ASSETS_H
#define SERVICE_HTTP_ASSETS_H

#include <stddef.h>
#include <stdint.h>

struct ck_asset {
	const char *name;	/* "desk.js", "vi.json" */
	const uint8_t *begin, *end;
	const char *tag;	/* changes with the content */
};

extern const struct ck_asset ck_assets[];
extern const size_t ck_assets_count;

#endif /* SERVICE_HTTP_ASSETS_H */
