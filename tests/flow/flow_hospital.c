/*
 * flow_hospital.c - a hospital whose software goes through us all day
 *
 * Token, lookup, history, co-payment and check-in; two people of its staff at
 * once; the desk beside it. What the gateway sent is known from the simulated
 * gateway's own journal, by the SHA-256 of its bytes and the account that
 * asked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <curl/curl.h>
#include <openssl/evp.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "support/desk.h"
#include "support/software.h"
#include "support/world.h"

#define FIRST "84001_084190000077"
#define SECOND "84001_084190000088"
#define PASSWORD "his-password"
#define STAFF "Mềm"
#define STAFF_NUMBER "084190000077"

#define SETTINGS "[proxy]\nenabled = yes\n[lookup]\nbudget_ms = 2500\n" \
	"[gateway]\ntimeout_ms = 5000\nconnect_timeout_ms = 1000\n" \
	"check_in_timeout_ms = 1500\nhistory_timeout_ms = 3000\n" \
	"copayment_timeout_ms = 3000\n" \
	"failures_max = 100\nbackoff_ms = 100\nbackoff_max_ms = 100\n" \
	"[check_in]\nlevel = 2025-01-01 primary\nbackoff_ms = 600000\n" \
	"backoff_max_ms = 600000\n"

static struct world world;
static struct software first, second;

static int
open_world(void **state)
{
	(void)state;
	assert_int_equal(setenv("SIM_GATEWAY_OPTIONS", "--account 84001_BV:"
	    "practice-password --account " FIRST ":" PASSWORD " --account "
	    SECOND ":another-one --operator " STAFF ":" STAFF_NUMBER, 1), 0);
	assert_int_equal(curl_global_init(CURL_GLOBAL_DEFAULT), 0);
	world_open(&world);
	world_daemon_start(&world, SETTINGS);
	software_open(&first, &world, FIRST, PASSWORD);
	software_open(&second, &world, SECOND, "another-one");

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&world);
	curl_global_cleanup();

	return 0;
}

static int
calm_gateway(void **state)
{
	(void)state;
	world_gateway_fail(&world, "none");

	return 0;
}

/* --- What the gateway says it was asked ----------------------------------- */

static json_t *
journal(void)
{
	struct reply reply = world_gateway(&world, "GET", "/sim/log");
	json_t *calls = json_incref(reply.json);

	reply_free(&reply);
	assert_true(json_is_array(calls));

	return calls;
}

static size_t
calls_to(const char *path)
{
	json_t *calls = journal(), *call;
	size_t i, count = 0;

	json_array_foreach(calls, i, call)
		count += strcmp(view_text(call, "path"), path) == 0;
	json_decref(calls);

	return count;
}

