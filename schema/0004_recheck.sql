-- 0004_recheck.sql - lookups that closed without the insurer's word
--
-- The rows are the queue: they come in the transaction that closes the lookup,
-- so neither a crash nor a power cut loses one. Nobody's name or number is in
-- them. seen_ms: when a clerk said that she had seen a changed answer.

CREATE TABLE recheck (
	number INTEGER PRIMARY KEY AUTOINCREMENT,
	lookup BLOB NOT NULL UNIQUE CHECK (length(lookup) = 16),
	person INTEGER NOT NULL,
	visit_date INTEGER NOT NULL,
	queued_ms INTEGER NOT NULL,
	state INTEGER NOT NULL,		-- enum ck_recheck_state
	due_ms INTEGER NOT NULL,	-- not before
	tries INTEGER NOT NULL,
	decided_ms INTEGER NOT NULL,	-- 0: not yet
	answer BLOB,			-- the lookup that asked again
	seen_ms INTEGER NOT NULL	-- 0: not yet
) STRICT;
CREATE INDEX recheck_waiting ON recheck (visit_date, number)
	WHERE state = 1;
CREATE INDEX recheck_changed ON recheck (number) WHERE state = 3;
