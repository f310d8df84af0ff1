/*
 * faults.h - everything that can be wrong with a simulated chip
 *
 * Written on the command line or in `insert` as name, name=N or name=N=SW,
 * several joined by commas: "tampered-dg1", "removed-after=7,slow=20",
 * "sw-only-after=9=6F00".
 */
#ifndef SIM_CARD_FAULTS_H
#define SIM_CARD_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * What stands after a fault's name: nothing (false), N (true), N or nothing,
 * which is the same as 0, or N and a status word in hex.
 */
enum {
	SIM_FAULT_N_OPTIONAL = 2,
	SIM_FAULT_N_AND_SW = 3
};

/* X(symbol, name, takes N, what it does) */
#define SIM_FAULT_LIST(X) \
	/* what stands in the files */ \
	X(TAMPERED_DG1, "tampered-dg1", false, \
	    "one byte of DG1 changed after signing") \
	X(TAMPERED_DG13, "tampered-dg13", false, \
	    "one byte of DG13 changed after signing") \
	X(TAMPERED_DG2, "tampered-dg2", false, \
	    "one byte of DG2 changed after signing") \
	X(NO_DG13, "no-dg13", false, "an ordinary eMRTD without DG13") \
	X(MALFORMED_DG13, "malformed-dg13", false, \
	    "DG13 is signed but no valid DER inside") \
	X(TRUNCATED_DG1, "truncated-dg1", false, \
	    "DG1 is signed but ends 40 bytes early") \
	X(TRAILING_BYTES, "trailing-bytes", false, \
	    "DG1 and DG13 are signed with bytes after the MRZ and the list") \
	/* copies of a chip */ \
	X(CLONE_CA, "clone-ca", false, \
	    "DG14 copied, another key for Chip Authentication") \
	X(CLONE_AA, "clone-aa", false, \
	    "DG15 copied, another key for Active Authentication") \
	X(CLONE_NO_KEYS, "clone-no-keys", false, \
	    "all files copied, no chip key at all") \
	X(MIXED_CHIP, "mixed-chip", false, \
	    "DG14, DG15 and keys of another chip under this EF.SOD") \
	X(RE_SIGNED, "re-signed", false, \
	    "own keys and EF.SOD, of a false CSCA with the true one's name") \
	/* who signed them */ \
	X(WRONG_SIGNER, "wrong-signer", false, \
	    "document signer of a CSCA that nobody trusts") \
	X(BAD_SIGNATURE, "bad-signature", false, \
	    "the signature in EF.SOD does not fit") \
	X(SOD_OF_OTHER, "sod-of-other", false, \
	    "EF.SOD of another person's chip") \
	X(NO_SOD, "no-sod", false, "EF.SOD is absent") \
	X(EXPIRED_SIGNER, "expired-signer", false, \
	    "document signer valid at signing, expired since") \
	X(REVOKED_SIGNER, "revoked-signer", false, \
	    "document signer that material/crl.der revokes") \
	X(WEAK_SIGNER_KEY, "weak-signer-key", false, \
	    "document signer with an RSA key of 1,024 bits") \
	X(CHAIN_LOOP, "chain-loop", false, \
	    "signer of two CSCAs that issued each other, both in EF.SOD") \
	X(SIGNER_IS_CA, "signer-is-ca", false, \
	    "document signer marked as a CA, for signing certificates only") \
	X(FUTURE_SIGNER, "future-signer", false, \
	    "document signer valid from 2090") \
	X(EXPIRED_CSCA, "expired-csca", false, \
	    "signer of a CSCA that expired in 2025 (csca-expired.der)") \
	X(SECOND_CSCA, "second-csca", false, \
	    "signer of the second generation (csca-2.der, link.der); valid") \
	/* what the signature says */ \
	X(WRONG_DG, "wrong-dg", false, \
	    "EF.SOD lists each hash under the next number") \
	X(TWO_SIGNERS, "two-signers", false, \
	    "EF.SOD with two signatures, the second by the expired signer") \
	X(UNSIGNED_TAMPERED, "unsigned-attributes-tampered", false, \
	    "EF.SOD with an unsigned attribute put in afterwards") \
	X(DIGEST_MISMATCH, "digest-mismatch-attr", false, \
	    "the signed digest is that of other contents") \
	X(TRUNCATED_SOD, "truncated-sod", false, \
	    "EF.SOD ends 40 bytes early") \
	X(EXTRA_BYTES, "extra-bytes", false, \
	    "DG1 with bytes after its object, put in after signing") \
	X(WEAK_CA_KEY, "weak-ca-key", false, \
	    "Chip Authentication on a curve of 192 bits") \
	X(WEAK_AA_KEY, "weak-aa-key", false, \
	    "Active Authentication with an RSA key of 1,024 bits") \
	X(SHA1_SOD, "sha1-sod", false, "hashes and signature with SHA-1") \
	/* access control */ \
	X(WRONG_CAN, "wrong-can", false, \
	    "the chip's CAN is not the end of its number") \
	X(BLOCKED, "blocked", false, "every access attempt answers 6983") \
	X(NO_CARDACCESS, "no-cardaccess", false, \
	    "EF.CardAccess answers 6A82; PACE works") \
	X(CARDACCESS_NO_PACE, "cardaccess-no-pace", false, \
	    "EF.CardAccess offers no PACE; only BAC works") \
	X(NO_PACE, "no-pace", false, \
	    "no PACE at all, neither file offers any; only BAC works") \
	/* the channel */ \
	X(REMOVED_AFTER, "removed-after", true, \
	    "the card leaves after N commands") \
	X(SILENT_AFTER, "silent-after", true, \
	    "the chip never answers again after N commands") \
	X(STALLED_AFTER, "stalled-after", true, \
	    "the chip asks for more time for ever after N commands") \
	X(LOST_STATUS, "lost-status", true, \
	    "the PN532 gives status N once this card is lost (1)") \
	X(SLOW, "slow", true, "every answer takes N ms longer") \
	X(GARBAGE_AFTER, "garbage-after", true, \
	    "random bytes instead of answers after N commands") \
	X(ENDLESS, "endless", false, "DG13 and DG2 never end") \
	X(SHORT_ANSWER, "short-answer", false, \
	    "READ BINARY gives at most 16 bytes at a time") \
	X(NO_OPEN_LE, "no-open-le", false, \
	    "a protected command with Le 0000 ends secure messaging") \
	X(EXTENDED_REFUSED, "extended-refused", false, \
	    "extended length is announced, and refused with 6700") \
	X(EXTENDED_LOST, "extended-lost", false, \
	    "extended length is announced, an answer to it is lost") \
	X(EXTENDED_SILENT, "extended-silent", false, \
	    "extended length is announced, and never answered") \
	X(LONG_ANSWER_LOST, "long-answer-lost", false, \
	    "answers beyond 256 bytes are lost on the way") \
	X(SM_BAD_MAC_AFTER, "sm-bad-mac-after", true, \
	    "wrong checksum after N protected commands") \
	X(SM_REPLAY_AFTER, "sm-replay-after", true, \
	    "repeats its last protected answer after N of them") \
	X(SM_DROPS_AFTER, "sm-drops-after", true, \
	    "answers in plain to protected commands after N of them") \
	/* a chip that means ill; N counts commands before it begins */ \
	X(SWAPPED_AFTER, "swapped-after", true, \
	    "another person's chip answers after N commands, unannounced") \
	X(HUGE_ANSWER, "huge-answer", SIM_FAULT_N_OPTIONAL, \
	    "READ BINARY gives 65,533 bytes whatever was asked") \
	X(HUGE_AFTER, "huge-after", true, \
	    "65,533 bytes to every command after N commands") \
	X(EMPTY_AFTER, "empty-after", true, \
	    "answers of no byte at all after N commands") \
	X(ONE_BYTE_AFTER, "one-byte-after", true, \
	    "answers of the one byte 90 after N commands") \
	X(SW_ONLY_AFTER, "sw-only-after", SIM_FAULT_N_AND_SW, \
	    "only the status word SW (hex) after N commands") \
	X(ENDLESS_61XX, "endless-61xx", SIM_FAULT_N_OPTIONAL, \
	    "READ BINARY and GET RESPONSE always say that more waits") \
	X(ENDLESS_6CXX, "endless-6cxx", SIM_FAULT_N_OPTIONAL, \
	    "READ BINARY always wants another Le") \
	X(CHAIN_NEVER_ENDS, "chain-never-ends", SIM_FAULT_N_OPTIONAL, \
	    "in a PN532's field, every piece says that more follows") \
	/* proofs that fail */ \
	X(WRONG_CA_REFUSED, "wrong-ca-refused", false, \
	    "DG14 offers Chip Authentication, MSE answers 6A80") \
	X(CA_STALE_KEYS, "ca-stale-keys", false, \
	    "takes Chip Authentication but goes on with the old keys") \
	X(AA_REFUSED, "aa-refused", false, \
	    "DG15 is there, INTERNAL AUTHENTICATE answers 6985") \
	X(AA_WRONG_TRAILER, "aa-wrong-trailer", false, \
	    "the RSA signature ends in a trailer that means no hash")

enum sim_fault {
#define X(symbol, name, number, text) SIM_FAULT_##symbol,
	SIM_FAULT_LIST(X)
#undef X
	SIM_FAULT_COUNT
};

/* The faults of one chip. */
struct sim_faults {
	bool on[SIM_FAULT_COUNT];
	unsigned number[SIM_FAULT_COUNT];	/* N, where one is taken */
	unsigned status;			/* SW of sw-only-after */
};

/*
 * Read a list of faults. An empty text gives none. Returns false when a name
 * is unknown or its N or SW is missing, superfluous or no number.
 */
bool sim_faults_parse(const char *text, struct sim_faults *out);

/* True when fault is on and count has passed its N. */
bool sim_fault_after(const struct sim_faults *faults, enum sim_fault fault,
    unsigned count);

/* Print every fault with what it does. */
void sim_faults_print(FILE *out);

#endif /* SIM_CARD_FAULTS_H */
