/*
 * passive.c - passive authentication, its four questions in order
 */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <string.h>
#include <time.h>

#include "ck/clock.h"
#include "trust/chain.h"
#include "trust/passive.h"
#include "trust/signed.h"
#include "trust/strength.h"

static int
hash_nid(enum ck_hash hash)
{
	switch (hash) {
	case CK_HASH_SHA1:
		return NID_sha1;
	case CK_HASH_SHA224:
		return NID_sha224;
	case CK_HASH_SHA256:
		return NID_sha256;
	case CK_HASH_SHA384:
		return NID_sha384;
	case CK_HASH_SHA512:
		return NID_sha512;
	case CK_HASH_NONE:
	default:
		return NID_undef;
	}
}

enum ck_err
ck_passive_check_file(const struct ck_sod_hashes *hashes, unsigned dg,
    struct ck_span file)
{
	const EVP_MD *md = EVP_get_digestbynid(hash_nid(hashes->algorithm));
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (!ck_sod_hashes_has(hashes, dg))
		return CK_ERR_TRUST_HASH;
	if (md == NULL ||
	    EVP_Digest(file.ptr, file.len, digest, &len, md, NULL) != 1) {
		ERR_clear_error();
		return CK_ERR_CRYPTO;
	}
	if (len != hashes->digest_len ||
	    CRYPTO_memcmp(digest, hashes->digest[dg], len) != 0)
		return CK_ERR_TRUST_HASH;

	return CK_OK;
}

static enum ck_err
check_files(const struct ck_passive_input *input,
    const struct ck_sod_hashes *hashes)
{
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; err == CK_OK && i < input->file_count; i++)
		err = ck_passive_check_file(hashes, input->files[i].dg,
		    input->files[i].file);

	return err;
}

static bool
is_strong(const struct ck_signed *document, const struct ck_sod_hashes *hashes,
    bool sha1_allowed)
{
	return ck_strength_digest(hash_nid(hashes->algorithm), sha1_allowed) &&
	    ck_strength_digest(ck_signed_digest(document), sha1_allowed) &&
	    ck_strength_certificate(document->signer, sha1_allowed);
}

/* A full date as seconds since 1970; 0 if a part is unknown. */
static int64_t
date_seconds(struct ck_date date)
{
	struct tm parts = {
		.tm_year = date.year - 1900,
		.tm_mon = date.month - 1,
		.tm_mday = date.day
	};

	return date.day == 0 ? 0 : (int64_t)timegm(&parts);
}

_Static_assert(CK_ACCEPTED_BY_LEN == CK_TRUST_BY_LEN, "one name, one length");

static void
name_acceptance(const struct ck_trust_note *note, struct ck_signer *signer)
{
	memcpy(signer->accepted_by, note->by, sizeof(signer->accepted_by));
	signer->accepted_on = ck_clock_local_date(note->at_ms);
}

/*
 * A state signs its own documents: whoever else is trusted may not make
 * citizens of this one. 9303-12 §7.1.1: names of certificates have a country.
 */
static bool
speaks_for_state(const struct ck_passive_input *input, X509 *signer)
{
	char country[3];

	if (input->state == NULL || strcmp(input->state, "VNM") != 0)
		return true;
	ck_name_country(X509_get_issuer_name(signer), country);

	return country[0] == '\0' || strcmp(country, "VN") == 0;
}

static enum ck_err
check_chain(const struct ck_passive_input *input,
    const struct ck_signed *document, struct ck_passive_report *report)
{
	struct ck_chain_input chain = {
		.signer = document->signer,
		.anchors = input->anchors,
		.now = input->wall_ms / 1000,
		.signed_at = ck_signed_time(document),
		.sha1_allowed = input->sha1_allowed
	};
	struct ck_chain_report found;
	enum ck_err err;

	if (chain.signed_at == 0)
		chain.signed_at = date_seconds(input->issued);
	if ((err = ck_chain_verify(&chain, &found)) != CK_OK)
		return err;
	report->result = found.issuer == CK_ISSUER_LISTED ||
	    found.issuer == CK_ISSUER_PINNED ? CK_PASSIVE_VALID :
	    CK_PASSIVE_UNKNOWN_ISSUER;
	if (report->result == CK_PASSIVE_VALID &&
	    !speaks_for_state(input, document->signer))
		return CK_ERR_TRUST_CHAIN;
	report->signer.issuer = found.issuer;
	report->signer.expired = found.expired;
	if (found.accepted != NULL)
		name_acceptance(found.accepted, &report->signer);

	return CK_OK;
}

/* 9303-11 §5.1 */
static enum ck_err
verify_document(const struct ck_passive_input *input,
    struct ck_signed *document, struct ck_passive_report *report)
{
	enum ck_err err;

	err = ck_sod_hashes_parse(document->content, &report->hashes);
	if (err != CK_OK)
		return err;
	if ((err = check_files(input, &report->hashes)) != CK_OK)
		return err;
	if ((err = ck_signed_verify(document)) != CK_OK)
		return err;
	if (!is_strong(document, &report->hashes, input->sha1_allowed))
		return CK_ERR_TRUST_POLICY;

	return check_chain(input, document, report);
}

enum ck_err
ck_passive_verify(const struct ck_passive_input *input,
    struct ck_passive_report *report)
{
	struct ck_signed document = { 0 };
	struct ck_span cms;
	enum ck_err err;

	memset(report, 0, sizeof(*report));
	if ((err = ck_sod_unwrap(input->sod, &cms)) != CK_OK)
		goto out;
	if ((err = ck_signed_open(cms, CK_SIGNED_SECURITY_OBJECT,
	    &document)) != CK_OK)
		goto out;
	err = verify_document(input, &document, report);
out:
	ck_signed_close(&document);
	if (err != CK_OK) {
		memset(report, 0, sizeof(*report));
		report->result = CK_PASSIVE_INVALID;
	}

	return err;
}
