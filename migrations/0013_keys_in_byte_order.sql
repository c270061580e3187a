-- A full copy of the lists is read in the order of the keys' bytes, by the index, whatever the locale of the database. The
-- table is not rewritten; its index on the keys is built anew.
ALTER TABLE feed_events ALTER COLUMN key SET DATA TYPE text COLLATE "C";
