-- 0002_receipt.sql - proof of what was asked and answered
--
-- A receipt is a statement in words, sealed, and a salted commitment to it. All
-- receipts of one transaction are the leaves of a hash tree; its root, chained
-- to the batch before, is signed once. Erasing a statement leaves its
-- commitment, so the chain still holds (service/receipt/chain.h).

CREATE TABLE receipt_key (
	number INTEGER PRIMARY KEY,
	public BLOB NOT NULL UNIQUE CHECK (length(public) = 32)	-- Ed25519
) STRICT;

CREATE TABLE receipt (
	number INTEGER PRIMARY KEY,	-- 1, 2, 3 and so on, without a gap
	subject BLOB NOT NULL CHECK (length(subject) = 16),	-- its record's id
	kind INTEGER NOT NULL,		-- enum ck_receipt_kind
	made_ms INTEGER NOT NULL,
	commitment BLOB NOT NULL CHECK (length(commitment) = 32),
	sealed BLOB			-- salt and statement; NULL: erased
) STRICT;
CREATE INDEX receipt_subject ON receipt (subject);

CREATE TABLE receipt_batch (
	number INTEGER PRIMARY KEY,	-- 1, 2, 3 and so on, without a gap
	epoch BLOB NOT NULL CHECK (length(epoch) = 8),
	first INTEGER NOT NULL UNIQUE,	-- number of its first receipt
	count INTEGER NOT NULL CHECK (count > 0),
	made_ms INTEGER NOT NULL,
	root BLOB NOT NULL CHECK (length(root) = 32),
	head BLOB NOT NULL CHECK (length(head) = 32),
	key INTEGER NOT NULL REFERENCES receipt_key (number),
	signature BLOB NOT NULL CHECK (length(signature) = 64)
) STRICT;

-- What the gateway said, word for word, or how the call failed.
ALTER TABLE gateway_call ADD COLUMN sealed BLOB;
CREATE INDEX gateway_call_lookup ON gateway_call (lookup);
