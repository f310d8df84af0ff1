/*
 * fhir.h - eligibility as HL7 FHIR R4 says it
 *
 * In the flow:  http -> [fhir] -> lookup -> [fhir] -> http
 * Source:       hl7.org/fhir/R4 (4.0.1): CoverageEligibilityRequest,
 *               CoverageEligibilityResponse, Coverage, CapabilityStatement,
 *               OperationOutcome; docs/integration.md has our mapping
 *
 * One lookup is one request, one response and one Coverage, all under its id.
 * Pure: no input or output. New references; NULL: out of memory.
 */
#ifndef SERVICE_FHIR_FHIR_H
#define SERVICE_FHIR_FHIR_H

#include <stdbool.h>

#include "eligibility/lookup.h"
#include "io/json.h"

struct ck_config;

#define CK_FHIR_TYPE "application/fhir+json; charset=utf-8"

/* Why a request is refused: where (FHIRPath) and what is expected. Static. */
struct ck_fhir_defect {
	const char *where, *expected;
};

/*
 * Read a CoverageEligibilityRequest whose Patient, Coverage and Practitioner
 * are contained in it, or named by identifier and display. What else it holds
 * is ignored. servicedDate has to be within the bounds of stats/visit_date.h
 * around today. False: *defect says why.
 */
bool ck_fhir_request_read(const json_t *body, const struct ck_config *config,
    struct ck_date today, struct ck_lookup_request *request,
    struct ck_fhir_defect *defect);

/* The CoverageEligibilityResponse of a lookup, in the staff's language. */
json_t *ck_fhir_response(const struct ck_lookup_record *record,
    const char *language);

/* The Coverage of a lookup; without an answer it has no period and is a
 * draft. */
json_t *ck_fhir_coverage(const struct ck_lookup_record *record);

/* What this server can do. */
json_t *ck_fhir_capability(void);

/* A refusal; code as in hl7.org/fhir/R4/valueset-issue-type.html. */
json_t *ck_fhir_outcome(const char *code, const char *where,
    const char *words);

#endif /* SERVICE_FHIR_FHIR_H */
