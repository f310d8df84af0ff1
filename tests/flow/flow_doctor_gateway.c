/*
 * flow_doctor_gateway.c - checkin doctor gateway against the simulated gateway: each
 * cause told apart by words and exit status
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME "NGUYỄN THỊ TIẾP ĐÓN"
#define NUMBER "084185000011"

static char bin[400], directory[64];
static pid_t gateway;
static int port;
static char said[8192];

/* build/<variant>/tests/flow_x lies beside build/<variant>/bin. */
static void
find_bin(void)
{
	ssize_t len = readlink("/proc/self/exe", bin, sizeof(bin) - 8);
	int up;

	assert_true(len > 0);
	bin[len] = '\0';
	for (up = 0; up < 2; up++)
		*strrchr(bin, '/') = '\0';
	strcat(bin, "/bin");
}

static int
start_gateway(void **state)
{
	char program[420], line[128];
	int out[2];
	FILE *lines;

	(void)state;
	find_bin();
	strcpy(directory, "/tmp/ck-doctor-XXXXXX");
	if (mkdtemp(directory) == NULL || pipe(out) != 0)
		return -1;
	(void)snprintf(program, sizeof(program), "%s/sim-gateway", bin);
	gateway = fork();
	if (gateway == 0) {
		(void)dup2(out[1], STDOUT_FILENO);
		(void)execl(program, program, "--port", "0", "--operator",
		    NAME ":" NUMBER, (char *)NULL);
		_exit(127);
	}
	(void)close(out[1]);
	lines = fdopen(out[0], "r");
	if (gateway < 0 || lines == NULL ||
	    fgets(line, sizeof(line), lines) == NULL ||
	    sscanf(line, "listening on 127.0.0.1:%d", &port) != 1)
		return -1;

	return 0;
}

static int
stop_gateway(void **state)
{
	char command[128];
	int status;

	(void)state;
	(void)kill(gateway, SIGTERM);
	(void)waitpid(gateway, &status, 0);
	(void)snprintf(command, sizeof(command), "rm -r %s", directory);

	return system(command);
}

static void
play(const char *mode)
{
	char command[256];

	(void)snprintf(command, sizeof(command), "curl -s -o /dev/null -X POST "
	    "'http://127.0.0.1:%d/sim/fail?mode=%s'", port, mode);
	assert_int_equal(system(command), 0);
}

static void
latency(unsigned ms)
{
	char command[256];

	(void)snprintf(command, sizeof(command), "curl -s -o /dev/null -X POST "
	    "'http://127.0.0.1:%d/sim/latency?ms=%u'", port, ms);
	assert_int_equal(system(command), 0);
}

