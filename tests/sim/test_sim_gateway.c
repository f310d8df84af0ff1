/*
 * test_sim_gateway.c - the simulated gateway answers as the real one is said to
 *
 * The server runs in this process; the calls are written by hand and go over
 * a plain socket. Expected values come from gateway.md, not from the server.
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>
#include <openssl/evp.h>

#include "gateway/gateway.h"
#include "people/people.h"

#define SEED 84U
/* printf practice-password | md5sum */
#define HASH "493AF2BB7DADDA9A340A4393919FF66F"
#define LOWER_HASH "493af2bb7dadda9a340a4393919ff66f"
#define FORM "application/x-www-form-urlencoded"
#define LOOKUP "/api/egw/KQNhanLichSuKCB2024"
#define CHECKIN "/api/qd130/checkInKcbQd3176"

/* A server and one log-in to it. */
struct desk {
	struct sim_gateway *gateway;
	char access_token[512];
	char id_token[64];
};

/* An answer as it came over the line. */
struct answer {
	int status;		/* 0: closed without an answer */
	size_t announced;	/* Content-Length */
	size_t size;		/* body bytes that came */
	char *body;		/* owned, NUL-terminated */
};

/* --- plain HTTP ------------------------------------------------------------ */

static int
connect_from(uint16_t port, const char *source)
{
	struct sockaddr_in local = { .sin_family = AF_INET };
	struct sockaddr_in remote = { .sin_family = AF_INET,
		.sin_port = htons(port),
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

static void
send_request(int fd, const char *method, const char *target,
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

static struct answer
receive_answer(int fd)
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

static struct answer
call_from(struct desk *desk, const char *source, const char *target,
    const char *headers, const char *type, const char *body)
{
	int fd = connect_from(sim_gateway_port(desk->gateway), source);

	send_request(fd, "POST", target, headers, type, body);
	return receive_answer(fd);
}

static struct answer
post(struct desk *desk, const char *target, const char *type,
    const char *body)
{
	return call_from(desk, "127.0.0.1", target, "", type, body);
}

static json_t *
parse_free(struct answer answer)
{
	json_t *json = json_loads(answer.body, 0, NULL);

	free(answer.body);
	assert_non_null(json);
	return json;
}

static json_t *
get(struct desk *desk, const char *target)
{
	int fd = connect_from(sim_gateway_port(desk->gateway), "127.0.0.1");

	send_request(fd, "GET", target, "", FORM, "");
	return parse_free(receive_answer(fd));
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

static void
append_field(char *out, const char *name, const char *value)
{
	if (out[0] != '\0' && out[strlen(out) - 1] != '?')
		strcat(out, "&");
	strcat(out, name);
	strcat(out, "=");
	append_encoded(out, value);
}

/* --- a desk at the gateway ------------------------------------------------- */

static const char *
text_of(const json_t *json, const char *field)
{
	const char *text = json_string_value(json_object_get(json, field));

	return text != NULL ? text : "(null)";
}

static json_t *
take_token(struct desk *desk, const char *type, const char *body)
{
	return parse_free(post(desk, "/api/token/take", type, body));
}

static void
log_in(struct desk *desk)
{
	json_t *json = take_token(desk, FORM, "username=84001_BV&password="
	    HASH);
	json_t *key = json_object_get(json, "APIKey");

	assert_string_equal(text_of(json, "maKetQua"), "200");
	snprintf(desk->access_token, sizeof(desk->access_token), "%s",
	    text_of(key, "access_token"));
	snprintf(desk->id_token, sizeof(desk->id_token), "%s",
	    text_of(key, "id_token"));
	json_decref(json);
}

static void
write_target(const struct desk *desk, const char *path, char out[2048])
{
	snprintf(out, 2048, "%s?", path);
	append_field(out, "token", desk->access_token);
	append_field(out, "id_token", desk->id_token);
	append_field(out, "username", "84001_BV");
	append_field(out, "password", HASH);
}

struct question {
	const char *key, *name, *birth, *operator_name, *operator_number;
};

static json_t *
ask_at(struct desk *desk, const char *path, const struct question *question)
{
	char target[2048], body[2048] = "";

	write_target(desk, path, target);
	append_field(body, "maThe", question->key);
	append_field(body, "hoTen", question->name);
	append_field(body, "ngaySinh", question->birth);
	append_field(body, "hoTenCb", question->operator_name);
	append_field(body, "cccdCb", question->operator_number);
	return parse_free(post(desk, target, FORM, body));
}

static json_t *
ask(struct desk *desk, const char *key, const char *name, const char *birth)
{
	return ask_at(desk, LOOKUP, &(struct question){ key, name, birth,
	    "Nguyễn Thị Tiếp Đón", "084185000011" });
}

static struct sim_person
person_of(const char *label)
{
	struct sim_person person;

	assert_true(sim_person_find(SEED, label, &person));
	return person;
}

static void
write_birth(const struct sim_person *person, char out[32])
{
	if (person->birth.month == 0)
		snprintf(out, 32, "%04d", person->birth.year);
	else
		snprintf(out, 32, "%02d/%02d/%04d", person->birth.day,
		    person->birth.month, person->birth.year);
}

/* Ask for a person under a key with what is printed on the identity card. */
static json_t *
ask_person(struct desk *desk, const struct sim_person *person,
    const char *key)
{
	char birth[32];

	write_birth(person, birth);
	return ask(desk, key, person->full_name, birth);
}

static void
expect_code(json_t *json, const char *code)
{
	assert_string_equal(text_of(json, "maKetQua"), code);
	json_decref(json);
}

static int
start(void **state, const struct sim_gateway_config *config)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	if (desk == NULL)
		return -1;
	desk->gateway = sim_gateway_start(config);
	*state = desk;
	return desk->gateway != NULL ? 0 : -1;
}

static int
open_desk(void **state)
{
	struct sim_gateway_config config;

	sim_gateway_defaults(&config);
	return start(state, &config);
}

static int
close_desk(void **state)
{
	struct desk *desk = *state;

	sim_gateway_stop(&desk->gateway);
	free(desk);
	return 0;
}

static void
control(struct desk *desk, const char *target)
{
	struct answer answer = post(desk, target, FORM, "");

	assert_int_equal(answer.status, 200);
	free(answer.body);
}

static json_int_t
count_of(struct desk *desk, const char *field)
{
	json_t *counts = get(desk, "/sim/counts");
	json_int_t count = json_integer_value(json_object_get(counts, field));

	json_decref(counts);
	return count;
}

/* --- log-in ---------------------------------------------------------------- */

static void
tokens_have_the_published_shape(void **state)
{
	struct desk *desk = *state;
	json_t *json = take_token(desk, FORM, "username=84001_BV&password="
	    HASH);
	json_t *key = json_object_get(json, "APIKey");
	int year, month, day, hour, minute, second, end = 0;
	unsigned fraction;
	unsigned char plain[256] = { 0 };
	const char *token = text_of(key, "access_token");

	assert_int_equal(json_object_size(key), 5);
	assert_string_equal(text_of(key, "token_type"), "Bearer");
	assert_string_equal(text_of(key, "username"), "84001_BV");
	assert_int_equal(strlen(text_of(key, "id_token")), 36);
	assert_int_equal(sscanf(text_of(key, "expires_in"),
	    "%4d-%2d-%2dT%2d:%2d:%2d.%7uZ%n", &year, &month, &day, &hour,
	    &minute, &second, &fraction, &end), 7);
	assert_int_equal(end, 28);
	assert_true(EVP_DecodeBlock(plain, (const unsigned char *)token,
	    (int)strlen(token)) > 64);
	assert_int_equal(plain[64], ':');
	assert_memory_equal(plain + 64, ":84001_BV:1", 11);
	json_decref(json);
}

static void
tokens_last_ten_minutes(void **state)
{
	struct desk *desk = *state;
	json_t *json = take_token(desk, FORM, "username=84001_BV&password="
	    HASH);
	struct tm tm = { .tm_isdst = 0 };
	time_t expires;

	assert_non_null(strptime(text_of(json_object_get(json, "APIKey"),
	    "expires_in"), "%Y-%m-%dT%H:%M:%S", &tm));
	expires = timegm(&tm);
	assert_in_range(expires - time(NULL), 597, 601);
	json_decref(json);
}

static void
each_known_form_of_log_in_is_taken(void **state)
{
	struct desk *desk = *state;

	expect_code(take_token(desk, "application/json; charset=utf-8",
	    "{\"username\":\"84001_BV\",\"password\":\"" HASH "\"}"), "200");
	expect_code(take_token(desk, "application/json",
	    "{\"Username\":\"84001_BV\",\"Password\":\"" HASH "\"}"), "200");
	expect_code(take_token(desk, FORM "; charset=UTF-8",
	    "username=84001%5FBV&password=" HASH), "200");
}

static void
wrong_log_ins_are_refused(void **state)
{
	static const char *const bodies[] = {
		"", "username=84001_BV", "username=84001_BV&password=",
		"username=84002_BV&password=" HASH,
		"username=84001_BV&password=practice-password",
		"username=84001_BV&password=" LOWER_HASH,
		"username=84001_BV%00&password=" HASH
	};
	struct desk *desk = *state;
	size_t i;

	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		json_t *json = take_token(desk, FORM, bodies[i]);

		assert_true(json_is_null(json_object_get(json, "APIKey")));
		expect_code(json, "401");
	}
	expect_code(take_token(desk, "application/json", "{"), "401");
	expect_code(take_token(desk, "text/plain",
	    "username=84001_BV&password=" HASH), "401");
	assert_int_equal(count_of(desk, "token_takes"), 0);
	assert_int_equal(count_of(desk, "token_refusals"), 9);
}

static int
open_lenient_desk(void **state)
{
	struct sim_gateway_config config;

	sim_gateway_defaults(&config);
	config.lower_md5 = true;
	config.token_seconds = 0;
	config.control = false;
	return start(state, &config);
}

static void
lower_case_hashes_are_taken_where_configured(void **state)
{
	expect_code(take_token(*state, FORM, "username=84001_BV&password="
	    LOWER_HASH), "200");
}

static void
a_token_that_is_over_does_not_hold(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = person_of("code-000");

	log_in(desk); /* lives 0 seconds */
	expect_code(ask_person(desk, &person, person.number), "401");
}

static void
control_can_be_switched_off(void **state)
{
	struct answer answer = post(*state, "/sim/fail?mode=down", FORM, "");

	assert_int_equal(answer.status, 404);
	free(answer.body);
}

static void
a_token_holds_for_one_address(void **state)
{
	struct desk *desk = *state;
	char target[2048];

	log_in(desk);
	write_target(desk, LOOKUP, target);
	expect_code(parse_free(call_from(desk, "127.0.0.2", target, "", FORM,
	    "")), "401");
}

static void
a_token_holds_with_its_own_parts_only(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = person_of("code-000");
	char kept;

	log_in(desk);
	expect_code(ask_person(desk, &person, person.number), "000");
	kept = desk->id_token[0];
	desk->id_token[0] = kept == '0' ? '1' : '0';
	expect_code(ask_person(desk, &person, person.number), "401");
	desk->id_token[0] = kept;
	desk->access_token[0] = desk->access_token[0] == 'M' ? 'N' : 'M';
	expect_code(ask_person(desk, &person, person.number), "401");
	strcpy(desk->access_token, "no base64");
	expect_code(ask_person(desk, &person, person.number), "401");
}

static void
revoked_tokens_do_not_hold(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = person_of("code-000");

	log_in(desk);
	control(desk, "/sim/revoke");
	expect_code(ask_person(desk, &person, person.number), "401");
	log_in(desk);
	expect_code(ask_person(desk, &person, person.number), "000");
}

/* --- lookup ---------------------------------------------------------------- */

static void
each_person_is_answered_with_the_right_code(void **state)
{
	static const struct {
		const char *label, *code;
	} rows[] = {
		{ "code-000", "000" }, { "code-001", "001" },
		{ "code-002", "002" }, { "code-003", "003" },
		{ "code-004", "004" }, { "code-010", "010" },
		{ "code-050", "050" }, { "code-051", "051" },
		{ "code-052", "052" }, { "code-053", "053" },
		{ "code-054", "054" }, { "code-055", "055" },
		{ "code-060", "060" }, { "code-061", "061" },
		{ "code-070", "070" }, { "code-100", "100" },
		{ "code-101", "101" }, { "code-110", "110" },
		{ "code-120", "120" }, { "code-121", "121" },
		{ "code-122", "122" }, { "code-123", "123" },
		{ "code-124", "124" }, { "code-130", "130" },
		{ "code-205", "205" }, { "code-401", "401" },
		{ "code-500", "500" }, { "fallback", "050" },
		{ "moved", "121" }, { "year-only", "000" },
		{ "no-expiry", "000" }, { "child", "000" },
		{ "long-address", "000" }, { "no-address", "000" },
		{ "khmer-name", "000" }, { "unknown-code", "999" },
		{ "ends-soon", "000" }
	};
	struct desk *desk = *state;
	size_t i;

	log_in(desk);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sim_person person = person_of(rows[i].label);

		expect_code(ask_person(desk, &person, person.number),
		    rows[i].code);
	}
}

static void
a_covered_answer_has_every_field(void **state)
{
	static const char *const texts[] = {
		"ghiChu", "maThe", "hoTen", "ngaySinh", "gioiTinh", "diaChi",
		"maDKBD", "cqBHXH", "gtTheTu", "gtTheDen", "maKV",
		"ngayDu5Nam", "maSoBHXH", "maTheCu", "maTheMoi", "gtTheTuMoi",
		"gtTheDenMoi", "maDKBDMoi", "tenDKBDMoi"
	};
	struct desk *desk = *state;
	struct sim_person person = person_of("code-000");
	json_t *json, *check;
	size_t i;

	log_in(desk);
	json = ask_person(desk, &person, person.number);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_true(json_is_string(json_object_get(json, texts[i])));
	assert_string_equal(text_of(json, "maThe"), person.card.number);
	assert_string_equal(text_of(json, "maTheMoi"), person.card.number);
	assert_string_equal(text_of(json, "maSoBHXH"),
	    person.card.number + 5);
	assert_true(json_is_null(json_object_get(json, "dsLichSuKCB2018")));
	assert_int_equal(json_array_size(json_object_get(json,
	    "dsLichSuKT2018")), 1);
	check = json_array_get(json_object_get(json, "dsLichSuKT2018"), 0);
	assert_string_equal(text_of(check, "userKT"), "84001_BV");
	assert_string_equal(text_of(check, "maLoi"), "000");
	assert_int_equal(strlen(text_of(check, "thoiGianKT")), 12);
	json_decref(json);
}

static void
a_json_body_is_taken_too(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = person_of("code-000");
	char target[2048], body[1024], birth[32];

	log_in(desk);
	write_target(desk, LOOKUP, target);
	write_birth(&person, birth);
	snprintf(body, sizeof(body), "{\"maThe\":\"%s\",\"hoTen\":\"%s\","
	    "\"ngaySinh\":\"%s\",\"hoTenCb\":\"Thạch Văn Trực Ban\","
	    "\"cccdCb\":\"084085000002\"}", person.number, person.full_name,
	    birth);
	expect_code(parse_free(post(desk, target, "application/json", body)),
	    "000");
}

static void
names_and_dates_are_compared(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = person_of("code-000");
	char name[160], birth[32];

	log_in(desk);
	write_birth(&person, birth);
	snprintf(name, sizeof(name), "  %s ", person.gateway_name);
	expect_code(ask(desk, person.number, name, birth), "000");
	expect_code(ask(desk, person.number, "Ai Đó", birth), "060");
	snprintf(name, sizeof(name), "%.*s Khác",
	    (int)strcspn(person.full_name, " "), person.full_name);
	expect_code(ask(desk, person.number, name, birth), "061");
	expect_code(ask(desk, person.number, person.full_name, "01/01/1901"),
	    "070");
	expect_code(ask(desk, person.number, person.full_name, birth + 6),
	    "000");
	expect_code(ask(desk, person.number, person.full_name, birth + 3),
	    "000");
}

static void
keys_of_every_kind_are_judged(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = person_of("code-000");
	char key[24];

	log_in(desk);
	expect_code(ask_person(desk, &person, person.insurance_number),
	    "000");
	expect_code(ask_person(desk, &person, person.card.number), "000");
	snprintf(key, sizeof(key), "%sXY", person.card.number);
	expect_code(ask_person(desk, &person, key), "000");
	strcpy(key, person.card.number);
	key[0] = key[0] == 'X' ? 'Y' : 'X';
	expect_code(ask_person(desk, &person, key), "051");
	strcpy(key, person.card.number);
	key[2] = key[2] == '1' ? '2' : '1';
	expect_code(ask_person(desk, &person, key), "053");
	strcpy(key, person.card.number);
	key[4] = '5';
	expect_code(ask_person(desk, &person, key), "052");
	key[2] = '9';
	expect_code(ask_person(desk, &person, key), "051");
	expect_code(ask_person(desk, &person, "001090999999"), "050");
	expect_code(ask_person(desk, &person, "0000000001"), "050");
	expect_code(ask_person(desk, &person, "12345"), "205");
}

static void
malformed_questions_are_205(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = person_of("code-000");
	const char *number = person.number, *name = person.full_name;

	log_in(desk);
	expect_code(ask(desk, "", name, "1994"), "205");
	expect_code(ask(desk, number, " ", "1994"), "205");
	expect_code(ask(desk, number, name, ""), "205");
	expect_code(ask(desk, number, name, "05031994"), "205");
	expect_code(ask(desk, number, name, "5/3/1994"), "205");
	expect_code(ask(desk, number, name, "31/02/1994"), "205");
	expect_code(ask(desk, number, "\xff\xfe", "1994"), "205");
}

static void
operators_must_be_registered(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = person_of("code-000");
	struct question question = { person.number, person.full_name, "1994",
		"", "084185000011" };
	json_t *json;

	log_in(desk);
	json = ask_at(desk, LOOKUP, &question);
	assert_string_equal(text_of(json, "ghiChu"), "Null hoTenCb");
	assert_true(json_is_null(json_object_get(json, "maKetQua")));
	json_decref(json);
	question.operator_name = "Thạch Văn Trực Ban";
	expect_code(ask_at(desk, LOOKUP, &question), "055");
	question.operator_number = "084190000009";
	expect_code(ask_at(desk, LOOKUP, &question), "054");
}

static void
a_new_card_answers_for_itself(void **state)
{
	static const char *const rows[][2] = {
		{ "code-003", "003" }, { "code-004", "004" },
		{ "moved", "121" }
	};
	struct desk *desk = *state;
	size_t i;

	log_in(desk);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sim_person person = person_of(rows[i][0]);
		json_t *json = ask_person(desk, &person, person.number);
		char key[24];

		assert_string_equal(text_of(json, "maTheCu"), "");
		assert_string_equal(text_of(json, "maThe"),
		    person.card.number);
		snprintf(key, sizeof(key), "%s", text_of(json, "maTheMoi"));
		expect_code(json, rows[i][1]);
		assert_string_not_equal(key, person.card.number);
		json = ask_person(desk, &person, key);
		assert_string_equal(text_of(json, "maThe"), key);
		expect_code(json, "000");
	}
}

