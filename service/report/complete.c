/*
 * complete.c - until when each clinic's figures are whole
 */
#include <stdlib.h>
#include <string.h>

#include "ledger/figures.h"
#include "report/complete.h"

/* A daemon that should report, and how far it has. */
struct station {
	int64_t facility;
	char name[CK_STATION_LEN];
	int64_t until_ms, heard_ms;
	int64_t began_ms;	/* the earliest epoch with figures; 0 none */
};

struct stations {
	struct station *list;	/* owned */
	size_t len;
};

static size_t
daemon_lines(const struct ck_clinic *clinics, size_t count)
{
	size_t i, lines = 0;

	for (i = 0; i < count; i++)
		lines += clinics[i].daemon_count;

	return lines;
}

/* Lines of a daemon follow each other: the dated ones of a station are one. */
static void
add_stations(struct stations *stations, const struct ck_clinic *clinic,
    int64_t day)
{
	size_t i;

	for (i = 0; i < clinic->daemon_count; i++) {
		const struct ck_clinic_daemon *daemon = &clinic->daemons[i];
		struct station *last = stations->len == 0 ? NULL :
		    &stations->list[stations->len - 1];

		if (daemon->from_day > day)
			continue;
		if (last != NULL && last->facility == clinic->number &&
		    strcmp(last->name, daemon->station) == 0)
			continue;
		last = &stations->list[stations->len++];
		*last = (struct station){ .facility = clinic->number };
		memcpy(last->name, daemon->station, sizeof(last->name));
	}
}

/* After a clinic's code has changed a daemon has two latest streams: the one
 * that goes on counts. */
static enum ck_err
note_stream(void *ctx, const struct ck_stream *stream)
{
	struct stations *stations = ctx;
	size_t i;

	for (i = 0; i < stations->len; i++) {
		struct station *station = &stations->list[i];

		if (station->facility != stream->facility ||
		    strcmp(station->name, stream->station) != 0)
			continue;
		if (stream->latest && stream->complete_ms > station->until_ms)
			station->until_ms = stream->complete_ms;
		if (stream->received_ms > station->heard_ms)
			station->heard_ms = stream->received_ms;
		if (stream->complete_ms > 0 && (station->began_ms == 0 ||
		    stream->epoch_s * 1000 < station->began_ms))
			station->began_ms = stream->epoch_s * 1000;
	}

	return CK_OK;
}

static struct ck_completeness
completeness_of(const struct ck_clinic *clinic,
    const struct stations *stations)
{
	struct ck_completeness out = { .clinic = clinic };
	size_t i, found = 0;

	for (i = 0; i < stations->len; i++) {
		const struct station *station = &stations->list[i];

		if (station->facility != clinic->number)
			continue;
		if (found++ == 0 || station->until_ms < out.until_ms)
			out.until_ms = station->until_ms;
		if (station->heard_ms > out.heard_ms)
			out.heard_ms = station->heard_ms;
		if (station->began_ms > 0 && (out.began_ms == 0 ||
		    station->began_ms < out.began_ms))
			out.began_ms = station->began_ms;
	}

	return out;
}

enum ck_err
ck_completeness_load(struct ck_ledger *ledger,
    const struct ck_registry *registry, int64_t day,
    struct ck_completeness **list, size_t *count)
{
	size_t i, len, lines;
	const struct ck_clinic *clinics = ck_registry_clinics(registry, &len);
	struct stations stations = { 0 };
	enum ck_err err = CK_ERR_NOMEM;

	*count = 0;
	lines = daemon_lines(clinics, len);
	*list = calloc(len + 1, sizeof(**list));
	stations.list = calloc(lines + 1, sizeof(*stations.list));
	if (*list == NULL || stations.list == NULL)
		goto out;
	for (i = 0; i < len; i++)
		add_stations(&stations, &clinics[i], day);
	err = ck_streams_read(ledger, note_stream, &stations);
	for (i = 0; i < len && err == CK_OK; i++) {
		if (clinics[i].versions[0].from_day <= day)
			(*list)[(*count)++] = completeness_of(&clinics[i],
			    &stations);
	}
out:
	free(stations.list);
	if (err != CK_OK) {
		free(*list);
		*list = NULL;
	}

	return err;
}
