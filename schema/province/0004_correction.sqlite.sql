-- Correction cases, schema 4, for SQLite. Oldest program that may read: schema
-- 2, which does not know them. 0004_correction.postgresql.sql is the same for
-- PostgreSQL.
--
-- document is what came, byte for byte. Its envelope is encrypted to the
-- office's certificate: nothing in this database, nor any program that only has
-- this database, can tell whom a case is about.

CREATE TABLE correction_case (
	number INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE,	-- 16 random bytes, the clinic's
	facility INTEGER NOT NULL REFERENCES facility (number),
	code TEXT NOT NULL,
	station TEXT NOT NULL,
	way INTEGER NOT NULL,		-- 2 push, 3 file
	made_ms INTEGER NOT NULL,	-- by the clinic's clock
	received_ms INTEGER NOT NULL,
	state INTEGER NOT NULL,		-- enum ck_office_state
	state_ms INTEGER NOT NULL,	-- since when
	retests INTEGER NOT NULL,	-- the clinic's lookups since; when closed
	sha256 BLOB NOT NULL,		-- of document
	document BLOB NOT NULL
) STRICT;
CREATE INDEX correction_case_state ON correction_case (state, received_ms);

-- What was not taken: nothing of it is kept but its hash and the reason.
CREATE TABLE correction_refused (
	sha256 BLOB PRIMARY KEY,
	reason TEXT NOT NULL,		-- label
	detail TEXT NOT NULL,
	way INTEGER NOT NULL,
	code TEXT NOT NULL,		-- as it says; '' unknown
	station TEXT NOT NULL,
	received_ms INTEGER NOT NULL,
	times INTEGER NOT NULL,
	last_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
