-- 0003_check_in.sql - who was admitted, and the notices that wait for the gateway
--
-- The rows of notice are the outbox: what is pending is sent in order of
-- number. Nothing is taken out; a notice ends as accepted, rejected or given
-- up, and the last two can be made pending again.

CREATE TABLE check_in (
	number INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
	lookup BLOB UNIQUE CHECK (length(lookup) = 16),	-- NULL: without
	clinic INTEGER NOT NULL REFERENCES clinic (number),
	admitted_ms INTEGER NOT NULL,
	without INTEGER NOT NULL,	-- enum ck_without_card
	idempotency BLOB UNIQUE,	-- keyed hash
	episode BLOB UNIQUE,		-- keyed hash of MA_LK; NULL: none yet
	sealed BLOB NOT NULL		-- operator, desk, flags, draft
) STRICT;

CREATE TABLE notice (
	number INTEGER PRIMARY KEY AUTOINCREMENT,
	check_in INTEGER NOT NULL REFERENCES check_in (number),
	state INTEGER NOT NULL,		-- enum ck_notice_state
	made_ms INTEGER NOT NULL,
	decided_ms INTEGER NOT NULL,	-- 0: not yet
	due_ms INTEGER NOT NULL,	-- not before
	tries INTEGER NOT NULL,		-- that may have arrived
	error INTEGER NOT NULL,		-- how the last one ended
	sealed BLOB NOT NULL		-- fields, and the gateway's words
) STRICT;
CREATE INDEX notice_check_in ON notice (check_in);
CREATE INDEX notice_state ON notice (state, number) WHERE state <> 2;
