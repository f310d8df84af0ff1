-- When nothing came from a clinic, schema 3, for SQLite. Oldest program that
-- may read: schema 2, which only leaves it as it is. 0003_pause.postgresql.sql
-- is the same for PostgreSQL.

-- At least 24 hours without news of any of its daemons, noted when the next
-- came. What of it was an alarm follows from calendars and closed days, which
-- may be put right later.
CREATE TABLE pause (
	facility INTEGER NOT NULL REFERENCES facility (number),
	from_ms INTEGER NOT NULL,
	until_ms INTEGER NOT NULL,
	PRIMARY KEY (facility, from_ms)
) STRICT, WITHOUT ROWID;