static void
the_insurance_number_succeeds_where_the_id_number_fails(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = person_of("fallback");

	log_in(desk);
	expect_code(ask_person(desk, &person, person.number), "050");
	expect_code(ask_person(desk, &person, person.insurance_number),
	    "000");
	expect_code(ask_person(desk, &person, person.card.number), "000");
}

static void
unknown_numbers_tell_nothing(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = person_of("code-050");
	json_t *json, *value;
	const char *field;

	log_in(desk);
	json = ask_person(desk, &person, person.number);
	assert_int_equal(json_object_size(json), 22);
	json_object_foreach(json, field, value) {
		if (strcmp(field, "maKetQua") != 0 &&
		    strcmp(field, "ghiChu") != 0)
			assert_true(json_is_null(value));
	}
	expect_code(json, "050");
}

static void
wrong_person_and_garbage_do_as_they_say(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = person_of("wrong-person");
	char target[2048], body[1024] = "", birth[32];
	struct answer answer;
	json_t *json;

	log_in(desk);
	json = ask_person(desk, &person, person.number);
	assert_string_not_equal(text_of(json, "maSoBHXH"),
	    person.insurance_number);
	assert_string_not_equal(text_of(json, "maSoBHXH"), "(null)");
	expect_code(json, "000");
	person = person_of("garbage");
	write_target(desk, LOOKUP, target);
	write_birth(&person, birth);
	append_field(body, "maThe", person.number);
	append_field(body, "hoTen", person.full_name);
	append_field(body, "ngaySinh", birth);
	append_field(body, "hoTenCb", "Nguyễn Thị Tiếp Đón");
	append_field(body, "cccdCb", "084185000011");
	answer = post(desk, target, FORM, body);
	assert_memory_equal(answer.body, "<html>", 6);
	free(answer.body);
}

