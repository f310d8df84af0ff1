/*
 * pki_odd.c - document signers with something wrong about them
 */
#include "pki_make.h"
#include "pki_odd.h"

#define WEAK_BITS 1024

static const struct sim_wish next_wish = {
	.name = "CSCA Simulated 2", .serial = 2,
	.not_before = "20250101000000Z", .not_after = "20450101000000Z",
	.is_ca = true,
};
static const struct sim_wish expired_csca_wish = {
	.name = "CSCA Simulated 0", .serial = 3,
	.not_before = "20100101000000Z", .not_after = "20250101000000Z",
	.is_ca = true,
};
static const struct sim_wish loop_a_wish = {
	.name = "CSCA Loop A", .serial = 4,
	.not_before = "20200101000000Z", .not_after = "20400101000000Z",
	.is_ca = true,
};
static const struct sim_wish loop_b_wish = {
	.name = "CSCA Loop B", .serial = 5,
	.not_before = "20200101000000Z", .not_after = "20400101000000Z",
	.is_ca = true,
};

/* What each fault's signer says, and which CSCA issues it. */
enum issuer {
	BY_CSCA, BY_NEXT, BY_EXPIRED, BY_LOOP
};

static const struct {
	enum sim_fault fault;
	enum issuer issuer;
	struct sim_wish wish;
} rows[] = {
	{ SIM_FAULT_REVOKED_SIGNER, BY_CSCA, {
	    .name = "Document Signer Revoked", .serial = SIM_REVOKED_SERIAL,
	    .not_before = "20200601000000Z", .not_after = "20350601000000Z" } },
	{ SIM_FAULT_WEAK_SIGNER_KEY, BY_CSCA, {
	    .name = "Document Signer Weak", .serial = 0x1003,
	    .not_before = "20200601000000Z", .not_after = "20350601000000Z",
	    .rsa_bits = WEAK_BITS } },
	{ SIM_FAULT_CHAIN_LOOP, BY_LOOP, {
	    .name = "Document Signer Loop", .serial = 0x1004,
	    .not_before = "20200601000000Z", .not_after = "20350601000000Z" } },
	{ SIM_FAULT_SIGNER_IS_CA, BY_CSCA, {
	    .name = "Document Signer CA", .serial = 0x1005,
	    .not_before = "20200601000000Z", .not_after = "20350601000000Z",
	    .is_ca = true } },
	{ SIM_FAULT_FUTURE_SIGNER, BY_CSCA, {
	    .name = "Document Signer Future", .serial = 0x1006,
	    .not_before = "20900101000000Z", .not_after = "20990101000000Z" } },
	{ SIM_FAULT_EXPIRED_CSCA, BY_EXPIRED, {
	    .name = "Document Signer Orphan", .serial = 0x1007,
	    .not_before = "20200601000000Z", .not_after = "20350601000000Z" } },
	{ SIM_FAULT_SECOND_CSCA, BY_NEXT, {
	    .name = "Document Signer 2", .serial = 0x1008,
	    .not_before = "20250601000000Z", .not_after = "20400601000000Z" } },
};

/* Two certificates, each signed with the other's key. */
static bool
open_loop(const struct sim_pki *pki, struct sim_more_csca *out)
{
	struct sim_identity self;

	if (!sim_identity_keep(pki->state_dir, "loop-a", &loop_a_wish, NULL,
	    &out->loop_a) ||
	    !sim_identity_keep(pki->state_dir, "loop-b", &loop_b_wish,
	    &out->loop_a, &out->loop_b))
		return false;
	self = out->loop_a;
	out->loop_a.certificate = sim_certify(&loop_a_wish, self.key,
	    &out->loop_b);
	X509_free(self.certificate);

	return true;
}

bool
sim_more_csca_open(const struct sim_pki *pki, struct sim_more_csca *out)
{
	*out = (struct sim_more_csca){ .next = { NULL, NULL } };

	return sim_identity_keep(pki->state_dir, "csca-2", &next_wish, NULL,
	    &out->next) &&
	    sim_identity_keep(pki->state_dir, "csca-expired",
	    &expired_csca_wish, NULL, &out->expired) &&
	    open_loop(pki, out);
}

void
sim_more_csca_close(struct sim_more_csca *more)
{
	sim_identity_free(&more->next);
	sim_identity_free(&more->expired);
	sim_identity_free(&more->loop_a);
	sim_identity_free(&more->loop_b);
}

static void
add_certificate(struct sim_odd *odd, size_t at, X509 *certificate)
{
	sim_must(X509_up_ref(certificate) == 1, "X509_up_ref");
	odd->extra[at] = certificate;
}

bool
sim_odd_make(const struct sim_pki *pki, const struct sim_faults *faults,
    struct sim_odd *out)
{
	struct sim_more_csca more;
	const struct sim_identity *issuers[] = {
		[BY_CSCA] = &pki->csca,
		[BY_NEXT] = &more.next,
		[BY_EXPIRED] = &more.expired,
		[BY_LOOP] = &more.loop_a,
	};
	size_t i, count = sizeof(rows) / sizeof(rows[0]);

	*out = (struct sim_odd){ .extra = { NULL, NULL } };
	for (i = 0; i < count && !faults->on[rows[i].fault]; i++)
		;
	if (i == count)
		return false;
	sim_must(sim_more_csca_open(pki, &more), "keeping a CSCA");
	out->signer = sim_identity_make(&rows[i].wish,
	    issuers[rows[i].issuer]);
	if (rows[i].issuer == BY_LOOP) {
		add_certificate(out, 0, more.loop_a.certificate);
		add_certificate(out, 1, more.loop_b.certificate);
	}
	sim_more_csca_close(&more);

	return true;
}

void
sim_odd_free(struct sim_odd *odd)
{
	sim_identity_free(&odd->signer);
	X509_free(odd->extra[0]);
	X509_free(odd->extra[1]);
	*odd = (struct sim_odd){ .extra = { NULL, NULL } };
}
