/*
 * post.c - correction cases: made, written to files, answered
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "ck/hex.h"
#include "ck/log.h"
#include "correction/content.h"
#include "correction/post_state.h"
#include "daemon/config.h"
#include "io/loop.h"

/* Cases of one export: a clinic makes a few a day. */
#define EXPORT_MAX 1000

static int64_t
wall_ms(const struct ck_post *post)
{
	return ck_clock_wall_ms(ck_loop_clock(post->use.loop));
}

/* --- Life ----------------------------------------------------------------- */

static enum ck_err
load_office(struct ck_post *post)
{
	const struct ck_config *config = post->use.config;
	const char *why;
	enum ck_err err;

	post->knows_answers = ck_hex_read(ck_span_str(
	    config->corrections_answer_key), post->answer_key,
	    sizeof(post->answer_key));
	if (config->corrections_office_certificate[0] == '\0')
		return CK_OK;
	err = ck_office_load(&post->office,
	    config->corrections_office_certificate, &why);
	if (err != CK_OK) {
		ck_log(CK_LOG_ERROR, "corrections", "[corrections] "
		    "office_certificate: %s: %s",
		    config->corrections_office_certificate,
		    why != NULL ? why : ck_err_text(err));
		return err;
	}

	return ck_office_fingerprint(post->office, post->recipient);
}

enum ck_err
ck_post_new(struct ck_post **out, const struct ck_post_options *options)
{
	struct ck_post *post = calloc(1, sizeof(*post));
	enum ck_err err;

	*out = NULL;
	if (post == NULL)
		return CK_ERR_NOMEM;
	post->use = *options;
	if ((err = ck_feed_key_load(options->config->directory,
	    &post->key)) != CK_OK ||
	    (err = load_office(post)) != CK_OK ||
	    (err = ck_post_send_begin(post)) != CK_OK)
		ck_post_free(&post);
	*out = post;

	return err;
}

void
ck_post_free(struct ck_post **post)
{
	if (*post == NULL)
		return;
	ck_post_send_end(*post);
	ck_office_free(&(*post)->office);
	ck_feed_key_wipe(&(*post)->key);
	free(*post);
	*post = NULL;
}

const char *
ck_post_hindrance(const struct ck_post *post)
{
	if (post->use.config->practice)
		return "practice";
	if (post->office == NULL)
		return "no_office";

	return ck_office_in_force(post->office, wall_ms(post)) == CK_OK ?
	    NULL : "office_expired";
}

bool
ck_post_sends(const struct ck_post *post)
{
	return post->client != NULL;
}

/* --- Making --------------------------------------------------------------- */

static void
name_us(const struct ck_post *post, struct ck_correction_document *out)
{
	(void)snprintf(out->code, sizeof(out->code), "%s",
	    post->use.config->facility);
	(void)snprintf(out->station, sizeof(out->station), "%s",
	    post->use.config->station);
	memcpy(out->recipient, post->recipient, sizeof(out->recipient));
}

static enum ck_err
seal(const struct ck_post *post, const struct ck_lookup_record *record,
    const struct ck_new_case *given, struct ck_buf *envelope)
{
	const struct ck_content content = {
		.case_id = given->id,
		.facility = post->use.config->facility,
		.station = post->use.config->station,
		.made_ms = given->made_ms,
		.consent_operator = given->consent_operator,
		.record = record
	};
	struct ck_buf plain = CK_BUF_INIT;
	enum ck_err err = ck_content_build(&content, &plain);

	if (err == CK_OK)
		err = ck_envelope_seal(post->office, ck_buf_view(&plain),
		    envelope);
	ck_buf_wipe(&plain);

	return err;
}

/* Random throughout: an id tells the office nothing, not even an order. */
static enum ck_err
new_id(char out[CK_CASE_ID_LEN])
{
	uint8_t bytes[16];

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return CK_ERR_CRYPTO;
	ck_hex_print(ck_span_of(bytes, sizeof(bytes)), out);

	return CK_OK;
}

enum ck_err
ck_post_make(struct ck_post *post, const struct ck_lookup_record *record,
    struct ck_new_case *out, struct ck_buf *document)
{
	struct ck_correction_document made = { .type = CK_CORRECTION_CASE };
	enum ck_err err;

