/*
 * config.c - what the gateway is like unless told otherwise
 *
 * Account and operators are the ones that practice mode and the tests use;
 * the operators' numbers are outside of the population.
 */
#include "gateway.h"

void
sim_gateway_defaults(struct sim_gateway_config *config)
{
	*config = (struct sim_gateway_config){
		.seed = 84,
		.token_seconds = 600,
		.accounts = { { "84001_BV", "practice-password" } },
		.account_count = 1,
		.operators = {
			{ "Nguyễn Thị Tiếp Đón", "084185000011" },
			{ "Thạch Văn Trực Ban", "084085000002" }
		},
		.operator_count = 2,
		.control = true
	};
}
