/*
 * post_state.h - what post.c and send.c share, and nobody else includes
 */
#ifndef SERVICE_CORRECTION_POST_STATE_H
#define SERVICE_CORRECTION_POST_STATE_H

#include "correction/document.h"
#include "correction/post.h"
#include "stats/feed_sign.h"

struct ck_client;
struct ck_client_call;
struct ck_timer;

struct ck_post {
	struct ck_post_options use;
	struct ck_feed_key key;		/* the clinic's, signs */
	struct ck_office *office;	/* NULL: no cases can be made */
	uint8_t recipient[CK_FINGERPRINT_LEN];
	bool knows_answers;		/* answer_key below is set */
	uint8_t answer_key[CK_PUBLIC_LEN];

	/* Sending; client NULL: files only. */
	struct ck_client *client;
	struct ck_client_call *call;	/* on its way */
	struct ck_timer *timer;		/* pending: the next look */
	bool writing;			/* a write of ours is in the turn */
	struct ck_case_row row;		/* on its way */
	struct ck_buf answer;		/* to it, to be written; "": none */
	enum ck_case_state state;	/* that it tells */
};

/* The document that row has to send now: the case, or its end. Appended. */
CK_MUST_CHECK enum ck_err
ck_post_document(struct ck_post *post, const struct ck_case_row *row,
    struct ck_buf *out);

/* What the office's word means for our row. */
enum ck_case_state ck_post_state_of(enum ck_office_state state);

/* send.c */
CK_MUST_CHECK enum ck_err ck_post_send_begin(struct ck_post *post);
void ck_post_send_end(struct ck_post *post);

#endif /* SERVICE_CORRECTION_POST_STATE_H */
