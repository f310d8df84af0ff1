/*
 * history.c - the list of visits, read member by member
 */
#include <openssl/crypto.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eligibility/history.h"
#include "eligibility/members.h"

/* yyyyMMddHHmm as local date and time; empty for anything else. */
static void
read_minute(json_t *object, const char *name, char *out, size_t size)
{
	char digits[16] = "";

	out[0] = '\0';
	if (!ck_member_text(object, name, digits, sizeof(digits)) ||
	    strlen(digits) != 12 || strspn(digits, "0123456789") != 12)
		return;
	(void)snprintf(out, size, "%.4s-%.2s-%.2sT%.2s:%.2s", digits,
	    digits + 4, digits + 6, digits + 8, digits + 10);
}

/* A visit with a member that we cannot read still is a visit. */
static void
read_episode(json_t *object, struct ck_episode *out)
{
	ck_member_note(object, "maHoSo", out->id, sizeof(out->id));
	ck_member_note(object, "maCSKCB", out->facility,
	    sizeof(out->facility));
	read_minute(object, "ngayVao", out->admitted, sizeof(out->admitted));
	read_minute(object, "ngayRa", out->discharged,
	    sizeof(out->discharged));
	ck_member_note(object, "tenBenh", out->diagnosis,
	    sizeof(out->diagnosis));
	ck_member_note(object, "tinhTrang", out->condition,
	    sizeof(out->condition));
	ck_member_note(object, "kqDieuTri", out->result, sizeof(out->result));
	ck_member_note(object, "lyDoVV", out->reason, sizeof(out->reason));
}

static enum ck_err
read_list(json_t *list, struct ck_history *out)
{
	size_t i, count = json_array_size(list);

	if (list == NULL || json_is_null(list))
		return CK_OK;
	if (!json_is_array(list))
		return CK_ERR_GATEWAY_MALFORMED;
	out->cut = count > CK_EPISODES_MAX;
	count = out->cut ? CK_EPISODES_MAX : count;
	if (count == 0)
		return CK_OK;
	if ((out->episodes = calloc(count, sizeof(*out->episodes))) == NULL)
		return CK_ERR_NOMEM;
	out->count = count;
	for (i = 0; i < count; i++) {
		json_t *object = json_array_get(list, i);

		if (!json_is_object(object))
			return CK_ERR_GATEWAY_MALFORMED;
		read_episode(object, &out->episodes[i]);
	}

	return CK_OK;
}

enum ck_err
ck_history_parse(struct ck_span body, struct ck_history *out)
{
	json_t *json = ck_json_parse(body);
	enum ck_err err = CK_ERR_GATEWAY_MALFORMED;

	memset(out, 0, sizeof(*out));
	if (!json_is_object(json) ||
	    !ck_member_code(json, "maKetQua", out->code))
		goto out;
	ck_member_note(json, "ghiChu", out->note, sizeof(out->note));
	err = read_list(ck_json_member(json, "dsLichSuKCB2025"), out);
out:
	json_decref(json);
	if (err != CK_OK)
		ck_history_wipe(out);

	return err;
}

void
ck_history_wipe(struct ck_history *history)
{
	if (history->episodes != NULL)
		OPENSSL_cleanse(history->episodes,
		    history->count * sizeof(*history->episodes));
	free(history->episodes);
	OPENSSL_cleanse(history, sizeof(*history));
}