static void
write_text(const char *name, const char *text)
{
	char path[128];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

/* Run the doctor with this gateway URL; more: further settings. */
static int
doctor(const char *url, const char *operator_name, const char *more)
{
	char config[2048], command[1024];
	size_t len;
	FILE *pipe;
	int status;

	(void)snprintf(config, sizeof(config), "[clinic]\nfacility = 84001\n"
	    "language = en\n[state]\ndirectory = %s\n[gateway]\nurl = %s\n"
	    "user = 84001_BV\npassword_file = %s/password\n"
	    "connect_timeout_ms = 2000\ntimeout_ms = 20000\n%s"
	    "[operator]\nname = %s\nnumber = " NUMBER "\n", directory, url,
	    directory, more, operator_name);
	write_text("conf", config);
	(void)snprintf(command, sizeof(command),
	    "%s/checkin -c %s/conf doctor gateway 2>&1", bin, directory);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	len = fread(said, 1, sizeof(said) - 1, pipe);
	said[len] = '\0';
	status = pclose(pipe);
	print_message("%s", said);
	assert_null(strstr(said, NUMBER));
	assert_null(strstr(said, "practice-password"));

	return WEXITSTATUS(status);
}

static int
ask(const char *more)
{
	char url[64];

	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d", port);

	return doctor(url, NAME, more);
}

static int
calm(void **state)
{
	(void)state;
	write_text("password", "practice-password\n");
	play("none");
	latency(0);

	return 0;
}

static void
assert_said(const char *words)
{
	if (strstr(said, words) == NULL)
		fail_msg("\"%s\" is not in:\n%s", words, said);
}

static void
all_is_well(void **state)
{
	(void)state;
	assert_int_equal(ask("[lookup]\nbudget_ms = 20000\n"), 0);
	assert_said("ok    gateway   The gateway answers");
}

static void
a_name_or_a_line(void **state)
{
	(void)state;
	/* Which of the two depends on where the test runs. */
	switch (doctor("http://no-such-host.invalid", NAME, "")) {
	case 10:
		assert_said("name cannot be resolved");
		break;
	case 11:
		assert_said("The line is down");
		break;
	default:
		fail_msg("neither name nor line:\n%s", said);
	}
	/* An address that is not ours: no way out from it. */
	assert_int_equal(ask("source_address = 192.0.2.7\n"), 11);
	assert_said("The line is down");
}

static void
nobody_listens(void **state)
{
	(void)state;
	assert_int_equal(doctor("http://127.0.0.1:1", NAME, ""), 12);
	assert_said("nobody listens");
}

static void
an_address_that_is_not_registered(void **state)
{
	(void)state;
	play("address-403");
	assert_int_equal(ask(""), 13);
	assert_said("01/dk-ip-ctn");
	assert_said("public address: not known here (127.0.0.1 is private)");
	assert_int_equal(ask("public_address = 203.0.113.10\n"), 13);
	assert_said("public address: 203.0.113.10");
}

static void
tls_that_does_not_verify(void **state)
{
	char url[64];

	(void)state;
	(void)snprintf(url, sizeof(url), "https://127.0.0.1:%d", port);
	assert_int_equal(doctor(url, NAME, ""), 14);
	assert_said("certificate cannot be verified");
}

static void
a_wrong_account(void **state)
{
	(void)state;
	write_text("password", "wrong-password\n");
	assert_int_equal(ask(""), 16);
	assert_said("refuses user name or password");
}

static void
a_blocked_account(void **state)
{
	(void)state;
	play("locked");
	assert_int_equal(ask(""), 17);
	assert_said("has blocked this account");
}

static void
a_fault_of_the_gateway(void **state)
{
	static const char *const modes[] = { "html", "http-500", "empty",
	    "half", "garbage-json", "huge", "wrong-types@lookup" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		play(modes[i]);
		assert_int_equal(ask(""), 18);
	}
	assert_said("does not answer as it should");
}

static void
an_operator_who_is_refused(void **state)
{
	char url[64];

	(void)state;
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d", port);
	assert_int_equal(doctor(url, "NGUYỄN THỊ KHÁC", ""), 19);
	assert_said("maKetQua 055");
}

static void
a_slow_gateway(void **state)
{
	(void)state;
	latency(300);
	assert_int_equal(ask("[lookup]\nbudget_ms = 200\n"), 20);
	assert_said("more slowly than the desk can wait");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(all_is_well, calm),
		cmocka_unit_test_setup(a_name_or_a_line, calm),
		cmocka_unit_test_setup(nobody_listens, calm),
		cmocka_unit_test_setup(an_address_that_is_not_registered,
		    calm),
		cmocka_unit_test_setup(tls_that_does_not_verify, calm),
		cmocka_unit_test_setup(a_wrong_account, calm),
		cmocka_unit_test_setup(a_blocked_account, calm),
		cmocka_unit_test_setup(a_fault_of_the_gateway, calm),
		cmocka_unit_test_setup(an_operator_who_is_refused, calm),
		cmocka_unit_test_setup(a_slow_gateway, calm),
	};

	return cmocka_run_group_tests_name("doctor_gateway", tests, start_gateway,
	    stop_gateway);
}
