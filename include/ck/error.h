/*
 * error.h - every way this program can fail, in one list
 *
 * One row gives the number, the class that decides what to do about it, the
 * label it is counted under, and the words a person reads. The enum, the
 * texts and the metric labels are all generated from the rows, so they cannot
 * drift apart.
 *
 * Numbers are stored in check-in records: a number is never changed and never
 * given to another meaning.
 */
#ifndef CK_ERROR_H
#define CK_ERROR_H

/* What to do about it. The desk screen and the statistics use only this. */
enum ck_class {
	CK_CLASS_OK,		/* nothing */
	CK_CLASS_READER,	/* no reader or no card: look at the device */
	CK_CLASS_CARD,		/* ask the holder to present the card again */
	CK_CLASS_ACCESS,	/* wrong CAN or printed data: ask for it again */
	CK_CLASS_DATA,		/* malformed bytes: not this card, not this code */
	CK_CLASS_TRUST,		/* do not accept this chip's data */
	CK_CLASS_UPSTREAM,	/* insurer unreachable: fall back to the cache */
	CK_CLASS_STORE,		/* local database: stop taking check-ins */
	CK_CLASS_CONFIG,	/* the operator has to change a setting */
	CK_CLASS_INTERNAL	/* our bug or our machine: log and report */
};

