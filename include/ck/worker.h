/*
 * worker.h - what crosses between a card worker process and the daemon
 *
 * checkind starts one cccd-worker for each reader and one that watches which
 * readers there are. They talk over a SOCK_SEQPACKET socket on descriptor 3;
 * one packet is one message: this header's fixed-size struct, nothing more.
 * Both ends come from one build; the daemon still checks every field, because
 * a worker parses what a hostile card sends.
 */
#ifndef CK_WORKER_H
#define CK_WORKER_H

#include <stdint.h>

#include "ck/buf.h"
#include "ck/hint.h"
#include "ck/identity.h"
#include "ck/reader.h"

/* Changes with every change of the structs below; a mismatch ends the worker. */
#define CK_WORKER_VERSION 3

/* The descriptor a worker finds its socket on. */
#define CK_WORKER_FD 3

/* PC/SC reader names end at 128 bytes (MAX_READERNAME). */
#define CK_READER_NAME_LEN 128

/* How the name of a reader begins that libnfc serves, and not pcscd. */
#define CK_READER_NFC "nfc:"

/* pcsc-lite serves at most 16 readers (PCSCLITE_MAX_READERS_CONTEXTS). */
#define CK_READERS_MAX 16

/* Photo bytes in one packet: well under the default socket buffer. */
#define CK_WORKER_CHUNK 32768

/* A DG2 larger than this is not read: design size is 5 to 40 KB. */
#define CK_PHOTO_MAX 262144

enum ck_worker_type {
	/* worker to daemon */
	CK_WORKER_HELLO = 1,	/* first packet: version */
	CK_WORKER_READERS,	/* watcher: the whole list, after each change */
	CK_WORKER_STATUS,	/* reader worker: card in or out, reader state */
	CK_WORKER_STEP,		/* progress of the read */
	CK_WORKER_IDENTITY,	/* known over the channel, not yet proven */
	CK_WORKER_PHOTO,	/* a piece of the image, in order, before RESULT */
	CK_WORKER_RESULT,	/* the read has ended, well or not */
	/* daemon to worker */
	CK_WORKER_READ = 64	/* read the card that lies there with this secret */
};

struct ck_worker_readers {
	uint32_t count;		/* 0..CK_READERS_MAX */
	uint32_t service;	/* 1: pcscd answers; 0: it does not */
	char name[CK_READERS_MAX][CK_READER_NAME_LEN];
};

struct ck_worker_status {
	uint32_t err;		/* enum ck_err: CK_OK, or what ails the reader */
	uint32_t card_present;	/* 0 or 1 */
	uint32_t kind;		/* enum ck_card_kind, by its ATR */
};

struct ck_worker_photo {
	uint32_t offset, len;	/* bytes; len at most CK_WORKER_CHUNK */
	uint8_t bytes[CK_WORKER_CHUNK];
};

struct ck_worker_result {
	uint32_t err;			/* enum ck_err of the read */
	uint32_t passive_reason;	/* enum ck_err */
	uint32_t hint;			/* enum ck_hint: what to do about err */
	uint32_t access, passive, chip_auth, active_auth, assurance;
	uint32_t issuer;		/* enum ck_issuer */
	uint32_t signer_expired;	/* 0 or 1 */
	char accepted_by[CK_ACCEPTED_BY_LEN];	/* as in struct ck_signer */
	struct ck_date accepted_on;
	uint32_t photo_format;		/* enum ck_image_format */
	uint32_t photo_len;		/* bytes sent before this packet */
	uint32_t tries_left;		/* of the chip's password; 0: unknown */
	uint32_t apdus;
	int64_t elapsed_ms;
	struct ck_identity identity;	/* zero if err came before it */
};

struct ck_worker_read {
	struct ck_secret secret;
	uint32_t photo;			/* 1: read DG2 */
	uint32_t bac_allowed;
	uint32_t bac_tries_max;
};

struct ck_worker_message {
	uint32_t version;	/* CK_WORKER_VERSION */
	uint32_t type;		/* enum ck_worker_type */
	uint32_t serial;	/* of the READ that this answers; 0 for none */
	union {
		struct ck_worker_readers readers;
		struct ck_worker_status status;
		uint32_t step;		/* enum ck_step */
		struct ck_identity identity;
		struct ck_worker_photo photo;
		struct ck_worker_result result;
		struct ck_worker_read read;
	} u;
};

#endif /* CK_WORKER_H */
