/*
 * fuzz_trust.c - signatures and who made them
 */
#include "fuzz.h"
#include "trust/passive.h"

#define SAMPLE "tests/wire/cccd-sample/"

#define IN_2027_MS INT64_C(1798761600000)

int
fuzz_anchor(const uint8_t *data, size_t size)
{
	struct ck_anchors *anchors = NULL;

	if (ck_anchors_from_der(&anchors, ck_span_of(data, size)) == CK_OK)
		fuzz_check(ck_anchors_count(anchors) == 1);
	else
		fuzz_check(anchors == NULL);
	ck_anchors_free(&anchors);

	return 0;
}

/*
 * Parts: EF.SOD, DG1, DG13, anchor; an empty one stands for the sample's. The
 * byte in front allows SHA-1, and leaves the anchor away. Whatever the chip
 * says, only the sample's own files are signed by the sample's country.
 */
int
fuzz_passive(const uint8_t *data, size_t size)
{
	struct ck_cursor input = ck_cursor_of(ck_span_of(data, size));
	uint8_t choice = fuzz_u8(&input);
	struct ck_span sod = fuzz_part(&input);
	struct ck_passive_file files[2] = {
		{ 1, fuzz_part(&input) }, { 13, fuzz_part(&input) }
	};
	struct ck_span anchor = fuzz_part(&input);
	struct ck_span dg1 = fuzz_load(SAMPLE "EF_DG1.bin");
	struct ck_span dg13 = fuzz_load(SAMPLE "EF_DG13.bin");
	struct ck_anchors *anchors = NULL;
	struct ck_passive_input ask = {
		.sod = sod.len > 0 ? sod : fuzz_load(SAMPLE "EF_SOD.bin"),
		.files = files, .file_count = 2, .wall_ms = IN_2027_MS,
		.sha1_allowed = (choice & 1) != 0
	};
	struct ck_passive_report report;
	enum ck_err err;

	if (files[0].file.len == 0)
		files[0].file = dg1;
	if (files[1].file.len == 0)
		files[1].file = dg13;
	if ((choice & 2) == 0 && ck_anchors_from_der(&anchors, anchor.len > 0 ?
	    anchor : fuzz_load(SAMPLE "csca.der")) != CK_OK)
		return 0;
	ask.anchors = anchors;
	err = ck_passive_verify(&ask, &report);
	fuzz_check((err == CK_OK) == (report.result == CK_PASSIVE_VALID ||
	    report.result == CK_PASSIVE_UNKNOWN_ISSUER));
	if (anchors == NULL)
		fuzz_check(report.result != CK_PASSIVE_VALID);
	if (report.result == CK_PASSIVE_VALID && anchor.len == 0)
		fuzz_check(ck_span_equal(files[0].file, dg1) &&
		    ck_span_equal(files[1].file, dg13));
	ck_anchors_free(&anchors);

	return 0;
}
