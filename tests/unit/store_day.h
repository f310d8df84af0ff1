/*
 * store_day.h - one scripted day, whose figures were counted by hand
 *
 *	    time   who kind         shows      under             answer
 *	 1  08:00  A   desk         cccd chip  id_number         covered, gateway
 *	 2  08:00  B   desk         cccd qr    id_number         not_found 050;
 *	                                       then insurance n. covered, gateway
 *	 3  08:00  C   desk         paper qr   insurance number  not_covered 010
 *	 4  08:00  D   desk         cccd chip  id_number         unavailable, line
 *	 5  09:00  D   recheck                 id_number         covered, gateway
 *	 6  09:00  E   desk         vneid qr   id_number         covered, cache
 *	 7  09:00  F   desk         cc chip    id_number         covered, stale
 *	 8  10:00  A   during       cccd chip  id_number         covered, gateway
 *	 9  10:00  G   desk         nothing    id_number typed   mismatch 060
 *	10  10:00  H   integration  cccd his   id_number         covered, gateway
 *	11  10:00  I   appointment for tomorrow, id_number       covered, gateway
 *	12  11:00  B   desk         paper qr   insurance number  unavailable, 101
 */
#ifndef TESTS_UNIT_STORE_DAY_H
#define TESTS_UNIT_STORE_DAY_H

#include "store_fixture.h"

static inline struct ck_lookup_record
day_record(struct fixture *f, enum ck_kind kind, const char *id_number)
{
	struct ck_lookup_record record = fixture_record(f, id_number);

	record.counted.kind = kind;

	return record;
}

static inline void
day_shown(struct ck_lookup_record *record, enum ck_presented presented,
    enum ck_captured captured)
{
	record->counted.presented = presented;
	record->counted.captured = captured;
}

static inline void
day_paper(struct ck_lookup_record *record, const char *insurance_number)
{
	day_shown(record, CK_PRESENTED_BHYT_PAPER, CK_CAPTURED_QR);
	record->counted.assurance = CK_ASSURANCE_PRINTED;
	record->counted.first_key = CK_KEY_INSURANCE_NUMBER;
	(void)snprintf(record->person.insurance_number,
	    sizeof(record->person.insurance_number), "%s", insurance_number);
}

