/*
 * post.h - correction cases: made, sent, answered, closed
 *
 * In the flow:  http -> [post] -> content, envelope, document -> io/client ->
 *               the province's collector
 *
 * The rows of store/correction.h are the outbox. Sending is harmless when
 * repeated, so an open case is simply sent again, less and less often, and the
 * answer says how it stands; its end is a document of its own. One request is
 * on its way at a time. Without a collector cases leave in files.
 */
#ifndef SERVICE_CORRECTION_POST_H
#define SERVICE_CORRECTION_POST_H

#include "store/correction.h"

struct ck_config;
struct ck_loop;
struct ck_post;
struct ck_turn;

/* All borrowed until ck_post_free(). */
struct ck_post_options {
	const struct ck_config *config;
	struct ck_loop *loop;
	struct ck_turn *turn;
	struct ck_store *store;
};

/* Begin. Returns CK_OK, CK_ERR_OFFICE_CERTIFICATE (told in the log),
 * CK_ERR_STORE_KEY, CK_ERR_SYSTEM or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_post_new(struct ck_post **out, const struct ck_post_options *options);

/* What is on its way is sent again at the next start. NULL is allowed. */
void ck_post_free(struct ck_post **post);

/* Why no case can be made: "no_office", "office_expired", "practice"; NULL: it
 * can. Static. */
const char *ck_post_hindrance(const struct ck_post *post);

/* True when cases are sent by themselves, false when they leave in files. */
bool ck_post_sends(const struct ck_post *post);

/*
 * Make a case about the patient of record, who consented just now.
 *
 * out        id, made_ms, sha256 and document are filled in; the caller sets
 *            correction and consent_operator before, and wipes document
 * document   owns the bytes of out->document; replaced
 *
 * Returns    CK_OK; CK_ERR_OFFICE_CERTIFICATE: see ck_post_hindrance();
 *            CK_ERR_LIMIT, CK_ERR_CRYPTO, CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_post_make(struct ck_post *post, const struct ck_lookup_record *record,
    struct ck_new_case *out, struct ck_buf *document);

/* Something new is to be sent. */
void ck_post_wake(struct ck_post *post);

/*
 * Inside a transaction: append what the office has not acknowledged to out, one
 * document a line, and note that it was sent. *count receives how many.
 * Returns CK_OK or an error of the store, CK_ERR_CRYPTO, CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_post_export(struct ck_post *post, struct ck_buf *out, size_t *count);

/*
 * Inside a transaction: note an answer that came in a file.
 * Returns CK_OK; CK_ERR_CASE_MALFORMED: not signed with [corrections]
 * answer_key, or no answer; CK_ERR_NOT_FOUND: about no case of ours; or an
 * error of the store.
 */
CK_MUST_CHECK enum ck_err
ck_post_answer(struct ck_post *post, struct ck_span answer);

#endif /* SERVICE_CORRECTION_POST_H */