/* --- faults ---------------------------------------------------------------- */

static struct answer
under_fault(struct desk *desk, const char *mode)
{
	char target[128];

	snprintf(target, sizeof(target), "/sim/fail?mode=%s", mode);
	control(desk, target);
	return post(desk, "/api/token/take", FORM,
	    "username=84001_BV&password=" HASH);
}

static void
faults_break_the_answer_as_named(void **state)
{
	static const struct {
		const char *mode;
		int status;
		const char *start;
	} rows[] = {
		{ "down", 0, "" }, { "http-500", 500, "<html>" },
		{ "http-401-always", 401, "" }, { "html", 200, "<html>" },
		{ "empty", 200, "" }, { "redirect", 302, "" },
		{ "garbage-json", 200, "{\"maKetQua\":\"000\"" },
		{ "wrong-types", 200, "{\"maKetQua\":0," },
		{ "token-401", 200, "{\"maKetQua\":\"401\"" },
		{ "html@lookup", 200, "{\"maKetQua\":\"200\"" },
		{ "unknown-code", 200, "{\"maKetQua\":\"200\"" },
		{ "rate=0", 200, "{\"maKetQua\":\"200\"" },
		{ "rate=1", 500, "<html>" },
		{ "none", 200, "{\"maKetQua\":\"200\"" }
	};
	struct desk *desk = *state;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct answer answer = under_fault(desk, rows[i].mode);

		assert_int_equal(answer.status, rows[i].status);
		if (rows[i].start[0] == '\0')
			assert_int_equal(answer.size, 0);
		assert_memory_equal(answer.body, rows[i].start,
		    strlen(rows[i].start));
		free(answer.body);
	}
}

