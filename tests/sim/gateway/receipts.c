/*
 * receipts.c - which check-ins arrived, and how often
 */
#include <pthread.h>
#include <stdlib.h>

#include "receipts.h"

#define FIRST_TRANSACTION 100000

struct sim_receipts {
	pthread_mutex_t lock;
	json_t *rows;	/* MA_LK: { "number", "times" } */
	json_t *arrivals;
};

struct sim_receipts *
sim_receipts_new(void)
{
	struct sim_receipts *receipts = calloc(1, sizeof(*receipts));

	if (receipts == NULL)
		return NULL;
	pthread_mutex_init(&receipts->lock, NULL);
	receipts->rows = json_object();
	receipts->arrivals = json_array();
	if (receipts->rows == NULL || receipts->arrivals == NULL)
		sim_receipts_free(&receipts);
	return receipts;
}

void
sim_receipts_free(struct sim_receipts **receipts)
{
	if (*receipts == NULL)
		return;
	json_decref((*receipts)->rows);
	json_decref((*receipts)->arrivals);
	pthread_mutex_destroy(&(*receipts)->lock);
	free(*receipts);
	*receipts = NULL;
}

void
sim_receipts_reset(struct sim_receipts *receipts)
{
	pthread_mutex_lock(&receipts->lock);
	json_object_clear(receipts->rows);
	json_array_clear(receipts->arrivals);
	pthread_mutex_unlock(&receipts->lock);
}

/* Under the lock. */
static json_t *
get_row(struct sim_receipts *receipts, const char *ma_lk)
{
	json_t *row = json_object_get(receipts->rows, ma_lk);

	if (row != NULL)
		return row;
	row = json_pack("{s:I, s:i}", "number", (json_int_t)
	    (FIRST_TRANSACTION + json_object_size(receipts->rows)), "times",
	    0);
	json_object_set_new(receipts->rows, ma_lk, row);
	return json_object_get(receipts->rows, ma_lk);
}

uint64_t
sim_receipts_add(struct sim_receipts *receipts,
    const struct sim_arrival *arrival)
{
	uint64_t number = 0;
	json_t *row, *times;

	pthread_mutex_lock(&receipts->lock);
	json_array_append_new(receipts->arrivals, json_pack(
	    "{s:s, s:s?, s:b}", "ma_lk", arrival->ma_lk, "ma_bn",
	    arrival->ma_bn, "ward", (int)arrival->ward));
	row = get_row(receipts, arrival->ma_lk);
	if (row != NULL) {
		times = json_object_get(row, "times");
		json_integer_set(times, json_integer_value(times) + 1);
		number = (uint64_t)json_integer_value(
		    json_object_get(row, "number"));
	}
	pthread_mutex_unlock(&receipts->lock);
	return number;
}

json_t *
sim_receipts_list_new(struct sim_receipts *receipts)
{
	json_t *list = json_object(), *row;
	const char *ma_lk;

	pthread_mutex_lock(&receipts->lock);
	json_object_foreach(receipts->rows, ma_lk, row)
		json_object_set_new(list, ma_lk, json_integer(
		    json_integer_value(json_object_get(row, "times"))));
	pthread_mutex_unlock(&receipts->lock);
	return list;
}

json_t *
sim_receipts_arrivals_new(struct sim_receipts *receipts)
{
	json_t *arrivals;

	pthread_mutex_lock(&receipts->lock);
	arrivals = json_deep_copy(receipts->arrivals);
	pthread_mutex_unlock(&receipts->lock);
	return arrivals;
}
