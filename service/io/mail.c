/*
 * mail.c - SMTP through libcurl
 */
#include <stdio.h>
#include <string.h>

#include "ck/log.h"
#include "io/client_state.h"
#include "io/mail.h"
#include "io/mail_text.h"

/* Bytes of a URL: a host name has at most 253 (RFC 1035 §2.3.4). */
#define URL_LEN 320

struct sending {
	CURL *easy;
	struct curl_slist *to;
	struct ck_span rest;		/* of the message */
	bool given;			/* some of it has gone to libcurl */
	char error[CURL_ERROR_SIZE];
};

static size_t
give(char *buf, size_t size, size_t count, void *ctx)
{
	struct sending *sending = ctx;
	size_t len = size * count < sending->rest.len ? size * count :
	    sending->rest.len;

	sending->given = true;
	memcpy(buf, sending->rest.ptr, len);
	sending->rest.ptr += len;
	sending->rest.len -= len;

	return len;
}

/* False: out of memory. */
static bool
list_addresses(struct sending *sending, const char *names)
{
	char address[CK_MAIL_ADDRESS_MAX + 3];
	struct curl_slist *longer;
	size_t word;

	for (names += strspn(names, " "); *names != '\0';
	    names += strspn(names, " ")) {
		word = strcspn(names, " ");
		(void)snprintf(address, sizeof(address), "<%.*s>", (int)word,
		    names);
		if ((longer = curl_slist_append(sending->to, address)) ==
		    NULL)
			return false;
		sending->to = longer;
		names += word;
	}

	return true;
}

static bool
set_line(CURL *easy, const struct ck_mail_server *server)
{
	char url[URL_LEN];
	bool v6 = strchr(server->host, ':') != NULL;

	(void)snprintf(url, sizeof(url), "%s://%s%s%s:%u",
	    server->security == CK_MAIL_TLS ? "smtps" : "smtp",
	    v6 ? "[" : "", server->host, v6 ? "]" : "",
	    (unsigned)server->port);

	return curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps") ==
	    CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_USE_SSL,
	    server->security == CK_MAIL_PLAIN ? (long)CURLUSESSL_NONE :
	    (long)CURLUSESSL_ALL) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
	    (server->ca_file[0] == '\0' || curl_easy_setopt(easy,
	    CURLOPT_CAINFO, server->ca_file) == CURLE_OK) &&
	    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
	    (long)server->timeout_ms) == CURLE_OK;
}

/* A password goes over TLS, or nowhere. */
static bool
set_login(CURL *easy, const struct ck_mail_server *server)
{
	return server->user[0] == '\0' ||
	    server->security == CK_MAIL_PLAIN ||
	    (curl_easy_setopt(easy, CURLOPT_USERNAME, server->user) ==
	    CURLE_OK && curl_easy_setopt(easy, CURLOPT_PASSWORD,
	    server->password) == CURLE_OK);
}

static bool
set_message(struct sending *sending, const char *from, const char *to)
{
	char address[CK_MAIL_ADDRESS_MAX + 3];
	CURL *easy = sending->easy;

	(void)snprintf(address, sizeof(address), "<%s>", from);

	return list_addresses(sending, to) &&
	    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, address) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, sending->to) ==
	    CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_READFUNCTION, give) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_READDATA, sending) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, sending->error) ==
	    CURLE_OK;
}

/* A code of 400 and more is the server's own word that it has not taken it,
 * even after the text. RFC 5321 §4.2.1 */
static enum ck_mail_end
end_of(const struct sending *sending, CURLcode code)
{
	long reply = 0;

	if (code == CURLE_OK)
		return CK_MAIL_TAKEN;
	(void)curl_easy_getinfo(sending->easy, CURLINFO_RESPONSE_CODE,
	    &reply);
	if (reply >= 500)
		return CK_MAIL_REFUSED;
	if (reply >= 400)
		return CK_MAIL_NOT_TAKEN;
	if (sending->given)
		return CK_MAIL_UNKNOWN;

	return code == CURLE_LOGIN_DENIED ||
	    code == CURLE_PEER_FAILED_VERIFICATION ||
	    code == CURLE_SSL_CACERT_BADFILE ||
	    code == CURLE_USE_SSL_FAILED ? CK_MAIL_REFUSED :
	    CK_MAIL_NOT_TAKEN;
}

static void
tell(const struct ck_mail_server *server, const struct sending *sending,
    CURLcode code, enum ck_mail_end end)
{
	static const char *const words[] = {
		[CK_MAIL_TAKEN] = "taken",
		[CK_MAIL_NOT_TAKEN] = "not taken, it will be tried again",
		[CK_MAIL_REFUSED] = "refused",
		[CK_MAIL_UNKNOWN] = "nobody knows whether it was taken"
	};

	if (end == CK_MAIL_TAKEN)
		ck_log(CK_LOG_INFO, "mail", "%s port %u: taken",
		    server->host, (unsigned)server->port);
	else
		ck_log(CK_LOG_WARNING, "mail", "%s port %u: %s (%s)",
		    server->host, (unsigned)server->port, words[end],
		    sending->error[0] != '\0' ? sending->error :
		    curl_easy_strerror(code));
}

enum ck_mail_end
ck_mail_send(const struct ck_mail_server *server, const char *from,
    const char *to, struct ck_span message)
{
	struct sending sending = { .rest = message };
	enum ck_mail_end end = CK_MAIL_NOT_TAKEN;
	CURLcode code = CURLE_OUT_OF_MEMORY;

	if (ck_client_start_libcurl() == CK_OK)
		sending.easy = curl_easy_init();
	if (sending.easy != NULL && set_line(sending.easy, server) &&
	    set_login(sending.easy, server) &&
	    set_message(&sending, from, to)) {
		code = curl_easy_perform(sending.easy);
		end = end_of(&sending, code);
	}
	tell(server, &sending, code, end);
	curl_easy_cleanup(sending.easy);
	curl_slist_free_all(sending.to);

	return end;
}