static void
digest_of(const struct answer *answer, char out[65])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	size_t i;

	assert_int_equal(EVP_Digest(answer->text, answer->len, digest, NULL,
	    EVP_sha256(), NULL), 1);
	for (i = 0; i < 32; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

/* The gateway sent these very bytes to this account on this path. */
static void
expect_sent(const struct answer *answer, const char *path,
    const char *account)
{
	json_t *calls = journal(), *call;
	char digest[65];
	bool found = false;
	size_t i;

	digest_of(answer, digest);
	json_array_foreach(calls, i, call) {
		if (strcmp(view_text(call, "path"), path) != 0 ||
		    strcmp(view_text(call, "account"), account) != 0 ||
		    strcmp(view_text(call, "answer_sha256"), digest) != 0)
			continue;
		found = true;
		assert_int_equal(answer->status, json_integer_value(
		    json_object_get(call, "status")));
	}
	json_decref(calls);
	if (!found)
		fail_msg("%s never sent: %s", path, answer->text);
}

/* --- Check-ins ------------------------------------------------------------ */

/* Today, "20261126". */
static void
today(char out[9])
{
	time_t now = time(NULL) + 7 * 3600;
	struct tm tm;

	assert_non_null(gmtime_r(&now, &tm));
	(void)strftime(out, 9, "%Y%m%d", &tm);
}

/* XML0 of this person's first cost under this MA_LK, as a program writes it. */
static void
write_file(const char *label, const char *episode, char *out, size_t size)
{
	json_t *person = world_person(&world, label);
	const char *birth = view_text(person, "birth");
	char day[9];

	today(day);
	(void)snprintf(out, size, "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
	    "\r\n<CHI_TIEU_TRANG_THAI_KCB><DSACH_TRANG_THAI_KCB>"
	    "<TRANG_THAI_KCB>\r\n<MA_LK>%s</MA_LK><STT>1</STT>"
	    "<MA_BN>HIS1</MA_BN><HO_TEN><![CDATA[%s]]></HO_TEN>"
	    "<SO_CCCD>%s</SO_CCCD><NGAY_SINH>%.4s%.2s%.2s0000</NGAY_SINH>"
	    "<GIOI_TINH>1</GIOI_TINH><MA_THE_BHYT>%s</MA_THE_BHYT>"
	    "<MA_DKBD>84001</MA_DKBD><GT_THE_TU>20260101</GT_THE_TU>"
	    "<GT_THE_DEN>20261231</GT_THE_DEN>"
	    "<MA_DOITUONG_KCB>1.2</MA_DOITUONG_KCB>"
	    "<NGAY_VAO>%s0731</NGAY_VAO><NGAY_VAO_NOI_TRU/><LY_DO_VNT/>"
	    "<MA_LY_DO_VNT/><MA_LOAI_KCB>01</MA_LOAI_KCB>"
	    "<MA_CSKCB>84001</MA_CSKCB><MA_DICH_VU>02.1896</MA_DICH_VU>"
	    "<TEN_DICH_VU>Khám &amp; tư vấn</TEN_DICH_VU><MA_THUOC/>"
	    "<TEN_THUOC/><MA_VAT_TU/><TEN_VAT_TU/>"
	    "<NGAY_YL>%s0735</NGAY_YL><DU_PHONG/>\r\n</TRANG_THAI_KCB>"
	    "</DSACH_TRANG_THAI_KCB><CHUKYDONVI/>"
	    "</CHI_TIEU_TRANG_THAI_KCB>", episode, view_text(person, "name"),
	    view_text(person, "number"), birth, birth + 5, birth + 8,
	    view_text(person, "card.number"), day, day);
	json_decref(person);
}

static void
write_check_in(const char *label, const char *episode, const char *user,
    char *out, size_t size)
{
	char file[4096];
	unsigned char coded[8192];
	char *escaped;

	write_file(label, episode, file, sizeof(file));
	(void)EVP_EncodeBlock(coded, (unsigned char *)file,
	    (int)strlen(file));
	escaped = software_escape((char *)coded);
	(void)snprintf(out, size, "username=%s&loaiHoSo=0&maTinh=84"
	    "&maCSKCB=84001&fileHSBase64=%s&chukydonvi=", user, escaped);
	curl_free(escaped);
}

static struct answer
check_in(const struct software *software, const char *label,
    const char *episode)
{
	char body[16384];

	write_check_in(label, episode, software->user, body, sizeof(body));

	return software_send(software, SOFTWARE_CHECK_IN, SOFTWARE_FORM,
	    body);
}

/* How often this MA_LK has arrived. */
static long
arrived(const char *episode)
{
	struct reply reply = world_gateway(&world, "GET", "/sim/check-ins");
	long count = (long)json_integer_value(json_object_get(reply.json,
	    episode));

	reply_free(&reply);

	return count;
}

/* --- What the desk does --------------------------------------------------- */

static json_t *
ask(const char *method, const char *path, const char *body, long status)
{
	struct reply reply = world_http(&world, method, path, body, NULL);
	json_t *json;

	if (reply.status != status)
		fail_msg("%s %s: HTTP %ld, not %ld: %s", method, path,
		    reply.status, status, reply.text);
	json = json_incref(reply.json);
	reply_free(&reply);

	return json;
}

/* A code at the desk, to its answer and until it is counted. lookup receives
 * its id. */
static void
scan(const char *label, char lookup[64])
{
	long before = world_stat(&world, "lookups", "total");
	json_t *view;
	int tries;

	desk_scan(&world, "ban-1", label, "qr");
	view = world_wait(&world, 20000, "phase", "answered", NULL);
	(void)snprintf(lookup, 64, "%s", view_text(view, "lookup.id"));
	json_decref(view);
	desk_post(&world, "ban-1", "reset", "{}", 204);
	for (tries = 0; tries < 600 &&
	    world_stat(&world, "lookups", "total") == before; tries++)
		(void)usleep(50 * 1000);
	world_stat_is(&world, "lookups", "total", before + 1);
}

static void
admit(const char *lookup, char id[64])
{
	char body[256];
	json_t *json;

	(void)snprintf(body, sizeof(body), "{\"lookup\":\"%s\",\"operator\":\""
	    WORLD_OPERATOR "\",\"desk\":\"ban-1\"}", lookup);
	json = ask("POST", "/v1/check-ins", body, 201);
	(void)snprintf(id, 64, "%s", view_text(json, "id"));
	json_decref(json);
}

static json_t *
notice(const char *id, const char *episode, long status)
{
	char path[128], body[512], day[9];

	today(day);
	(void)snprintf(path, sizeof(path), "/v1/check-ins/%s/notices", id);
	(void)snprintf(body, sizeof(body), "{\"fields\":{\"MA_LK\":\"%s\","
	    "\"MA_BN\":\"BN1\",\"MA_DICH_VU\":\"02.1896\","
	    "\"TEN_DICH_VU\":\"Khám\",\"NGAY_YL\":\"%s2359\"}}", episode, day);

	return ask("POST", path, body, status);
}

/* The last notice of a check-in, once it is in this state. */
static json_t *
wait_notice(const char *id, const char *state)
{
	char path[128];
	json_t *json = NULL, *all, *last;
	int tries;

	(void)snprintf(path, sizeof(path), "/v1/check-ins/%s", id);
	for (tries = 0; tries < 600; tries++) {
		json_decref(json);
		json = ask("GET", path, NULL, 200);
		all = json_object_get(json, "notices");
		last = json_array_get(all, json_array_size(all) - 1);
		if (last != NULL &&
		    strcmp(view_text(last, "state"), state) == 0) {
			json_incref(last);
			json_decref(json);
			return last;
		}
		(void)usleep(50 * 1000);
	}
	fail_msg("%s is not %s: %s", id, state,
	    json_dumps(json, JSON_COMPACT));

	return NULL;
}

/* --- The tests ------------------------------------------------------------ */

static struct answer
ask_copayment(const struct software *software, const char *label,
    const char *more)
{
	json_t *person = world_person(&world, label);
	char body[1024], birth[16];

	software_date(view_text(person, "birth"), birth);
	(void)snprintf(body, sizeof(body), "{\"username\":\"%s\",\"maThe\":"
	    "\"%s\",\"hoTen\":\"%s%s\",\"ngaySinh\":\"%s\"}", software->user,
	    view_text(person, "number"), view_text(person, "name"), more,
	    birth);
	json_decref(person);

	return software_send(software, SOFTWARE_COPAYMENT, SOFTWARE_JSON,
	    body);
}

static void
every_function_comes_back_byte_for_byte(void **state)
{
	struct answer answer;
	char body[1024];

	(void)state;
	software_log_in(&first);
	software_form(&world, "code-000", STAFF, STAFF_NUMBER, body,
	    sizeof(body));
	answer = software_ask(&first, SOFTWARE_LOOKUP, SOFTWARE_FORM, body);
	answer_expect(&answer, "maKetQua", "000");
	expect_sent(&answer, SOFTWARE_LOOKUP, FIRST);
	assert_string_not_equal(answer.receipt, "");
	answer_drop(&answer);
	answer = software_ask(&first, SOFTWARE_HISTORY, SOFTWARE_FORM, body);
	answer_expect(&answer, "maKetQua", "000");
	expect_sent(&answer, SOFTWARE_HISTORY, FIRST);
	assert_string_not_equal(answer.receipt, "");
	answer_drop(&answer);
	answer = ask_copayment(&first, "code-000", "");
	assert_non_null(json_object_get(answer.json, "MaKetQua"));
	expect_sent(&answer, SOFTWARE_COPAYMENT, FIRST);
	answer_drop(&answer);
	answer = check_in(&first, "p00310", "HIS-310");
	answer_expect(&answer, "maKetQua", "200");
	answer_expect(&answer, "thongDiep", "Tiếp nhận thành công");
	expect_sent(&answer, SOFTWARE_CHECK_IN, FIRST);
	answer_drop(&answer);
	assert_int_equal(arrived("HIS-310"), 1);
}

/* Statement and commitment, as docs/receipts.md says; nothing personal where
 * only a commitment is promised. */
static void
each_call_has_a_receipt(void **state)
{
	struct answer answer;
	json_t *receipt, *person = world_person(&world, "p00311");
	char path[128], body[16384], line[2048];
	const char *statement, *salt;
	FILE *file;

	(void)state;
	software_log_in(&first);
	answer = check_in(&first, "p00311", "HIS-311");
	(void)snprintf(path, sizeof(path), "/v1/receipts/%s",
	    answer.receipt);
	receipt = ask("GET", path, NULL, 200);
	assert_string_equal(view_text(receipt, "about"), "forwarded");
	statement = view_text(receipt, "statement");
	assert_non_null(strstr(statement, "function: check_in\naccount: "
	    FIRST "\nforwarded_state: accepted\n"));
	(void)snprintf(line, sizeof(line), "answer_transaction: %s\n",
	    view_text(answer.json, "maGiaoDich"));
	assert_non_null(strstr(statement, line));
	assert_non_null(strstr(statement, "MA_LK: HIS-311\n"));
	assert_non_null(strstr(statement, "call_host: 127.0.0.1:"));
	assert_non_null(strstr(statement, "software: checkind "));
	/* The question's bytes are those that were sent. */
	write_check_in("p00311", "HIS-311", FIRST, body, sizeof(body));
	(void)snprintf(path, sizeof(path), "%s/question", world.dir);
	file = fopen(path, "we");
	assert_non_null(file);
	(void)fputs(body, file);
	(void)fclose(file);
	salt = strstr(statement, "commitment_salt: ");
	assert_non_null(salt);
	(void)snprintf(line, sizeof(line), "{ printf 'checkin forwarded "
	    "commitment 1\\0'; printf %%s %.32s | perl -ne 'print pack(\"H*\", "
	    "$_)'; cat %s; } | sha256sum | cut -c1-64 | grep -qF \"$(printf "
	    "%%s '%.64s')\"", salt + 17, path,
	    strstr(statement, "question_commitment: ") + 21);
	assert_int_equal(world_run(&world, line, NULL), 0);
	json_decref(receipt);
	answer_drop(&answer);
	software_form(&world, "p00311", STAFF, STAFF_NUMBER, body,
	    sizeof(body));
	answer = software_ask(&first, SOFTWARE_HISTORY, SOFTWARE_FORM, body);
	(void)snprintf(path, sizeof(path), "/v1/receipts/%s",
	    answer.receipt);
	receipt = ask("GET", path, NULL, 200);
	statement = view_text(receipt, "statement");
	assert_non_null(strstr(statement, "function: history\n"));
	assert_non_null(strstr(statement, "answer_commitment: "));
	assert_null(strstr(statement, view_text(person, "number")));
	assert_null(strstr(statement, view_text(person, "name")));
	json_decref(receipt);
	answer_drop(&answer);
	json_decref(person);
	assert_int_equal(world_run(&world, "$BIN/checkin -c "
	    "$DIR/checkind.conf receipt verify", NULL), 0);
}

#define ROUNDS 12

/* One of two programs that ask at the same time. */
struct busy {
	struct software software;
	const char *prefix;
	char digests[ROUNDS][65];
	char bodies[ROUNDS][1024];
};

static void *
be_busy(void *ctx)
{
	struct busy *busy = ctx;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		struct answer answer = software_ask(&busy->software,
		    SOFTWARE_LOOKUP, SOFTWARE_FORM, busy->bodies[i]);

		digest_of(&answer, busy->digests[i]);
		answer_drop(&answer);
	}

	return NULL;
}