static void
half_an_answer_breaks_off(void **state)
{
	struct answer answer = under_fault(*state, "half");

	assert_int_equal(answer.status, 200);
	assert_true(answer.size > 0);
	assert_int_equal(answer.size, answer.announced / 2);
	free(answer.body);
}

static void
a_huge_answer_is_huge(void **state)
{
	struct desk *desk = *state;
	int fd = connect_from(sim_gateway_port(desk->gateway), "127.0.0.1");
	char buffer[65536];
	size_t total = 0;
	ssize_t count;

	control(desk, "/sim/fail?mode=huge");
	send_request(fd, "POST", "/api/token/take", "", FORM, "");
	while ((count = recv(fd, buffer, sizeof(buffer), 0)) > 0)
		total += (size_t)count;
	close(fd);
	assert_in_range(total, 104857600, 104857600 + 1024);
}

static void
an_expired_token_is_given_out_on_request(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = person_of("code-000");

	control(desk, "/sim/fail?mode=expired-token");
	log_in(desk);
	expect_code(ask_person(desk, &person, person.number), "401");
}

static void
unknown_codes_come_on_request(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = person_of("code-000");

	log_in(desk);
	control(desk, "/sim/fail?mode=unknown-code");
	expect_code(ask_person(desk, &person, person.number), "999");
}

