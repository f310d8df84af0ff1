/*
 * import_line.c - one line of the registry, column by column
 */
#include <string.h>

#include "ck/hex.h"
#include "ck/text.h"
#include "daemon/config_check.h"
#include "ledger/calendar.h"
#include "ledger/day.h"
#include "ledger/import_state.h"

/* Their order in field[], as import.c names them. */
enum column {
	CLINIC, FROM, CODE, NAME, LEVEL, MANAGER, COMMUNE, DISTRICT, STATION,
	ADDRESS, KEY, CALENDAR
};

static bool
holds_only(const char *text, const char *letters)
{
	return text[strspn(text, letters)] == '\0';
}

static const char id_letters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
static const char code_letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char station_letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

static void
read_id(struct ck_import *import, const char *text, const char *column,
    unsigned line, char out[CK_CLINIC_ID_LEN])
{
	size_t len = strlen(text);

	if (len >= CK_CLINIC_ID_LEN || !holds_only(text, id_letters))
		ck_import_defect(import, line, "%s: at most %d of A-Z, a-z, "
		    "0-9, dot, dash and underscore", column,
		    CK_CLINIC_ID_LEN - 1);
	else
		memcpy(out, text, len + 1);
}

static void
read_text(struct ck_import *import, const char *text, const char *column,
    unsigned line, char *out, size_t size)
{
	if (ck_text_store(ck_span_str(text), out, size) != CK_OK)
		ck_import_defect(import, line, "%s: text of at most %zu "
		    "bytes without control characters", column, size - 1);
}

static void
read_from(struct ck_import *import, const char *text,
    struct ck_import_line *out)
{
	struct ck_date date;

	if (ck_date_parse_iso(text, &date) != CK_OK || date.day == 0)
		ck_import_defect(import, out->line, "from: expected a day, "
		    "YYYY-MM-DD");
	else
		out->version.from_day = out->daemon.from_day =
		    ck_day_of_date(date);
}

static void
read_version(struct ck_import *import, const char *const *field,
    struct ck_import_line *out)
{
	struct ck_clinic_version *version = &out->version;
	struct ck_calendar calendar;

	if (strlen(field[CODE]) != CK_CODE_LEN - 1 ||
	    !holds_only(field[CODE], code_letters))
		ck_import_defect(import, out->line, "code: expected %d "
		    "digits or capital letters", CK_CODE_LEN - 1);
	else
		memcpy(version->code, field[CODE], CK_CODE_LEN);
	if (field[NAME][0] == '\0')
		ck_import_defect(import, out->line, "name: must be given");
	read_text(import, field[NAME], "name", out->line, version->name,
	    CK_PLACE_LEN);
	read_text(import, field[LEVEL], "level", out->line, version->level,
	    CK_LEVEL_LEN);
	read_id(import, field[MANAGER], "manager", out->line,
	    version->manager);
	read_text(import, field[COMMUNE], "commune", out->line,
	    version->commune, CK_PLACE_LEN);
	read_text(import, field[DISTRICT], "district", out->line,
	    version->district, CK_PLACE_LEN);
	read_text(import, field[CALENDAR], "calendar", out->line,
	    version->calendar, CK_CALENDAR_LEN);
	if (!ck_calendar_parse(version->calendar, &calendar))
		ck_import_defect(import, out->line, "calendar: expected "
		    "weekdays and hours such as 1-5 07:00-17:00; "
		    "6 07:00-11:30, or closed");
}

/* A host, perhaps a port and a path; no login, for it would be a secret. */
static bool
is_address(const char *text)
{
	const char *host = strncmp(text, "https://", 8) == 0 ? text + 8 :
	    strncmp(text, "http://", 7) == 0 ? text + 7 : NULL;
	size_t len = strlen(text);

	return host != NULL && host[0] != '\0' && host[0] != '/' &&
	    len < CK_ADDRESS_LEN && text[len - 1] != '/' &&
	    strpbrk(text, "@?# \"<>\\^`{|}") == NULL;
}

/* The collector's token goes there: in the clear on this machine only. */
static bool
is_private(const char *address)
{
	return strncmp(address, "http://", 7) != 0 ||
	    ck_config_url_is_loopback(address);
}

static void
read_daemon(struct ck_import *import, const char *const *field,
    struct ck_import_line *out)
{
	struct ck_clinic_daemon *daemon = &out->daemon;

	if (strlen(field[STATION]) >= CK_STATION_LEN ||
	    !holds_only(field[STATION], station_letters))
		ck_import_defect(import, out->line, "station: at most %d of "
		    "a-z, 0-9 and dash", CK_STATION_LEN - 1);
	else
		memcpy(daemon->station, field[STATION],
		    strlen(field[STATION]) + 1);
	if (field[ADDRESS][0] != '\0' && !is_address(field[ADDRESS]))
		ck_import_defect(import, out->line, "address: expected "
		    "https://HOST:PORT, or nothing if it pushes");
	else if (!is_private(field[ADDRESS]))
		ck_import_defect(import, out->line, "address: must begin with "
		    "https://, or anybody on the way could read the token");
	else
		memcpy(daemon->address, field[ADDRESS],
		    strlen(field[ADDRESS]) + 1);
	if (!ck_hex_read(ck_span_str(field[KEY]), daemon->key, CK_KEY_LEN))
		ck_import_defect(import, out->line, "key: expected the 64 "
		    "hexadecimal digits of the daemon's public key");
}

void
ck_import_read_line(struct ck_import *import, const char *const *field,
    struct ck_import_line *out)
{
	read_id(import, field[CLINIC], "clinic", out->line, out->id);
	if (field[CLINIC][0] == '\0')
		ck_import_defect(import, out->line, "clinic: must be given");
	read_from(import, field[FROM], out);
	out->described = field[CODE][0] != '\0';
	if (out->described)
		read_version(import, field, out);
	else if (field[NAME][0] != '\0' || field[LEVEL][0] != '\0' ||
	    field[MANAGER][0] != '\0' || field[COMMUNE][0] != '\0' ||
	    field[DISTRICT][0] != '\0' || field[CALENDAR][0] != '\0' ||
	    field[STATION][0] == '\0')
		ck_import_defect(import, out->line, "code: must be given, "
		    "unless the line only adds a station");
	if (field[STATION][0] != '\0')
		read_daemon(import, field, out);
	else if (field[ADDRESS][0] != '\0' || field[KEY][0] != '\0')
		ck_import_defect(import, out->line, "station: must be given "
		    "with an address or a key");
}
