/*
 * answer.c - members of the gateway's answer into fields of ours
 *
 * A table names each member, where it goes and how it is read; the object is
 * walked once, so a member that is given twice is seen.
 */
#include <openssl/crypto.h>

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "ck/name.h"
#include "eligibility/answer.h"
#include "io/json.h"

/* How a member is read. */
enum how {
	WHOLE,		/* text that must fit */
	CUT,		/* text for the eye: cut at its field's size */
	DAY,		/* full date or empty; anything else is malformed */
	ABOUT,		/* any date; what is no date is left out */
	SEX
};

struct member {
	const char *name;	/* as dispatch CV1923 §3 spells it */
	enum how how;
	size_t offset;		/* in struct reply */
	size_t size;
};

/* The answer as it stands on the wire, before it is put in order. */
struct reply {
	struct ck_answer answer;
	struct ck_insurance_card newer;	/* the *Moi members */
};

#define TO(field) offsetof(struct reply, field), \
	sizeof(((struct reply *)0)->field)

static const struct member members[] = {
	{ "maKetQua", WHOLE, TO(answer.code) },
	{ "ghiChu", CUT, TO(answer.note) },
	{ "maThe", WHOLE, TO(answer.card.number) },
	{ "hoTen", WHOLE, TO(answer.full_name) },
	{ "ngaySinh", ABOUT, TO(answer.date_of_birth) },
	{ "gioiTinh", SEX, TO(answer.sex) },
	{ "diaChi", CUT, TO(answer.address) },
	{ "maDKBD", WHOLE, TO(answer.card.facility) },
	{ "cqBHXH", CUT, TO(answer.office) },
	{ "gtTheTu", DAY, TO(answer.card.valid_from) },
	{ "gtTheDen", DAY, TO(answer.card.valid_to) },
	{ "maKV", WHOLE, TO(answer.area) },
	{ "ngayDu5Nam", ABOUT, TO(answer.five_years) },
	{ "maSoBHXH", WHOLE, TO(answer.insurance_number) },
	{ "maTheCu", WHOLE, TO(answer.old_card_number) },
	{ "maTheMoi", WHOLE, TO(newer.number) },
	{ "gtTheTuMoi", DAY, TO(newer.valid_from) },
	{ "gtTheDenMoi", DAY, TO(newer.valid_to) },
	{ "maDKBDMoi", WHOLE, TO(newer.facility) },
	{ "tenDKBDMoi", CUT, TO(newer.facility_name) }
};

#define MEMBERS (sizeof(members) / sizeof(members[0]))

/* The longest prefix within limit bytes that ends between characters. */
static size_t
cut_utf8(const char *text, size_t len, size_t limit)
{
	if (len <= limit)
		return len;
	while (limit > 0 && ((unsigned char)text[limit] & 0xC0U) == 0x80U)
		limit--;

	return limit;
}

/* Copy without blanks around it; control characters become blanks. */
static bool
copy_text(const char *text, size_t len, char *out, size_t size, bool cut)
{
	size_t i;

	while (len > 0 && (unsigned char)*text <= ' ') {
		text++;
		len--;
	}
	while (len > 0 && (unsigned char)text[len - 1] <= ' ')
		len--;
	if (len >= size && !cut)
		return false;
	len = cut_utf8(text, len, size - 1);
	for (i = 0; i < len; i++)
		out[i] = (unsigned char)text[i] < ' ' || text[i] == 0x7f ?
		    ' ' : text[i];
	out[len] = '\0';

	return true;
}

static bool
copy_date(const char *text, size_t len, struct ck_date *out, bool whole_day)
{
	char digits[16];
	enum ck_err err;

	if (!copy_text(text, len, digits, sizeof(digits), false))
		return !whole_day;
	if (digits[0] == '\0')
		return true;
	err = ck_date_parse_local(digits, out);

	return !whole_day || (err == CK_OK && out->day != 0);
}

static char
sex_of(const char *text)
{
	char word[16];

	if (!copy_text(text, strlen(text), word, sizeof(word), false))
		return 0;
	if (strcasecmp(word, "nam") == 0)
		return 'M';

	return ck_name_compare(word, "nữ") != CK_NAME_DIFFERENT ? 'F' : 0;
}

static bool
read_member(const struct member *member, const json_t *value,
    struct reply *reply)
{
	void *field = (char *)reply + member->offset;
	const char *text = json_string_value(value);
	size_t len = json_string_length(value);
	struct ck_date date = { 0 };
	bool ok = true;

	if (json_is_null(value))
		return true;
	if (text == NULL)
		return false;
	switch (member->how) {
	case WHOLE:
	case CUT:
		return copy_text(text, len, field, member->size,
		    member->how == CUT);
	case DAY:
	case ABOUT:
		ok = copy_date(text, len, &date, member->how == DAY);
		memcpy(field, &date, sizeof(date));
		return ok;
	case SEX:
		*(char *)field = sex_of(text);
		return true;
	default:
		return false;
	}
}

static bool
read_members(json_t *object, struct reply *reply)
{
	bool seen[MEMBERS] = { false };
	const char *name;
	json_t *value;
	size_t i;

	json_object_foreach(object, name, value) {
		for (i = 0; i < MEMBERS; i++) {
			if (strcasecmp(name, members[i].name) == 0)
				break;
		}
		if (i == MEMBERS)
			continue;
		if (seen[i] || !read_member(&members[i], value, reply))
			return false;
		seen[i] = true;
	}

	return true;
}

/* Digits, at most 4: it becomes a label in statistics. */
static bool
code_plausible(const char *code)
{
	size_t len = strlen(code);

	return len >= 1 && len <= 4 && strspn(code, "0123456789") == len;
}

/*
 * In a plain 000 the *Moi members repeat the current card, and only they give
 * the facility's name.
 */
static void
settle_newer_card(struct reply *reply)
{
	struct ck_answer *answer = &reply->answer;

	if (strcasecmp(reply->newer.number, answer->card.number) != 0) {
		answer->new_card = reply->newer;
		return;
	}
	if (strcmp(reply->newer.facility, answer->card.facility) == 0)
		memcpy(answer->card.facility_name, reply->newer.facility_name,
		    sizeof(answer->card.facility_name));
}

enum ck_err
ck_answer_parse(struct ck_span body, struct ck_answer *out)
{
	struct reply reply = { 0 };
	enum ck_err err = CK_ERR_GATEWAY_MALFORMED;
	json_t *json = ck_json_parse(body);

	ck_answer_wipe(out);
	if (!json_is_object(json) || !read_members(json, &reply))
		goto out;
	if (!code_plausible(reply.answer.code))
		goto out;
	settle_newer_card(&reply);
	*out = reply.answer;
	err = CK_OK;
out:
	json_decref(json);
	OPENSSL_cleanse(&reply, sizeof(reply));

	return err;
}

void
ck_answer_wipe(struct ck_answer *answer)
{
	OPENSSL_cleanse(answer, sizeof(*answer));
}