static void
a_fault_can_be_for_a_few_calls(void **state)
{
	struct desk *desk = *state;
	struct answer answer;
	int i;

	control(desk, "/sim/fail?mode=http-500@token&times=2");
	for (i = 0; i < 3; i++) {
		answer = post(desk, "/api/token/take", FORM,
		    "username=84001_BV&password=" HASH);
		assert_int_equal(answer.status, i < 2 ? 500 : 200);
		free(answer.body);
	}
	assert_int_equal(count_of(desk, "faults"), 2);
	assert_int_equal(count_of(desk, "calls"), 3);
}

static void
nonsense_is_no_fault(void **state)
{
	static const char *const targets[] = {
		"/sim/fail", "/sim/fail?mode=nonsense",
		"/sim/fail?mode=down@nowhere", "/sim/fail?mode=rate=2",
		"/sim/fail?mode=down&times=x", "/sim/latency?ms=-1"
	};
	size_t i;

	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		struct answer answer = post(*state, targets[i], FORM, "");

		assert_int_equal(answer.status, 400);
		free(answer.body);
	}
	log_in(*state);
}

static void
chance_is_as_likely_as_asked(void **state)
{
	struct desk *desk = *state;
	int i, failed = 0;

	control(desk, "/sim/fail?mode=rate=0.3");
	for (i = 0; i < 300; i++) {
		struct answer answer = post(desk, "/api/token/take", FORM, "");

		failed += answer.status == 500;
		free(answer.body);
	}
	assert_in_range(failed, 60, 120);
}

