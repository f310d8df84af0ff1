-- What a report needs beside the figures, schema 2, for SQLite. Oldest program
-- that may read: schema 2, for an older one would leave figure_total behind. 0002_report.postgresql.sql is the same for
-- PostgreSQL.

-- All clinics' figures of a day, changed in the transaction that changes
-- figure_day: a year by day would read a million rows without it. PostgreSQL
-- adds them up when asked, since collectors would wait for each other here; the
-- table is empty there.
CREATE TABLE figure_total (
	day INTEGER NOT NULL,
	words INTEGER NOT NULL,
	count INTEGER NOT NULL CHECK (count >= 0),
	PRIMARY KEY (day, words)
) STRICT, WITHOUT ROWID;
INSERT INTO figure_total (day, words, count)
	SELECT day, words, sum(count) FROM figure_day GROUP BY day, words;

-- A period that was closed: the report as it was signed. statement 1 is the
-- closing, each later one a restatement with its reason.
CREATE TABLE closing (
	from_day INTEGER NOT NULL,
	to_day INTEGER NOT NULL,
	statement INTEGER NOT NULL,
	closed_ms INTEGER NOT NULL,
	document TEXT NOT NULL,		-- JSON, with its signature
	PRIMARY KEY (from_day, to_day, statement)
) STRICT, WITHOUT ROWID;

-- What others have counted: the portal its calls (source 1), a clinic's own
-- books its visits (source 2). A day that is imported again is replaced.
CREATE TABLE outside_count (
	source INTEGER NOT NULL,
	facility INTEGER NOT NULL REFERENCES facility (number),
	day INTEGER NOT NULL,
	count INTEGER NOT NULL CHECK (count >= 0),
	imported_ms INTEGER NOT NULL,
	PRIMARY KEY (source, facility, day)
) STRICT, WITHOUT ROWID;
