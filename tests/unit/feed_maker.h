/*
 * feed_maker.h - feed documents for tests, written by hand
 *
 * Shares no code with the project's feed: documents are printed with printf()
 * in canonical form, members in order, and signed with OpenSSL. So a test can
 * also say what no clinic would.
 */
#ifndef TESTS_UNIT_FEED_MAKER_H
#define TESTS_UNIT_FEED_MAKER_H

#include <openssl/evp.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FEED_EPOCH "1772330400-a1b2c3d4e5f60718"
#define FEED_TEXT_MAX (8 * 1024 * 1024)

/* A clinic's key, from a number. */
static inline EVP_PKEY *
feed_key(unsigned number)
{
	uint8_t seed[32] = "a key that is not used elsewhere";

	memcpy(seed, &number, sizeof(number));

	return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed,
	    sizeof(seed));
}

static inline void
feed_hex(const uint8_t *bytes, size_t len, char *out)
{
	size_t i;

	for (i = 0; i < len; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static inline void
feed_public(unsigned number, char out[65])
{
	EVP_PKEY *key = feed_key(number);
	uint8_t public[32];
	size_t len = sizeof(public);

	(void)EVP_PKEY_get_raw_public_key(key, public, &len);
	EVP_PKEY_free(key);
	feed_hex(public, len, out);
}

static inline void
feed_sign(unsigned number, const void *bytes, size_t len, char out[129])
{
	EVP_PKEY *key = feed_key(number);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t signature[64];
	size_t signature_len = sizeof(signature);

	(void)EVP_DigestSignInit(ctx, NULL, NULL, NULL, key);
	(void)EVP_DigestSign(ctx, signature, &signature_len, bytes, len);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	feed_hex(signature, signature_len, out);
}

/* A row. Zeros and NULLs stand for what most rows have. */
struct feed_row {
	const char *facility;	/* that of the document */
	const char *station;
	const char *epoch;
	const char *series;	/* "lookups" */
	const char *hour;	/* "2026-03-02T01:00:00Z" */
	const char *kind;	/* "desk" */
	const char *outcome;	/* "covered" */
	const char *reason;	/* "000" */
	const char *owner;	/* "none" */
	const char *desk;	/* "ban-1" */
	long long count;
	long long revision;
	const char *latency;	/* count in the bucket up to 100 ms */
	long long latency_sum_ms;	/* 60 each; -1: 0 */
};

struct feed {
	const char *schema;	/* "1" */
	const char *facility;	/* "84001" */
	const char *station;	/* "main" */
	const char *epoch;	/* FEED_EPOCH */
	long long after, revision;
	bool more;
	const char *made_at;	/* "2026-03-02T10:00:05Z" */
	const char *complete_until;	/* "2026-03-02T10:00:00Z" */
	const char *bounds;
	const char *receipts;	/* "null" */
	const struct feed_row *rows;
	size_t row_count;
	unsigned key;		/* signs; 0: 1 */
	unsigned named_key;	/* stands beside it; 0: the same */
};

/* Text that grows. */
struct feed_text {
	char *text;
	size_t len, room;
};

static inline void feed_put(struct feed_text *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static inline void
feed_put(struct feed_text *out, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		abort();
	while (out->room - out->len <= (size_t)len) {
		out->room = out->room == 0 ? 65536 : out->room * 2;
		out->text = realloc(out->text, out->room);
		if (out->text == NULL)
			abort();
	}
	va_start(args, format);
	(void)vsnprintf(out->text + out->len, out->room - out->len, format,
	    args);
	va_end(args);
	out->len += (size_t)len;
}

static inline const char *
feed_or(const char *text, const char *otherwise)
{
	return text != NULL ? text : otherwise;
}

/* Members by name, as RFC 8785 sorts them. */
static inline void
feed_put_row(struct feed_text *out, const struct feed *feed,
    const struct feed_row *row)
{
	char latency[96];

	(void)snprintf(latency, sizeof(latency),
	    "[0,0,0,0,%lld,0,0,0,0,0,0,0,0]", row->count);
	feed_put(out, "{\"assurance\":\"typed\",\"captured\":\"typed\","
	    "\"count\":%lld,\"desk\":\"%s\",\"epoch\":\"%s\","
	    "\"facility\":\"%s\",\"first_key\":\"id_number\","
	    "\"first_outcome\":\"%s\",\"hour\":\"%s\",\"kind\":\"%s\","
	    "\"latency\":%s,\"latency_sum_ms\":%lld,", row->count,
	    feed_or(row->desk, "ban-1"), feed_or(row->epoch,
	    feed_or(feed->epoch, FEED_EPOCH)), feed_or(row->facility,
	    feed_or(feed->facility, "84001")), feed_or(row->outcome,
	    "covered"), feed_or(row->hour, "2026-03-02T01:00:00Z"),
	    feed_or(row->kind, "desk"), feed_or(row->latency, latency),
	    row->latency_sum_ms == -1 ? 0 : row->latency_sum_ms != 0 ?
	    row->latency_sum_ms : 60 * row->count);
	feed_put(out, "\"outcome\":\"%s\",\"owner\":\"%s\","
	    "\"presented\":\"cccd\",\"reason\":\"%s\","
	    "\"resolved_by\":\"id_number\",\"revision\":%lld,"
	    "\"series\":\"%s\",\"source\":\"gateway\",\"station\":\"%s\"}",
	    feed_or(row->outcome, "covered"), feed_or(row->owner, "none"),
	    feed_or(row->reason, "000"), row->revision,
	    feed_or(row->series, "lookups"), feed_or(row->station,
	    feed_or(feed->station, "main")));
}

/* From "after" up to where "signature" belongs, and from there. */
static inline void
feed_put_body(struct feed_text *head, struct feed_text *tail,
    const struct feed *feed)
{
	size_t i;

	feed_put(head, "{\"after\":%lld,\"complete_until\":\"%s\","
	    "\"epoch\":\"%s\",\"facility\":\"%s\",\"latency_bounds_ms\":%s,"
	    "\"made_at\":\"%s\",\"more\":%s,\"receipts\":%s,"
	    "\"revision\":%lld,\"rows\":[", feed->after,
	    feed_or(feed->complete_until, "2026-03-02T10:00:00Z"),
	    feed_or(feed->epoch, FEED_EPOCH), feed_or(feed->facility,
	    "84001"), feed_or(feed->bounds,
	    "[5,10,25,50,100,250,500,1000,2500,5000,10000,15000]"),
	    feed_or(feed->made_at, "2026-03-02T10:00:05Z"),
	    feed->more ? "true" : "false", feed_or(feed->receipts, "null"),
	    feed->revision);
	for (i = 0; i < feed->row_count; i++) {
		feed_put(head, "%s", i > 0 ? "," : "");
		feed_put_row(head, feed, &feed->rows[i]);
	}
	feed_put(head, "],\"schema\":%s,", feed_or(feed->schema, "1"));
	feed_put(tail, "\"station\":\"%s\"}", feed_or(feed->station, "main"));
}

/* The document, with its NUL. Free it. */
static inline char *
feed_make(const struct feed *feed)
{
	struct feed_text head = { NULL, 0, 0 }, tail = { NULL, 0, 0 };
	struct feed_text whole = { NULL, 0, 0 };
	unsigned key = feed->key != 0 ? feed->key : 1;
	char value[129], public[65];

	feed_put_body(&head, &tail, feed);
	whole.room = head.len + tail.len + 8192;
	if ((whole.text = malloc(whole.room)) == NULL)
		abort();
	memcpy(whole.text, "checkin feed 1", 15);
	memcpy(whole.text + 15, head.text, head.len);
	memcpy(whole.text + 15 + head.len, tail.text, tail.len);
	feed_sign(key, whole.text, 15 + head.len + tail.len, value);
	feed_public(feed->named_key != 0 ? feed->named_key : key, public);
	memcpy(whole.text, head.text, head.len);
	whole.len = head.len;
	feed_put(&whole, "\"signature\":{\"key\":\"%s\",\"value\":\"%s\"},",
	    public, value);
	feed_put(&whole, "%s", tail.text);
	free(head.text);
	free(tail.text);

	return whole.text;
}

/* The head of a receipt chain, signed with key; free it. */
static inline char *
feed_receipts(unsigned key, long long batch, uint8_t fill)
{
	struct feed_text out = { NULL, 0, 0 };
	uint8_t head[32];
	char hex[65], value[129], public[65];

	memset(head, fill, sizeof(head));
	feed_hex(head, sizeof(head), hex);
	feed_sign(key, head, sizeof(head), value);
	feed_public(key, public);
	feed_put(&out, "{\"batch\":%lld,\"epoch\":\"a1b2c3d4e5f60718\","
	    "\"head\":\"%s\",\"key\":\"%s\","
	    "\"made_at\":\"2026-03-02T10:00:00.000Z\",\"receipts\":%lld,"
	    "\"signature\":\"%s\"}", batch, hex, public, batch * 2, value);

	return out.text;
}

#endif /* TESTS_UNIT_FEED_MAKER_H */
