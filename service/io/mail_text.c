/*
 * mail_text.c - a message of plain text as it travels
 */
#include <openssl/evp.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "io/mail_text.h"

/* Of text in one encoded word: 52 characters of base64, 64 with its marks, so
 * that the first fits behind the field's name in 76. RFC 2047 §2 */
#define WORD_BYTES 39

/* Of text in a line of base64: 76 characters. RFC 2045 §6.8 */
#define LINE_BYTES 57

/* --- Addresses ------------------------------------------------------------ */

/* RFC 5321 §4.1.2, without quoted strings and address literals. */
static bool
is_address(const char *text, size_t len)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~.";
	const char *at = memchr(text, '@', len);
	size_t i;

	if (len > CK_MAIL_ADDRESS_MAX || at == NULL || at == text ||
	    at + 1 == text + len)
		return false;
	for (i = 0; i < len; i++) {
		if (text + i != at && strchr(letters, text[i]) == NULL)
			return false;
	}

	return true;
}

bool
ck_mail_is_address(const char *text)
{
	return is_address(text, strlen(text));
}

bool
ck_mail_are_addresses(const char *text)
{
	size_t word;

	text += strspn(text, " ");
	if (*text == '\0')
		return false;
	for (; *text != '\0'; text += strspn(text, " ")) {
		word = strcspn(text, " ");
		if (!is_address(text, word))
			return false;
		text += word;
	}

	return true;
}

/* --- Fields --------------------------------------------------------------- */

static enum ck_err
put(struct ck_buf *out, const char *text)
{
	return ck_buf_append(out, ck_span_str(text));
}

static bool
is_one_line(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	}

	return true;
}

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text > '~')
			return false;
	}

	return true;
}

/* Never in the middle of a character. RFC 2047 §5 */
static size_t
word_len(const char *text)
{
	size_t len = strlen(text);

	if (len <= WORD_BYTES)
		return len;
	for (len = WORD_BYTES; len > WORD_BYTES - 4 &&
	    ((unsigned char)text[len] & 0xc0) == 0x80; len--)
		;

	return len;
}

static enum ck_err
put_base64(struct ck_buf *out, const char *bytes, size_t len)
{
	unsigned char text[4 * ((LINE_BYTES + 2) / 3) + 1];

	(void)EVP_EncodeBlock(text, (const unsigned char *)bytes, (int)len);

	return put(out, (const char *)text);
}

static enum ck_err
put_subject(struct ck_buf *out, const char *text)
{
	enum ck_err err = put(out, "Subject:");

	if (is_ascii(text) && strlen(text) < 60) {
		if (err == CK_OK && (err = put(out, " ")) == CK_OK &&
		    (err = put(out, text)) == CK_OK)
			err = put(out, "\r\n");
		return err;
	}
	while (err == CK_OK && *text != '\0') {
		size_t len = word_len(text);

		if ((err = put(out, " =?UTF-8?B?")) == CK_OK &&
		    (err = put_base64(out, text, len)) == CK_OK)
			err = put(out, "?=\r\n");
		text += len;
	}

	return err;
}

static enum ck_err
put_addresses(struct ck_buf *out, const char *names)
{
	const char *before = "To: ";
	enum ck_err err = CK_OK;
	size_t word;

	for (names += strspn(names, " "); err == CK_OK && *names != '\0';
	    names += strspn(names, " ")) {
		word = strcspn(names, " ");
		if ((err = put(out, before)) == CK_OK)
			err = ck_buf_append(out, ck_span_of(names, word));
		names += word;
		before = ",\r\n ";
	}

	return err == CK_OK ? put(out, "\r\n") : err;
}

/* RFC 5322 §3.3, in the zone of Asia/Ho_Chi_Minh. English whatever the
 * program's locale is. */
static enum ck_err
put_date(struct ck_buf *out, int64_t date_ms)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t seconds = (time_t)(date_ms / 1000) + 7 * 3600;
	struct tm parts;
	char text[64];

	if (gmtime_r(&seconds, &parts) == NULL)
		return CK_ERR_LIMIT;
	(void)snprintf(text, sizeof(text), "Date: %.3s, %d %.3s %d "
	    "%02d:%02d:%02d +0700\r\n", days + 3 * parts.tm_wday,
	    parts.tm_mday, months + 3 * parts.tm_mon, parts.tm_year + 1900,
	    parts.tm_hour, parts.tm_min, parts.tm_sec);

	return put(out, text);
}

static enum ck_err
put_fields(struct ck_buf *out, const struct ck_mail_draft *draft)
{
	const char *const parts[] = {
		"From: ", draft->from, "\r\nMessage-ID: <", draft->id,
		strchr(draft->from, '@'), ">\r\nMIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=UTF-8\r\n"
		"Content-Transfer-Encoding: base64\r\n"
		/* RFC 3834 §5: no answer of a machine, please. */
		"Auto-Submitted: auto-generated\r\n"
	};
	enum ck_err err;
	size_t i;

	if ((err = put_date(out, draft->date_ms)) != CK_OK)
		return err;
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if ((err = put(out, parts[i])) != CK_OK)
			return err;
	}
	if ((err = put_addresses(out, draft->to)) != CK_OK)
		return err;

	return put_subject(out, draft->subject);
}

/* --- The text ------------------------------------------------------------- */

/* Text has lines that end with CR LF before it is encoded. RFC 2046 §4.1.1 */
static enum ck_err
with_crlf(struct ck_span text, struct ck_buf *out)
{
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; i < text.len && err == CK_OK; i++) {
		if (text.ptr[i] == '\n')
			err = ck_buf_push(out, '\r');
		if (err == CK_OK)
			err = ck_buf_push(out, text.ptr[i]);
	}

	return err;
}

static enum ck_err
put_text(struct ck_buf *out, struct ck_span text)
{
	struct ck_buf lines = CK_BUF_INIT;
	enum ck_err err = with_crlf(text, &lines);
	size_t at, len;

	for (at = 0; at < lines.len && err == CK_OK; at += len) {
		len = lines.len - at < LINE_BYTES ? lines.len - at :
		    LINE_BYTES;
		if ((err = put_base64(out, (const char *)lines.ptr + at,
		    len)) == CK_OK)
			err = put(out, "\r\n");
	}
	ck_buf_wipe(&lines);

	return err;
}

enum ck_err
ck_mail_compose(const struct ck_mail_draft *draft, struct ck_buf *out)
{
	enum ck_err err;

	if (!ck_mail_is_address(draft->from) ||
	    !ck_mail_are_addresses(draft->to) ||
	    !is_one_line(draft->subject) || !is_one_line(draft->id))
		return CK_ERR_LIMIT;
	if ((err = put_fields(out, draft)) == CK_OK &&
	    (err = put(out, "\r\n")) == CK_OK)
		err = put_text(out, draft->text);

	return err;
}
