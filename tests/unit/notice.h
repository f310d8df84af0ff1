/*
 * notice.h - a made-up notice that is right in every field
 */
#ifndef TESTS_UNIT_NOTICE_H
#define TESTS_UNIT_NOTICE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "checkin/notice.h"

static const struct {
	enum ck_notice_field field;
	const char *text;
} notice_values[] = {
	{ CK_FIELD_MA_LK, "84001_2026_11_BN0001_1" },
	{ CK_FIELD_STT, "1" },
	{ CK_FIELD_MA_BN, "BN0001" },
	{ CK_FIELD_HO_TEN, "Nguyễn Văn Mẫu" },
	{ CK_FIELD_SO_CCCD, "084094000001" },
	{ CK_FIELD_NGAY_SINH, "199403050000" },
	{ CK_FIELD_GIOI_TINH, "1" },
	{ CK_FIELD_MA_THE_BHYT, "GD4840000000001" },
	{ CK_FIELD_MA_DKBD, "84006" },
	{ CK_FIELD_GT_THE_TU, "20260101" },
	{ CK_FIELD_GT_THE_DEN, "20261231" },
	{ CK_FIELD_MA_DOITUONG_KCB, "1.2" },
	{ CK_FIELD_NGAY_VAO, "202611230731" },
	{ CK_FIELD_MA_LOAI_KCB, "01" },
	{ CK_FIELD_MA_CSKCB, "84001" },
	{ CK_FIELD_MA_DICH_VU, "02.1896" },
	{ CK_FIELD_TEN_DICH_VU, "Khám Nội" },
	{ CK_FIELD_NGAY_YL, "202611230735" }
};

static inline void
notice_set(struct ck_notice *notice, enum ck_notice_field field, const char *text)
{
	assert_int_equal(ck_notice_set(notice, field, text), CK_OK);
}

static inline void
notice_fill(struct ck_notice *notice)
{
	size_t i;

	for (i = 0; i < sizeof(notice_values) / sizeof(notice_values[0]); i++)
		notice_set(notice, notice_values[i].field,
		    notice_values[i].text);
}

#endif /* TESTS_UNIT_NOTICE_H */
