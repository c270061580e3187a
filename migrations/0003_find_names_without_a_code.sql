-- Businesses known by an old registration number alone make no events (an event's subject is a unified code), so that no
-- index in memory follows them: they are looked up here, in an index of their own that is as small as they are few.
CREATE INDEX subjects_name_bigrams_without_uscc ON subjects USING gin (name_bigrams(name)) WHERE uscc IS NULL;
--> statement-breakpoint
CREATE INDEX subjects_former_names_bigrams_without_uscc ON subjects USING gin (names_bigrams(former_names))
  WHERE uscc IS NULL AND former_names <> '{}';
