/*
 * test_sim_gateway_faults.c - the simulated gateway breaks as it is told
 *
 * Broken answers are read byte by byte from a plain socket.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "support/desk.h"

static struct answer
under_fault(struct desk *desk, const char *mode)
{
	char target[128];

	snprintf(target, sizeof(target), "/sim/fail?mode=%s", mode);
	desk_control(desk, target);
	return desk_post(desk, TAKE, "", FORM,
	    LOG_IN);
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
		{ "address-403", 403, "<html>" },
		{ "locked", 200, "{\"maKetQua\":\"401\"" },
		{ "restricted", 200, "{\"maKetQua\":\"200\"" },
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
	int fd = desk_connect(desk, "127.0.0.1");
	char buffer[65536];
	size_t total = 0;
	ssize_t count;

	desk_control(desk, "/sim/fail?mode=huge");
	desk_send(fd, "POST", TAKE, "", FORM, "");
	while ((count = recv(fd, buffer, sizeof(buffer), 0)) > 0)
		total += (size_t)count;
	close(fd);
	assert_in_range(total, 104857600, 104857600 + 1024);
}

static void
an_expired_token_is_given_out_on_request(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = desk_person("code-000");

	desk_control(desk, "/sim/fail?mode=expired-token");
	desk_log_in(desk);
	desk_expect(desk_ask_person(desk, &person, person.number), "401");
}

static void
unknown_codes_come_on_request(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = desk_person("code-000");

	desk_log_in(desk);
	desk_control(desk, "/sim/fail?mode=unknown-code");
	desk_expect(desk_ask_person(desk, &person, person.number), "999");
}

static void
a_fault_can_be_for_a_few_calls(void **state)
{
	struct desk *desk = *state;
	struct answer answer;
	int i;

	desk_control(desk, "/sim/fail?mode=http-500@token&times=2");
	for (i = 0; i < 3; i++) {
		answer = desk_post(desk, TAKE, "", FORM,
		    LOG_IN);
		assert_int_equal(answer.status, i < 2 ? 500 : 200);
		free(answer.body);
	}
	assert_int_equal(desk_count(desk, "faults"), 2);
	assert_int_equal(desk_count(desk, "calls"), 3);
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
		struct answer answer = desk_post(*state, targets[i], "", FORM,
		    "");

		assert_int_equal(answer.status, 400);
		free(answer.body);
	}
	desk_log_in(*state);
}

static void
chance_is_as_likely_as_asked(void **state)
{
	struct desk *desk = *state;
	int i, failed = 0;

	desk_control(desk, "/sim/fail?mode=rate=0.3");
	for (i = 0; i < 300; i++) {
		struct answer answer = desk_post(desk, TAKE, "", FORM, "");

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

	desk_control(desk, "/sim/latency?ms=300");
	begin = seconds_now();
	for (i = 0; i < CALLS; i++) {
		fds[i] = desk_connect(desk, "127.0.0.1");
		desk_send(fds[i], "POST", TAKE, "", FORM, "");
	}
	for (i = 0; i < CALLS; i++) {
		struct answer answer = desk_receive(fds[i]);

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
	int fd = desk_connect(desk, "127.0.0.1");
	struct timeval patience = { .tv_sec = 0, .tv_usec = 200000 };
	double begin;
	char byte;

	desk_control(desk, "/sim/fail?mode=hang");
	desk_send(fd, "POST", TAKE, "", FORM, "");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	assert_true(recv(fd, &byte, 1, 0) < 0);
	begin = seconds_now();
	sim_gateway_stop(&desk->gateway);
	assert_true(seconds_now() - begin < 2);
	assert_true(recv(fd, &byte, 1, 0) <= 0);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		AT_DESK(faults_break_the_answer_as_named),
		AT_DESK(half_an_answer_breaks_off),
		AT_DESK(a_huge_answer_is_huge),
		AT_DESK(an_expired_token_is_given_out_on_request),
		AT_DESK(unknown_codes_come_on_request),
		AT_DESK(a_fault_can_be_for_a_few_calls),
		AT_DESK(nonsense_is_no_fault),
		AT_DESK(chance_is_as_likely_as_asked),
		AT_DESK(those_who_wait_do_not_hold_each_other_up),
		AT_DESK(a_call_that_hangs_does_not_stop_the_end)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
