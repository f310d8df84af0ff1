/*
 * test_certificate.c - ends of certificates that the openssl command made
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/certificate.h"

static char dir[] = "/tmp/certificate.XXXXXX";

static void
shell(const char *command)
{
	char line[1024];

	(void)snprintf(line, sizeof(line), "cd %s && %s", dir, command);
	assert_int_equal(system(line), 0);
}

/* What the command says of the end of NAME.pem, in milliseconds. */
static int64_t
told(const char *name)
{
	char line[512];
	long long seconds = 0;
	FILE *pipe;

	(void)snprintf(line, sizeof(line), "date +%%s -d \"$(openssl x509 -in "
	    "%s/%s.pem -noout -enddate | cut -d= -f2)\"", dir, name);
	pipe = popen(line, "re");
	assert_non_null(pipe);
	assert_int_equal(fscanf(pipe, "%lld", &seconds), 1);
	assert_int_equal(pclose(pipe), 0);

	return (int64_t)seconds * 1000;
}

static int64_t
end(struct ck_certificate *kept, const char *name, const char *password)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);

	return ck_certificate_end_ms(kept, path, password);
}

static int
make_files(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(dir));
	shell("for n in a b; do openssl req -x509 -newkey ec -pkeyopt "
	    "ec_paramgen_curve:prime256v1 -nodes -keyout $n.key -out $n.pem "
	    "-subj /CN=$n -days $(test $n = a && echo 10 || echo 9000) "
	    "2>/dev/null; openssl pkcs12 -export -in $n.pem -inkey $n.key "
	    "-out $n.p12 -passout pass:secret; done");
	/* Where the key stands before its certificate, as in one file. */
	shell("cat a.key a.pem b.pem >both.pem && echo nothing >none.pem");

	return 0;
}

static int
remove_files(void **state)
{
	(void)state;
	shell("rm -r \"$PWD\"");

	return 0;
}

static void
pem_and_pkcs12_tell_their_end(void **state)
{
	struct ck_certificate kept = { 0 }, other = { 0 }, box = { 0 };

	(void)state;
	assert_int_equal(end(&kept, "a.pem", NULL), told("a"));
	assert_int_equal(end(&other, "b.pem", NULL), told("b"));
	assert_int_not_equal(told("a"), told("b"));
	assert_int_equal(end(&box, "b.p12", "secret"), told("b"));
}

static void
the_first_of_a_file_counts(void **state)
{
	struct ck_certificate kept = { 0 };

	(void)state;
	assert_int_equal(end(&kept, "both.pem", NULL), told("a"));
}

static void
what_cannot_be_read_has_no_end(void **state)
{
	struct ck_certificate kept[4] = { { .end_ms = 0 } };

	(void)state;
	assert_int_equal(end(&kept[0], "absent.pem", NULL), 0);
	assert_int_equal(end(&kept[1], "none.pem", NULL), 0);
	assert_int_equal(end(&kept[2], "a.p12", "wrong"), 0);
	assert_int_equal(ck_certificate_end_ms(&kept[3], "", NULL), 0);
}

static void
a_renewed_file_is_read_again(void **state)
{
	struct ck_certificate kept = { 0 };

	(void)state;
	shell("cp a.pem now.pem");
	assert_int_equal(end(&kept, "now.pem", NULL), told("a"));
	assert_int_equal(end(&kept, "now.pem", NULL), told("a"));
	shell("cp b.pem new.pem && mv new.pem now.pem");
	assert_int_equal(end(&kept, "now.pem", NULL), told("b"));
	shell("rm now.pem");
	assert_int_equal(end(&kept, "now.pem", NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pem_and_pkcs12_tell_their_end),
		cmocka_unit_test(the_first_of_a_file_counts),
		cmocka_unit_test(what_cannot_be_read_has_no_end),
		cmocka_unit_test(a_renewed_file_is_read_again),
	};

	return cmocka_run_group_tests_name("certificate", tests, make_files,
	    remove_files);
}
