/*
 * repeat.c - a ring of questions and their answers
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <stdlib.h>
#include <string.h>

#include "eligibility/quota.h"
#include "proxy/given.h"
#include "proxy/repeat.h"

/* An answer is a few KiB; a larger one is not kept. */
#define RAW_MAX 65536

struct repeat {
	uint8_t key[CK_REPEAT_KEY_LEN];
	int64_t mono_ms;		/* 0: the place is free */
	int64_t wall_ms;
	struct ck_buf raw;
};

struct ck_repeats {
	struct repeat list[CK_REPEATS_MAX];
	unsigned next;			/* the oldest place */
};

struct ck_repeats *
ck_repeats_new(void)
{
	return calloc(1, sizeof(struct ck_repeats));
}

static void
forget(struct repeat *repeat)
{
	ck_buf_wipe(&repeat->raw);
	OPENSSL_cleanse(repeat, sizeof(*repeat));
}

void
ck_repeats_free(struct ck_repeats **repeats)
{
	size_t i;

	if (*repeats == NULL)
		return;
	for (i = 0; i < CK_REPEATS_MAX; i++)
		forget(&(*repeats)->list[i]);
	free(*repeats);
	*repeats = NULL;
}

/* Texts with their NUL, so that no two questions read the same. */
static bool
make_key(const char *account, json_t *given, uint8_t key[CK_REPEAT_KEY_LEN])
{
	const char *const parts[] = {
		account, ck_given_text(given, "maThe"),
		ck_given_text(given, "hoTen"), ck_given_text(given, "ngaySinh")
	};
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = ctx != NULL && parts[1][0] != '\0' &&
	    EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1;
	size_t i;

	for (i = 0; good && i < sizeof(parts) / sizeof(parts[0]); i++)
		good = EVP_DigestUpdate(ctx, parts[i],
		    strlen(parts[i]) + 1) == 1;
	good = good && EVP_DigestFinal_ex(ctx, key, NULL) == 1;
	EVP_MD_CTX_free(ctx);

	return good;
}

static struct repeat *
find(struct ck_repeats *repeats, const uint8_t key[CK_REPEAT_KEY_LEN])
{
	size_t i;

	for (i = 0; i < CK_REPEATS_MAX; i++) {
		struct repeat *repeat = &repeats->list[i];

		if (repeat->mono_ms != 0 &&
		    memcmp(repeat->key, key, CK_REPEAT_KEY_LEN) == 0)
			return repeat;
	}

	return NULL;
}

/* Nothing personal stays longer than it may be answered from. */
static void
forget_old(struct ck_repeats *repeats, int64_t mono_ms)
{
	size_t i;

	for (i = 0; i < CK_REPEATS_MAX; i++) {
		struct repeat *repeat = &repeats->list[i];

		if (repeat->mono_ms != 0 &&
		    mono_ms - repeat->mono_ms >= CK_QUOTA_MS)
			forget(repeat);
	}
}

enum ck_repeat
ck_repeats_ask(struct ck_repeats *repeats, const char *account,
    json_t *given, int64_t mono_ms, int64_t wall_ms,
    uint8_t key[CK_REPEAT_KEY_LEN], struct ck_repeat_answer *out)
{
	struct repeat *repeat;

	memset(key, 0, CK_REPEAT_KEY_LEN);
	forget_old(repeats, mono_ms);
	if (!make_key(account, given, key))
		return CK_REPEAT_NEW;
	if ((repeat = find(repeats, key)) != NULL) {
		out->raw = ck_buf_view(&repeat->raw);
		out->asked_ms = repeat->wall_ms;
		return out->raw.len > 0 ? CK_REPEAT_KEPT : CK_REPEAT_OPEN;
	}
	repeat = &repeats->list[repeats->next];
	repeats->next = (repeats->next + 1) % CK_REPEATS_MAX;
	forget(repeat);
	memcpy(repeat->key, key, CK_REPEAT_KEY_LEN);
	repeat->mono_ms = mono_ms;
	repeat->wall_ms = wall_ms;

	return CK_REPEAT_NEW;
}

void
ck_repeats_end(struct ck_repeats *repeats,
    const uint8_t key[CK_REPEAT_KEY_LEN], bool arrived, struct ck_span raw)
{
	struct repeat *repeat = find(repeats, key);

	if (repeat == NULL)
		return;
	if (!arrived)
		forget(repeat);
	else if (raw.len <= RAW_MAX &&
	    ck_buf_append(&repeat->raw, raw) != CK_OK)
		forget(repeat);
}
