/*
 * drop.c - folder req/, looked at by the core; writer.c fills res/
 */
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ck/hex.h"
#include "ck/log.h"
#include "daemon/config.h"
#include "drop/drop.h"
#include "drop/writer.h"
#include "drop/xml.h"
#include "eligibility/lookup.h"
#include "http/lookup_body.h"
#include "io/loop.h"
#include "store/store.h"

#define LOOK_MS 500

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"0123456789._-"

struct dropped {
	struct ck_drop *drop;
	char name[CK_DROP_NAME_LEN];	/* "": the place is free */
	bool waiting;			/* for its lookup */
};

struct ck_drop {
	const struct ck_config *config;	/* borrowed, like the next three */
	struct ck_loop *loop;
	struct ck_store *store;
	struct ck_lookups *lookups;
	struct ck_timer *look;
	struct ck_drop_writer *writer;
	int req, res;			/* folders */
	struct dropped dropped[CK_DROP_CALLS_MAX];
};

static bool
ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len > end_len && strcmp(name + len - end_len, end) == 0;
}

/* Names that begin with a dot are being written. */
static bool
is_question(const char *name)
{
	size_t len = strlen(name);

	return len < CK_DROP_NAME_LEN && name[0] != '.' &&
	    strspn(name, LETTERS) == len &&
	    (ends_in(name, ".json") || ends_in(name, ".xml"));
}

/* --- Answers -------------------------------------------------------------- */

static enum ck_err
render(struct ck_buf *out, const char *name, const json_t *answer)
{
	char *text;
	enum ck_err err = CK_ERR_NOMEM;

	if (answer == NULL || ends_in(name, ".xml"))
		return answer == NULL ? err : ck_drop_xml_write(out, answer);
	text = json_dumps(answer, JSON_INDENT(1));
	if (text != NULL) {
		err = ck_buf_append(out, ck_span_str(text));
		explicit_bzero(text, strlen(text));
	}
	free(text);

	return err;
}

static void
on_put(void *ctx, bool good)
{
	struct dropped *dropped = ctx;

	(void)good;	/* what stays is taken again at the next look */
	dropped->name[0] = '\0';
}

/* Its place stays taken until it is on disk, so that no look finds the question
 * again meanwhile. Takes answer. */
static void
put_answer(struct dropped *dropped, json_t *answer)
{
	struct ck_buf bytes = CK_BUF_INIT;
	enum ck_err err = render(&bytes, dropped->name, answer);

	dropped->waiting = false;
	if (err == CK_OK)
		err = ck_drop_writer_put(dropped->drop->writer, dropped->name,
		    &bytes, on_put, dropped);
	if (err != CK_OK) {
		ck_log(CK_LOG_ERROR, "drop", "an answer cannot be made: %s; "
		    "the question stays", ck_err_text(err));
		on_put(dropped, false);
	}
	ck_buf_wipe(&bytes);
	json_decref(answer);
}

static void
put_refusal(struct dropped *dropped, const char *field, const char *words)
{
	put_answer(dropped, json_pack("{s:{s:s, s:s}}", "error", "field",
	    field, "expected", words));
}

static void
on_change(void *ctx, struct ck_lookup *lookup, enum ck_err err)
{
	const struct ck_lookup_record *record = ck_lookup_record(lookup);
	struct dropped *dropped = ctx;

	if (err == CK_OK && record->answered_ms == 0 && record->closed_ms == 0)
		return;
	if (err != CK_OK)
		put_refusal(dropped, "", ck_err_text(err));
	else
		put_answer(dropped, ck_lookup_json(record,
		    dropped->drop->config->language));
	if (record->closed_ms == 0)
		ck_lookup_abandon(lookup);
}

/* --- Questions ------------------------------------------------------------ */

/* The whole file; false: it is none of ours, or gone. */
static bool
read_file(int folder, const char *name, struct ck_buf *out, struct stat *info)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
	    O_CLOEXEC);
	ssize_t got = -1;

	if (fd < 0)
		return false;
	if (fstat(fd, info) == 0 && S_ISREG(info->st_mode) &&
	    ck_buf_resize(out, CK_DROP_FILE_MAX + 1) == CK_OK)
		got = read(fd, out->ptr, out->len);
	(void)close(fd);

	return got >= 0 && ck_buf_resize(out, (size_t)got) == CK_OK;
}

/* The same file after a crash is the same lookup; the same words in a new
 * file are not. */
static bool
make_key(const char *name, const struct stat *info, struct ck_span file,
    char out[65])
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	unsigned char digest[32];
	unsigned len = 0;
	bool good = md != NULL && EVP_DigestInit_ex(md, EVP_sha256(),
	    NULL) == 1 && EVP_DigestUpdate(md, name, strlen(name) + 1) == 1 &&
	    EVP_DigestUpdate(md, &info->st_mtim, sizeof(info->st_mtim)) == 1 &&
	    EVP_DigestUpdate(md, file.ptr, file.len) == 1 &&
	    EVP_DigestFinal_ex(md, digest, &len) == 1 && len == 32;

	EVP_MD_CTX_free(md);
	if (good)
		ck_hex_print(ck_span_of(digest, sizeof(digest)), out);

	return good;
}

