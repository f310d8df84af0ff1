/*
 * site.h - what checkin-province serve answers
 *
 * In the flow:  io/server -> [site] -> collect/push, report/present, gather
 *
 * A clinic that pushes shows its own token, and gets no further with it; who
 * reads shows the token of the office, or of an account that sees some of the
 * clinics (accounts.h). Pushes are taken on the loop's thread, which the
 * ledger belongs to; what only reads is answered on the threads of reader.h.
 *
 * site.c has the routes, site_push.c takes what clinics push, site_clinics.c
 * lists them, site_clinic.c shows one, site_documents.c what arrived.
 */
#ifndef SERVICE_PROVINCE_SITE_H
#define SERVICE_PROVINCE_SITE_H

#include <stddef.h>

#include "ck/clock.h"
#include "http/route.h"
#include "io/json.h"
#include "ledger/ledger.h"
#include "province/accounts.h"
#include "province/reader.h"
#include "province/tokens.h"

struct ck_province_office;	/* cases.h */

/* The ctx of the routes. All borrowed. */
struct ck_province_site {
	struct ck_ledger *ledger;
	const struct ck_clock *clock;
	/* Who pushes: names CLINIC.STATION. NULL: nobody may. */
	struct ck_tokens *pushers;
	/* Who sees some clinics. NULL: there are none. */
	const struct ck_accounts *accounts;
	/* Who reads reports, and who everything else. */
	struct ck_reader *reports, *pages;
	/* Answers correction cases; NULL: none are taken. */
	const struct ck_province_office *office;
};

/* The table for io/server.h. Static. */
const struct ck_route *ck_province_routes(size_t *count);

/* What a page asks about. Who asks has narrowed the ledger. */
struct ck_site_asked {
	int64_t now_ms;
	int64_t from_day, to_day;	/* both included; ledger/day.h */
};

/*
 * Every clinic that exists today and is not closed, as GET /v1/clinics has it:
 *
 *	[{"code","name","district","commune","level","manager",
 *	  "state":"whole"|"late"|"silent","heard","complete_until",
 *	  "attempts","confirmed","quarantined"},…]
 *
 * whole    nothing is missing until today's beginning
 * silent   nothing came on the last day on which it was open, nor since
 * late     neither
 * district  the last that it belonged to
 * manager   name of the managing centre, or ""
 * heard, complete_until  RFC 3339, or null: never
 * attempts, confirmed    series cccd of the days that were asked for
 * quarantined            documents that are kept and not counted
 *
 * out      A new reference; NULL on every error.
 *
 * Returns  CK_OK, CK_ERR_LIMIT (days that are none), CK_ERR_NOMEM, or an
 *          error of the database
 */
CK_MUST_CHECK enum ck_err
ck_province_clinics_json(struct ck_ledger *ledger,
    const struct ck_site_asked *asked, json_t **out);

/*
 * One clinic, as GET /v1/clinics/{code} has it: what the list has of it, and
 *
 *	"from","to","calendar",
 *	"reasons":[{"outcome","reason","owner","count"},…]
 *	"days":[{"day","attempts","confirmed"},…]
 *	"stations":[{"station","heard","complete_until","revision","newest",
 *	  "pulled","failures","reason"},…]
 *	"silences":[{"from","until"},…]
 *
 * reasons   why attempts were not confirmed. outcome is of ck/words.h, or
 *           "kept": covered by a kept answer, which is no confirmation
 * days      of the days that were asked for, those with attempts; "2026-03"
 *           in a period of more than 400 days
 * stations  its daemons. newest above revision: something is missing between.
 *           pulled tells whether it is asked; failures in a row, and why
 * silences  the alarm's history, newest first, at most 50; until null: it is
 *           on
 *
 * out      A new reference; NULL on every error.
 *
 * Returns  CK_OK, CK_ERR_NOT_FOUND (no clinic of this code that is shown),
 *          CK_ERR_LIMIT, CK_ERR_NOMEM, or an error of the database
 */
CK_MUST_CHECK enum ck_err
ck_province_clinic_json(struct ck_ledger *ledger, const char *code,
    const struct ck_site_asked *asked, json_t **out);

/* What documents are asked for. */
struct ck_site_documents {
	const char *code;		/* of a clinic; "": all */
	enum ck_verdict verdict;	/* 0: any */
	bool not_counted;		/* quarantined or refused */
	unsigned limit;			/* at most so many, newest first */
};

/*
 * What arrived, newest first, as GET /v1/documents has it:
 *
 *	[{"number","verdict","reason","detail","way","received","last",
 *	  "times","made","code","station","epoch","after","revision",
 *	  "row_count","bytes","sha256"},…]
 *
 * reason   label of ledger/verdict.h; "" when it was counted. Its words are
 *          in the catalogue as feed.reason.LABEL
 * code     as the document claims it
 *
 * Returns  as ck_province_clinic_json()
 */
CK_MUST_CHECK enum ck_err
ck_province_documents_json(struct ck_ledger *ledger,
    const struct ck_site_documents *wish, const struct ck_site_asked *asked,
    json_t **out);

#endif /* SERVICE_PROVINCE_SITE_H */
