-- When nothing came from a clinic, schema 3, for PostgreSQL. Explained in
-- 0003_pause.sqlite.sql.

CREATE TABLE pause (
	facility INTEGER NOT NULL REFERENCES facility (number),
	from_ms BIGINT NOT NULL,
	until_ms BIGINT NOT NULL,
	PRIMARY KEY (facility, from_ms)
);
