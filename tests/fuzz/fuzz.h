/*
 * fuzz.h - the fuzz targets, and how one input becomes several values
 *
 * Each target is one function. It returns 0 for every input; a promise that
 * does not hold ends the program through fuzz_check(), as a sanitizer would.
 * All targets are one program, which takes its target from its own name:
 * fuzz_tlv, fuzz_dg13, … A new target is a row here, a function, and a folder
 * tests/fuzz/corpus/NAME.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck/buf.h"

/* X(name, longest input in bytes) */
#define FUZZ_LIST(X) \
	X(tlv, 4096) \
	X(apdu, 4096) \
	X(limits, 512) \
	X(file, 40000) \
	X(security_infos, 2048) \
	X(pace_offer, 2048) \
	X(sm_unwrap, 4096) \
	X(dg1, 512) \
	X(dg2, 4096) \
	X(dg13, 4096) \
	X(dg14, 2048) \
	X(dg15, 2048) \
	X(com, 512) \
	X(sod, 4096) \
	X(passive, 8192) \
	X(anchor, 4096) \
	X(crl, 8192) \
	X(master_list, 16384) \
	X(record, 16384) \
	X(printed, 2600) \
	X(key_line, 2600) \
	X(name, 1024) \
	X(text, 2048) \
	X(worker_check, 40000) \
	X(answer, 8192) \
	X(token, 4096) \
	X(history, 16384) \
	X(copayment, 16384) \
	X(ack, 4096) \
	X(lookup_body, 4096) \
	X(expected_csv, 8192) \
	X(expected_json, 8192) \
	X(check_in_body, 8192) \
	X(notice_body, 16384) \
	X(fhir, 16384) \
	X(drop_xml, 16384) \
	X(xml0, 16384) \
	X(given, 8192) \
	X(inspection, 8192) \
	X(correction, 16384) \
	X(feed, 16384) \
	X(registry, 8192)

#define X(name, max) int fuzz_##name(const uint8_t *data, size_t size);
FUZZ_LIST(X)
#undef X

/* End the program, naming what did not hold, unless it does. */
#define fuzz_check(holds) \
	((holds) ? (void)0 : fuzz_fail(#holds, __FILE__, __LINE__))

_Noreturn void fuzz_fail(const char *what, const char *file, int line);

/* One byte of the input; 0 when there is none left. */
uint8_t fuzz_u8(struct ck_cursor *input);

/* Two bytes, big-endian; 0 when there are not so many. */
uint16_t fuzz_u16(struct ck_cursor *input);

/* Two bytes of length, and so many bytes of what is left. */
struct ck_span fuzz_part(struct ck_cursor *input);

/* True when inner is empty or lies inside of outer. */
bool fuzz_inside(struct ck_span outer, struct ck_span inner);

/* True when all len bytes at ptr are zero. */
bool fuzz_zero(const void *ptr, size_t len);

/* True when text of an array of cap bytes ends inside it and is clean. */
bool fuzz_clean_text(const char *text, size_t cap);

/* A file of the tree, read once and kept. Ends the program without it. */
struct ck_span fuzz_load(const char *path);

#endif /* TESTS_FUZZ_FUZZ_H */
