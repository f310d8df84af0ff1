/*
 * operators.c - the clerks, and whether the gateway takes them
 *
 * GET /v1/operators, POST /v1/operators/sign-on, DELETE
 * /v1/desks/{desk}/operator.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "ck/log.h"
#include "daemon/config.h"
#include "desk/desk.h"
#include "eligibility/message.h"
#include "eligibility/operators.h"
#include "http/site.h"
#include "io/json.h"
#include "store/desk_operator.h"
#include "store/turn.h"

/* A clerk who waits for the gateway's word, and then for the disk. */
struct ck_sign_on {
	struct ck_http *http;
	struct ck_request *request;
	char desk[CK_DESK_LEN];		/* empty: none in particular */
	char name[CK_NAME_LEN];		/* empty: signs off */
	struct ck_operator_view view;	/* what the gateway said */
	struct ck_sign_on *prev, *next;
};

static json_t *
view_json(const struct ck_config *config,
    const struct ck_operator_view *view)
{
	struct ck_counted counted = {
		.outcome = view->reason[0] != '\0' ?
		    CK_OUTCOME_UNAVAILABLE : CK_OUTCOME_NONE,
		.source = CK_SOURCE_GATEWAY, .owner = CK_OWNER_CLINIC
	};

	memcpy(counted.reason, view->reason, sizeof(counted.reason));

	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}",
	    "name", view->name,
	    "state", ck_operator_state_label(view->state),
	    "reason", ck_json_known(view->reason),
	    "message", ck_json_known(ck_message(&counted, config->language)),
	    "next_step", ck_json_known(view->state == CK_OPERATOR_REFUSED ?
	    ck_technician_note(view->reason, config->language) :
	    ck_next_step(&counted, config->language)),
	    "since", ck_json_instant(view->since_ms),
	    "automatic", json_boolean(
	    strcmp(view->name, config->automatic_operator) == 0));
}

void
ck_http_operators(void *ctx, struct ck_request *request)
{
	const struct ck_http *http = ctx;
	struct ck_operator_view view;
	json_t *list = json_array();
	unsigned i;

	for (i = 0; ck_operators_at(http->use.operators, i, &view); i++)
		(void)json_array_append_new(list,
		    view_json(http->use.config, &view));
	ck_request_reply_json(request, 200, list);
}

static void
sign_on_free(struct ck_sign_on *waiting)
{
	if (waiting->prev != NULL)
		waiting->prev->next = waiting->next;
	else
		waiting->http->sign_ons = waiting->next;
	if (waiting->next != NULL)
		waiting->next->prev = waiting->prev;
	free(waiting);
}

void
ck_http_sign_ons_free(struct ck_http *http)
{
	while (http->sign_ons != NULL)
		sign_on_free(http->sign_ons);
}

static enum ck_err
write_sign_on(struct ck_store *store, void *ctx)
{
	const struct ck_sign_on *waiting = ctx;

	return ck_store_put_desk_operator(store, waiting->desk,
	    waiting->name);
}

static void
on_kept(void *ctx, enum ck_err err)
{
	struct ck_sign_on *waiting = ctx;
	struct ck_http *http = waiting->http;

	if (err == CK_OK && ck_desks_sign_on(http->use.desks, waiting->desk,
	    waiting->name) != CK_OK)
		ck_log(CK_LOG_WARNING, "operator", "desk %s is gone",
		    waiting->desk);
	if (err != CK_OK)
		ck_http_reply_error(waiting->request, err);
	else if (waiting->name[0] == '\0')
		ck_request_reply_empty(waiting->request, 204);
	else
		ck_request_reply_json(waiting->request, 200,
		    view_json(http->use.config, &waiting->view));
	sign_on_free(waiting);
}

static void
keep(struct ck_sign_on *waiting)
{
	if (ck_turn_add(waiting->http->use.turn, write_sign_on, on_kept,
	    waiting) != CK_OK)
		on_kept(waiting, CK_ERR_NOMEM);
}

static void
on_word(void *ctx, const struct ck_operator_view *view)
{
	struct ck_sign_on *waiting = ctx;

	/* Without an answer the line may be down, and patients stand there
	 * all the same; only who is refused does not sign on. */
	if (waiting->desk[0] != '\0' && view->state != CK_OPERATOR_REFUSED) {
		waiting->view = *view;
		(void)snprintf(waiting->name, sizeof(waiting->name), "%s",
		    view->name);
		keep(waiting);
		return;
	}
	ck_request_reply_json(waiting->request, 200,
	    view_json(waiting->http->use.config, view));
	sign_on_free(waiting);
}

static void
refuse(struct ck_request *request, enum ck_err err)
{
	if (err == CK_ERR_NOT_FOUND)
		ck_request_reply_invalid(request, "name",
		    "the name of a configured operator");
	else if (err == CK_ERR_LIMIT)
		ck_request_reply_problem(request, 429, "too-many-sign-ons",
		    "Several clerks are signing on; try again in a moment.",
		    NULL);
	else
		ck_http_reply_error(request, err);
}

static struct ck_sign_on *
sign_on_new(struct ck_http *http, struct ck_request *request,
    const char *desk)
{
	struct ck_sign_on *waiting = calloc(1, sizeof(*waiting));

	if (waiting == NULL)
		return NULL;
	waiting->http = http;
	waiting->request = request;
	(void)snprintf(waiting->desk, sizeof(waiting->desk), "%s", desk);
	waiting->next = http->sign_ons;
	if (waiting->next != NULL)
		waiting->next->prev = waiting;
	http->sign_ons = waiting;

	return waiting;
}

void
ck_http_sign_on(void *ctx, struct ck_request *request)
{
	struct ck_http *http = ctx;
	const json_t *body = ck_request_json(request);
	const char *desk = ck_json_text(body, "desk");
	struct ck_sign_on *waiting;
	enum ck_err err;

	if (json_object_get(body, "desk") != NULL &&
	    !ck_desks_has(http->use.desks, desk)) {
		ck_request_reply_invalid(request, "desk", "the name of a desk");
		return;
	}
	if ((waiting = sign_on_new(http, request, desk)) == NULL) {
		ck_http_reply_error(request, CK_ERR_NOMEM);
		return;
	}
	err = ck_operators_sign_on(http->use.operators,
	    ck_json_text(body, "name"), on_word, waiting);
	if (err == CK_OK)
		return;
	sign_on_free(waiting);
	refuse(request, err);
}

void
ck_http_sign_off(void *ctx, struct ck_request *request)
{
	struct ck_http *http = ctx;
	const char *desk = ck_request_param(request, 0);
	struct ck_sign_on *leaving;

	if (!ck_desks_has(http->use.desks, desk))
		ck_request_reply_problem(request, 404, "unknown-desk",
		    "There is no desk of this name.", NULL);
	else if ((leaving = sign_on_new(http, request, desk)) == NULL)
		ck_http_reply_error(request, CK_ERR_NOMEM);
	else
		keep(leaving);
}
