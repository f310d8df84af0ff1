-- 0007_appointment_day.sql - numbers to call, and what retention has erased
--
-- phone: sealed like the rest of its row; NULL where the list gave none. erased:
-- rows that a counter still has to hold after they are gone. desk_operator: who
-- has signed on where, and when; her name is sealed.

ALTER TABLE appointment ADD COLUMN phone BLOB;
CREATE INDEX appointment_waiting ON appointment (visit_date, number)
	WHERE state = 1;

CREATE TABLE erased (
	what TEXT PRIMARY KEY,
	count INTEGER NOT NULL
) STRICT;

CREATE TABLE desk_operator (
	desk TEXT PRIMARY KEY,
	since_ms INTEGER NOT NULL,	-- wall clock
	sealed BLOB NOT NULL
) STRICT;
