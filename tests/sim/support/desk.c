/*
 * desk.c - one desk at the simulated gateway, for the tests of the gateway
 *
 * The server runs in this process; calls are written by hand and go over a
 * plain socket.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "desk.h"

int
desk_connect(const struct desk *desk, const char *source)
{
	struct sockaddr_in local = { .sin_family = AF_INET };
	struct sockaddr_in remote = { .sin_family = AF_INET,
		.sin_port = htons(sim_gateway_port(desk->gateway)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(inet_pton(AF_INET, source, &local.sin_addr), 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&local, sizeof(local)),
	    0);
	assert_int_equal(connect(fd, (struct sockaddr *)&remote,
	    sizeof(remote)), 0);
	return fd;
}

static void
send_all(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);

		if (sent <= 0)
			return; /* the answer tells */
		data += sent;
		size -= (size_t)sent;
	}
}

void
desk_send(int fd, const char *method, const char *target,
    const char *headers, const char *type, const char *body)
{
	size_t size = strlen(target) + strlen(headers) + strlen(body) + 512;
	char *text = malloc(size);

	assert_non_null(text);
	snprintf(text, size, "%s %s HTTP/1.1\r\nHost: test\r\n"
	    "Connection: close\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
	    "%s\r\n%s", method, target, type, strlen(body), headers, body);
	send_all(fd, text, strlen(text));
	free(text);
}

static char *
receive_all(int fd, size_t *size)
{
	size_t room = 65536, used = 0;
	char *text = malloc(room);
	ssize_t count;

	assert_non_null(text);
	while ((count = recv(fd, text + used, room - used - 1, 0)) > 0) {
		used += (size_t)count;
		if (room - used < 32768) {
			room *= 2;
			text = realloc(text, room);
			assert_non_null(text);
		}
	}
	text[used] = '\0';
	*size = used;
	return text;
}

struct answer
desk_receive(int fd)
{
	struct answer answer = { .status = 0 };
	size_t size;
	char *text = receive_all(fd, &size), *end, *length;

	close(fd);
	end = strstr(text, "\r\n\r\n");
	if (end == NULL) {
		answer.body = text;
		return answer;
	}
	*end = '\0';
	assert_int_equal(sscanf(text, "HTTP/1.1 %d", &answer.status), 1);
	length = strstr(text, "Content-Length:");
	if (length != NULL)
		answer.announced = strtoul(length + 15, NULL, 10);
	answer.size = size - (size_t)(end + 4 - text);
	memmove(text, end + 4, answer.size + 1);
	answer.body = text;
	return answer;
}

struct answer
desk_post(const struct desk *desk, const char *target, const char *headers,
    const char *type, const char *body)
{
	int fd = desk_connect(desk, "127.0.0.1");

	desk_send(fd, "POST", target, headers, type, body);
	return desk_receive(fd);
}

json_t *
desk_parse(struct answer answer)
{
	json_t *json = json_loads(answer.body, 0, NULL);

	free(answer.body);
	assert_non_null(json);
	return json;
}

json_t *
desk_get(const struct desk *desk, const char *target)
{
	int fd = desk_connect(desk, "127.0.0.1");

	desk_send(fd, "GET", target, "", FORM, "");
	return desk_parse(desk_receive(fd));
}

/* Percent-encode all but letters and digits; appends to out. */
static void
append_encoded(char *out, const char *text)
{
	for (out += strlen(out); *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' &&
		    (c | 0x20) <= 'z'))
			*out++ = *text;
		else
			out += sprintf(out, "%%%02X", c);
	}
	*out = '\0';
}

void
desk_append(char *out, const char *name, const char *value)
{
	if (out[0] != '\0' && out[strlen(out) - 1] != '?')
		strcat(out, "&");
	strcat(out, name);
	strcat(out, "=");
	append_encoded(out, value);
}

const char *
desk_text(const json_t *json, const char *field)
{
	const char *text = json_string_value(json_object_get(json, field));

	return text != NULL ? text : "(null)";
}

