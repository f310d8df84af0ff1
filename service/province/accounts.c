/*
 * accounts.c - accounts that see some of the clinics
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/log.h"
#include "io/ini.h"
#include "province/accounts.h"
#include "province/tokens.h"

/* People who look after stations: a province has tens. */
#define ACCOUNTS_MAX 500

struct account {
	char name[CK_TOKENS_NAME_LEN];
	struct ck_scope scope;
};

struct ck_accounts {
	struct account *list;		/* owned */
	size_t count;
	struct ck_tokens *tokens;	/* owned */
};

struct parser {
	struct ck_accounts *accounts;
	const char *path;
	bool failed;
};

static void
complain(void *ctx, int line, const char *what)
{
	struct parser *parser = ctx;

	ck_log(CK_LOG_ERROR, "config", "%s:%d: %s", parser->path, line, what);
	parser->failed = true;
}

static bool
is_name(const char *name)
{
	return name[0] != '\0' && name[0] != '.' &&
	    strlen(name) < CK_TOKENS_NAME_LEN &&
	    name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")] == '\0';
}

static struct account *
find(const struct ck_accounts *accounts, const char *name)
{
	size_t i;

	for (i = 0; i < accounts->count; i++) {
		if (strcmp(accounts->list[i].name, name) == 0)
			return &accounts->list[i];
	}

	return NULL;
}

static void
begin_account(struct parser *parser, int line, const char *name)
{
	struct ck_accounts *accounts = parser->accounts;

	if (!is_name(name))
		complain(parser, line, "an account's name is of A-Z, a-z, "
		    "0-9, dot, dash and underscore");
	else if (find(accounts, name) != NULL)
		complain(parser, line, "the account stands there twice");
	else if (accounts->count == ACCOUNTS_MAX)
		complain(parser, line, "more accounts than there can be");
	else
		(void)snprintf(accounts->list[accounts->count++].name,
		    CK_TOKENS_NAME_LEN, "%s", name);
}

static void
set_names(struct parser *parser, int line, char out[CK_SCOPE_LEN],
    const char *value)
{
	if (out[0] != '\0')
		complain(parser, line, "the key is set twice");
	else if (strlen(value) >= CK_SCOPE_LEN)
		complain(parser, line, "too long");
	else
		memcpy(out, value, strlen(value) + 1);
}

static void
on_key(void *ctx, int line, const char *section, const char *name,
    const char *value)
{
	struct parser *parser = ctx;
	struct account *account = find(parser->accounts, section);

	if (name == NULL)
		begin_account(parser, line, section);
	else if (account == NULL)
		complain(parser, line, "the key belongs to no account");
	else if (strcmp(name, "clinics") == 0)
		set_names(parser, line, account->scope.clinics, value);
	else if (strcmp(name, "managers") == 0)
		set_names(parser, line, account->scope.managers, value);
	else
		complain(parser, line, "an account has clinics and managers");
}

enum ck_err
ck_accounts_load(struct ck_accounts **out, const char *file,
    const char *directory, const struct ck_clock *clock)
{
	struct ck_accounts *accounts = calloc(1, sizeof(*accounts));
	struct parser parser = { accounts, file, false };
	enum ck_err err = CK_ERR_NOMEM;

	*out = NULL;
	if (accounts == NULL)
		return CK_ERR_NOMEM;
	accounts->list = calloc(ACCOUNTS_MAX, sizeof(*accounts->list));
	if (accounts->list != NULL)
		err = ck_tokens_new(&accounts->tokens, directory, clock);
	if (err == CK_OK && file[0] != '\0')
		err = ck_ini_read(file, on_key, complain, &parser);
	if (err == CK_OK && parser.failed)
		err = CK_ERR_CONFIG;
	if (err != CK_OK)
		ck_accounts_free(&accounts);
	*out = accounts;

	return err;
}

void
ck_accounts_free(struct ck_accounts **accounts)
{
	if (*accounts == NULL)
		return;
	ck_tokens_free(&(*accounts)->tokens);
	free((*accounts)->list);
	free(*accounts);
	*accounts = NULL;
}

const struct ck_scope *
ck_accounts_scope(const struct ck_accounts *accounts,
    const char *authorization)
{
	char name[CK_TOKENS_NAME_LEN];
	const struct account *account;

	if (accounts == NULL || accounts->count == 0 ||
	    !ck_tokens_find(accounts->tokens, authorization, name))
		return NULL;
	account = find(accounts, name);

	return account == NULL ? NULL : &account->scope;
}

bool
ck_accounts_know(void *ctx, const char *authorization)
{
	return ck_accounts_scope(ctx, authorization) != NULL;
}
