-- Names are compared by the distinct pairs of neighbouring characters of their normal form: NFKC, lower case, letters and
-- digits only. The mark ^ before the first character lets a single character find the names that begin with it.
CREATE FUNCTION name_bigrams(name text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT substr(n.form, i, 2)), '{}')
  FROM (SELECT '^' || regexp_replace(lower(normalize(name, NFKC)), '[^[:alnum:]]', '', 'g') AS form) n,
    generate_series(1, greatest(length(n.form) - 1, 0)) AS i
$$;
--> statement-breakpoint
CREATE FUNCTION names_bigrams(names text[]) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT pair), '{}') FROM unnest(names) AS name, unnest(public.name_bigrams(name)) AS pair
$$;
--> statement-breakpoint
CREATE INDEX subjects_name_bigrams ON subjects USING gin (name_bigrams(name));
--> statement-breakpoint
CREATE INDEX subjects_former_names_bigrams ON subjects USING gin (names_bigrams(former_names)) WHERE former_names <> '{}';
--> statement-breakpoint
CREATE INDEX web_presences_name_bigrams ON web_presences USING gin (name_bigrams(name));
--> statement-breakpoint
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP;
END
$$;
--> statement-breakpoint
CREATE TRIGGER feed_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON feed_events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER decisions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decisions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER annual_report_revisions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON annual_report_revisions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- Looked at every 20 ms, and every row of it is deleted: dead rows are cleared early, or each look reads them all.
ALTER TABLE feed_outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
