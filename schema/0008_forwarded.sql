-- 0008_forwarded.sql - what hospital software asked the gateway through us
--
-- One row for each call that was passed through: history, co-payment, check-in.
-- It is written when the call is sent and again at its end. A check-in names
-- visits, each a row of forwarded_visit: by MA_LK, or by person and date, it is
-- tied to a check-in of our own, so that the insurer is told of it once.

CREATE TABLE forwarded (
	number INTEGER PRIMARY KEY AUTOINCREMENT,
	id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
	function INTEGER NOT NULL,	-- enum ck_remote
	state INTEGER NOT NULL,		-- enum ck_forwarded_state
	started_ms INTEGER NOT NULL,
	ended_ms INTEGER NOT NULL,	-- 0: not yet
	sealed BLOB			-- all else; NULL: erased
) STRICT;
CREATE INDEX forwarded_under_way ON forwarded (number) WHERE state = 1;
CREATE INDEX forwarded_kept ON forwarded (ended_ms) WHERE sealed IS NOT NULL;

CREATE TABLE forwarded_visit (
	forwarded INTEGER NOT NULL REFERENCES forwarded (number),
	place INTEGER NOT NULL,		-- in the file, from 0
	episode BLOB NOT NULL CHECK (length(episode) = 16),	-- keyed hash
	ward INTEGER NOT NULL,		-- 1: an admission to a ward
	person INTEGER,
	visit_date INTEGER NOT NULL,	-- 0: not told
	check_in INTEGER REFERENCES check_in (number),	-- NULL: none of ours
	PRIMARY KEY (forwarded, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX forwarded_visit_episode ON forwarded_visit (episode);
CREATE INDEX forwarded_visit_person ON forwarded_visit (person, visit_date);
CREATE INDEX forwarded_visit_check_in ON forwarded_visit (check_in)
	WHERE check_in IS NOT NULL;

-- Whose visit a check-in is, and of which day.
ALTER TABLE check_in ADD COLUMN person INTEGER;
ALTER TABLE check_in ADD COLUMN visit_date INTEGER NOT NULL DEFAULT 0;
UPDATE check_in SET
	person = (SELECT l.person FROM lookup l WHERE l.id = check_in.lookup),
	visit_date = coalesce((SELECT l.visit_date FROM lookup l
	    WHERE l.id = check_in.lookup), 0);
CREATE INDEX check_in_person ON check_in (person, visit_date)
	WHERE person IS NOT NULL;

-- Accounts that the gateway has accepted, for an outage after a restart: a
-- keyed hash of the name, a slow and keyed one of the password.
CREATE TABLE proxy_account (
	user BLOB PRIMARY KEY CHECK (length(user) = 16),
	accepted_ms INTEGER NOT NULL,
	salt BLOB NOT NULL CHECK (length(salt) = 16),
	proof BLOB NOT NULL CHECK (length(proof) = 16)
) STRICT, WITHOUT ROWID;
