/*
 * fuzz_service.c - what the daemon hears from its worker and its gateway
 */
#include <string.h>

#include "desk/worker_check.h"
#include "eligibility/ack.h"
#include "eligibility/answer.h"
#include "eligibility/copayment.h"
#include "eligibility/history.h"
#include "eligibility/token.h"
#include "fuzz.h"

/* A date is shown and a flag is read, as the desk does with them. */
static void
use_identity(const struct ck_identity *identity)
{
	char iso[CK_DATE_LEN];

	ck_date_iso(identity->date_of_birth, iso);
	ck_date_iso(identity->issue_date, iso);
	ck_date_iso(identity->expiry_date, iso);
	fuzz_check(strlen(identity->full_name) < CK_NAME_LEN);
	fuzz_check(identity->no_expiry || !identity->no_expiry);
}

static void
use_message(const struct ck_worker_message *message)
{
	uint32_t i;

	switch (message->type) {
	case CK_WORKER_READERS:
		for (i = 0; i < message->u.readers.count; i++)
			fuzz_check(strlen(message->u.readers.name[i]) <
			    CK_READER_NAME_LEN);
		break;
	case CK_WORKER_IDENTITY:
		use_identity(&message->u.identity);
		break;
	case CK_WORKER_PHOTO:
		fuzz_check(message->u.photo.offset + message->u.photo.len <=
		    CK_PHOTO_MAX);
		break;
	case CK_WORKER_RESULT:
		use_identity(&message->u.result.identity);
		break;
	default:
		break;
	}
}

/* Whether the packet has its right length; its type; then its members. */
int
fuzz_worker_check(const uint8_t *data, size_t size)
{
	static struct ck_worker_message message;
	struct ck_cursor input = ck_cursor_of(ck_span_of(data, size));
	size_t less = fuzz_u8(&input), len;

	memset(&message, 0, sizeof(message));
	message.version = CK_WORKER_VERSION;
	message.type = fuzz_u8(&input);
	len = input.rest.len < sizeof(message.u) ? input.rest.len :
	    sizeof(message.u);
	if (len > 0)
		memcpy(&message.u, input.rest.ptr, len);
	if (ck_worker_packet_ok(&message, sizeof(message) - less)) {
		fuzz_check(less == 0);
		use_message(&message);
	}

	return 0;
}

/* The gateway's words are kept as they are, but for control characters. */
static bool
plain_text(const char *text, size_t cap)
{
	size_t i;

	for (i = 0; i < cap && text[i] != '\0'; i++) {
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	}

	return i < cap;
}

int
fuzz_answer(const uint8_t *data, size_t size)
{
	static const struct ck_date birth = { 1994, 3, 5 };
	struct ck_answer answer;

	if (ck_answer_parse(ck_span_of(data, size), &answer) != CK_OK) {
		fuzz_check(fuzz_zero(&answer, sizeof(answer)));
		return 0;
	}
	fuzz_check(answer.code[0] != '\0' && answer.as_of_ms == 0);
	fuzz_check(plain_text(answer.full_name, sizeof(answer.full_name)));
	fuzz_check(plain_text(answer.note, sizeof(answer.note)));
	fuzz_check(ck_date_absent(answer.card.valid_from) ||
	    ck_date_valid(answer.card.valid_from));
	(void)ck_answer_is_about(&answer, CK_KEY_ID_NUMBER, "084094000001",
	    "NGUYỄN VĂN MẪU", birth);
	ck_answer_wipe(&answer);
	fuzz_check(fuzz_zero(&answer, sizeof(answer)));

	return 0;
}

int
fuzz_token(const uint8_t *data, size_t size)
{
	struct ck_token token;

	if (ck_token_parse(ck_span_of(data, size), INT64_C(1795405880000),
	    &token) != CK_OK) {
		fuzz_check(fuzz_zero(&token, sizeof(token)));
		return 0;
	}
	fuzz_check(token.access[0] != '\0' && token.id[0] != '\0');
	fuzz_check(memchr(token.access, '\0', sizeof(token.access)) != NULL);
	fuzz_check(memchr(token.id, '\0', sizeof(token.id)) != NULL);
	ck_token_wipe(&token);
	fuzz_check(fuzz_zero(&token, sizeof(token)));

	return 0;
}

