/*
 * worker_check.c - a worker's packet is believed only within its bounds
 *
 * A worker parses what a hostile card sends; if it was taken over, this is
 * the wall it stands before.
 */
#include <string.h>

#include "ck/text.h"
#include "desk/worker_check.h"

static bool
terminated(const char *text, size_t size)
{
	return memchr(text, '\0', size) != NULL;
}

/* As ck_text_store() leaves it: UTF-8, NFC, nothing that steers a terminal. */
static bool
text_ok(const char *text, size_t size)
{
	char clean[CK_TEXT_LEN];
	bool ok = terminated(text, size) && ck_text_store(ck_span_str(text),
	    clean, sizeof(clean)) == CK_OK && strcmp(text, clean) == 0;

	explicit_bzero(clean, sizeof(clean));

	return ok;
}

/* Digits in all of its room, or nothing. */
static bool
number_ok(const char *text, size_t size)
{
	return text[0] == '\0' || (terminated(text, size) &&
	    ck_text_digits(ck_span_str(text), size - 1));
}

static bool
date_ok(struct ck_date date)
{
	return ck_date_absent(date) || ck_date_valid(date);
}

/* To read a bool that is neither 0 nor 1 is undefined: look at its byte. */
static bool
flag_ok(const bool *flag)
{
	return *(const uint8_t *)flag <= 1;
}

static bool
identity_ok(const struct ck_identity *id)
{
	return flag_ok(&id->no_expiry) &&
	    number_ok(id->number, sizeof(id->number)) &&
	    text_ok(id->full_name, sizeof(id->full_name)) &&
	    text_ok(id->nationality, sizeof(id->nationality)) &&
	    text_ok(id->residence, sizeof(id->residence)) &&
	    number_ok(id->old_number, sizeof(id->old_number)) &&
	    date_ok(id->date_of_birth) && date_ok(id->issue_date) &&
	    date_ok(id->expiry_date) && strchr("MFX", id->sex) != NULL;
}

static bool
readers_ok(const struct ck_worker_readers *readers)
{
	uint32_t i;

	if (readers->count > CK_READERS_MAX || readers->service > 1)
		return false;
	for (i = 0; i < readers->count; i++) {
		if (!terminated(readers->name[i], CK_READER_NAME_LEN))
			return false;
	}

	return true;
}

static bool
photo_ok(const struct ck_worker_photo *photo)
{
	return photo->len <= CK_WORKER_CHUNK &&
	    photo->offset <= CK_PHOTO_MAX - photo->len;
}

static bool
result_ok(const struct ck_worker_result *result)
{
	return result->hint <= CK_HINT_LAST &&
	    result->access <= CK_ACCESS_BAC &&
	    result->passive <= CK_PASSIVE_INVALID &&
	    result->chip_auth <= CK_CLONE_INVALID &&
	    result->active_auth <= CK_CLONE_INVALID &&
	    result->assurance <= CK_ASSURANCE_CHIP_VERIFIED &&
	    result->issuer <= CK_ISSUER_NO_LIST &&
	    result->signer_expired <= 1 &&
	    text_ok(result->accepted_by, sizeof(result->accepted_by)) &&
	    date_ok(result->accepted_on) &&
	    result->photo_format <= CK_IMAGE_JPEG2000 &&
	    result->tries_left <= CK_TRIES_LEFT_MAX &&
	    result->photo_len <= CK_PHOTO_MAX && result->elapsed_ms >= 0 &&
	    identity_ok(&result->identity);
}

bool
ck_worker_packet_ok(const struct ck_worker_message *message, size_t len)
{
	if (len != sizeof(*message) || message->version != CK_WORKER_VERSION)
		return false;
	switch (message->type) {
	case CK_WORKER_HELLO:
		return true;
	case CK_WORKER_READERS:
		return readers_ok(&message->u.readers);
	case CK_WORKER_STATUS:
		return message->u.status.card_present <= 1 &&
		    message->u.status.kind <= CK_CARD_KIND_LAST;
	case CK_WORKER_STEP:
		return message->u.step <= CK_STEP_DONE;
	case CK_WORKER_IDENTITY:
		return identity_ok(&message->u.identity);
	case CK_WORKER_PHOTO:
		return photo_ok(&message->u.photo);
	case CK_WORKER_RESULT:
		return result_ok(&message->u.result);
	default:
		return false;
	}
}
