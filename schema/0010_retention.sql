-- 0010_retention.sql - check-ins that are not erased yet, oldest first
--
-- What is personal of a check-in and of its notices is erased some time after
-- the insurer has it: sealed is x'' then.

CREATE INDEX check_in_kept ON check_in (number, admitted_ms)
	WHERE sealed <> x'';