/* X(symbol, number, class, label, text) */
#define CK_ERR_LIST(X) \
	X(CK_OK, 0, CK_CLASS_OK, "ok", "success") \
	/* 100-149: transport and reader */ \
	X(CK_ERR_CARD_GONE, 100, CK_CLASS_CARD, "card_gone", \
	    "card left the field") \
	X(CK_ERR_CARD_MALFORMED, 101, CK_CLASS_DATA, "card_malformed", \
	    "chip sent a malformed answer") \
	X(CK_ERR_CARD_REFUSED, 102, CK_CLASS_CARD, "card_refused", \
	    "chip refused a command") \
	X(CK_ERR_CARD_TIMEOUT, 103, CK_CLASS_CARD, "card_timeout", \
	    "chip did not answer in time") \
	X(CK_ERR_CARD_UNSUPPORTED, 104, CK_CLASS_CARD, "card_unsupported", \
	    "card is not an ICAO 9303 document") \
	X(CK_ERR_CARD_COLLISION, 105, CK_CLASS_CARD, "card_collision", \
	    "more than one card lies on the reader") \
	X(CK_ERR_CARD_RESET, 106, CK_CLASS_CARD, "card_reset", \
	    "another program reset the card") \
	X(CK_ERR_SM_ABORTED, 110, CK_CLASS_CARD, "sm_aborted", \
	    "chip ended secure messaging") \
	X(CK_ERR_SM_CLOSED, 111, CK_CLASS_INTERNAL, "sm_closed", \
	    "secure messaging already closed") \
	X(CK_ERR_SM_MAC, 112, CK_CLASS_TRUST, "sm_mac", \
	    "answer failed its integrity check") \
	X(CK_ERR_READER_NONE, 120, CK_CLASS_READER, "reader_none", \
	    "no card reader found") \
	X(CK_ERR_READER_NO_SERVICE, 121, CK_CLASS_READER, \
	    "reader_no_service", "the PC/SC service pcscd is not running") \
	X(CK_ERR_READER_NO_CARD, 122, CK_CLASS_READER, "reader_no_card", \
	    "no card on the reader") \
	X(CK_ERR_READER_BUSY, 123, CK_CLASS_READER, "reader_busy", \
	    "another program holds the card") \
	X(CK_ERR_READER_FAILED, 124, CK_CLASS_READER, "reader_failed", \
	    "the reader failed") \
	X(CK_ERR_READER_DENIED, 125, CK_CLASS_READER, "reader_denied", \
	    "this user may not use the reader") \
	/* 150-199: access control */ \
	X(CK_ERR_ACCESS_DENIED, 150, CK_CLASS_ACCESS, "access_denied", \
	    "the chip refused the CAN or MRZ") \
	X(CK_ERR_ACCESS_BLOCKED, 151, CK_CLASS_ACCESS, "access_blocked", \
	    "the chip has blocked this password") \
	X(CK_ERR_ACCESS_UNSUPPORTED, 152, CK_CLASS_ACCESS, \
	    "access_unsupported", "the chip offers no protocol we speak") \
	X(CK_ERR_ACCESS_DOWNGRADE, 153, CK_CLASS_TRUST, "access_downgrade", \
	    "the chip offers PACE but was opened by BAC") \
	X(CK_ERR_ACCESS_KEY_NEEDED, 154, CK_CLASS_ACCESS, \
	    "access_key_needed", "this chip needs the MRZ or the QR code") \
	X(CK_ERR_ACCESS_LAST_TRY, 155, CK_CLASS_ACCESS, "access_last_try", \
	    "one try is left: typed digits may not use it up") \
	X(CK_ERR_ACCESS_PROOF, 156, CK_CLASS_TRUST, "access_proof", \
	    "the chip could not prove that it knows the password") \
	/* 200-299: data groups and trust */ \
	X(CK_ERR_FILE_ABSENT, 200, CK_CLASS_DATA, "file_absent", \
	    "a required file is not on the chip") \
	X(CK_ERR_FILE_MALFORMED, 201, CK_CLASS_DATA, "file_malformed", \
	    "a file of the chip is malformed") \
	X(CK_ERR_TRUST_HASH, 220, CK_CLASS_TRUST, "trust_hash", \
	    "a data group does not match its signed hash") \
	X(CK_ERR_TRUST_SIGNATURE, 221, CK_CLASS_TRUST, "trust_signature", \
	    "the document signature is wrong") \
	X(CK_ERR_TRUST_CHAIN, 222, CK_CLASS_TRUST, "trust_chain", \
	    "the document signer is not valid") \
	X(CK_ERR_TRUST_POLICY, 223, CK_CLASS_TRUST, "trust_policy", \
	    "the signature uses a weak algorithm") \
	X(CK_ERR_TRUST_CLONE, 224, CK_CLASS_TRUST, "trust_clone", \
	    "the chip could not prove that it is the original") \
	X(CK_ERR_TRUST_MISMATCH, 225, CK_CLASS_TRUST, "trust_mismatch", \
	    "two files of the chip contradict each other") \
	/* 230-249: the trust store */ \
	X(CK_ERR_TRUST_REVOKED, 230, CK_CLASS_TRUST, "trust_revoked", \
	    "the document signer was revoked by its issuer") \
	X(CK_ERR_TRUST_EXPIRED, 231, CK_CLASS_TRUST, "trust_expired", \
	    "the document signer had expired when it signed") \
	X(CK_ERR_TRUST_OLDER, 232, CK_CLASS_CONFIG, "trust_older", \
	    "older than what the trust store holds") \
	X(CK_ERR_TRUST_UNCONFIRMED, 233, CK_CLASS_CONFIG, \
	    "trust_unconfirmed", "not trusted before, and not confirmed") \
	/* 300-349: printed or typed input */ \
	X(CK_ERR_PRINTED_UNKNOWN, 300, CK_CLASS_DATA, "printed_unknown", \
	    "not a code or number that we know") \
	X(CK_ERR_PRINTED_MALFORMED, 301, CK_CLASS_DATA, \
	    "printed_malformed", "the printed code is damaged") \
	X(CK_ERR_PRINTED_OLD_NUMBER, 302, CK_CLASS_DATA, \
	    "printed_old_number", "an old CMND of 9 digits") \
	X(CK_ERR_PRINTED_APP_CODE, 303, CK_CLASS_DATA, \
	    "printed_app_code", "an app's own code: useless offline") \
	X(CK_ERR_PRINTED_KEYBOARD, 304, CK_CLASS_DATA, \
	    "printed_keyboard", "an input method has changed the code") \
	/* 400-499: gateway */ \
	X(CK_ERR_LINE, 400, CK_CLASS_UPSTREAM, "line", \
	    "the gateway could not be reached") \
	X(CK_ERR_GATEWAY_TIMEOUT, 401, CK_CLASS_UPSTREAM, \
	    "gateway_timeout", "the gateway did not answer in time") \
	X(CK_ERR_GATEWAY_MALFORMED, 402, CK_CLASS_UPSTREAM, \
	    "gateway_malformed", "the gateway sent an answer we cannot read") \
	X(CK_ERR_GATEWAY_TOO_LARGE, 403, CK_CLASS_UPSTREAM, \
	    "gateway_too_large", "the gateway's answer is too large") \
	X(CK_ERR_GATEWAY_ACCOUNT, 404, CK_CLASS_UPSTREAM, \
	    "gateway_account", "the gateway refused our account") \
	X(CK_ERR_GATEWAY_WRONG_PERSON, 405, CK_CLASS_UPSTREAM, \
	    "gateway_wrong_person", "the gateway answered for somebody else") \
	X(CK_ERR_GATEWAY_FAULT, 406, CK_CLASS_UPSTREAM, \
	    "gateway_fault", "the gateway reports a fault of its own") \
	X(CK_ERR_GATEWAY_BLOCKED, 407, CK_CLASS_UPSTREAM, \
	    "gateway_blocked", "the gateway has blocked our account") \
	X(CK_ERR_GATEWAY_ADDRESS, 408, CK_CLASS_UPSTREAM, \
	    "gateway_address", "the gateway does not take calls from our " \
	    "network address") \
	X(CK_ERR_GATEWAY_RESTRICTED, 409, CK_CLASS_UPSTREAM, \
	    "gateway_restricted", "our account is on the gateway's list of " \
	    "restricted lookups") \
	X(CK_ERR_GATEWAY_OPERATOR, 410, CK_CLASS_UPSTREAM, \
	    "gateway_operator", "the gateway wants another name or number of " \
	    "the clerk who asks") \
	X(CK_ERR_GATEWAY_TOKEN, 411, CK_CLASS_UPSTREAM, \
	    "gateway_token", "the gateway gave out a session that is over " \
	    "already") \
	X(CK_ERR_GATEWAY_REPEATED, 413, CK_CLASS_DATA, \
	    "gateway_repeated", "the gateway was asked about this card a " \
	    "short while ago") \
	X(CK_ERR_NO_OPERATOR, 412, CK_CLASS_CONFIG, \
	    "no_operator", "automatic lookups are switched off: no " \
	    "responsible operator is configured") \
	/* 500-599: store */ \
	X(CK_ERR_STORE, 500, CK_CLASS_STORE, "store", \
	    "the local database failed") \
	X(CK_ERR_STORE_FULL, 501, CK_CLASS_STORE, "store_full", \
	    "the disk is full") \
	X(CK_ERR_STORE_NEWER, 502, CK_CLASS_STORE, "store_newer", \
	    "the database was written by a newer version") \
	X(CK_ERR_STORE_CORRUPT, 503, CK_CLASS_STORE, "store_corrupt", \
	    "the database is damaged") \
	X(CK_ERR_STORE_KEY, 504, CK_CLASS_STORE, "store_key", \
	    "a key file is missing or wrong") \
	X(CK_ERR_NOT_FOUND, 510, CK_CLASS_DATA, "not_found", \
	    "no such record") \
	X(CK_ERR_SERVER_GONE, 520, CK_CLASS_STORE, "server_gone", \
	    "the database server of the ledger does not answer") \
	X(CK_ERR_LEDGER_BUSY, 521, CK_CLASS_STORE, "ledger_busy", \
	    "another collector changed the same part of the ledger") \
	X(CK_ERR_NOTICE_INVALID, 550, CK_CLASS_DATA, "notice_invalid", \
	    "the check-in notice breaks a rule of its table") \
	X(CK_ERR_OFFICE_CERTIFICATE, 560, CK_CLASS_CONFIG, \
	    "office_certificate", "the office's certificate is missing, not " \
	    "in force or of an unsuitable kind") \
	X(CK_ERR_CASE_SEALED, 561, CK_CLASS_DATA, "case_sealed", \
	    "the correction case does not open with this key") \
	X(CK_ERR_CASE_MALFORMED, 562, CK_CLASS_DATA, "case_malformed", \
	    "the correction case is malformed") \
	/* 600-699: configuration and requests */ \
	X(CK_ERR_CONFIG, 600, CK_CLASS_CONFIG, "config", \
	    "the configuration is wrong") \
	X(CK_ERR_PORT_IN_USE, 601, CK_CLASS_CONFIG, "port_in_use", \
	    "the address is already in use") \
	X(CK_ERR_REQUEST, 610, CK_CLASS_DATA, "request", \
	    "the request is malformed") \
	/* 900-999: ours */ \
	X(CK_ERR_LIMIT, 900, CK_CLASS_INTERNAL, "limit", \
	    "value outside its fixed limit") \
	X(CK_ERR_CRYPTO, 901, CK_CLASS_INTERNAL, "crypto", \
	    "cryptographic library failed") \
	X(CK_ERR_NOMEM, 902, CK_CLASS_INTERNAL, "nomem", "out of memory") \
	X(CK_ERR_SYSTEM, 903, CK_CLASS_INTERNAL, "system", \
	    "the operating system refused a call") \
	X(CK_ERR_IPC, 904, CK_CLASS_INTERNAL, "ipc", \
	    "the card worker broke its protocol")

enum ck_err {
#define X(sym, no, cls, label, text) sym = (no),
	CK_ERR_LIST(X)
#undef X
};

/* On every function that can fail; with -Werror, ignoring it stops the build. */
#define CK_MUST_CHECK __attribute__((warn_unused_result))

/* The class of err; CK_CLASS_INTERNAL for a number that is not in the list. */
enum ck_class ck_err_class(enum ck_err err);

/* The label err is counted under. Static string, never NULL. */
const char *ck_err_label(enum ck_err err);

/* What a technician reads. Static string, never NULL. */
const char *ck_err_text(enum ck_err err);

#endif /* CK_ERROR_H */
