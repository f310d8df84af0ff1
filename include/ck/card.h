/*
 * card.h - a connected card: bytes go in, bytes come out
 *
 * The transport is a small table of functions; nothing above it knows PC/SC or
 * libnfc. Tests and fuzzers plug in bytes.
 */
#ifndef CK_CARD_H
#define CK_CARD_H

#include <stdbool.h>

#include "ck/buf.h"
#include "ck/error.h"

struct ck_transport;

struct ck_transport_ops {
	/*
	 * Send one command APDU and receive the whole response, SW1 SW2
	 * included. response is replaced; at least 2 bytes on CK_OK.
	 * Returns CK_OK, CK_ERR_CARD_GONE (also for success with fewer than 2
	 * bytes: pcscd reports a removal that way), CK_ERR_CARD_TIMEOUT,
	 * CK_ERR_CARD_RESET (by another program), CK_ERR_READER_FAILED,
	 * CK_ERR_CARD_MALFORMED (longer than the reader carries), CK_ERR_LIMIT
	 * (so is the command), CK_ERR_NOMEM.
	 */
	enum ck_err (*transmit)(struct ck_transport *transport,
	    struct ck_span command, struct ck_buf *response);

	/* Power the card down and up: all its state is gone. As transmit. */
	enum ck_err (*reset)(struct ck_transport *transport);

	/* Let the card go and free the transport. */
	void (*close)(struct ck_transport *transport);
};

struct ck_transport {
	const struct ck_transport_ops *ops;
	struct ck_span atr;	/* answer to reset; borrowed from transport */
	bool short_only;	/* the reader carries no extended length,
				 * whatever the card announces */
};

#endif /* CK_CARD_H */