static void
prepare_busy(struct busy *busy, struct software *software, int from)
{
	char label[16];
	int i;

	software_log_in(software);
	busy->software = *software;
	for (i = 0; i < ROUNDS; i++) {
		(void)snprintf(label, sizeof(label), "p%05d", from + i);
		software_form(&world, label, STAFF, STAFF_NUMBER,
		    busy->bodies[i], sizeof(busy->bodies[i]));
	}
}

/* Each answer that one program got was sent to its own account alone. */
static void
expect_own(const struct busy *busy, json_t *calls)
{
	json_t *call;
	size_t i;
	int k, found = 0;

	for (k = 0; k < ROUNDS; k++) {
		json_array_foreach(calls, i, call) {
			if (strcmp(view_text(call, "answer_sha256"),
			    busy->digests[k]) != 0)
				continue;
			assert_string_equal(view_text(call, "account"),
			    busy->software.user);
			found++;
			break;
		}
	}
	assert_int_equal(found, ROUNDS);
}

static void
two_accounts_at_once_never_mix(void **state)
{
	static struct busy one, two;
	pthread_t threads[2];
	json_t *calls;

	(void)state;
	prepare_busy(&one, &first, 400);
	prepare_busy(&two, &second, 500);
	assert_int_equal(pthread_create(&threads[0], NULL, be_busy, &one), 0);
	assert_int_equal(pthread_create(&threads[1], NULL, be_busy, &two), 0);
	assert_int_equal(pthread_join(threads[0], NULL), 0);
	assert_int_equal(pthread_join(threads[1], NULL), 0);
	calls = journal();
	expect_own(&one, calls);
	expect_own(&two, calls);
	json_decref(calls);
}

