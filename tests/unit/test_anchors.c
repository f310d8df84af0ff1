/*
 * test_anchors.c - a folder of CSCA certificates
 */
#include "files.h"

#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trust/folder.h"

/* A new folder for each test; names of files that teardown removes. */
static char folder[64];
static const char *const names[] = {
	"a.der", "b.PEM", "c.crt", "key.der", "README", ".hidden.der",
	"bad.der"
};

static int
make_folder(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/ck-anchors-XXXXXX");

	return mkdtemp(folder) == NULL ? -1 : 0;
}

static int
remove_folder(void **state)
{
	char path[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
	(void)snprintf(path, sizeof(path), "%s/sub.der", folder);
	(void)rmdir(path);

	return rmdir(folder);
}

static FILE *
create(const char *name)
{
	char path[128];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "wbe");
	assert_non_null(file);

	return file;
}

static void
put(const char *name, struct ck_span bytes)
{
	FILE *file = create(name);

	if (bytes.len > 0)
		assert_int_equal(
		    fwrite(bytes.ptr, bytes.len, 1, file), 1);
	assert_int_equal(fclose(file), 0);
}

/* The certificate, count times, in PEM. */
static void
put_pem(const char *name, struct ck_span der, unsigned count)
{
	const uint8_t *next = der.ptr;
	X509 *cert = d2i_X509(NULL, &next, (long)der.len);
	FILE *file = create(name);

	assert_non_null(cert);
	while (count-- > 0)
		assert_int_equal(PEM_write_X509(file, cert), 1);
	assert_int_equal(fclose(file), 0);
	X509_free(cert);
}

static void
der_and_pem_are_loaded_and_the_rest_is_not(void **state)
{
	struct ck_buf der = file_must_read(SAMPLE "csca.der");
	struct ck_buf key = file_must_read(SAMPLE "chip-ca-test-key.der");
	struct ck_anchors *anchors = NULL;
	char text[CK_TRUST_TEXT_LEN];
	char path[128];

	(void)state;
	put("a.der", ck_buf_view(&der));
	put_pem("b.PEM", ck_buf_view(&der), 2);
	put("c.crt", ck_buf_view(&der));
	put("key.der", ck_buf_view(&key));
	put("README", ck_span_str("no certificate"));
	put(".hidden.der", ck_span_str("no certificate"));
	(void)snprintf(path, sizeof(path), "%s/sub.der", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(ck_anchors_load(&anchors, folder, text), CK_OK);
	assert_int_equal(ck_anchors_count(anchors), 4);
	assert_string_equal(text, "");
	ck_anchors_free(&anchors);
	assert_null(anchors);
	ck_buf_wipe(&key);
	ck_buf_wipe(&der);
}

static void
empty_folder_is_no_anchor(void **state)
{
	struct ck_anchors *anchors = NULL;

	(void)state;
	assert_int_equal(ck_anchors_load(&anchors, folder, NULL), CK_OK);
	assert_int_equal(ck_anchors_count(anchors), 0);
	ck_anchors_free(&anchors);
	assert_int_equal(ck_anchors_count(NULL), 0);
	assert_int_equal(ck_anchors_size(NULL), 0);
}

static void
file_at_fault_is_named(void **state)
{
	struct ck_buf der = file_must_read(SAMPLE "csca.der");
	struct ck_span whole = ck_buf_view(&der);
	struct ck_anchors *anchors = NULL;
	char text[CK_TRUST_TEXT_LEN];
	size_t i;
	const struct ck_span bad[] = {
		CK_SPAN_EMPTY, ck_span_str("text"),
		ck_span_slice(whole, 0, whole.len - 1),
		ck_span_slice(whole, 1, whole.len),
		ck_span_str("-----BEGIN CERTIFICATE-----\nAAAA\n"
		    "-----END CERTIFICATE-----\n"),
		ck_span_str("-----BEGIN RSA PRIVATE KEY-----\n")
	};

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put("bad.der", bad[i]);
		assert_int_equal(ck_anchors_load(&anchors, folder, text),
		    CK_ERR_CONFIG);
		assert_null(anchors);
		assert_non_null(strstr(text, "/bad.der: "));
	}
	ck_buf_wipe(&der);
}

static void
trailing_bytes_are_refused(void **state)
{
	struct ck_buf der = file_must_read(SAMPLE "csca.der");
	struct ck_anchors *anchors = NULL;

	(void)state;
	assert_int_equal(
	    ck_anchors_from_der(&anchors, ck_buf_view(&der)), CK_OK);
	assert_int_equal(ck_anchors_count(anchors), 1);
	ck_anchors_free(&anchors);
	assert_int_equal(ck_buf_push(&der, 0), CK_OK);
	assert_int_equal(ck_anchors_from_der(&anchors, ck_buf_view(&der)),
	    CK_ERR_CONFIG);
	assert_null(anchors);
	put("bad.der", ck_buf_view(&der));
	assert_int_equal(
	    ck_anchors_load(&anchors, folder, NULL), CK_ERR_CONFIG);
	ck_buf_wipe(&der);
}

static void
damage_behind_a_good_certificate_is_found(void **state)
{
	struct ck_buf der = file_must_read(SAMPLE "csca.der");
	struct ck_anchors *anchors = NULL;
	char path[128];
	FILE *file;

	(void)state;
	put_pem("b.PEM", ck_buf_view(&der), 1);
	(void)snprintf(path, sizeof(path), "%s/b.PEM", folder);
	file = fopen(path, "abe");
	assert_non_null(file);
	assert_true(fputs("-----BEGIN CERTIFICATE-----\nMIIB\n"
	    "-----END CERTIFICATE-----\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(
	    ck_anchors_load(&anchors, folder, NULL), CK_ERR_CONFIG);
	ck_buf_wipe(&der);
}

static void
missing_folder_is_named(void **state)
{
	struct ck_anchors *anchors = NULL;
	char text[CK_TRUST_TEXT_LEN];

	(void)state;
	assert_int_equal(ck_anchors_load(&anchors, "/nonexistent/trust", text),
	    CK_ERR_CONFIG);
	assert_non_null(strstr(text, "/nonexistent/trust: "));
	assert_null(anchors);
}

static void
file_too_large_is_refused(void **state)
{
	struct ck_anchors *anchors = NULL;
	char text[CK_TRUST_TEXT_LEN];
	FILE *file = create("bad.der");

	(void)state;
	assert_int_equal(fseek(file, CK_ANCHOR_FILE_MAX, SEEK_SET), 0);
	assert_int_equal(fputc('x', file), 'x');
	assert_int_equal(fclose(file), 0);
	assert_int_equal(
	    ck_anchors_load(&anchors, folder, text), CK_ERR_LIMIT);
	assert_non_null(strstr(text, "/bad.der: "));
}

#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(der_and_pem_are_loaded_and_the_rest_is_not),
		IN_FOLDER(empty_folder_is_no_anchor),
		IN_FOLDER(file_at_fault_is_named),
		IN_FOLDER(trailing_bytes_are_refused),
		IN_FOLDER(damage_behind_a_good_certificate_is_found),
		cmocka_unit_test(missing_folder_is_named),
		IN_FOLDER(file_too_large_is_refused)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