static double
seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
those_who_wait_do_not_hold_each_other_up(void **state)
{
	enum { CALLS = 40 };
	struct desk *desk = *state;
	double begin;
	int fds[CALLS], i;

	control(desk, "/sim/latency?ms=300");
	begin = seconds_now();
	for (i = 0; i < CALLS; i++) {
		fds[i] = connect_from(sim_gateway_port(desk->gateway),
		    "127.0.0.1");
		send_request(fds[i], "POST", "/api/token/take", "", FORM, "");
	}
	for (i = 0; i < CALLS; i++) {
		struct answer answer = receive_answer(fds[i]);

		assert_int_equal(answer.status, 200);
		free(answer.body);
	}
	assert_true(seconds_now() - begin >= 0.3);
	assert_true(seconds_now() - begin < 4);
}

static void
a_call_that_hangs_does_not_stop_the_end(void **state)
{
	struct desk *desk = *state;
	int fd = connect_from(sim_gateway_port(desk->gateway), "127.0.0.1");
	struct timeval patience = { .tv_sec = 0, .tv_usec = 200000 };
	double begin;
	char byte;

	control(desk, "/sim/fail?mode=hang");
	send_request(fd, "POST", "/api/token/take", "", FORM, "");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	assert_true(recv(fd, &byte, 1, 0) < 0);
	begin = seconds_now();
	sim_gateway_stop(&desk->gateway);
	assert_true(seconds_now() - begin < 2);
	assert_true(recv(fd, &byte, 1, 0) <= 0);
	close(fd);
}

/* --- check-in -------------------------------------------------------------- */

#define BEFORE "<CHI_TIEU_TRANG_THAI_KCB><DSACH_TRANG_THAI_KCB>" \
	"<TRANG_THAI_KCB>"
#define AFTER "</TRANG_THAI_KCB></DSACH_TRANG_THAI_KCB><CHUKYDONVI/>" \
	"</CHI_TIEU_TRANG_THAI_KCB>"
#define REST "<STT>1</STT><MA_BN>BN1</MA_BN>" \
	"<HO_TEN><![CDATA[Nguyễn Văn Mẫu]]></HO_TEN><SO_CCCD/>" \
	"<NGAY_SINH>199403050000</NGAY_SINH><GIOI_TINH>1</GIOI_TINH>" \
	"<MA_THE_BHYT/><MA_DKBD/><GT_THE_TU/><GT_THE_DEN/>" \
	"<MA_DOITUONG_KCB>1.2</MA_DOITUONG_KCB>" \
	"<NGAY_VAO>202611230731</NGAY_VAO><NGAY_VAO_NOI_TRU/><LY_DO_VNT/>" \
	"<MA_LY_DO_VNT/><MA_LOAI_KCB>01</MA_LOAI_KCB>" \
	"<MA_CSKCB>84001</MA_CSKCB><MA_DICH_VU/><TEN_DICH_VU/><MA_THUOC/>" \
	"<TEN_THUOC/><MA_VAT_TU/><TEN_VAT_TU/>" \
	"<NGAY_YL>202611230735</NGAY_YL><DU_PHONG/>"
#define GOOD BEFORE "<MA_LK>84001_1</MA_LK>" REST AFTER

static json_t *
send_form(struct desk *desk, const char *file)
{
	char headers[1024], body[16384] = "";

	snprintf(headers, sizeof(headers), "accessToken: %s\r\ntokenId: %s\r\n"
	    "passwordHash: " HASH "\r\n", desk->access_token, desk->id_token);
	append_field(body, "username", "84001_BV");
	append_field(body, "loaiHoSo", "0");
	append_field(body, "maTinh", "84");
	append_field(body, "maCSKCB", "84001");
	append_field(body, "fileHSBase64", file);
	return parse_free(call_from(desk, "127.0.0.1", CHECKIN, headers, FORM,
	    body));
}