	ck_buf_wipe(document);
	if (ck_post_hindrance(post) != NULL)
		return CK_ERR_OFFICE_CERTIFICATE;
	made.made_ms = out->made_ms = wall_ms(post);
	if ((err = new_id(out->id)) != CK_OK)
		return err;
	memcpy(made.id, out->id, sizeof(made.id));
	name_us(post, &made);
	if ((err = seal(post, record, out, &made.envelope)) == CK_OK)
		err = ck_correction_build(&made, post->key.signer,
		    post->key.public, document);
	if (err == CK_OK && EVP_Digest(document->ptr, document->len,
	    out->sha256, NULL, EVP_sha256(), NULL) != 1)
		err = CK_ERR_CRYPTO;
	out->document = ck_buf_view(document);
	ck_correction_wipe(&made);

	return err;
}

/* --- Documents ------------------------------------------------------------ */

static enum ck_err
build_end(struct ck_post *post, const struct ck_case_row *row,
    struct ck_buf *out)
{
	struct ck_correction_document end = {
		.type = CK_CORRECTION_CLOSED, .made_ms = row->closed_ms,
		.retests = row->retests
	};

	memcpy(end.id, row->id, sizeof(end.id));
	name_us(post, &end);

	return ck_correction_build(&end, post->key.signer, post->key.public,
	    out);
}

enum ck_err
ck_post_document(struct ck_post *post, const struct ck_case_row *row,
    struct ck_buf *out)
{
	return row->closed_ms > 0 ? build_end(post, row, out) :
	    ck_store_case_document(post->use.store, row->number, out);
}

struct exporting {
	struct ck_case_row *rows;
	size_t count;
};

static enum ck_err
keep_row(void *ctx, const struct ck_case_row *row)
{
	struct exporting *exporting = ctx;

	exporting->rows[exporting->count++] = *row;

	return CK_OK;
}

static enum ck_err
export_row(struct ck_post *post, struct ck_case_row *row, struct ck_buf *out)
{
	enum ck_err err = ck_post_document(post, row, out);

	if (err == CK_OK)
		err = ck_buf_push(out, '\n');
	if (err != CK_OK)
		return err;
	row->sent_ms = wall_ms(post);

	return ck_store_put_case_try(post->use.store, row);
}

enum ck_err
ck_post_export(struct ck_post *post, struct ck_buf *out, size_t *count)
{
	struct exporting exporting = { .count = 0 };
	enum ck_err err = CK_ERR_NOMEM;
	size_t i;

	*count = 0;
	exporting.rows = calloc(EXPORT_MAX, sizeof(*exporting.rows));
	if (exporting.rows != NULL)
		err = ck_store_cases_untold(post->use.store, EXPORT_MAX,
		    keep_row, &exporting);
	for (i = 0; i < exporting.count && err == CK_OK; i++)
		err = export_row(post, &exporting.rows[i], out);
	if (err == CK_OK)
		*count = exporting.count;
	free(exporting.rows);

	return err;
}

/* --- Answers -------------------------------------------------------------- */

enum ck_case_state
ck_post_state_of(enum ck_office_state state)
{
	switch (state) {
	case CK_OFFICE_CORRECTED:
		return CK_CASE_CORRECTED;
	case CK_OFFICE_REFUSED:
		return CK_CASE_REFUSED;
	case CK_OFFICE_CLOSED:
		return CK_CASE_CLOSED;
	case CK_OFFICE_UNKNOWN:
	case CK_OFFICE_RECEIVED:
	default:
		return CK_CASE_ACKNOWLEDGED;
	}
}

enum ck_err
ck_post_answer(struct ck_post *post, struct ck_span answer)
{
	struct ck_office_answer read;
	enum ck_err err = post->knows_answers ? ck_office_answer_read(answer,
	    post->answer_key, &read) : CK_ERR_CASE_MALFORMED;

	if (err != CK_OK)
		return err;
	/* a code may have changed since; the id and the hash are ours alone */
	if (strcmp(read.station, post->use.config->station) != 0)
		return CK_ERR_NOT_FOUND;

	return ck_store_put_case_answer(post->use.store, read.id, read.sha256,
	    ck_post_state_of(read.state), wall_ms(post), answer);
}
