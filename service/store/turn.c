/*
 * turn.c - group commit: all that one turn wants written, in one transaction
 */
#include <stdlib.h>

#include "store/store.h"
#include "store/turn.h"

struct write {
	ck_turn_write_fn write;
	ck_turn_done_fn done;
	void *ctx;
};

struct batch {
	struct write *writes;
	size_t len, cap;
};

struct ck_turn {
	struct ck_store *store;
	struct batch queued;	/* for the next transaction */
	struct batch spare;	/* the batch before, to be filled again */
	size_t before;		/* writes of the last flush */
};

/* A turn rarely queues more than one write for each client that waits. */
#define CAP_MIN 64

/* What one client alone may want written in a turn: a call that has ended, and
 * the lookup that it answers. Behind these nobody else is to be expected. */
#define WRITES_OF_ONE 2

enum ck_err
ck_turn_new(struct ck_turn **out, struct ck_store *store)
{
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return CK_ERR_NOMEM;
	(*out)->store = store;

	return CK_OK;
}

void
ck_turn_free(struct ck_turn **turn)
{
	if (*turn == NULL)
		return;
	free((*turn)->queued.writes);
	free((*turn)->spare.writes);
	free(*turn);
	*turn = NULL;
}

static enum ck_err
grow(struct batch *batch)
{
	size_t cap = batch->cap == 0 ? CAP_MIN : batch->cap * 2;
	struct write *grown;

	grown = reallocarray(batch->writes, cap, sizeof(*grown));
	if (grown == NULL)
		return CK_ERR_NOMEM;
	batch->writes = grown;
	batch->cap = cap;

	return CK_OK;
}

enum ck_err
ck_turn_add(struct ck_turn *turn, ck_turn_write_fn write, ck_turn_done_fn done,
    void *ctx)
{
	struct batch *batch = &turn->queued;
	enum ck_err err;

	if (batch->len == batch->cap && (err = grow(batch)) != CK_OK)
		return err;
	batch->writes[batch->len++] = (struct write){ write, done, ctx };

	return CK_OK;
}

/* All of these writes in one transaction, or none of them. */
static enum ck_err
write_together(struct ck_store *store, const struct write *writes, size_t len)
{
	enum ck_err err;
	size_t i;

	if ((err = ck_store_begin(store)) != CK_OK)
		return err;
	for (i = 0; i < len && err == CK_OK; i++)
		err = writes[i].write(store, writes[i].ctx);
	if (err == CK_OK)
		return ck_store_commit(store);	/* rolls back by itself */
	ck_store_failed(store, err);
	ck_store_rollback(store);

	return err;
}

static void
tell(const struct write *write, enum ck_err err)
{
	if (write->done != NULL)
		write->done(write->ctx, err);
}

static void
flush_batch(struct ck_store *store, const struct batch *batch)
{
	enum ck_err err = write_together(store, batch->writes, batch->len);
	size_t i;

	for (i = 0; i < batch->len; i++) {
		const struct write *write = &batch->writes[i];

		if (err != CK_OK && batch->len > 1)
			tell(write, write_together(store, write, 1));
		else
			tell(write, err);
	}
}

bool
ck_turn_wants_more(void *ctx)
{
	const struct ck_turn *turn = ctx;

	return turn->before > WRITES_OF_ONE && turn->queued.len > 0 &&
	    turn->queued.len < turn->before;
}

void
ck_turn_flush(void *ctx)
{
	struct ck_turn *turn = ctx;

	if (turn->queued.len > 0)
		turn->before = turn->queued.len;
	while (turn->queued.len > 0) {
		struct batch batch = turn->queued;

		turn->queued = turn->spare;
		turn->queued.len = 0;
		flush_batch(turn->store, &batch);
		turn->spare = batch;
	}
	ck_store_look_away(turn->store);
}
