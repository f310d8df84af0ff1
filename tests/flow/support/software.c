/*
 * software.c - hospital software through libcurl
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <curl/curl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "software.h"

static size_t
collect(char *bytes, size_t size, size_t count, void *ctx)
{
	struct answer *answer = ctx;
	char *grown = realloc(answer->text, answer->len + size * count + 1);

	assert_non_null(grown);
	memcpy(grown + answer->len, bytes, size * count);
	answer->text = grown;
	answer->len += size * count;
	answer->text[answer->len] = '\0';

	return size * count;
}

static size_t
read_header(char *bytes, size_t size, size_t count, void *ctx)
{
	static const char name[] = "Checkin-Receipt: ";
	struct answer *answer = ctx;
	size_t len = size * count;

	if (len > strlen(name) && strncasecmp(bytes, name,
	    strlen(name)) == 0) {
		(void)snprintf(answer->receipt, sizeof(answer->receipt),
		    "%.*s", (int)(len - strlen(name)), bytes + strlen(name));
		answer->receipt[strcspn(answer->receipt, "\r\n")] = '\0';
	}

	return len;
}

struct answer
software_post(const struct software *software, const char *path,
    const char *body, const char *const *headers)
{
	struct curl_slist *list = NULL;
	struct answer answer = { .text = calloc(1, 1) };
	CURL *curl = curl_easy_init();
	char url[2048];

	assert_non_null(curl);
	for (; *headers != NULL; headers++)
		list = curl_slist_append(list, *headers);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d%s",
	    software->port, path);
	(void)curl_easy_setopt(curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
	(void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
	(void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, read_header);
	(void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer);
	(void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 30000L);
	assert_int_equal(curl_easy_perform(curl), CURLE_OK);
	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
	curl_slist_free_all(list);
	curl_easy_cleanup(curl);
	answer.json = json_loads(answer.text, 0, NULL);

	return answer;
}

void
answer_drop(struct answer *answer)
{
	json_decref(answer->json);
	free(answer->text);
	memset(answer, 0, sizeof(*answer));
}

void
answer_expect(const struct answer *answer, const char *path,
    const char *value)
{
	if (answer->json == NULL ||
	    strcmp(view_text(answer->json, path), value) != 0)
		fail_msg("%s is not %s in HTTP %ld: %s", path, value,
		    answer->status, answer->text);
}

char *
software_escape(const char *text)
{
	char *coded = curl_easy_escape(NULL, text, 0);

	assert_non_null(coded);

	return coded;
}

void
software_date(const char *iso, char out[16])
{
	if (strlen(iso) == 10)
		(void)snprintf(out, 16, "%.2s/%.2s/%.4s", iso + 8, iso + 5,
		    iso);
	else
		(void)snprintf(out, 16, "%.4s", iso);
}

void
software_open(struct software *software, const struct world *world,
    const char *user, const char *password)
{
	char command[256], *printed = NULL;

	memset(software, 0, sizeof(*software));
	software->port = world->port;
	(void)snprintf(software->user, sizeof(software->user), "%s", user);
	(void)snprintf(command, sizeof(command), "printf %%s '%s' | openssl "
	    "dgst -md5 -r | cut -c1-32 | tr a-f A-F", password);
	assert_int_equal(world_run(world, command, &printed), 0);
	(void)snprintf(software->md5, sizeof(software->md5), "%.32s",
	    printed);
	free(printed);
}

struct answer
software_take(const struct software *software)
{
	const char *headers[] = { SOFTWARE_FORM, NULL };
	char body[256];

	(void)snprintf(body, sizeof(body), "username=%s&password=%s",
	    software->user, software->md5);

	return software_post(software, SOFTWARE_TAKE, body, headers);
}

void
software_log_in(struct software *software)
{
	struct answer answer = software_take(software);

	answer_expect(&answer, "maKetQua", "200");
	answer_expect(&answer, "APIKey.token_type", "Bearer");
	answer_expect(&answer, "APIKey.username", software->user);
	(void)snprintf(software->access, sizeof(software->access), "%s",
	    view_text(answer.json, "APIKey.access_token"));
	(void)snprintf(software->id, sizeof(software->id), "%s",
	    view_text(answer.json, "APIKey.id_token"));
	answer_drop(&answer);
}

struct answer
software_ask(const struct software *software, const char *path,
    const char *type, const char *body)
{
	const char *headers[] = { type, NULL };
	char *access = software_escape(software->access);
	char line[1024];

	(void)snprintf(line, sizeof(line), "%s?token=%s&id_token=%s"
	    "&username=%s&password=%s", path, access, software->id,
	    software->user, software->md5);
	curl_free(access);

	return software_post(software, line, body, headers);
}

struct answer
software_send(const struct software *software, const char *path,
    const char *type, const char *body)
{
	char access[600], id[160], hash[64];
	const char *headers[] = { type, access, id, hash, NULL };

	(void)snprintf(access, sizeof(access), "accessToken: %s",
	    software->access);
	(void)snprintf(id, sizeof(id), "tokenId: %s", software->id);
	(void)snprintf(hash, sizeof(hash), "passwordHash: %s",
	    software->md5);

	return software_post(software, path, body, headers);
}

char *
software_form(const struct world *world, const char *label,
    const char *clerk, const char *number, char *out, size_t size)
{
	json_t *person = world_person(world, label);
	char *name = software_escape(view_text(person, "name"));
	char *staff = software_escape(clerk);
	char birth[16];

	software_date(view_text(person, "birth"), birth);
	(void)snprintf(out, size, "maThe=%s&hoTen=%s&ngaySinh=%s&hoTenCb=%s"
	    "&cccdCb=%s", view_text(person, "number"), name, birth, staff,
	    number);
	curl_free(name);
	curl_free(staff);
	json_decref(person);

	return out;
}