static void
a_session_of_one_account_is_none_of_the_others(void **state)
{
	struct software mixed;
	struct answer answer;
	char body[1024];
	size_t before;

	(void)state;
	software_log_in(&first);
	software_log_in(&second);
	software_form(&world, "code-000", STAFF, STAFF_NUMBER, body,
	    sizeof(body));
	before = calls_to(SOFTWARE_LOOKUP);
	mixed = second;
	memcpy(mixed.access, first.access, sizeof(mixed.access));
	answer = software_ask(&mixed, SOFTWARE_LOOKUP, SOFTWARE_FORM, body);
	answer_expect(&answer, "maKetQua", "401");
	answer_drop(&answer);
	answer = check_in(&mixed, "p00312", "HIS-312");
	answer_expect(&answer, "maKetQua", "401");
	answer_drop(&answer);
	assert_int_equal(calls_to(SOFTWARE_LOOKUP), before);
	assert_int_equal(arrived("HIS-312"), 0);
}

/* The desk's code and the software's question, in either order. */
static void
desk_and_software_see_one_visit(void **state)
{
	static const char *const labels[] = { "p00320", "p00321" };
	struct answer answer;
	char body[1024], lookup[64];
	int i;

	(void)state;
	software_log_in(&first);
	for (i = 0; i < 2; i++) {
		long visits = world_stat(&world, "visits", "total");
		long cccd = world_stat(&world, "cccd", "total");

		software_form(&world, labels[i], STAFF, STAFF_NUMBER, body,
		    sizeof(body));
		if (i == 0)
			scan(labels[i], lookup);
		answer = software_ask(&first, SOFTWARE_LOOKUP, SOFTWARE_FORM,
		    body);
		/* The visit was asked about already: from the answer then. */
		if (i == 0)
			assert_non_null(strstr(view_text(answer.json,
			    "ghiChu"), "theo câu trả lời của Cổng lúc "));
		else
			expect_sent(&answer, SOFTWARE_LOOKUP, FIRST);
		answer_drop(&answer);
		if (i == 1)
			scan(labels[i], lookup);
		world_stat_is(&world, "visits", "total", visits + 1);
		world_stat_is(&world, "cccd", "total", cccd + 1);
	}
}

