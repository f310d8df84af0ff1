/*
 * place.c - asking one daemon
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "collect/collect_state.h"
#include "daemon/secret.h"
#include "io/gzip.h"
#include "ledger/day.h"

void
ck_place_fail(struct ck_place *place, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(place->reason, sizeof(place->reason), format, args);
	va_end(args);
	place->state = CK_PLACE_ENDED;
}

/* --- Asking --------------------------------------------------------------- */

/* A daemon is slow to die: its answer may come packed and far too long. */
static void
keep_body(struct ck_place *place, struct ck_span body)
{
	static const uint8_t gzip[] = { 0x1F, 0x8B };
	enum ck_err err;

	ck_buf_wipe(&place->body);
	place->cut = false;
	if (ck_span_equal(ck_span_slice(body, 0, 2), ck_span_of(gzip, 2)))
		err = ck_gzip_unpack(body, CK_DOCUMENT_MAX, &place->body);
	else
		err = ck_buf_append(&place->body, body);
	if (err == CK_ERR_LIMIT) {
		place->cut = true;
		err = CK_OK;
	}
	if (err == CK_OK)
		place->state = CK_PLACE_ARRIVED;
	else if (err == CK_ERR_REQUEST)
		ck_place_fail(place, "the compressed answer is damaged");
	else
		ck_place_fail(place, "%s", ck_err_text(err));
}

static void
on_answer(void *ctx, const struct ck_client_answer *answer)
{
	struct ck_place *place = ctx;

	if (answer->end != CK_CLIENT_ANSWERED)
		ck_place_fail(place, "%s: %s", ck_client_end_label(answer->end),
		    answer->detail);
	else if (answer->status == 401 || answer->status == 403)
		ck_place_fail(place, "the daemon does not take our token (status %ld)",
		    answer->status);
	else if (answer->status != 200)
		ck_place_fail(place, "status %ld", answer->status);
	else
		keep_body(place, answer->body);
}

void
ck_place_ask(struct ck_place *place)
{
	char url[CK_ADDRESS_LEN + 64];
	const char *headers[] = {
		"Accept-Encoding: gzip", "Accept: application/json",
		place->authorization[0] != '\0' ? place->authorization :
		NULL, NULL
	};
	struct ck_client_post post = { .url = url, .headers = headers };
	enum ck_err err;

	(void)snprintf(url, sizeof(url), "%s/v1/stats/feed?after=%" PRId64,
	    place->address, place->after);
	place->state = CK_PLACE_ASKING;
	place->pages++;
	err = ck_client_post(place->collector->client, &post, on_answer,
	    place, NULL);
	if (err != CK_OK)
		ck_place_fail(place, "%s", ck_err_text(err));
}

/* --- Beginning ------------------------------------------------------------ */

/* A daemon without a file may let us in by our certificate. */
static bool
read_token(struct ck_place *place, const struct ck_clinic *clinic)
{
	const char *directory = place->collector->tokens_directory;
	char path[1024 + CK_CLINIC_ID_LEN + CK_STATION_LEN + 2];
	char token[CK_TOKEN_LEN];

	place->authorization[0] = '\0';
	if (directory[0] == '\0')
		return true;
	(void)snprintf(path, sizeof(path), "%s/%s.%s", directory, clinic->id,
	    place->lease.station);
	if (access(path, F_OK) != 0)
		return true;
	if (ck_secret_read(path, 1, token, sizeof(token)) != CK_OK)
		return false;
	(void)snprintf(place->authorization, sizeof(place->authorization),
	    "Authorization: Bearer %s", token);
	explicit_bzero(token, sizeof(token));

	return true;
}

/* For whoever reads the log: nobody knows a clinic by its number. */
static void
note_code(struct ck_place *place, const struct ck_clinic *clinic)
{
	const struct ck_clinic_version *today = clinic == NULL ? NULL :
	    ck_clinic_on(clinic,
	    ck_day_of_ms(ck_collector_now_ms(place->collector)));

	place->code[0] = '\0';
	if (today != NULL)
		memcpy(place->code, today->code, sizeof(place->code));
}

enum ck_err
ck_place_begin(struct ck_place *place, const struct ck_registry *registry)
{
	struct ck_collector *collector = place->collector;
	const struct ck_clinic_daemon *daemon = NULL;
	const struct ck_clinic *clinic;
	char epoch[CK_FEED_EPOCH_LEN];
	enum ck_err err;

	clinic = ck_registry_by_number(registry, place->lease.facility);
	if (clinic != NULL)
		daemon = ck_clinic_daemon_on(clinic, place->lease.station,
		    ck_day_of_ms(ck_collector_now_ms(collector)));
	place->pages = 0;
	place->began_anew = false;
	place->reason[0] = '\0';
	place->address[0] = '\0';
	note_code(place, clinic);
	collector->counts.asked++;
	if (daemon == NULL || daemon->address[0] == '\0') {
		ck_place_fail(place, "the registry has no address today");
		return CK_OK;
	}
	memcpy(place->address, daemon->address, sizeof(place->address));
	err = ck_ledger_position(collector->ledger, place->lease.facility,
	    place->lease.station, epoch, &place->after);
	if (err != CK_OK)
		return err;
	if (!read_token(place, clinic))
		ck_place_fail(place, "its token file cannot be read");
	else
		ck_place_ask(place);

	return CK_OK;
}
