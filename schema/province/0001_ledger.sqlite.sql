-- The ledger of a province, schema 1, for SQLite. Oldest program that may read:
-- schema 1. 0001_ledger.postgresql.sql is the same for PostgreSQL; a test
-- compares tables and columns.
--
-- Day and month are local (Asia/Ho_Chi_Minh): days since 1970-01-01, and
-- 12 × year + month - 1. Hours count since 1970 UTC, instants are milliseconds
-- since 1970 UTC. Words are numbers of the table word, as in the clinics. No
-- table can hold a person.

CREATE TABLE migration (
	version INTEGER PRIMARY KEY,
	oldest_reader INTEGER NOT NULL,
	applied_ms INTEGER NOT NULL
) STRICT;

-- What the numbers of counted words mean, for whoever reads this with SQL.
CREATE TABLE word (
	list TEXT NOT NULL,
	number INTEGER NOT NULL,
	label TEXT NOT NULL,
	PRIMARY KEY (list, number)
) STRICT, WITHOUT ROWID;

-- What is counted up so that readers in other processes see a change.
CREATE TABLE counter (
	name TEXT PRIMARY KEY,
	value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counter (name, value) VALUES ('registry', 0);

-- --- The registry: who is expected to count ---------------------------------

-- A clinic for ever, whatever its code and name become.
CREATE TABLE facility (
	number INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE
) STRICT;

-- What holds from a day on, until the next row.
CREATE TABLE facility_version (
	facility INTEGER NOT NULL REFERENCES facility (number),
	from_day INTEGER NOT NULL,
	code TEXT NOT NULL,
	name TEXT NOT NULL,
	level TEXT NOT NULL,
	manager TEXT NOT NULL,		-- id of the managing health centre; ''
	commune TEXT NOT NULL,
	district TEXT NOT NULL,		-- '' since July 2025
	calendar TEXT NOT NULL,
	PRIMARY KEY (facility, from_day)
) STRICT, WITHOUT ROWID;

-- A daemon of a clinic: where it is asked and which key its feeds are signed
-- with, from a day on.
CREATE TABLE daemon (
	facility INTEGER NOT NULL REFERENCES facility (number),
	station TEXT NOT NULL,
	from_day INTEGER NOT NULL,
	address TEXT NOT NULL,		-- '' pushes, or comes as a file
	key BLOB NOT NULL,		-- Ed25519, 32 bytes
	PRIMARY KEY (facility, station, from_day)
) STRICT, WITHOUT ROWID;

-- --- What arrived -----------------------------------------------------------

-- Whose figures these are, and how far they are held.
CREATE TABLE stream (
	number INTEGER PRIMARY KEY,
	facility INTEGER NOT NULL REFERENCES facility (number),
	code TEXT NOT NULL,
	station TEXT NOT NULL,
	epoch TEXT NOT NULL,
	epoch_s INTEGER NOT NULL,	-- the second it began
	revision INTEGER NOT NULL,	-- held without a gap
	newest INTEGER NOT NULL,	-- highest revision held
	complete_ms INTEGER NOT NULL,	-- complete until; 0 never
	made_ms INTEGER NOT NULL,	-- of the newest document; 0 none
	received_ms INTEGER NOT NULL,	-- last news, also without rows
	batch INTEGER NOT NULL,		-- head of the receipt chain; 0 none
	head BLOB,
	idle INTEGER,			-- document without rows, kept anew
	UNIQUE (code, station, epoch)
) STRICT;
CREATE INDEX stream_facility ON stream (facility);

CREATE TABLE document (
	number INTEGER PRIMARY KEY,
	sha256 BLOB NOT NULL UNIQUE,
	way INTEGER NOT NULL,		-- 1 pull, 2 push, 3 file
	verdict INTEGER NOT NULL,	-- 1 accepted, 2 quarantined, 3 refused
	reason TEXT NOT NULL,		-- label; '' accepted
	detail TEXT NOT NULL,		-- for the technician
	received_ms INTEGER NOT NULL,
	made_ms INTEGER NOT NULL,	-- by the clinic's clock; 0 unknown
	facility INTEGER REFERENCES facility (number),
	stream INTEGER REFERENCES stream (number),
	code TEXT NOT NULL,
	station TEXT NOT NULL,
	epoch TEXT NOT NULL,
	after_revision INTEGER NOT NULL,
	revision INTEGER NOT NULL,
	more INTEGER NOT NULL,
	row_count INTEGER NOT NULL,
	complete_ms INTEGER NOT NULL,
	batch INTEGER NOT NULL,
	head BLOB,
	signer BLOB,			-- the key that verified it
	bytes INTEGER NOT NULL,		-- as it came, without compression
	times INTEGER NOT NULL,		-- how often the same came
	last_ms INTEGER NOT NULL	-- when it came last
) STRICT;
CREATE INDEX document_stream ON document (stream, revision);
CREATE INDEX document_batch ON document (stream, batch);
CREATE INDEX document_received ON document (verdict, received_ms);

-- The document itself, to the byte, compressed (RFC 1950). None of a refused.
CREATE TABLE body (
	document INTEGER NOT NULL,
	month INTEGER NOT NULL,		-- in which it was received
	zlib BLOB NOT NULL,
	PRIMARY KEY (document, month)
) STRICT, WITHOUT ROWID;

-- --- Figures ----------------------------------------------------------------

CREATE TABLE label (
	number INTEGER PRIMARY KEY,
	label TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO label (number, label) VALUES (1, '');

-- Every combination of counted words that was ever counted.
CREATE TABLE words (
	number INTEGER PRIMARY KEY,
	series INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	presented INTEGER NOT NULL,
	captured INTEGER NOT NULL,
	assurance INTEGER NOT NULL,
	first_key INTEGER NOT NULL,
	first_outcome INTEGER NOT NULL,
	resolved_by INTEGER NOT NULL,
	outcome INTEGER NOT NULL,
	source INTEGER NOT NULL,
	reason INTEGER NOT NULL REFERENCES label (number),
	owner INTEGER NOT NULL,
	UNIQUE (series, kind, presented, captured, assurance, first_key,
	    first_outcome, resolved_by, outcome, source, reason, owner)
) STRICT;

-- A row of the feed, with the document that set it last. A latency bucket that
-- counts nothing is NULL.
CREATE TABLE figure (
	stream INTEGER NOT NULL,
	hour INTEGER NOT NULL,
	words INTEGER NOT NULL,
	desk INTEGER NOT NULL,		-- of label
	count INTEGER NOT NULL CHECK (count >= 0),
	latency_sum_ms INTEGER NOT NULL,
	b0 INTEGER, b1 INTEGER, b2 INTEGER, b3 INTEGER, b4 INTEGER, b5 INTEGER,
	b6 INTEGER, b7 INTEGER, b8 INTEGER, b9 INTEGER, b10 INTEGER,
	b11 INTEGER, b12 INTEGER,
	revision INTEGER NOT NULL,
	document INTEGER NOT NULL,
	PRIMARY KEY (stream, hour, words, desk)
) STRICT, WITHOUT ROWID;

-- The same counts without hour, station and desk, changed in the transaction
-- that changes their figures: what a report reads.
CREATE TABLE figure_day (
	facility INTEGER NOT NULL,
	day INTEGER NOT NULL,
	words INTEGER NOT NULL,
	count INTEGER NOT NULL CHECK (count >= 0),
	PRIMARY KEY (facility, day, words)
) STRICT, WITHOUT ROWID;

CREATE TABLE figure_month (
	facility INTEGER NOT NULL,
	month INTEGER NOT NULL,
	words INTEGER NOT NULL,
	count INTEGER NOT NULL CHECK (count >= 0),
	PRIMARY KEY (facility, month, words)
) STRICT, WITHOUT ROWID;

-- --- Pulling ----------------------------------------------------------------

-- Each daemon with an address: when it is asked next, and by which collector.
CREATE TABLE pull (
	facility INTEGER NOT NULL REFERENCES facility (number),
	station TEXT NOT NULL,
	due_ms INTEGER NOT NULL,
	holder TEXT NOT NULL,		-- collector that asks now; ''
	lease_ms INTEGER NOT NULL,	-- until then
	failures INTEGER NOT NULL,	-- in a row
	tried_ms INTEGER NOT NULL,
	good_ms INTEGER NOT NULL,
	reason TEXT NOT NULL,		-- of the last failure; ''
	PRIMARY KEY (facility, station)
) STRICT, WITHOUT ROWID;
CREATE INDEX pull_due ON pull (due_ms);