/* Ours waits after a doubtful try; theirs is taken; ours is sent no more. */
static void
what_the_software_sent_we_do_not_send_again(void **state)
{
	struct answer answer;
	char lookup[64], id[64], path[128];
	size_t before = calls_to(SOFTWARE_CHECK_IN);
	json_t *last;

	(void)state;
	software_log_in(&first);
	scan("p00322", lookup);
	admit(lookup, id);
	world_gateway_fail(&world, "unknown-code@checkin&times=1");
	json_decref(notice(id, "OURS-322", 201));
	while (calls_to(SOFTWARE_CHECK_IN) == before)
		(void)usleep(50 * 1000);
	json_decref(wait_notice(id, "pending"));
	answer = check_in(&first, "p00322", "HIS-322");
	answer_expect(&answer, "maKetQua", "200");
	last = wait_notice(id, "sent_by_hospital_software");
	assert_string_equal(view_text(last, "transaction"),
	    view_text(answer.json, "maGiaoDich"));
	assert_string_equal(view_text(last, "fields.MA_LK"), "HIS-322");
	json_decref(last);
	answer_drop(&answer);
	/* Not after a restart either; and a clerk cannot send it again. */
	assert_int_equal(world_daemon_stop(&world, SIGKILL), SIGKILL);
	world_daemon_start(&world, SETTINGS);
	json_decref(wait_notice(id, "sent_by_hospital_software"));
	json_decref(notice(id, "HIS-322", 409));
	assert_int_equal(arrived("OURS-322"), 0);
	assert_int_equal(arrived("HIS-322"), 1);
	(void)snprintf(path, sizeof(path), "/v1/check-ins/%s/receipt", id);
	last = ask("GET", path, NULL, 200);
	assert_non_null(strstr(view_text(last, "statement"),
	    "notice_state: sent_by_hospital_software\n"));
	json_decref(last);
	assert_int_equal(world_run(&world, "$BIN/checkin -c "
	    "$DIR/checkind.conf receipt verify", NULL), 0);
}

