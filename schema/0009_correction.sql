-- 0009_correction.sql - patients whose record at the insurer has to be
-- corrected, and the cases about them that the office was sent
--
-- A row of correction comes in the transaction that closes a lookup whose
-- failure is the insurer's, and is done in the one that closes a confirmed
-- lookup of the same person under the same key. Nobody's name or number is in
-- it: lookup leads to them.
--
-- document of a case is encrypted to the office and signed by us; answer is the
-- office's signed word. sealed: the clerk to whom the patient consented.

CREATE TABLE correction (
	number INTEGER PRIMARY KEY AUTOINCREMENT,
	person INTEGER NOT NULL,
	key INTEGER NOT NULL,		-- that failed; enum ck_key
	lookup BLOB NOT NULL CHECK (length(lookup) = 16),	-- the last
	since_ms INTEGER NOT NULL,	-- the first opened
	last_ms INTEGER NOT NULL,	-- the last opened
	times INTEGER NOT NULL,
	done_ms INTEGER NOT NULL,	-- 0: it still fails
	answer BLOB			-- the lookup that was confirmed
) STRICT;
CREATE INDEX correction_person ON correction (person) WHERE done_ms = 0;
CREATE INDEX correction_kept ON correction (done_ms, last_ms);

CREATE TABLE correction_case (
	number INTEGER PRIMARY KEY AUTOINCREMENT,
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),	-- random
	correction INTEGER NOT NULL REFERENCES correction (number),
	state INTEGER NOT NULL,		-- enum ck_case_state
	made_ms INTEGER NOT NULL,	-- and of the consent
	sent_ms INTEGER NOT NULL,	-- 0: not yet, as all below
	acknowledged_ms INTEGER NOT NULL,
	decided_ms INTEGER NOT NULL,	-- the office corrected or refused it
	closed_ms INTEGER NOT NULL,
	told INTEGER NOT NULL,		-- 1: the office knows that it is closed
	due_ms INTEGER NOT NULL,	-- not sent before
	tries INTEGER NOT NULL,		-- that failed, in a row
	error TEXT NOT NULL,		-- label of the last; ''
	retests INTEGER NOT NULL,	-- lookups since, the confirmed one too
	sha256 BLOB NOT NULL CHECK (length(sha256) = 32),	-- of document
	document BLOB NOT NULL,
	answer BLOB,
	sealed BLOB NOT NULL
) STRICT;
CREATE INDEX correction_case_of ON correction_case (correction);
CREATE INDEX correction_case_due ON correction_case (due_ms) WHERE told = 0;

-- What failed in the last 90 days before this table came, and was not
-- confirmed since.
INSERT INTO correction (person, key, lookup, since_ms, last_ms, times, done_ms)
SELECT f.person, f.first_key, l.id, f.since_ms, l.opened_ms, f.times, 0
FROM (SELECT person, first_key, max(number) AS last,
	min(opened_ms) AS since_ms, count(*) AS times FROM lookup
	WHERE owner = 1 AND closed_ms IS NOT NULL AND person IS NOT NULL AND
	    opened_ms > (SELECT max(opened_ms) - 7776000000 FROM lookup)
	GROUP BY person, first_key) f
JOIN lookup l ON l.number = f.last
LEFT JOIN (SELECT person, first_key, max(number) AS last FROM lookup
	WHERE owner = 0 AND first_outcome = 1 AND outcome = 1 AND source = 1
	GROUP BY person, first_key) g
	ON g.person = f.person AND g.first_key = f.first_key
WHERE l.sealed IS NOT NULL AND (g.last IS NULL OR g.last < f.last);
