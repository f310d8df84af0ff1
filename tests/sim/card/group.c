/*
 * group.c - what PACE computes in: an elliptic curve or a prime group
 */
#include "group.h"

#define MODP_LAST 2

bool
sim_group_is_modp(unsigned parameter_id)
{
	return parameter_id <= MODP_LAST;
}

bool
sim_group_known(unsigned parameter_id)
{
	return sim_group_is_modp(parameter_id) ||
	    sim_curve_name(parameter_id) != NULL;
}

void
sim_group_open(struct sim_group *group, unsigned parameter_id)
{
	*group = (struct sim_group){ NULL, NULL };
	if (sim_group_is_modp(parameter_id))
		group->modp = sim_modp_new(parameter_id);
	else
		group->curve = sim_curve_new(parameter_id);
}

void
sim_group_free(struct sim_group *group)
{
	sim_curve_free(&group->curve);
	sim_modp_free(&group->modp);
}

void
sim_group_random(const struct sim_group *group, struct sim_bytes *out)
{
	if (group->modp != NULL)
		sim_modp_random(group->modp, out);
	else
		sim_curve_random(group->curve, out);
}

bool
sim_group_apply(const struct sim_group *group, struct sim_span key,
    struct sim_span element, struct sim_bytes *out)
{
	if (group->modp != NULL)
		return sim_modp_power(group->modp, key, element, out);

	return sim_curve_multiply(group->curve, key, element, out);
}

bool
sim_group_map(const struct sim_group *group, struct sim_span nonce,
    struct sim_span element, struct sim_bytes *out)
{
	if (group->modp != NULL)
		return sim_modp_map(group->modp, nonce, element, out);

	return sim_curve_map(group->curve, nonce, element, out);
}

struct sim_span
sim_group_public(const struct sim_group *group, struct sim_span element)
{
	while (group->modp != NULL && element.len > 1 && *element.ptr == 0) {
		element.ptr++;
		element.len--;
	}

	return element;
}

struct sim_span
sim_group_secret(const struct sim_group *group, struct sim_span element)
{
	return group->modp != NULL ? element : sim_curve_x(element);
}