static void
check_episode(const struct ck_episode *episode)
{
	fuzz_check(plain_text(episode->id, sizeof(episode->id)));
	fuzz_check(plain_text(episode->facility, sizeof(episode->facility)));
	fuzz_check(plain_text(episode->admitted, sizeof(episode->admitted)));
	fuzz_check(plain_text(episode->discharged,
	    sizeof(episode->discharged)));
	fuzz_check(plain_text(episode->diagnosis,
	    sizeof(episode->diagnosis)));
	fuzz_check(plain_text(episode->condition,
	    sizeof(episode->condition)));
	fuzz_check(plain_text(episode->result, sizeof(episode->result)));
	fuzz_check(plain_text(episode->reason, sizeof(episode->reason)));
}

int
fuzz_history(const uint8_t *data, size_t size)
{
	struct ck_history history;
	size_t i;

	if (ck_history_parse(ck_span_of(data, size), &history) != CK_OK) {
		fuzz_check(fuzz_zero(&history, sizeof(history)));
		return 0;
	}
	fuzz_check(history.code[0] != '\0');
	fuzz_check(plain_text(history.note, sizeof(history.note)));
	fuzz_check(history.count <= CK_EPISODES_MAX);
	fuzz_check((history.episodes == NULL) == (history.count == 0));
	for (i = 0; i < history.count; i++)
		check_episode(&history.episodes[i]);
	ck_history_wipe(&history);
	fuzz_check(fuzz_zero(&history, sizeof(history)));

	return 0;
}

/* Settled for a year in which the salary changed, and one in which not. */
int
fuzz_copayment(const uint8_t *data, size_t size)
{
	static const struct ck_date days[] = {
		{ 2026, 11, 23 }, { 2025, 6, 1 }, { 1990, 1, 1 }
	};
	static struct ck_copayment answer;
	struct ck_copayment_state state;
	size_t i;

	if (ck_copayment_parse(ck_span_of(data, size), &answer) != CK_OK) {
		fuzz_check(fuzz_zero(&answer, sizeof(answer)));
		return 0;
	}
	fuzz_check(answer.code[0] != '\0');
	fuzz_check(answer.count <= CK_PAYMENTS_MAX);
	fuzz_check(plain_text(answer.note, sizeof(answer.note)));
	for (i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		ck_copayment_settle(&answer, days[i], &state);
		fuzz_check(state.known || (state.paid_dong == 0 &&
		    !state.over));
		fuzz_check(state.threshold_dong >= 0);
		fuzz_check(!state.over ||
		    state.paid_dong > state.threshold_dong);
	}
	ck_copayment_wipe(&answer);
	fuzz_check(fuzz_zero(&answer, sizeof(answer)));

	return 0;
}

int
fuzz_ack(const uint8_t *data, size_t size)
{
	struct ck_ack ack;

	if (ck_ack_parse(ck_span_of(data, size), &ack) != CK_OK) {
		fuzz_check(fuzz_zero(&ack, sizeof(ack)));
		return 0;
	}
	fuzz_check(ack.code[0] != '\0');
	/* Only a clear word is a yes. */
	fuzz_check(ack.result != CK_ACK_ACCEPTED ||
	    strcmp(ack.code, "200") == 0);
	fuzz_check(plain_text(ack.transaction, sizeof(ack.transaction)));
	fuzz_check(plain_text(ack.received, sizeof(ack.received)));
	fuzz_check(plain_text(ack.message, sizeof(ack.message)));
	ck_ack_wipe(&ack);
	fuzz_check(fuzz_zero(&ack, sizeof(ack)));

	return 0;
}