static inline void
day_morning(struct fixture *f)
{
	struct ck_lookup_record r;

	r = day_record(f, CK_KIND_DESK, "084000000001");	/* 1 */
	fixture_put(f, &r);
	fixture_call(f, &r, "000", CK_OUTCOME_COVERED);
	fixture_answer(&r, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	fixture_put(f, &r);
	fixture_close(f, &r);

	r = day_record(f, CK_KIND_DESK, "084000000002");	/* 2 */
	day_shown(&r, CK_PRESENTED_CCCD, CK_CAPTURED_QR);
	r.counted.assurance = CK_ASSURANCE_PRINTED;
	fixture_call(f, &r, "050", CK_OUTCOME_NOT_FOUND);
	fixture_answer(&r, CK_OUTCOME_NOT_FOUND, CK_SOURCE_GATEWAY, "050");
	fixture_put(f, &r);
	(void)snprintf(r.person.insurance_number,
	    sizeof(r.person.insurance_number), "0000000002");
	fixture_call(f, &r, "000", CK_OUTCOME_COVERED);
	r.counted.outcome = CK_OUTCOME_COVERED;
	r.counted.resolved_by = CK_KEY_INSURANCE_NUMBER;
	(void)snprintf(r.counted.reason, sizeof(r.counted.reason), "000");
	r.counted.owner = CK_OWNER_INSURER;
	fixture_close(f, &r);

	r = day_record(f, CK_KIND_DESK, "");			/* 3 */
	day_paper(&r, "0000000003");
	(void)snprintf(r.counted.desk, sizeof(r.counted.desk), "ban-2");
	fixture_call(f, &r, "010", CK_OUTCOME_NOT_COVERED);
	fixture_answer(&r, CK_OUTCOME_NOT_COVERED, CK_SOURCE_GATEWAY, "010");
	r.counted.owner = CK_OWNER_PATIENT;
	fixture_close(f, &r);

	r = day_record(f, CK_KIND_DESK, "084000000004");	/* 4 */
	fixture_call(f, &r, "line", CK_OUTCOME_UNAVAILABLE);
	fixture_answer(&r, CK_OUTCOME_UNAVAILABLE, CK_SOURCE_NONE, "line");
	r.counted.owner = CK_OWNER_LINE;
	fixture_close(f, &r);
}

static inline void
day_nine_o_clock(struct fixture *f)
{
	struct ck_lookup_record r;

	r = day_record(f, CK_KIND_RECHECK, "084000000004");	/* 5 */
	day_shown(&r, CK_PRESENTED_NONE, CK_CAPTURED_TYPED);
	fixture_call(f, &r, "000", CK_OUTCOME_COVERED);
	fixture_answer(&r, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	fixture_close(f, &r);

	r = day_record(f, CK_KIND_DESK, "084000000005");	/* 6 */
	day_shown(&r, CK_PRESENTED_VNEID, CK_CAPTURED_QR);
	fixture_answer(&r, CK_OUTCOME_COVERED, CK_SOURCE_CACHE, "000");
	r.counted.latency_ms = 3;
	fixture_close(f, &r);

	r = day_record(f, CK_KIND_DESK, "084000000006");	/* 7 */
	day_shown(&r, CK_PRESENTED_CC, CK_CAPTURED_CHIP);
	fixture_call(f, &r, "line", CK_OUTCOME_UNAVAILABLE);
	fixture_answer(&r, CK_OUTCOME_COVERED, CK_SOURCE_STALE, "000");
	fixture_close(f, &r);
}

static inline void
day_ten_o_clock(struct fixture *f)
{
	struct ck_lookup_record r;

	r = day_record(f, CK_KIND_DURING, "084000000001");	/* 8 */
	fixture_call(f, &r, "000", CK_OUTCOME_COVERED);
	fixture_answer(&r, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	fixture_close(f, &r);

	r = day_record(f, CK_KIND_DESK, "084000000007");	/* 9 */
	day_shown(&r, CK_PRESENTED_NONE, CK_CAPTURED_TYPED);
	r.counted.assurance = CK_ASSURANCE_TYPED;
	fixture_call(f, &r, "060", CK_OUTCOME_MISMATCH);
	fixture_answer(&r, CK_OUTCOME_MISMATCH, CK_SOURCE_GATEWAY, "060");
	r.counted.owner = CK_OWNER_DESK;
	fixture_close(f, &r);

	r = day_record(f, CK_KIND_INTEGRATION, "084000000008");	/* 10 */
	day_shown(&r, CK_PRESENTED_CCCD, CK_CAPTURED_HIS);
	fixture_call(f, &r, "000", CK_OUTCOME_COVERED);
	fixture_answer(&r, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	fixture_close(f, &r);

	r = day_record(f, CK_KIND_APPOINTMENT, "084000000009");	/* 11 */
	day_shown(&r, CK_PRESENTED_NONE, CK_CAPTURED_HIS);
	r.visit_date.day++;
	fixture_call(f, &r, "000", CK_OUTCOME_COVERED);
	fixture_answer(&r, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	fixture_close(f, &r);
}

/* From 08:00 to 11:00 local time; the clock stays there. */
static inline void
day_play(struct fixture *f)
{
	struct ck_lookup_record r;

	day_morning(f);
	f->now_ms += FIXTURE_HOUR_MS;
	day_nine_o_clock(f);
	f->now_ms += FIXTURE_HOUR_MS;
	day_ten_o_clock(f);
	f->now_ms += FIXTURE_HOUR_MS;
	r = day_record(f, CK_KIND_DESK, "");			/* 12 */
	day_paper(&r, "0000000002");
	fixture_call(f, &r, "101", CK_OUTCOME_UNAVAILABLE);
	fixture_answer(&r, CK_OUTCOME_UNAVAILABLE, CK_SOURCE_NONE, "101");
	r.counted.owner = CK_OWNER_GATEWAY;
	fixture_close(f, &r);
}

#endif /* TESTS_UNIT_STORE_DAY_H */