static void
whoever_is_admitted_later_is_shown_what_was_sent(void **state)
{
	struct answer answer;
	char lookup[64], id[64];

	(void)state;
	software_log_in(&first);
	answer = check_in(&first, "p00323", "HIS-323");
	answer_expect(&answer, "maKetQua", "200");
	scan("p00323", lookup);
	admit(lookup, id);
	json_decref(wait_notice(id, "sent_by_hospital_software"));
	answer_drop(&answer);
}

/* The gateway decides, not we. */
static void
after_ours_theirs_is_passed_on(void **state)
{
	struct answer answer;
	char lookup[64], id[64], transaction[64];
	json_t *last;

	(void)state;
	software_log_in(&first);
	scan("p00324", lookup);
	admit(lookup, id);
	json_decref(notice(id, "LK-324", 201));
	last = wait_notice(id, "accepted");
	(void)snprintf(transaction, sizeof(transaction), "%s",
	    view_text(last, "transaction"));
	json_decref(last);
	answer = check_in(&first, "p00324", "LK-324");
	answer_expect(&answer, "maKetQua", "200");
	expect_sent(&answer, SOFTWARE_CHECK_IN, FIRST);
	answer_drop(&answer);
	assert_int_equal(arrived("LK-324"), 2);
	last = wait_notice(id, "accepted");
	assert_string_equal(view_text(last, "transaction"), transaction);
	json_decref(last);
}

