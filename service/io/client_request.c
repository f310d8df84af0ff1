/*
 * client_request.c - one request, and the way it takes, as libcurl's options
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "io/client_state.h"

/*
 * Headers of one answer, in bytes. The gateway's are under 1 KiB; without a
 * bound a hostile server could send them for ever.
 */
#define HEADERS_MAX 16384

/* An HTTP date (RFC 9110 §5.6.7) has 29 characters. */
#define DATE_MAX 48

/* --- Options -------------------------------------------------------------- */

static bool
copy_text(const char **out, const char *text)
{
	*out = NULL;
	if (text == NULL || text[0] == '\0')
		return true;
	*out = strdup(text);

	return *out != NULL;
}

static bool
copy_headers(struct ck_client_options *out, const char *const *headers)
{
	const char **lines;
	size_t i, count = 0;

	while (headers != NULL && headers[count] != NULL)
		count++;
	lines = calloc(count + 1, sizeof(*lines));
	out->headers = lines;
	for (i = 0; lines != NULL && i < count; i++) {
		if (!copy_text(&lines[i], headers[i]))
			return false;
	}

	return lines != NULL;
}

bool
ck_client_options_copy(struct ck_client_options *out,
    const struct ck_client_options *options)
{
	*out = *options;
	out->headers = NULL;

	/* All of them, so that each is ours or NULL. */
	return (int)copy_text(&out->ca_file, options->ca_file) &
	    (int)copy_text(&out->proxy, options->proxy) &
	    (int)copy_text(&out->proxy_login, options->proxy_login) &
	    (int)copy_text(&out->cert_file, options->cert_file) &
	    (int)copy_text(&out->key_file, options->key_file) &
	    (int)copy_text(&out->source_address, options->source_address) &
	    (int)copy_headers(out, options->headers);
}

static void
free_text(const char **text)
{
	char *mine = (char *)(uintptr_t)*text;

	*text = NULL;
	if (mine != NULL)
		explicit_bzero(mine, strlen(mine));
	free(mine);
}

void
ck_client_options_free(struct ck_client_options *options)
{
	const char **lines = (const char **)(uintptr_t)options->headers;
	size_t i;

	free_text(&options->ca_file);
	free_text(&options->proxy);
	free_text(&options->proxy_login);
	free_text(&options->cert_file);
	free_text(&options->key_file);
	free_text(&options->source_address);
	for (i = 0; lines != NULL && lines[i] != NULL; i++)
		free_text(&lines[i]);
	free(lines);
	options->headers = NULL;
}

/* --- What comes back ------------------------------------------------------ */

static size_t
on_body(char *bytes, size_t size, size_t count, void *ctx)
{
	struct ck_client_call *call = ctx;
	size_t len = size * count;
	size_t limit = (size_t)call->client->use.answer_max;

	if (len > limit || call->received.len > limit - len) {
		call->too_large = true;
		return 0;
	}
	if (ck_buf_append(&call->received, ck_span_of(bytes, len)) != CK_OK)
		return 0;

	return len;
}

/* The server's clock: the only one that its instants can be compared with. */
static void
note_date(struct ck_client_call *call, const char *line, size_t len)
{
	static const char name[] = "date:";
	char text[DATE_MAX] = { 0 };
	time_t seconds;

	if (len < sizeof(name) || len - sizeof(name) >= sizeof(text) ||
	    strncasecmp(line, name, sizeof(name) - 1) != 0)
		return;
	memcpy(text, line + sizeof(name) - 1, len - (sizeof(name) - 1));
	seconds = curl_getdate(text, NULL);
	if (seconds > 0)
		call->date_ms = (int64_t)seconds * 1000;
}

static size_t
on_header(char *bytes, size_t size, size_t count, void *ctx)
{
	struct ck_client_call *call = ctx;

	call->headers_len += size * count;
	if (call->headers_len > HEADERS_MAX) {
		call->too_large = true;
		return 0;
	}
	note_date(call, bytes, size * count);

	return size * count;
}

/* --- What is sent --------------------------------------------------------- */