static json_t *
send_xml(struct desk *desk, const char *xml)
{
	unsigned char file[8192];

	EVP_EncodeBlock(file, (const unsigned char *)xml, (int)strlen(xml));
	return send_form(desk, (const char *)file);
}

static void
a_check_in_is_received_and_remembered(void **state)
{
	struct desk *desk = *state;
	char transaction[64];
	json_t *json;

	log_in(desk);
	json = send_xml(desk, GOOD);
	assert_string_equal(text_of(json, "thongDiep"),
	    "Tiếp nhận thành công");
	assert_int_equal(strlen(text_of(json, "thoiGianTiepNhan")), 14);
	snprintf(transaction, sizeof(transaction), "%s",
	    text_of(json, "maGiaoDich"));
	assert_string_not_equal(transaction, "");
	expect_code(json, "200");
	json = send_xml(desk, GOOD);
	assert_string_equal(text_of(json, "maGiaoDich"), transaction);
	json_decref(json);
	json = get(desk, "/sim/check-ins");
	assert_int_equal(json_object_size(json), 1);
	assert_int_equal(json_integer_value(json_object_get(json,
	    "84001_1")), 2);
	json_decref(json);
}

static void
errors_in_a_check_in_are_named(void **state)
{
	static const struct {
		const char *xml, *code, *message;
	} rows[] = {
		{ BEFORE REST AFTER, "200",
		  "Thiếu hoặc sai thứ tự trường: MA_LK" },
		{ BEFORE "<MA_LK/>" REST AFTER, "200",
		  "Trường không được để trống: MA_LK" },
		{ BEFORE "<MA_LK>1</MA_LK>" REST "<EXTRA/>" AFTER, "200",
		  "Trường không có trong quy định: EXTRA" },
		{ "<CHI_TIEU_TRANG_THAI_KCB><DSACH_TRANG_THAI_KCB/>"
		  "<CHUKYDONVI/></CHI_TIEU_TRANG_THAI_KCB>", "200",
		  "Thiếu phần tử: TRANG_THAI_KCB" },
		{ "<OTHER/>", "202", "Nội dung tệp XML không đúng" },
		{ "<unclosed>", "201", "Tệp XML không hợp lệ" }
	};
	struct desk *desk = *state;
	json_t *json;
	size_t i;

	log_in(desk);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json = send_xml(desk, rows[i].xml);
		assert_string_equal(text_of(json, "thongDiep"),
		    rows[i].message);
		expect_code(json, rows[i].code);
	}
	expect_code(send_form(desk, "*"), "202");
	expect_code(send_form(desk, ""), "204");
	json = get(desk, "/sim/check-ins");
	assert_int_equal(json_object_size(json), 0);
	json_decref(json);
}

static void
check_ins_need_a_token(void **state)
{
	struct desk *desk = *state;

	log_in(desk);
	desk->id_token[0] = 'x';
	expect_code(send_xml(desk, GOOD), "401");
}

/* --- history, co-payment, journal ------------------------------------------ */

static void
history_takes_forms_only(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = person_of("p00500"); /* 500 % 3 = 2 */
	char target[2048], birth[32];
	json_t *json;

	log_in(desk);
	write_birth(&person, birth);
	json = ask_at(desk, "/api/egw/Lskcb2025", &(struct question){
	    person.number, person.gateway_name, birth, "Nguyễn Thị Tiếp Đón",
	    "084185000011" });
	assert_int_equal(json_array_size(json_object_get(json,
	    "dsLichSuKCB2025")), 2);
	expect_code(json, "000");
	write_target(desk, "/api/egw/Lskcb2025", target);
	expect_code(parse_free(post(desk, target, "application/json", "{}")),
	    "205");
}

static struct answer
ask_copayment(struct desk *desk, const struct sim_person *person)
{
	char headers[1024], body[1024], birth[32];

	write_birth(person, birth);
	snprintf(headers, sizeof(headers), "accessToken: %s\r\ntokenId: %s\r\n"
	    "passwordHash: " HASH "\r\n", desk->access_token, desk->id_token);
	snprintf(body, sizeof(body), "{\"username\":\"84001_BV\",\"maThe\":"
	    "\"%s\",\"hoTen\":\"%s\",\"ngaySinh\":\"%s\"}", person->number,
	    person->full_name, birth);
	return call_from(desk, "127.0.0.1", "/api/TraCuuCCT/TraCuuTienMCCT",
	    headers, "application/json", body);
}

static void
copayment_cumulates_and_refuses_without_a_word(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = person_of("p00500");
	struct answer answer;
	json_t *json, *rows;

	log_in(desk);
	json = parse_free(ask_copayment(desk, &person));
	rows = json_object_get(json, "DataCCT");
	assert_string_equal(text_of(json, "MaKetQua"), "200");
	assert_int_equal(json_array_size(rows), 2);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(
	    rows, 0), "tBNCCTLuyKe")), 825000);
	json_decref(json);
	person = person_of("code-050");
	json = parse_free(ask_copayment(desk, &person));
	assert_string_equal(text_of(json, "MaKetQua"), "204");
	assert_true(json_is_null(json_object_get(json, "DataCCT")));
	json_decref(json);
	control(desk, "/sim/revoke");
	answer = ask_copayment(desk, &person);
	assert_int_equal(answer.status, 401);
	assert_int_equal(answer.size, 0);
	free(answer.body);
}

