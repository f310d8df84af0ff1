-- 0001_clinic.sql - the clinic's database
--
-- Words that are counted stand as their numbers of include/ck/words.h (table
-- word joins their labels); desks, reasons and gateway codes as numbers of
-- table label. Dates are integers YYYYMMDD (local date), instants milliseconds
-- since 1970 UTC, hours whole hours since 1970 UTC. Columns named sealed are
-- AES-256-GCM (service/store/crypt.h), bound to their table and row.

CREATE TABLE migration (
	version INTEGER PRIMARY KEY,
	oldest_reader INTEGER NOT NULL,	-- oldest program that may read
	applied_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE key_check (		-- proves that the key files belong here
	name TEXT PRIMARY KEY,
	value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE word (
	list TEXT NOT NULL,		-- 'outcome', 'source', …
	number INTEGER NOT NULL,
	label TEXT NOT NULL,
	PRIMARY KEY (list, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE label (
	number INTEGER PRIMARY KEY,
	label TEXT NOT NULL UNIQUE
) STRICT;

-- A new or restored database begins a new epoch. number is the second in which
-- it began, so a later epoch is greater even if the one before was lost.
CREATE TABLE epoch (
	number INTEGER PRIMARY KEY,
	id BLOB NOT NULL CHECK (length(id) = 8)
) STRICT;

-- Facility codes change over the years: each combination is a row of its own,
-- and figures point to the one that held when they were counted.
CREATE TABLE clinic (
	number INTEGER PRIMARY KEY,
	facility TEXT NOT NULL,
	station TEXT NOT NULL,
	epoch INTEGER NOT NULL REFERENCES epoch (number),
	present INTEGER NOT NULL,	-- 1: the one that holds now
	UNIQUE (facility, station, epoch)
) STRICT;

CREATE TABLE person (
	number INTEGER PRIMARY KEY,	-- random
	created_ms INTEGER NOT NULL,
	same_as INTEGER REFERENCES person (number)	-- no chains
) STRICT;
CREATE INDEX person_same_as ON person (same_as) WHERE same_as IS NOT NULL;

CREATE TABLE person_number (
	kind INTEGER NOT NULL,		-- key of words.h, or 4: CMND
	hash BLOB NOT NULL CHECK (length(hash) = 16),
	person INTEGER NOT NULL REFERENCES person (number),
	PRIMARY KEY (kind, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_number_person ON person_number (person);

CREATE TABLE lookup (
	number INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
	clinic INTEGER NOT NULL REFERENCES clinic (number),
	person INTEGER REFERENCES person (number),
	visit_date INTEGER NOT NULL,
	opened_ms INTEGER NOT NULL,
	answered_ms INTEGER,
	closed_ms INTEGER,		-- NULL: open, not yet counted
	kind INTEGER NOT NULL,
	presented INTEGER NOT NULL,
	captured INTEGER NOT NULL,
	assurance INTEGER NOT NULL,
	first_key INTEGER NOT NULL,
	first_outcome INTEGER NOT NULL,
	first_source INTEGER NOT NULL,
	first_reason INTEGER NOT NULL,
	resolved_by INTEGER NOT NULL,
	outcome INTEGER NOT NULL,
	source INTEGER NOT NULL,
	reason INTEGER NOT NULL,
	owner INTEGER NOT NULL,
	desk INTEGER NOT NULL,
	latency_ms INTEGER NOT NULL,	-- -1: never shown
	idempotency BLOB,		-- keyed hash
	sealed BLOB			-- operator, numbers, identity, answer
) STRICT;
CREATE INDEX lookup_open ON lookup (person) WHERE closed_ms IS NULL;
CREATE UNIQUE INDEX lookup_idempotency ON lookup (idempotency)
	WHERE idempotency IS NOT NULL;

CREATE TABLE gateway_call (
	number INTEGER PRIMARY KEY,
	lookup BLOB NOT NULL CHECK (length(lookup) = 16),
	clinic INTEGER NOT NULL REFERENCES clinic (number),
	started_ms INTEGER NOT NULL,
	duration_ms INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	captured INTEGER NOT NULL,
	key INTEGER NOT NULL,
	outcome INTEGER NOT NULL,
	code INTEGER NOT NULL,
	desk INTEGER NOT NULL,
	counted INTEGER NOT NULL
) STRICT;
CREATE INDEX gateway_call_uncounted ON gateway_call (lookup)
	WHERE counted = 0;

-- A visit is what its lookups make of it: who began it, who decides its final
-- outcome, and which was the first attempt with CCCD, CC or VNeID. These three
-- are numbers of lookup, without a reference: retention would have to scan.
CREATE TABLE visit (
	date INTEGER NOT NULL,
	clinic INTEGER NOT NULL REFERENCES clinic (number),
	person INTEGER NOT NULL REFERENCES person (number),
	first INTEGER NOT NULL,
	final INTEGER NOT NULL,
	cccd INTEGER,
	gateway INTEGER NOT NULL,	-- 1: the gateway has answered in it
	PRIMARY KEY (person, date, clinic)
) STRICT, WITHOUT ROWID;

CREATE TABLE cache (
	person INTEGER PRIMARY KEY REFERENCES person (number),
	as_of_ms INTEGER NOT NULL,
	sealed BLOB NOT NULL
) STRICT;
CREATE INDEX cache_as_of ON cache (as_of_ms);	-- retention, and counting

-- Hour x every counted word. Counts are absolute; revision rises with each
-- change of a row, so that whoever reads a row twice counts it once. b0…b12
-- are the latency buckets of service/stats/histogram.h.
CREATE TABLE rollup (
	series INTEGER NOT NULL,
	hour INTEGER NOT NULL,
	clinic INTEGER NOT NULL REFERENCES clinic (number),
	kind INTEGER NOT NULL,
	presented INTEGER NOT NULL,
	captured INTEGER NOT NULL,
	assurance INTEGER NOT NULL,
	first_key INTEGER NOT NULL,
	first_outcome INTEGER NOT NULL,
	resolved_by INTEGER NOT NULL,
	outcome INTEGER NOT NULL,
	source INTEGER NOT NULL,
	reason INTEGER NOT NULL,
	owner INTEGER NOT NULL,
	desk INTEGER NOT NULL,
	count INTEGER NOT NULL CHECK (count >= 0),
	latency_sum_ms INTEGER NOT NULL,
	b0 INTEGER NOT NULL, b1 INTEGER NOT NULL, b2 INTEGER NOT NULL,
	b3 INTEGER NOT NULL, b4 INTEGER NOT NULL, b5 INTEGER NOT NULL,
	b6 INTEGER NOT NULL, b7 INTEGER NOT NULL, b8 INTEGER NOT NULL,
	b9 INTEGER NOT NULL, b10 INTEGER NOT NULL, b11 INTEGER NOT NULL,
	b12 INTEGER NOT NULL,
	revision INTEGER NOT NULL,
	PRIMARY KEY (series, hour, clinic, kind, presented, captured, assurance,
	    first_key, first_outcome, resolved_by, outcome, source, reason,
	    owner, desk)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX rollup_revision ON rollup (revision);

-- The lookups of all time by the words of the metric, kept beside the rollups
-- in the same transaction: a scrape must not cost more as history grows.
CREATE TABLE total (
	kind INTEGER NOT NULL,
	outcome INTEGER NOT NULL,
	source INTEGER NOT NULL,
	captured INTEGER NOT NULL,
	count INTEGER NOT NULL,
	latency_sum_ms INTEGER NOT NULL,
	b0 INTEGER NOT NULL, b1 INTEGER NOT NULL, b2 INTEGER NOT NULL,
	b3 INTEGER NOT NULL, b4 INTEGER NOT NULL, b5 INTEGER NOT NULL,
	b6 INTEGER NOT NULL, b7 INTEGER NOT NULL, b8 INTEGER NOT NULL,
	b9 INTEGER NOT NULL, b10 INTEGER NOT NULL, b11 INTEGER NOT NULL,
	b12 INTEGER NOT NULL,
	PRIMARY KEY (kind, outcome, source, captured)
) STRICT, WITHOUT ROWID;

INSERT INTO label (number, label) VALUES (0, '');
