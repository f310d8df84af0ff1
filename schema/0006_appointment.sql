-- 0006_appointment.sql - who is expected, looked up before the day
--
-- key: keyed hash of number and date, so that a list sent twice is one. sealed:
-- numbers, name and birth date, as of a lookup.

CREATE TABLE appointment (
	number INTEGER PRIMARY KEY AUTOINCREMENT,
	key BLOB NOT NULL UNIQUE CHECK (length(key) = 16),
	visit_date INTEGER NOT NULL,
	made_ms INTEGER NOT NULL,
	state INTEGER NOT NULL,		-- enum ck_appointment_state
	due_ms INTEGER NOT NULL,	-- not asked before
	tries INTEGER NOT NULL,
	lookup BLOB,			-- that was answered
	sealed BLOB NOT NULL
) STRICT;
CREATE INDEX appointment_date ON appointment (visit_date, state, number);
