/*
 * dg2.c - DG2: down through the biometric templates to the image
 */
#include <string.h>

#include "card/tlv.h"
#include "lds/dg2.h"

/* Sizes of ISO/IEC 19794-5:2005 §5.4-5.7, in bytes. */
#define FACE_HEADER_LEN 20	/* facial information block */
#define FEATURE_POINT_LEN 8
#define IMAGE_HEADER_LEN 12	/* image information block */

static bool
starts_with(struct ck_span bytes, const void *magic, size_t len)
{
	return bytes.len >= len && memcmp(bytes.ptr, magic, len) == 0;
}

enum ck_image_format
ck_image_sniff(struct ck_span image)
{
	static const uint8_t jpeg[] = { 0xFF, 0xD8, 0xFF };
	static const uint8_t jp2[] = {	/* ISO/IEC 15444-1 §I.5.1 */
		0x00, 0x00, 0x00, 0x0C, 'j', 'P', ' ', ' ',
		0x0D, 0x0A, 0x87, 0x0A
	};
	static const uint8_t j2k[] = { 0xFF, 0x4F, 0xFF, 0x51 };

	if (starts_with(image, jpeg, sizeof(jpeg)))
		return CK_IMAGE_JPEG;
	if (starts_with(image, jp2, sizeof(jp2)) ||
	    starts_with(image, j2k, sizeof(j2k)))
		return CK_IMAGE_JPEG2000;

	return CK_IMAGE_NONE;
}

static bool
read_u32(struct ck_cursor *cur, uint32_t *out)
{
	uint16_t high, low;

	if (!ck_cursor_u16(cur, &high) || !ck_cursor_u16(cur, &low))
		return false;
	*out = (uint32_t)high << 16 | low;

	return true;
}

/* Facial record header, ISO/IEC 19794-5 §5.4; at least one face. */
static bool
read_record_header(struct ck_cursor *record)
{
	static const uint8_t magic[] = { 'F', 'A', 'C', 0 };
	struct ck_span format, version;
	size_t whole = record->rest.len;
	uint32_t length;
	uint16_t faces;

	return ck_cursor_take(record, 4, &format) &&
	    starts_with(format, magic, sizeof(magic)) &&
	    ck_cursor_take(record, 4, &version) &&
	    read_u32(record, &length) && length == whole &&
	    ck_cursor_u16(record, &faces) && faces >= 1;
}

/* One face: information, feature points, image information, image. §5.5-5.8 */
static bool
read_face(struct ck_cursor *record, struct ck_span *image)
{
	struct ck_cursor face;
	struct ck_span body, skipped;
	uint32_t length;
	uint16_t points;

	if (!read_u32(record, &length) || length < sizeof(length) ||
	    !ck_cursor_take(record, length - sizeof(length), &body))
		return false;
	face = ck_cursor_of(body);
	if (!ck_cursor_u16(&face, &points) ||
	    !ck_cursor_take(&face, FACE_HEADER_LEN - 6, &skipped) ||
	    !ck_cursor_take(&face, (size_t)points * FEATURE_POINT_LEN,
	    &skipped) ||
	    !ck_cursor_take(&face, IMAGE_HEADER_LEN, &skipped))
		return false;

	return ck_cursor_take(&face, face.rest.len, image);
}

/* Template 7F60: header A1, then the record; 9303-10 §4.7.2 table 42. */
static bool
read_template(struct ck_span body, struct ck_span *image)
{
	struct ck_cursor cur = ck_cursor_of(body), record;
	struct ck_span header, data;

	if (!ck_tlv_expect(&cur, 0xA1, &header))
		return false;
	if (!ck_tlv_expect(&cur, 0x5F2E, &data) &&
	    !ck_tlv_expect(&cur, 0x7F2E, &data))
		return false;
	record = ck_cursor_of(data);

	return ck_cursor_at_end(&cur) && read_record_header(&record) &&
	    read_face(&record, image);
}

/* The group 7F61: how many templates follow, then each. The first is used. */
static bool
read_group(struct ck_span body, struct ck_span *image)
{
	struct ck_cursor cur = ck_cursor_of(body);
	struct ck_span count, first, more;
	uint8_t i;

	if (!ck_tlv_expect(&cur, 0x02, &count) || count.len != 1 ||
	    !ck_tlv_expect(&cur, 0x7F60, &first))
		return false;
	for (i = 1; i < count.ptr[0]; i++) {
		if (!ck_tlv_expect(&cur, 0x7F60, &more))
			return false;
	}

	return count.ptr[0] >= 1 && ck_cursor_at_end(&cur) &&
	    read_template(first, image);
}

enum ck_err
ck_dg2_parse(struct ck_span file, struct ck_dg2 *out)
{
	struct ck_span body, group, image = CK_SPAN_EMPTY;

	*out = (struct ck_dg2){ CK_SPAN_EMPTY, CK_IMAGE_NONE };
	if (!ck_tlv_only(file, 0x75, &body) ||
	    !ck_tlv_only(body, 0x7F61, &group) ||
	    !read_group(group, &image) ||
	    ck_image_sniff(image) == CK_IMAGE_NONE)
		return CK_ERR_FILE_MALFORMED;
	out->image = image;
	out->format = ck_image_sniff(image);

	return CK_OK;
}
