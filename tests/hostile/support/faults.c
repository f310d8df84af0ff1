/*
 * faults.c - make one library call fail
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "card.h"
#include "faults.h"

static bool armed;
static unsigned count, failing;
static const char *failed;

void
hostile_faults_arm(unsigned at)
{
	armed = true;
	count = 0;
	failing = at;
	failed = NULL;
}

unsigned
hostile_faults_disarm(void)
{
	armed = false;

	return count;
}

const char *
hostile_faults_failed(void)
{
	return failed;
}

int
hostile_fault_due(const char *name)
{
	if (!armed || hostile_in_chip || ++count != failing)
		return 0;
	failed = name;
	errno = ENOMEM;	/* as an allocator leaves it */

	return 1;
}