/* Set one option, unless an earlier one failed. */
#define SET(option, value) \
	(ok = ok && curl_easy_setopt(call->easy, (option), (value)) == CURLE_OK)

static bool
set_limits(struct ck_client_call *call)
{
	const struct ck_client_options *use = &call->client->use;
	bool ok = true;

	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)use->connect_timeout_ms);
	SET(CURLOPT_TIMEOUT_MS, (long)use->timeout_ms);
	SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)use->answer_max);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_QUICK_EXIT, 1L);

	return ok;
}

static bool
set_tls(struct ck_client_call *call)
{
	const struct ck_client_options *use = &call->client->use;
	bool ok = true;

	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
	if (use->ca_file != NULL) {
		SET(CURLOPT_CAINFO, use->ca_file);
		SET(CURLOPT_PROXY_CAINFO, use->ca_file);
	}
	if (use->cert_file != NULL) {
		SET(CURLOPT_SSLCERT, use->cert_file);
		SET(CURLOPT_SSLKEY, use->key_file != NULL ? use->key_file :
		    use->cert_file);
	}

	return ok;
}

static bool
set_route(struct ck_client_call *call)
{
	const struct ck_client_options *use = &call->client->use;
	char from[80] = "host!";
	bool ok = true;

	/* "": none, whatever the environment says. */
	SET(CURLOPT_PROXY, use->proxy != NULL ? use->proxy : "");
	/* Always a tunnel: URLs hold secrets, and proxies log URLs. */
	SET(CURLOPT_HTTPPROXYTUNNEL, 1L);
	if (use->proxy_login != NULL) {
		SET(CURLOPT_PROXYUSERPWD, use->proxy_login);
		SET(CURLOPT_PROXYAUTH, (long)CURLAUTH_BASIC);
	}
	if (use->source_address != NULL) {
		strncat(from, use->source_address,
		    sizeof(from) - strlen(from) - 1);
		SET(CURLOPT_INTERFACE, from);
	}

	return ok;
}

static bool
set_request(struct ck_client_call *call, const struct ck_client_post *post)
{
	bool ok = true;

	SET(CURLOPT_PRIVATE, (char *)call);
	SET(CURLOPT_ERRORBUFFER, call->error);
	SET(CURLOPT_URL, post->url);
	if (post->content_type != NULL) {
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDS, (char *)call->body.ptr);
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
	}
	SET(CURLOPT_HTTPHEADER, call->headers);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, (void *)call);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, (void *)call);
	/* A proxy's own answer to CONNECT is not the gateway's. */
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	if (post->timeout_ms > 0)
		SET(CURLOPT_TIMEOUT_MS, (long)post->timeout_ms);

	return ok;
}

static bool
add_header(struct ck_client_call *call, const char *line)
{
	struct curl_slist *list = curl_slist_append(call->headers, line);

	if (list == NULL)
		return false;
	call->headers = list;

	return true;
}

static bool
add_lines(struct ck_client_call *call, const char *const *lines)
{
	for (; lines != NULL && *lines != NULL; lines++) {
		if (!add_header(call, *lines))
			return false;
	}

	return true;
}

static bool
add_headers(struct ck_client_call *call, const struct ck_client_post *post)
{
	char type[128] = "Content-Type: ";

	if (post->content_type != NULL)
		strncat(type, post->content_type,
		    sizeof(type) - strlen(type) - 1);

	return (post->content_type == NULL || add_header(call, type)) &&
	    add_header(call, "Accept: application/json") &&
	    add_header(call, "User-Agent: checkin") &&
	    add_header(call, "Expect:") &&
	    add_lines(call, call->client->use.headers) &&
	    add_lines(call, post->headers);
}

enum ck_err
ck_client_prepare(struct ck_client_call *call,
    const struct ck_client_post *post)
{
	if (!add_headers(call, post))
		return CK_ERR_NOMEM;
	if ((call->easy = curl_easy_init()) == NULL || !set_limits(call) ||
	    !set_tls(call) || !set_route(call) || !set_request(call, post))
		return CK_ERR_SYSTEM;

	return CK_OK;
}
