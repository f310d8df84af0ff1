/*
 * notice.h - the status notice of a visit (XML0): its 26 elements as a value
 *
 * In the flow:  record -> [notice] -> rules -> xml0 -> outbox
 * Source:       QĐ 130/2023, 4750/2023, 3176/2024 of the Ministry of Health;
 *               schema/checkin-fields.csv
 *
 * One table gives order, name, size and need of each element. All values are
 * text, the codes too: 1.10 and 1.1 are two codes.
 */
#ifndef SERVICE_CHECKIN_NOTICE_H
#define SERVICE_CHECKIN_NOTICE_H

#include <stdbool.h>
#include <stddef.h>

#include "ck/buf.h"
#include "ck/error.h"

/*
 * X(symbol and element, size in characters, always needed). Where QĐ 4750 and
 * the insurer's validation sheet differ, the sheet counts: it is what the
 * gateway checks by.
 */
#define CK_FIELD_LIST(X) \
	X(MA_LK, 100, true) \
	X(STT, 10, true) \
	X(MA_BN, 100, true) \
	X(HO_TEN, 255, true) \
	X(SO_CCCD, 15, false) \
	X(NGAY_SINH, 12, true) \
	X(GIOI_TINH, 1, true) \
	X(MA_THE_BHYT, 15, false) \
	X(MA_DKBD, 5, false) \
	X(GT_THE_TU, 8, false) \
	X(GT_THE_DEN, 8, false) \
	X(MA_DOITUONG_KCB, 5, true) \
	X(NGAY_VAO, 12, true) \
	X(NGAY_VAO_NOI_TRU, 12, false) \
	X(LY_DO_VNT, 4000, false) \
	X(MA_LY_DO_VNT, 10, false) \
	X(MA_LOAI_KCB, 2, true) \
	X(MA_CSKCB, 5, true) \
	X(MA_DICH_VU, 50, false) \
	X(TEN_DICH_VU, 1024, false) \
	X(MA_THUOC, 255, false) \
	X(TEN_THUOC, 2000, false) \
	X(MA_VAT_TU, 255, false) \
	X(TEN_VAT_TU, 2000, false) \
	X(NGAY_YL, 12, true) \
	X(DU_PHONG, 4000, false)

/* In the order of the file. */
enum ck_notice_field {
#define X(name, max, required) CK_FIELD_##name,
	CK_FIELD_LIST(X)
#undef X
	CK_FIELDS		/* how many: 26 */
};

struct ck_field_rule {
	const char *name;	/* of the element */
	size_t max;		/* characters */
	bool required;		/* whatever else the notice says */
};

/* The row of a field. Static. */
const struct ck_field_rule *ck_field_rule(enum ck_notice_field field);

/* The field of this name; CK_FIELDS: none. */
enum ck_notice_field ck_field_find(const char *name);

/* One notice. Start from CK_NOTICE_INIT; finish with ck_notice_wipe(). */
struct ck_notice {
	struct ck_buf value[CK_FIELDS];	/* UTF-8, NFC; with its NUL, or empty */
};

#define CK_NOTICE_INIT { { CK_BUF_INIT } }

/*
 * Replace a value by text in NFC without white space at its ends; "" takes it
 * away. Size and form are left to ck_notice_check().
 *
 * Returns  CK_OK
 *          CK_ERR_FILE_MALFORMED  not UTF-8, or with a control character
 *          CK_ERR_LIMIT           beyond what any element may hold
 *          CK_ERR_NOMEM
 *          On error the value is as before.
 */
CK_MUST_CHECK enum ck_err
ck_notice_set(struct ck_notice *notice, enum ck_notice_field field,
    const char *text);

/* The value; "" when there is none. Never NULL; borrowed. */
const char *
ck_notice_get(const struct ck_notice *notice, enum ck_notice_field field);

/* Replace into by a copy of from. Returns CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_notice_copy(const struct ck_notice *from, struct ck_notice *into);

/* True when all 26 values are the same bytes. */
bool ck_notice_equal(const struct ck_notice *a, const struct ck_notice *b);

/* True when it tells of an admission to a ward, not of the first cost. */
bool ck_notice_is_ward(const struct ck_notice *notice);

void ck_notice_wipe(struct ck_notice *notice);

#endif /* SERVICE_CHECKIN_NOTICE_H */