static bool
answer_from_store(struct dropped *dropped, const char *key)
{
	struct ck_drop *drop = dropped->drop;
	struct ck_lookup_record *record = calloc(1, sizeof(*record));
	bool found = record != NULL && ck_store_find_idempotent(drop->store,
	    key, record) == CK_OK;

	if (found)
		put_answer(dropped, ck_lookup_json(record,
		    drop->config->language));
	if (record != NULL)
		explicit_bzero(record, sizeof(*record));
	free(record);

	return found;
}

static void
ask(struct dropped *dropped, struct ck_lookup_request *request)
{
	struct ck_drop *drop = dropped->drop;
	struct ck_lookup *lookup;
	enum ck_err err;

	if (answer_from_store(dropped, request->idempotency_key))
		return;
	dropped->waiting = true;
	err = ck_lookup_open(drop->lookups, request, true, on_change, dropped,
	    &lookup);
	if (err != CK_OK)
		put_refusal(dropped, "", ck_err_text(err));
}

static void
take(struct dropped *dropped)
{
	struct ck_drop *drop = dropped->drop;
	struct ck_body_defect defect = { "", "one JSON object or one <lookup> "
	    "of at most 16384 bytes" };
	struct ck_lookup_request request;
	struct ck_buf file = CK_BUF_INIT;
	json_t *body = NULL;
	struct stat info;

	if (!read_file(drop->req, dropped->name, &file, &info)) {
		dropped->name[0] = '\0';
		goto out;
	}
	if (file.len <= CK_DROP_FILE_MAX)
		body = ends_in(dropped->name, ".xml") ?
		    ck_drop_xml_read(ck_buf_view(&file)) :
		    ck_json_parse(ck_buf_view(&file));
	if (!json_is_object(body) || !ck_lookup_body_read(body, drop->config,
	    ck_clock_local_date(ck_clock_wall_ms(ck_loop_clock(drop->loop))),
	    &request, &defect)) {
		put_refusal(dropped, defect.field, defect.expected);
		goto out;
	}
	if (make_key(dropped->name, &info, ck_buf_view(&file),
	    request.idempotency_key))
		ask(dropped, &request);
	else
		put_refusal(dropped, "", ck_err_text(CK_ERR_CRYPTO));
	explicit_bzero(&request, sizeof(request));
out:
	json_decref(body);
	ck_buf_wipe(&file);
}

/* A free place for this name; NULL: none, or it is under way. */
static struct dropped *
place_for(struct ck_drop *drop, const char *name)
{
	struct dropped *found = NULL;
	size_t i;

	for (i = 0; i < CK_DROP_CALLS_MAX; i++) {
		if (strcmp(drop->dropped[i].name, name) == 0)
			return NULL;
		if (drop->dropped[i].name[0] == '\0')
			found = &drop->dropped[i];
	}

	return found;
}

static void
on_look(void *ctx)
{
	struct ck_drop *drop = ctx;
	int fd = openat(drop->req, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		struct dropped *dropped = is_question(entry->d_name) ?
		    place_for(drop, entry->d_name) : NULL;

		if (dropped == NULL)
			continue;
		dropped->drop = drop;
		memcpy(dropped->name, entry->d_name,
		    strlen(entry->d_name) + 1);
		take(dropped);
	}
	if (folder != NULL)
		(void)closedir(folder);
	else if (fd >= 0)
		(void)close(fd);
	if (ck_loop_timer(drop->loop, LOOK_MS, on_look, drop,
	    &drop->look) != CK_OK)
		ck_log(CK_LOG_ERROR, "drop", "out of memory: req/ is not "
		    "looked at any more until the service starts again");
}

static int
open_folder(const char *top, const char *name)
{
	char path[1100];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", top, name);
	(void)mkdir(path, 0770);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		ck_log(CK_LOG_ERROR, "drop", "[drop] directory: cannot open "
		    "%s: %s", path, strerror(errno));

	return fd;
}

enum ck_err
ck_drop_new(struct ck_drop **out, const struct ck_config *config,
    struct ck_loop *loop, struct ck_store *store, struct ck_lookups *lookups)
{
	struct ck_drop *drop = calloc(1, sizeof(*drop));
	enum ck_err err = CK_ERR_CONFIG;

	*out = NULL;
	if (drop == NULL)
		return CK_ERR_NOMEM;
	drop->config = config;
	drop->loop = loop;
	drop->store = store;
	drop->lookups = lookups;
	drop->req = open_folder(config->drop_directory, "req");
	drop->res = open_folder(config->drop_directory, "res");
	if (drop->req >= 0 && drop->res >= 0)
		err = ck_drop_writer_new(&drop->writer, loop, drop->req,
		    drop->res);
	if (err == CK_OK)
		err = ck_loop_timer(loop, 0, on_look, drop, &drop->look);
	if (err != CK_OK)
		ck_drop_free(&drop);
	*out = drop;

	return err;
}

void
ck_drop_free(struct ck_drop **drop)
{
	struct ck_drop *old = *drop;

	*drop = NULL;
	if (old == NULL)
		return;
	ck_loop_timer_cancel(&old->look);
	ck_drop_writer_free(&old->writer);
	if (old->req >= 0)
		(void)close(old->req);
	if (old->res >= 0)
		(void)close(old->res);
	free(old);
}
