/*
 * fuzz_trust.c - signatures and who made them
 */
#include <string.h>

#include "fuzz.h"
#include "trust/crl.h"
#include "trust/master_list.h"
#include "trust/passive.h"
#include "trust/record.h"

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

/* What the sample's country has not signed, it has not revoked. */
int
fuzz_crl(const uint8_t *data, size_t size)
{
	struct ck_anchors *sample = NULL;
	X509_CRL *crl = NULL;
	X509 *csca = NULL;
	size_t at = 0;

	if (ck_crl_parse(ck_span_of(data, size), &crl) != CK_OK) {
		fuzz_check(crl == NULL);
		return 0;
	}
	fuzz_check(ck_crl_same_issuer(crl, crl));
	fuzz_check(ck_crl_count(crl) <= size);
	csca = ck_certificate_parse(fuzz_load(SAMPLE "csca.der"));
	fuzz_check(!ck_crl_signed_by(crl, csca));
	(void)ck_crl_revokes(crl, csca);
	X509_free(csca);
	fuzz_check(ck_anchors_from_der(&sample,
	    fuzz_load(SAMPLE "csca.der")) == CK_OK);
	if (ck_anchors_add(sample, ck_trust_item_crl(crl)) == CK_OK) {
		ck_anchors_prove(sample);
		csca = ck_certificate_parse(fuzz_load(SAMPLE "ds.der"));
		fuzz_check(!ck_anchors_revoked(sample, csca));
		(void)ck_anchors_next_issuer(sample, csca, &at);
		X509_free(csca);
	}
	ck_anchors_free(&sample);

	return 0;
}

int
fuzz_master_list(const uint8_t *data, size_t size)
{
	struct ck_span file = ck_span_of(data, size), der;
	struct ck_master_list list = { 0 };
	struct ck_cursor cur;
	X509 *cert;
	size_t count = 0;

	if (ck_master_list_open(file, &list) == CK_OK) {
		fuzz_check(ck_master_list_verify(&list) == CK_OK ||
		    list.document.cms != NULL);
		cur = ck_cursor_of(list.certificates);
		while (ck_master_list_next(&cur, &der)) {
			fuzz_check(fuzz_inside(list.certificates, der));
			if ((cert = ck_certificate_parse(der)) != NULL)
				(void)ck_certificate_self_signed(cert);
			X509_free(cert);
			count++;
		}
		fuzz_check(count == list.count);
	}
	ck_master_list_close(&list);

	return 0;
}

/* Each has words, and is found again by what it is. */
static void
check_item(const struct ck_anchors *anchors, size_t i)
{
	const struct ck_trust_item *item = ck_anchors_item(anchors, i);
	struct ck_trust_entry entry;
	size_t at = 0;

	ck_trust_item_describe(item, &entry);
	fuzz_check(ck_trust_kind_label(entry.kind)[0] != '\0');
	fuzz_check(strlen(entry.fingerprint) == CK_FINGERPRINT_LEN - 1);
	fuzz_check(strnlen(entry.issuer, CK_TRUST_NAME_LEN) <
	    CK_TRUST_NAME_LEN);
	fuzz_check(entry.country[0] == '\0' || strlen(entry.country) == 2);
	fuzz_check(ck_anchors_find(anchors, item->kind, item->fingerprint) !=
	    NULL);
	if (item->cert == NULL) {
		fuzz_check(!ck_crl_newer(item->crl, item->crl));
		return;
	}
	(void)ck_anchors_revoked(anchors, item->cert);
	(void)ck_anchors_next_issuer(anchors, item->cert, &at);
	if (ck_anchors_accepted(anchors, item->cert) != NULL)
		fuzz_check(ck_anchors_find(anchors, CK_TRUST_SIGNER,
		    item->fingerprint) != NULL);
}

static void
check_items(struct ck_anchors *anchors)
{
	size_t i, size = ck_anchors_size(anchors);

	ck_anchors_prove(anchors);
	for (i = 0; i < size; i++)
		check_item(anchors, i);
	while (size > 0)
		ck_anchors_drop(anchors, --size);
	fuzz_check(ck_anchors_size(anchors) == 0);
	fuzz_check(ck_anchors_count(anchors) == 0);
}

/* What was read can be written, and read again. */
int
fuzz_record(const uint8_t *data, size_t size)
{
	struct ck_anchors *first = NULL, *again = NULL;
	struct ck_buf text = CK_BUF_INIT;
	char why[CK_RECORD_WHY_LEN];

	fuzz_check(ck_anchors_new(&first) == CK_OK);
	fuzz_check(ck_anchors_new(&again) == CK_OK);
	if (ck_record_parse(ck_span_of(data, size), first, why) == CK_OK) {
		fuzz_check(ck_record_write(first, &text) == CK_OK);
		fuzz_check(ck_record_parse(ck_buf_view(&text), again, why) ==
		    CK_OK);
		fuzz_check(ck_anchors_size(first) == ck_anchors_size(again));
		check_items(first);
	}
	ck_buf_wipe(&text);
	ck_anchors_free(&first);
	ck_anchors_free(&again);

	return 0;
}

/*
 * The trust store: one certificate, or with the bit 4 the store's own file, in
 * which signers are pinned. NULL when it is neither.
 */
static struct ck_anchors *
store_of(uint8_t choice, struct ck_span anchor)
{
	struct ck_anchors *out = NULL;
	char why[CK_RECORD_WHY_LEN];

	if ((choice & 4) == 0) {
		if (ck_anchors_from_der(&out, anchor.len > 0 ? anchor :
		    fuzz_load(SAMPLE "csca.der")) != CK_OK)
			return NULL;
		return out;
	}
	fuzz_check(ck_anchors_new(&out) == CK_OK);
	if (ck_record_parse(anchor, out, why) != CK_OK)
		ck_anchors_free(&out);
	else
		ck_anchors_prove(out);

	return out;
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
	if ((choice & 2) == 0 &&
	    (anchors = store_of(choice, anchor)) == NULL)
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
