/*
 * test_dg2.c - the image inside the biometric template
 */
#include "files.h"

#include "lds/dg2.h"

static enum ck_err
parse(struct ck_span file)
{
	struct ck_dg2 dg2;

	return ck_dg2_parse(file, &dg2);
}

/*
 * A whole DG2 by hand around a four-byte JPEG beginning. The face has one
 * feature point (8 bytes), so the image does not start where it does in a
 * file without.
 */
#define HEAD "75 4C 7F61 49 020101 7F60 43 A103 870101 5F2E 3B"
#define RECORD_HEADER "46414300 30313000 0000003B 0001"
#define FACE_HEADER "0000002D 0001 00000000 00000000 00000000 0000"
#define POINT "0101010101010101"
#define IMAGE_HEADER "01 00 01E0 0280 01 02 0000 0000"

static void
sample_photo_is_found(void **state)
{
	struct ck_buf file = file_must_read(SAMPLE "EF_DG2.bin");
	struct ck_dg2 dg2;

	(void)state;
	assert_int_equal(ck_dg2_parse(ck_buf_view(&file), &dg2), CK_OK);
	assert_int_equal(dg2.format, CK_IMAGE_JPEG);
	assert_ptr_equal(dg2.image.ptr, file.ptr + 85);
	assert_int_equal(dg2.image.len, file.len - 85);
	/* A JPEG ends in EOI. */
	assert_int_equal(dg2.image.ptr[dg2.image.len - 2], 0xFF);
	assert_int_equal(dg2.image.ptr[dg2.image.len - 1], 0xD9);
	ck_buf_wipe(&file);
}

/* Prefixes near every header and the last ones: the middle is image. */
static void
damaged_sample_is_refused(void **state)
{
	struct ck_buf file = file_must_read(SAMPLE "EF_DG2.bin");
	size_t len;

	(void)state;
	for (len = 0; len < file.len; len += len < 120 ? 1 : 997) {
		uint8_t *copy = exact_copy(ck_span_of(file.ptr, len));

		assert_int_equal(parse(ck_span_of(copy, len)),
		    CK_ERR_FILE_MALFORMED);
		free(copy);
	}
	assert_int_equal(ck_buf_push(&file, 0), CK_OK);
	assert_int_equal(parse(ck_buf_view(&file)), CK_ERR_FILE_MALFORMED);
	ck_buf_wipe(&file);
}

static void
feature_points_move_the_image(void **state)
{
	struct ck_buf file = from_hex(HEAD RECORD_HEADER FACE_HEADER POINT
	    IMAGE_HEADER "FFD8FFE0 00");
	struct ck_dg2 dg2;

	(void)state;
	assert_int_equal(ck_dg2_parse(ck_buf_view(&file), &dg2), CK_OK);
	assert_int_equal(dg2.image.len, 5);
	assert_int_equal(dg2.format, CK_IMAGE_JPEG);
	ck_buf_wipe(&file);
}

static void
lengths_that_contradict_are_refused(void **state)
{
	static const char *const files[] = {
		/* record longer than its object */
		HEAD "46414300 30313000 0000003B 0001"
		    "0000FF2D 0001 00000000 00000000 00000000 0000"
		    POINT IMAGE_HEADER "FFD8FFE0 00",
		/* more feature points than bytes */
		HEAD RECORD_HEADER
		    "0000002D FFFF 00000000 00000000 00000000 0000"
		    POINT IMAGE_HEADER "FFD8FFE0 00",
		/* no face */
		HEAD "46414300 30313000 0000003B 0000" FACE_HEADER POINT
		    IMAGE_HEADER "FFD8FFE0 00",
		/* a face block of length zero */
		HEAD RECORD_HEADER
		    "00000000 0001 00000000 00000000 00000000 0000"
		    POINT IMAGE_HEADER "FFD8FFE0 00",
		/* neither JPEG nor JPEG 2000 */
		HEAD RECORD_HEADER FACE_HEADER POINT IMAGE_HEADER
		    "89504E47 00",
		/* two templates announced, one there */
		"75 4C 7F61 49 020102 7F60 43 A103 870101 5F2E 3B"
		    RECORD_HEADER FACE_HEADER POINT IMAGE_HEADER
		    "FFD8FFE0 00",
		/* no template at all */
		"75 06 7F61 03 020100"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct ck_buf file = from_hex(files[i]);

		assert_int_equal(
		    parse(ck_buf_view(&file)), CK_ERR_FILE_MALFORMED);
		ck_buf_wipe(&file);
	}
}

static void
formats_are_known_by_their_first_bytes(void **state)
{
	static const struct {
		const char *hex;
		enum ck_image_format format;
	} rows[] = {
		{ "FFD8FF", CK_IMAGE_JPEG },
		{ "FFD8", CK_IMAGE_NONE },
		{ "0000000C 6A502020 0D0A870A", CK_IMAGE_JPEG2000 },
		{ "0000000C 6A502020 0D0A87", CK_IMAGE_NONE },
		{ "FF4FFF51", CK_IMAGE_JPEG2000 },
		{ "", CK_IMAGE_NONE }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ck_buf image = from_hex(rows[i].hex);

		assert_int_equal(ck_image_sniff(ck_buf_view(&image)),
		    rows[i].format);
		ck_buf_wipe(&image);
	}
}

static void
bsi_2008_photo_is_jpeg_2000(void **state)
{
	struct ck_buf file = file_read_or_skip(BSI "EF_DG2.bin");
	struct ck_dg2 dg2;

	(void)state;
	assert_int_equal(ck_dg2_parse(ck_buf_view(&file), &dg2), CK_OK);
	assert_int_equal(dg2.format, CK_IMAGE_JPEG2000);
	/* A JPEG 2000 codestream ends in EOC. */
	assert_int_equal(dg2.image.ptr[dg2.image.len - 1], 0xD9);
	ck_buf_wipe(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sample_photo_is_found),
		cmocka_unit_test(damaged_sample_is_refused),
		cmocka_unit_test(feature_points_move_the_image),
		cmocka_unit_test(lengths_that_contradict_are_refused),
		cmocka_unit_test(formats_are_known_by_their_first_bytes),
		cmocka_unit_test(bsi_2008_photo_is_jpeg_2000)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
