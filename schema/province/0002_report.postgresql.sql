-- What a report needs beside the figures, schema 2, for PostgreSQL. Explained
-- in 0002_report.sqlite.sql.

CREATE TABLE figure_total (
	day INTEGER NOT NULL,
	words INTEGER NOT NULL,
	count INTEGER NOT NULL CHECK (count >= 0),
	PRIMARY KEY (day, words)
);

CREATE TABLE closing (
	from_day INTEGER NOT NULL,
	to_day INTEGER NOT NULL,
	statement INTEGER NOT NULL,
	closed_ms BIGINT NOT NULL,
	document TEXT NOT NULL,
	PRIMARY KEY (from_day, to_day, statement)
);

CREATE TABLE outside_count (
	source INTEGER NOT NULL,
	facility INTEGER NOT NULL REFERENCES facility (number),
	day INTEGER NOT NULL,
	count INTEGER NOT NULL CHECK (count >= 0),
	imported_ms BIGINT NOT NULL,
	PRIMARY KEY (source, facility, day)
);
