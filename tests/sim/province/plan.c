/*
 * plan.c - how many attempts, where and when
 */
#include <stdlib.h>

#include "play.h"

/* Sundays are for emergencies, Mondays for everybody else. */
static const double weekday[7] = { 0.12, 1.35, 1.15, 1.05, 1.0, 0.95, 0.4 };

/* A number between 0 and 1 that is always the same for the same two. */
static double
noise(unsigned a, unsigned b)
{
	uint32_t x = a * 2654435761u ^ (b + 1) * 2246822519u;

	x ^= x >> 15;
	x *= 2654435761u;
	x ^= x >> 13;

	return (double)(x & 0xffffff) / (double)0x1000000;
}

/* Between 50 and 80 per cent, by clinic and a little by day. */
static double
fortune(int clinic, int day)
{
	return 0.5 + 0.3 * noise((unsigned)clinic, 7) +
	    0.1 * (noise((unsigned)clinic, (unsigned)day + 100) - 0.5);
}

static double
weight(const double *sizes, int clinic, int day, int days, int first_weekday)
{
	double growth = 0.5 + 1.0 * (double)day / (double)days;

	return sizes[clinic] * weekday[(first_weekday + day) % 7] * growth *
	    (0.6 + 0.8 * noise((unsigned)clinic, (unsigned)day));
}

/* The whole numbers whose running sum follows share × total: their sum is
 * total exactly, and no one is off by more than one. */
struct spread {
	double all, passed;
	long total, given;
};

static int
take(struct spread *spread, double part)
{
	long upto;

	spread->passed += part;
	upto = (long)(spread->passed / spread->all * (double)spread->total +
	    0.5);
	if (upto > spread->total)
		upto = spread->total;
	upto -= spread->given;
	spread->given += upto;

	return (int)upto;
}

static double
sum_of_weights(const double *sizes, int clinics, int days, int first_weekday)
{
	double all = 0;
	int c, d;

	for (d = 0; d < days; d++) {
		for (c = 0; c < clinics; c++)
			all += weight(sizes, c, d, days, first_weekday);
	}

	return all;
}

static double
sum_of_fortunes(const struct play_plan *plan)
{
	double all = 0;
	int c, d;

	for (d = 0; d < plan->days; d++) {
		for (c = 0; c < plan->clinics; c++)
			all += plan->attempts[c][d] * fortune(c, d);
	}

	return all;
}

void
play_plan_make(struct play_plan *plan, const double *sizes, int clinics,
    int days, int first_weekday, int attempts, int confirmed)
{
	struct spread spread = {
		.all = sum_of_weights(sizes, clinics, days, first_weekday),
		.total = attempts
	};
	long over = 0;
	int c, d;

	plan->clinics = clinics;
	plan->days = days;
	for (d = 0; d < days; d++) {
		for (c = 0; c < clinics; c++)
			plan->attempts[c][d] = take(&spread, weight(sizes, c,
			    d, days, first_weekday));
	}
	spread = (struct spread){
		.all = sum_of_fortunes(plan), .total = confirmed
	};
	for (d = 0; d < days; d++) {
		for (c = 0; c < clinics; c++) {
			int want = take(&spread, plan->attempts[c][d] *
			    fortune(c, d)) + (int)over;

			/* what does not fit here goes to the next */
			over = want > plan->attempts[c][d] ?
			    want - plan->attempts[c][d] : 0;
			plan->confirmed[c][d] = want - (int)over;
		}
	}
}