static void
the_journal_counts_what_was_asked(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = person_of("fallback");
	json_t *json, *codes, *keys, *call;

	log_in(desk);
	json_decref(ask_person(desk, &person, person.number));
	json_decref(ask_person(desk, &person, person.insurance_number));
	json_decref(ask_person(desk, &person, person.card.number));
	json = get(desk, "/sim/counts");
	codes = json_object_get(json, "lookups_by_code");
	keys = json_object_get(json, "lookups_by_key");
	assert_int_equal(json_integer_value(json_object_get(json,
	    "lookups")), 3);
	assert_int_equal(json_integer_value(json_object_get(json,
	    "token_takes")), 1);
	assert_int_equal(json_integer_value(json_object_get(codes, "050")),
	    1);
	assert_int_equal(json_integer_value(json_object_get(codes, "000")),
	    2);
	assert_int_equal(json_integer_value(json_object_get(keys,
	    "card_number")), 1);
	json_decref(json);
	json = get(desk, "/sim/log");
	assert_int_equal(json_array_size(json), 4);
	call = json_array_get(json, 2);
	assert_string_equal(text_of(call, "path"), LOOKUP);
	assert_string_equal(text_of(call, "key"), "insurance_number");
	assert_string_equal(text_of(call, "maKetQua"), "000");
	json_decref(json);
	control(desk, "/sim/reset");
	assert_int_equal(count_of(desk, "calls"), 0);
}

static void
other_paths_and_methods_are_refused(void **state)
{
	struct desk *desk = *state;
	struct answer answer = post(desk, "/api/egw/KQNhanLichSuKCB2019",
	    FORM, "");
	int fd;

	assert_int_equal(answer.status, 404);
	free(answer.body);
	fd = connect_from(sim_gateway_port(desk->gateway), "127.0.0.1");
	send_request(fd, "GET", LOOKUP, "", FORM, "");
	answer = receive_answer(fd);
	assert_int_equal(answer.status, 405);
	free(answer.body);
}

#define AT_DESK(test) \
	cmocka_unit_test_setup_teardown(test, open_desk, close_desk)
#define AT_LENIENT_DESK(test) \
	cmocka_unit_test_setup_teardown(test, open_lenient_desk, close_desk)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		AT_DESK(tokens_have_the_published_shape),
		AT_DESK(tokens_last_ten_minutes),
		AT_DESK(each_known_form_of_log_in_is_taken),
		AT_DESK(wrong_log_ins_are_refused),
		AT_LENIENT_DESK(lower_case_hashes_are_taken_where_configured),
		AT_LENIENT_DESK(a_token_that_is_over_does_not_hold),
		AT_LENIENT_DESK(control_can_be_switched_off),
		AT_DESK(a_token_holds_for_one_address),
		AT_DESK(a_token_holds_with_its_own_parts_only),
		AT_DESK(revoked_tokens_do_not_hold),
		AT_DESK(each_person_is_answered_with_the_right_code),
		AT_DESK(a_covered_answer_has_every_field),
		AT_DESK(a_json_body_is_taken_too),
		AT_DESK(names_and_dates_are_compared),
		AT_DESK(keys_of_every_kind_are_judged),
		AT_DESK(malformed_questions_are_205),
		AT_DESK(operators_must_be_registered),
		AT_DESK(a_new_card_answers_for_itself),
		AT_DESK(the_insurance_number_succeeds_where_the_id_number_fails),
		AT_DESK(unknown_numbers_tell_nothing),
		AT_DESK(wrong_person_and_garbage_do_as_they_say),
		AT_DESK(faults_break_the_answer_as_named),
		AT_DESK(half_an_answer_breaks_off),
		AT_DESK(a_huge_answer_is_huge),
		AT_DESK(an_expired_token_is_given_out_on_request),
		AT_DESK(unknown_codes_come_on_request),
		AT_DESK(a_fault_can_be_for_a_few_calls),
		AT_DESK(nonsense_is_no_fault),
		AT_DESK(chance_is_as_likely_as_asked),
		AT_DESK(those_who_wait_do_not_hold_each_other_up),
		AT_DESK(a_call_that_hangs_does_not_stop_the_end),
		AT_DESK(a_check_in_is_received_and_remembered),
		AT_DESK(errors_in_a_check_in_are_named),
		AT_DESK(check_ins_need_a_token),
		AT_DESK(history_takes_forms_only),
		AT_DESK(copayment_cumulates_and_refuses_without_a_word),
		AT_DESK(the_journal_counts_what_was_asked),
		AT_DESK(other_paths_and_methods_are_refused)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