json_t *
desk_take_token(const struct desk *desk, const char *type, const char *body)
{
	return desk_parse(desk_post(desk, TAKE, "", type, body));
}

void
desk_log_in(struct desk *desk)
{
	json_t *json = desk_take_token(desk, FORM, LOG_IN);
	json_t *key = json_object_get(json, "APIKey");

	assert_string_equal(desk_text(json, "maKetQua"), "200");
	snprintf(desk->access_token, sizeof(desk->access_token), "%s",
	    desk_text(key, "access_token"));
	snprintf(desk->id_token, sizeof(desk->id_token), "%s",
	    desk_text(key, "id_token"));
	json_decref(json);
}

void
desk_target(const struct desk *desk, const char *path, char out[2048])
{
	snprintf(out, 2048, "%s?", path);
	desk_append(out, "token", desk->access_token);
	desk_append(out, "id_token", desk->id_token);
	desk_append(out, "username", "84001_BV");
	desk_append(out, "password", HASH);
}

void
desk_headers(const struct desk *desk, char out[1024])
{
	snprintf(out, 1024, "accessToken: %s\r\ntokenId: %s\r\n"
	    "passwordHash: " HASH "\r\n", desk->access_token,
	    desk->id_token);
}

json_t *
desk_ask_at(const struct desk *desk, const char *path,
    const struct question *question)
{
	char target[2048], body[2048] = "";

	desk_target(desk, path, target);
	desk_append(body, "maThe", question->key);
	desk_append(body, "hoTen", question->name);
	desk_append(body, "ngaySinh", question->birth);
	desk_append(body, "hoTenCb", question->operator_name);
	desk_append(body, "cccdCb", question->operator_number);
	return desk_parse(desk_post(desk, target, "", FORM, body));
}

json_t *
desk_ask(const struct desk *desk, const char *key, const char *name,
    const char *birth)
{
	return desk_ask_at(desk, LOOKUP, &(struct question){ key, name, birth,
	    "Nguyễn Thị Tiếp Đón", "084185000011" });
}

struct sim_person
desk_person(const char *label)
{
	struct sim_person person;

	assert_true(sim_person_find(SEED, label, &person));
	return person;
}

void
desk_birth(const struct sim_person *person, char out[32])
{
	if (person->birth.month == 0)
		snprintf(out, 32, "%04d", person->birth.year);
	else
		snprintf(out, 32, "%02d/%02d/%04d", person->birth.day,
		    person->birth.month, person->birth.year);
}

/* Ask for a person under a key with what is printed on the identity card. */
json_t *
desk_ask_person(const struct desk *desk, const struct sim_person *person,
    const char *key)
{
	char birth[32];

	desk_birth(person, birth);
	return desk_ask(desk, key, person->full_name, birth);
}

void
desk_expect(json_t *json, const char *code)
{
	assert_string_equal(desk_text(json, "maKetQua"), code);
	json_decref(json);
}

int
desk_start(void **state, const struct sim_gateway_config *config)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	if (desk == NULL)
		return -1;
	desk->gateway = sim_gateway_start(config);
	*state = desk;
	return desk->gateway != NULL ? 0 : -1;
}

int
desk_open(void **state)
{
	struct sim_gateway_config config;

	sim_gateway_defaults(&config);
	return desk_start(state, &config);
}

int
desk_close(void **state)
{
	struct desk *desk = *state;

	sim_gateway_stop(&desk->gateway);
	free(desk);
	return 0;
}

void
desk_control(const struct desk *desk, const char *target)
{
	struct answer answer = desk_post(desk, target, "", FORM, "");

	assert_int_equal(answer.status, 200);
	free(answer.body);
}

json_int_t
desk_count(const struct desk *desk, const char *field)
{
	json_t *counts = desk_get(desk, "/sim/counts");
	json_int_t count = json_integer_value(json_object_get(counts, field));

	json_decref(counts);
	return count;
}

