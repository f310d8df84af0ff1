/*
 * limits.h - how much the trust store takes in, and why no more
 *
 * Everything here was made by somebody else: a state, a portal, or whoever
 * put a file on a stick. Each limit stands well above what honest files hold.
 */
#ifndef READER_TRUST_LIMITS_H
#define READER_TRUST_LIMITS_H

/* All ICAO states together have under 1,000 CSCA certificates. */
#define CK_ANCHORS_MAX 2000

/* A certificate is 1 to 2 KiB, with spelled-out curves 3. */
#define CK_CERTIFICATE_MAX 16384

/* A PEM file may hold a whole list. */
#define CK_ANCHOR_FILE_MAX 4194304

/* The lists of ICAO and BSI stand near 1 MiB. */
#define CK_MASTER_LIST_MAX 8388608

/* Certificates inside one master list, good or bad. */
#define CK_MASTER_LIST_CERTIFICATES_MAX 2000

/* A state revokes a handful of document signers in its life. */
#define CK_CRL_FILE_MAX 2097152
#define CK_CRL_ENTRIES_MAX 20000

/* One CRL for each name of an issuer: about 200 states, some renamed. */
#define CK_CRLS_MAX 400

/* Accepted by people, one by one. */
#define CK_PINS_MAX 500
#define CK_PUBLISHERS_MAX 20

/* Everything above in the store's own file would not fit: a bound on damage. */
#define CK_TRUST_FILE_MAX 33554432

/* A link may hang on a link: states renew their keys every 3 to 5 years. */
#define CK_LINK_PASSES_MAX 16

/* A CRL or list from the future: clocks differ by less than this, seconds. */
#define CK_CLOCK_SKEW_S 86400

#endif /* READER_TRUST_LIMITS_H */
