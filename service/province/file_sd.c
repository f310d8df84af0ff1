/*
 * file_sd.c - the registry as targets for Prometheus
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/json.h"
#include "province/file_sd.h"

/* host:port of "https://host:port/path"; where the address names no port, that
 * of its scheme. */
static void
read_address(const char *address, bool secure, char out[CK_ADDRESS_LEN + 4])
{
	const char *host = address + (secure ? 8 : 7);
	size_t len = strcspn(host, "/");
	const char *bracket = memchr(host, ']', len);
	const char *from = bracket == NULL ? host : bracket;
	bool port = memchr(from, ':', len - (size_t)(from - host)) != NULL;

	(void)snprintf(out, CK_ADDRESS_LEN + 4, "%.*s%s", (int)len, host,
	    port ? "" : secure ? ":443" : ":80");
}

static bool
put(json_t *labels, const char *name, const char *value)
{
	return value[0] == '\0' ||
	    json_object_set_new(labels, name, json_string(value)) == 0;
}

/* Where Prometheus would not look by itself. */
static bool
put_way(json_t *labels, const char *address, bool secure)
{
	const char *path = strchr(address + (secure ? 8 : 7), '/');
	char metrics[CK_ADDRESS_LEN + 8] = "";

	if (path != NULL)
		(void)snprintf(metrics, sizeof(metrics), "%s/metrics", path);

	return put(labels, "__scheme__", secure ? "https" : "") &&
	    put(labels, "__metrics_path__", metrics);
}

static json_t *
target(const struct ck_clinic *clinic, const struct ck_clinic_version *now,
    const struct ck_clinic_daemon *daemon)
{
	bool secure = strncmp(daemon->address, "https://", 8) == 0;
	char place[CK_ADDRESS_LEN + 4], province[3];
	json_t *labels = json_object();

	read_address(daemon->address, secure, place);
	(void)snprintf(province, sizeof(province), "%.2s", now->code);
	if (labels == NULL || !put_way(labels, daemon->address, secure) ||
	    !put(labels, "province", province) ||
	    !put(labels, "facility", now->code) ||
	    !put(labels, "clinic", clinic->id) ||
	    !put(labels, "station", daemon->station) ||
	    !put(labels, "name", now->name) ||
	    !put(labels, "level", now->level) ||
	    !put(labels, "commune", now->commune) ||
	    !put(labels, "district", now->district)) {
		json_decref(labels);
		return NULL;
	}

	return json_pack("{s:[s], s:o}", "targets", place, "labels", labels);
}

static bool
add_clinic(json_t *list, const struct ck_clinic *clinic, int64_t day)
{
	const struct ck_clinic_version *now = ck_clinic_on(clinic, day);
	size_t i;

	for (i = 0; i < clinic->daemon_count; i++) {
		const struct ck_clinic_daemon *daemon = &clinic->daemons[i];

		if (daemon->address[0] != '\0' && ck_clinic_daemon_on(clinic,
		    daemon->station, day) == daemon &&
		    json_array_append_new(list, target(clinic, now,
		    daemon)) != 0)
			return false;
	}

	return true;
}

enum ck_err
ck_file_sd(const struct ck_registry *registry, int64_t day,
    struct ck_buf *out, size_t *count)
{
	const struct ck_clinic *clinics;
	json_t *list = json_array();
	enum ck_err err = CK_ERR_NOMEM;
	char *text = NULL;
	size_t i, clinic_count;

	*count = 0;
	if (list == NULL)
		goto out;
	clinics = ck_registry_clinics(registry, &clinic_count);
	for (i = 0; i < clinic_count; i++) {
		if (!add_clinic(list, &clinics[i], day))
			goto out;
	}
	if ((text = json_dumps(list, JSON_INDENT(1))) == NULL)
		goto out;
	if ((err = ck_buf_append(out, ck_span_str(text))) == CK_OK)
		err = ck_buf_append(out, ck_span_str("\n"));
	*count = json_array_size(list);
out:
	free(text);
	json_decref(list);

	return err;
}
