/*
 * pages.h - pages, their parts and their words, from inside the program
 */
#ifndef SERVICE_HTTP_PAGES_H
#define SERVICE_HTTP_PAGES_H

#include "http/request.h"

/* Answer with the embedded file of this name; 404 when there is none. */
void ck_http_page(struct ck_request *request, const char *name);

/* Handlers: parameter 0 names the file; "vi.json". ctx is not looked at. */
void ck_http_static(void *ctx, struct ck_request *request);
void ck_http_text(void *ctx, struct ck_request *request);

#endif /* SERVICE_HTTP_PAGES_H */
