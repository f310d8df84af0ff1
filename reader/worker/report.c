/*
 * report.c - what the daemon is told about readers, cards and reads
 */
#include <string.h>

#include "worker/report.h"

/* pcscd counts insertions and removals in the upper half of its state. */
#define EVENTS(state) ((state) >> 16)

void
ck_report_readers(const struct ck_sight *sight, struct ck_worker_readers *out)
{
	size_t i;

	memset(out, 0, sizeof(*out));
	out->service = sight->err != CK_ERR_READER_NO_SERVICE;
	if (sight->err != CK_OK)
		return;
	for (i = 0; i < sight->readers.count && i < CK_READERS_MAX; i++) {
		memcpy(out->name[i], sight->readers.reader[i].name,
		    CK_READER_NAME_LEN - 1);
		out->count++;
	}
}

struct ck_worker_status
ck_report_status(const struct ck_sight *sight)
{
	const struct ck_seen_reader *reader = &sight->readers.reader[0];
	struct ck_worker_status out = { .err = (uint32_t)sight->err };

	if (sight->err != CK_OK)
		return out;
	if (sight->readers.count == 0) {
		out.err = CK_ERR_READER_NONE;
		return out;
	}
	out.card_present = reader->card_present;
	out.err = (uint32_t)reader->err;
	out.kind = (uint32_t)reader->kind;

	return out;
}

bool
ck_report_exchanged(const struct ck_sight *before, const struct ck_sight *now)
{
	const struct ck_seen_reader *a = &before->readers.reader[0];
	const struct ck_seen_reader *b = &now->readers.reader[0];

	if (before->err != CK_OK || now->err != CK_OK ||
	    before->readers.count == 0 || now->readers.count == 0)
		return false;

	return a->card_present && b->card_present &&
	    EVENTS(a->state) != EVENTS(b->state);
}

static void
send_photo(struct ck_link *link, uint32_t serial, struct ck_span photo)
{
	size_t at = 0;

	while (at < photo.len) {
		struct ck_span piece = ck_span_slice(photo, at,
		    CK_WORKER_CHUNK);
		struct ck_worker_message *packet = ck_link_begin(link,
		    CK_WORKER_PHOTO, serial);

		packet->u.photo.offset = (uint32_t)at;
		packet->u.photo.len = (uint32_t)piece.len;
		memcpy(packet->u.photo.bytes, piece.ptr, piece.len);
		ck_link_send(link);
		at += piece.len;
	}
}

/* A photo beyond the limit is left out; the rest of the read stands. */
static struct ck_span
photo_to_send(const struct ck_reading *reading)
{
	if (reading->photo.len > CK_PHOTO_MAX ||
	    reading->photo_format == CK_IMAGE_NONE)
		return CK_SPAN_EMPTY;

	return ck_buf_view(&reading->photo);
}

void
ck_report_result(struct ck_link *link, uint32_t serial,
    const struct ck_ending *ending, const struct ck_reading *reading)
{
	struct ck_span photo = photo_to_send(reading);
	struct ck_worker_result *result;

	send_photo(link, serial, photo);
	result = &ck_link_begin(link, CK_WORKER_RESULT, serial)->u.result;
	result->err = (uint32_t)ending->err;
	result->hint = (uint32_t)ck_hint_for(ending->err, ending->kind);
	result->passive_reason = (uint32_t)reading->passive_reason;
	result->access = (uint32_t)reading->access;
	result->passive = (uint32_t)reading->passive;
	result->chip_auth = (uint32_t)reading->chip_auth;
	result->active_auth = (uint32_t)reading->active_auth;
	result->assurance = (uint32_t)reading->assurance;
	result->issuer = (uint32_t)reading->signer.issuer;
	result->signer_expired = reading->signer.expired;
	memcpy(result->accepted_by, reading->signer.accepted_by,
	    sizeof(result->accepted_by));
	result->accepted_on = reading->signer.accepted_on;
	result->photo_format = photo.len == 0 ? CK_IMAGE_NONE :
	    (uint32_t)reading->photo_format;
	result->photo_len = (uint32_t)photo.len;
	result->tries_left = reading->opening.tries_left;
	result->apdus = reading->apdus;
	result->elapsed_ms = reading->elapsed_ms;
	result->identity = reading->identity;
	ck_link_send(link);
}
