/*
 * signature.c - the signed bytes are found in the file, not in its tree
 */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "signature.h"

#define LIST_BEGIN "<CHI_TIEU_TRANG_THAI_KCB>"
#define LIST_END "</DSACH_TRANG_THAI_KCB>"
#define SIGNATURE_BEGIN "<CHUKYDONVI>"
#define SIGNATURE_END "</CHUKYDONVI>"

/* RSA of 8192 bits. */
#define SIGNATURE_MAX 1024

static EVP_PKEY *
read_key_new(const char *path)
{
	FILE *file = fopen(path, "r");
	X509 *certificate = file != NULL ?
	    PEM_read_X509(file, NULL, NULL, NULL) : NULL;
	EVP_PKEY *key = certificate != NULL ?
	    X509_get_pubkey(certificate) : NULL;

	if (file != NULL)
		fclose(file);
	X509_free(certificate);
	return key;
}

/* The text between two marks, marks left out; NULL when one is missing. */
static const char *
between(const char *text, const char *begin, const char *end, size_t *size)
{
	const char *from = strstr(text, begin);
	const char *to = from != NULL ? strstr(from, end) : NULL;

	if (to == NULL)
		return NULL;
	from += strlen(begin);
	*size = (size_t)(to - from);
	return from;
}

/* How many bytes the signature has; 0: it is none. */
static size_t
decode(const char *text, size_t size, unsigned char out[SIGNATURE_MAX])
{
	size_t padding = 0;
	int decoded;

	if (size == 0 || size % 4 != 0 || size / 4 * 3 > SIGNATURE_MAX)
		return 0;
	while (padding < 2 && text[size - 1 - padding] == '=')
		padding++;
	decoded = EVP_DecodeBlock(out, (const unsigned char *)text, (int)size);
	return decoded < 0 ? 0 : (size_t)decoded - padding;
}

static bool
verify(EVP_PKEY *key, const char *list, size_t list_size,
    const unsigned char *signature, size_t signature_size)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool holds = ctx != NULL && EVP_DigestVerifyInit(ctx, NULL,
	    EVP_sha256(), NULL, key) == 1 && EVP_DigestVerify(ctx, signature,
	    signature_size, (const unsigned char *)list, list_size) == 1;

	EVP_MD_CTX_free(ctx);
	return holds;
}

static bool
text_holds(EVP_PKEY *key, const char *text)
{
	unsigned char signature[SIGNATURE_MAX];
	const char *list = strstr(text, LIST_BEGIN), *encoded, *end;
	size_t size = 0, decoded;

	encoded = between(text, SIGNATURE_BEGIN, SIGNATURE_END, &size);
	end = list != NULL ? strstr(list, LIST_END) : NULL;
	if (encoded == NULL || end == NULL || end > encoded)
		return false;
	decoded = decode(encoded, size, signature);
	return decoded != 0 && verify(key, list,
	    (size_t)(end - list) + strlen(LIST_END), signature, decoded);
}

bool
sim_signature_holds(const char *path, const char *file, size_t size)
{
	EVP_PKEY *key = read_key_new(path);
	char *text = malloc(size + 1);
	bool holds = false;

	if (key != NULL && text != NULL) {
		memcpy(text, file, size);
		text[size] = '\0';
		holds = text_holds(key, text);
	}
	free(text);
	EVP_PKEY_free(key);
	return holds;
}