/* Never a word that could be taken for an acceptance. */
static void
an_outage_is_told_honestly(void **state)
{
	struct answer answer;
	json_t *receipt;
	char path[128];

	(void)state;
	software_log_in(&first);
	world_gateway_fail(&world, "down");
	answer = check_in(&first, "p00325", "HIS-325");
	answer_expect(&answer, "maKetQua", "500");
	answer_expect(&answer, "maGiaoDich", "");
	assert_non_null(strstr(view_text(answer.json, "thongDiep"),
	    "[Trạm tiếp nhận trả lời thay Cổng]"));
	assert_non_null(strstr(view_text(answer.json, "thongDiep"), "CHƯA"));
	(void)snprintf(path, sizeof(path), "/v1/receipts/%s",
	    answer.receipt);
	receipt = ask("GET", path, NULL, 200);
	assert_null(strstr(view_text(receipt, "statement"), "accepted"));
	assert_non_null(strstr(view_text(receipt, "statement"),
	    "\ncall_failure: "));
	assert_non_null(strstr(view_text(receipt, "statement"),
	    "\ncall_host: 127.0.0.1:"));
	json_decref(receipt);
	answer_drop(&answer);
	/* Taken, and then the answer breaks off: nobody can know. */
	world_gateway_fail(&world, "half@checkin&times=1");
	answer = check_in(&first, "p00325", "HIS-325");
	answer_expect(&answer, "maKetQua", "500");
	assert_non_null(strstr(view_text(answer.json, "thongDiep"),
	    "CHƯA RÕ"));
	answer_drop(&answer);
}

static void
a_card_is_not_asked_about_again_and_again(void **state)
{
	struct answer answer;
	size_t before;

	(void)state;
	software_log_in(&first);
	software_log_in(&second);
	answer = ask_copayment(&first, "p00330", "");
	expect_sent(&answer, SOFTWARE_COPAYMENT, FIRST);
	assert_null(strstr(answer.text, "Trạm tiếp nhận"));
	answer_drop(&answer);
	before = calls_to(SOFTWARE_COPAYMENT);
	answer = ask_copayment(&first, "p00330", "");
	assert_int_equal(answer.status, 200);
	assert_non_null(strstr(view_text(answer.json, "GhiChu"),
	    "[Trạm tiếp nhận trả lời thay Cổng, theo câu trả lời của Cổng "
	    "lúc "));
	assert_non_null(json_object_get(answer.json, "DataCCT"));
	answer_drop(&answer);
	assert_int_equal(calls_to(SOFTWARE_COPAYMENT), before);
	/* Another question, and another account, are passed on. */
	answer = ask_copayment(&first, "p00330", " X");
	answer_drop(&answer);
	answer = ask_copayment(&second, "p00330", "");
	expect_sent(&answer, SOFTWARE_COPAYMENT, SECOND);
	answer_drop(&answer);
	assert_int_equal(calls_to(SOFTWARE_COPAYMENT), before + 2);
	/* No answer came: not asked again at once, and said so. */
	world_gateway_fail(&world, "half@history&times=1");
	answer = ask_copayment(&first, "p00331", "");
	answer_drop(&answer);
	answer = ask_copayment(&first, "p00331", "");
	answer_expect(&answer, "MaKetQua", "500");
	assert_non_null(strstr(view_text(answer.json, "GhiChu"),
	    "hỏi lại sau"));
	answer_drop(&answer);
	assert_int_equal(calls_to(SOFTWARE_COPAYMENT), before + 3);
}

