/*
 * catalogue.c - the words of service/text by their id
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/assets.h"
#include "io/json.h"
#include "text/catalogue.h"

#define ID_LEN 128

struct ck_catalogue {
	const char *language;	/* static */
	json_t *texts;		/* owned */
};

static const struct ck_asset *
find(const char *name)
{
	size_t i;

	for (i = 0; i < ck_assets_count; i++) {
		if (strcmp(ck_assets[i].name, name) == 0)
			return &ck_assets[i];
	}

	return NULL;
}

enum ck_err
ck_catalogue_open(struct ck_catalogue **out, const char *language)
{
	static const char *const languages[][2] = {
		{ "vi", "text_vi.json" }, { "en", "text_en.json" }
	};
	const struct ck_asset *asset = NULL;
	size_t i;

	*out = NULL;
	for (i = 0; i < 2 && asset == NULL; i++) {
		if (strcmp(languages[i][0], language) == 0) {
			language = languages[i][0];
			asset = find(languages[i][1]);
		}
	}
	if (asset == NULL)
		return CK_ERR_NOT_FOUND;
	if ((*out = calloc(1, sizeof(**out))) == NULL)
		return CK_ERR_NOMEM;
	(*out)->language = language;
	(*out)->texts = ck_json_parse(ck_span_of(asset->begin,
	    (size_t)(asset->end - asset->begin)));
	if ((*out)->texts == NULL) {
		ck_catalogue_free(out);
		return CK_ERR_NOMEM;
	}

	return CK_OK;
}

void
ck_catalogue_free(struct ck_catalogue **catalogue)
{
	if (*catalogue == NULL)
		return;
	json_decref((*catalogue)->texts);
	free(*catalogue);
	*catalogue = NULL;
}

const char *
ck_catalogue_language(const struct ck_catalogue *catalogue)
{
	return catalogue->language;
}

const char *
ck_catalogue_text(const struct ck_catalogue *catalogue, const char *id)
{
	const char *text = json_string_value(json_object_get(catalogue->texts,
	    id));

	return text == NULL ? id : text;
}

const char *
ck_catalogue_word(const struct ck_catalogue *catalogue, const char *prefix,
    const char *label)
{
	char id[ID_LEN];
	const char *text;
	int len = snprintf(id, sizeof(id), "%s.%s", prefix, label);

	if (len < 0 || (size_t)len >= sizeof(id))
		return label;
	text = json_string_value(json_object_get(catalogue->texts, id));

	return text == NULL ? label : text;
}
