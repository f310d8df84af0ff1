/*
 * correction_maker.h - an office's keys by the openssl command, and what is
 * sealed to it
 */
#ifndef TESTS_UNIT_CORRECTION_MAKER_H
#define TESTS_UNIT_CORRECTION_MAKER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "feed_maker.h"

#include "correction/envelope.h"

#define ID "00112233445566778899aabbccddeeff"
#define SECRET "Nguyễn Thị Mẫu, 084190123456"

static char directory[64];

/* A shell command in the directory of this test. */
static inline void
run(const char *command)
{
	char line[2048];

	(void)snprintf(line, sizeof(line), "cd %s && { %s; } >>log 2>&1",
	    directory, command);
	if (system(line) != 0)
		fail_msg("failed: %s", command);
}

static inline const char *
path_of(const char *name)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);

	return path;
}

static inline int
start(void **state)
{
	(void)state;
	(void)snprintf(directory, sizeof(directory),
	    "/tmp/checkin-correction.XXXXXX");
	assert_non_null(mkdtemp(directory));
	run("make() { n=$1; shift; openssl req -x509 -nodes -keyout $n.key "
	    "-out $n.pem -days 30 -subj /CN=$n \"$@\" && chmod 600 $n.key; }; "
	    "make ec -newkey ec -pkeyopt ec_paramgen_curve:P-256 && "
	    "make rsa -newkey rsa:2048 && make weak -newkey rsa:1024 && "
	    "make edwards -newkey ed25519 && "
	    "make small -newkey ec -pkeyopt ec_paramgen_curve:secp224r1 && "
	    "cp ec.key open.key && chmod 640 open.key && "
	    "printf '" SECRET "' >plain && echo no certificate >none.pem && "
	    "openssl req -new -key ec.key -subj /CN=old | openssl x509 -req "
	    "-signkey ec.key -days 1 -out old.pem");

	return 0;
}

static inline int
stop(void **state)
{
	char command[96];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf %s", directory);

	return system(command);
}

static inline void
write_file(const char *name, struct ck_span bytes)
{
	FILE *file = fopen(path_of(name), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
	assert_int_equal(fclose(file), 0);
}

static inline struct ck_buf
read_file(const char *name)
{
	struct ck_buf out = CK_BUF_INIT;
	FILE *file = fopen(path_of(name), "r");
	int byte;

	assert_non_null(file);
	while ((byte = getc(file)) != EOF)
		assert_int_equal(ck_buf_push(&out, (uint8_t)byte), CK_OK);
	(void)fclose(file);

	return out;
}

static inline struct ck_office *
office(const char *name)
{
	struct ck_office *out;
	const char *why;

	assert_int_equal(ck_office_load(&out, path_of(name), &why), CK_OK);
	assert_null(why);

	return out;
}

static inline struct ck_buf
sealed(const char *certificate)
{
	struct ck_office *to = office(certificate);
	struct ck_buf out = CK_BUF_INIT;

	assert_int_equal(ck_envelope_seal(to, ck_span_str(SECRET), &out),
	    CK_OK);
	ck_office_free(&to);

	return out;
}

#endif /* TESTS_UNIT_CORRECTION_MAKER_H */
