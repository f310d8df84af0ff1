/*
 * faults.c - everything that can be wrong with a simulated chip
 */
#include <stdlib.h>
#include <string.h>

#include "faults.h"

static const struct {
	const char *name;
	int takes;
	const char *text;
} rows[SIM_FAULT_COUNT] = {
#define X(symbol, name, number, text) { name, number, text },
	SIM_FAULT_LIST(X)
#undef X
};

static bool
parse_number(const char *text, unsigned *out)
{
	char *end;
	unsigned long value;

	if (*text < '0' || *text > '9')
		return false;
	value = strtoul(text, &end, 10);
	*out = (unsigned)value;

	return *end == '\0' && value <= 1000000;
}

/* "N=SW": the number in its place, the status word cut off before. */
static bool
parse_status(char *number, unsigned *out)
{
	char *status = strchr(number, '='), *end;

	if (status == NULL || strlen(status) != 5 ||
	    strspn(status + 1, "0123456789abcdefABCDEF") != 4)
		return false;
	*status++ = '\0';
	*out = (unsigned)strtoul(status, &end, 16);

	return true;
}

static bool
parse_one(char *word, struct sim_faults *out)
{
	char *number = strchr(word, '=');
	size_t i;

	if (number != NULL)
		*number++ = '\0';
	for (i = 0; i < SIM_FAULT_COUNT; i++) {
		if (strcmp(word, rows[i].name) != 0)
			continue;
		out->on[i] = true;
		if ((rows[i].takes == false && number != NULL) ||
		    ((rows[i].takes == true ||
		    rows[i].takes == SIM_FAULT_N_AND_SW) && number == NULL))
			return false;
		if (rows[i].takes == SIM_FAULT_N_AND_SW &&
		    !parse_status(number, &out->status))
			return false;
		return number == NULL || parse_number(number, &out->number[i]);
	}

	return false;
}

bool
sim_faults_parse(const char *text, struct sim_faults *out)
{
	char copy[256], *word, *rest = NULL;

	*out = (struct sim_faults){ 0 };
	if (strlen(text) >= sizeof(copy))
		return false;
	strcpy(copy, text);
	for (word = strtok_r(copy, ",", &rest); word != NULL;
	    word = strtok_r(NULL, ",", &rest)) {
		if (!parse_one(word, out))
			return false;
	}

	return true;
}

bool
sim_fault_after(const struct sim_faults *faults, enum sim_fault fault,
    unsigned count)
{
	return faults->on[fault] && count > faults->number[fault];
}

void
sim_faults_print(FILE *out)
{
	static const char *const takes[] = { "", "=N", "[=N]", "=N=SW" };
	char name[40];
	size_t i;

	for (i = 0; i < SIM_FAULT_COUNT; i++) {
		snprintf(name, sizeof(name), "%s%s", rows[i].name,
		    takes[rows[i].takes]);
		fprintf(out, "  %-22s %s\n", name, rows[i].text);
	}
}