/* What went through is counted with the calls to the gateway. */
static void
calls_are_counted(void **state)
{
	static const char name[] =
	    "\ncheckin_gateway_requests_total{result=\"ok\"} ";
	struct reply before = world_http(&world, "GET", "/metrics", NULL,
	    NULL);
	long calls = world_stat(&world, "calls", "total");
	struct reply after;
	struct answer answer;

	(void)state;
	software_log_in(&first);
	answer = check_in(&first, "p00332", "HIS-332");
	answer_drop(&answer);
	after = world_http(&world, "GET", "/metrics", NULL, NULL);
	assert_non_null(strstr(before.text, name));
	assert_int_equal(strtol(strstr(after.text, name) + strlen(name),
	    NULL, 10), strtol(strstr(before.text, name) + strlen(name),
	    NULL, 10) + 1);
	/* A check-in is no card lookup: not in the series. */
	world_stat_is(&world, "calls", "total", calls);
	reply_free(&before);
	reply_free(&after);
}

static void
an_account_is_known_after_a_restart_in_an_outage(void **state)
{
	struct software stranger = first;
	struct answer answer;
	char body[1024];

	(void)state;
	software_log_in(&first);
	software_form(&world, "code-000", STAFF, STAFF_NUMBER, body,
	    sizeof(body));
	answer = software_ask(&first, SOFTWARE_LOOKUP, SOFTWARE_FORM, body);
	answer_drop(&answer);
	(void)world_daemon_stop(&world, SIGTERM);
	world_gateway_fail(&world, "down");
	world_daemon_start(&world, SETTINGS);
	software_log_in(&first);
	answer = software_ask(&first, SOFTWARE_LOOKUP, SOFTWARE_FORM, body);
	answer_expect(&answer, "maKetQua", "000");
	assert_non_null(strstr(view_text(answer.json, "ghiChu"),
	    "[Trạm tiếp nhận trả lời thay Cổng, theo câu trả lời của Cổng "
	    "lúc "));
	answer_drop(&answer);
	/* Neither a wrong password nor a name that was never accepted. */
	memset(stranger.md5, '0', 32);
	answer = software_take(&stranger);
	assert_string_not_equal(view_text(answer.json, "maKetQua"), "200");
	answer_drop(&answer);
	stranger = first;
	(void)snprintf(stranger.user, sizeof(stranger.user), "84001_X");
	answer = software_take(&stranger);
	assert_string_not_equal(view_text(answer.json, "maKetQua"), "200");
	answer_drop(&answer);
	/* Refused by the gateway: forgotten, for the next outage too. */
	world_gateway_fail(&world, "token-401");
	(void)world_daemon_stop(&world, SIGTERM);
	world_daemon_start(&world, SETTINGS);
	answer = software_take(&first);
	answer_expect(&answer, "maKetQua", "401");
	answer_drop(&answer);
	(void)world_daemon_stop(&world, SIGTERM);
	world_gateway_fail(&world, "down");
	world_daemon_start(&world, SETTINGS);
	answer = software_take(&first);
	assert_string_not_equal(view_text(answer.json, "maKetQua"), "200");
	answer_drop(&answer);
}

#define CALM(fn) cmocka_unit_test_setup(fn, calm_gateway)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CALM(every_function_comes_back_byte_for_byte),
		CALM(each_call_has_a_receipt),
		CALM(two_accounts_at_once_never_mix),
		CALM(a_session_of_one_account_is_none_of_the_others),
		CALM(desk_and_software_see_one_visit),
		CALM(what_the_software_sent_we_do_not_send_again),
		CALM(whoever_is_admitted_later_is_shown_what_was_sent),
		CALM(after_ours_theirs_is_passed_on),
		CALM(an_outage_is_told_honestly),
		CALM(a_card_is_not_asked_about_again_and_again),
		CALM(calls_are_counted),
		CALM(an_account_is_known_after_a_restart_in_an_outage),
	};

	return cmocka_run_group_tests_name("hospital", tests, open_world,
	    close_world);
}
