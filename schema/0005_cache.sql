-- 0005_cache.sql - every insurance card that was seen of a person
--
-- With their periods, sealed like the answer beside them: a visit in the
-- period of an older card, or of the next one, still finds its card.

ALTER TABLE cache ADD COLUMN cards BLOB;
