CREATE TABLE "partitioned_tables" (
	"table_name" text PRIMARY KEY NOT NULL,
	"key_column" text NOT NULL,
	"range_size" bigint NOT NULL,
	"ranges_ahead" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feed_head" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"position" bigint NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
-- Every read tells the newest position: one row to read, where the log has a range more each time.
INSERT INTO feed_head (position, hash) SELECT position, hash FROM feed_events ORDER BY position DESC LIMIT 1;
--> statement-breakpoint
INSERT INTO feed_head (position, hash) VALUES (0, '') ON CONFLICT DO NOTHING;
--> statement-breakpoint
INSERT INTO partitioned_tables (table_name, key_column, range_size, ranges_ahead) VALUES
  ('feed_events', 'position', 10000000, 1),
  ('annual_report_revisions', 'year', 1, 1);
--> statement-breakpoint
-- Makes the ranges that are missing up to ranges_ahead beyond the one that holds `reached`
-- (the greatest number in the table where it is null), and moves what lies in the default
-- partition into them; returns how many were made, 0 also while another process makes them. Run by the owner whoever calls
-- it, since the role that serves makes no tables. Writers wait for it (one that had chosen the default partition would be
-- refused there, 23514), readers only when they are in the default partition, both for milliseconds: rather than that
-- they queue behind a long one, this gives up after half a second (55P03), and the next run makes the ranges.
CREATE FUNCTION make_partitions(parent text, reached bigint) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
  plan public.partitioned_tables;
  beyond bigint; -- where the next range begins
  part text;
  made integer := 0;
  refuses_change boolean;
BEGIN
  IF NOT pg_try_advisory_xact_lock(7310011) THEN RETURN 0; END IF;
  SELECT * INTO STRICT plan FROM partitioned_tables t WHERE t.table_name = parent;
  SELECT coalesce(max((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''?(\d+)''?\)'))[1]::bigint), 0) INTO beyond
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = parent::regclass;
  refuses_change := EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE t.tgrelid = parent::regclass AND p.proname = 'refuse_change');
  IF reached IS NULL THEN
    EXECUTE format('SELECT coalesce(max(%I), 0) FROM %I', plan.key_column, parent) INTO reached;
  END IF;
  WHILE beyond <= reached + plan.range_size * plan.ranges_ahead LOOP
    IF made >= 200 THEN RAISE EXCEPTION '% ranges are missing up to %', parent, reached; END IF;
    part := format('%s_%s', parent, beyond);
    EXECUTE format('CREATE TABLE %1$I (LIKE %2$I INCLUDING ALL, CONSTRAINT in_range CHECK (%3$I >= %4$s AND %3$I < %5$s))',
      part, parent || '_default', plan.key_column, beyond, beyond + plan.range_size);
    EXECUTE format('LOCK TABLE ONLY %I IN SHARE ROW EXCLUSIVE MODE', parent);
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent || '_default');
    IF refuses_change THEN
      EXECUTE format('ALTER TABLE %I DISABLE TRIGGER USER', parent || '_default');
    END IF;
    -- What came before there was a range for it.
    EXECUTE format('WITH gone AS (DELETE FROM %1$I WHERE %2$I >= %3$s AND %2$I < %4$s RETURNING *) INSERT INTO %5$I SELECT * FROM gone',
      parent || '_default', plan.key_column, beyond, beyond + plan.range_size, part);
    IF refuses_change THEN
      EXECUTE format('ALTER TABLE %I ENABLE TRIGGER USER', parent || '_default');
      EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change()',
        part || '_append_only', part);
    END IF;
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
      parent, part, beyond, beyond + plan.range_size);
    EXECUTE format('ALTER TABLE %I DROP CONSTRAINT in_range', part);
    beyond := beyond + plan.range_size;
    made := made + 1;
  END LOOP;
  RETURN made;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION make_partitions(text, bigint) FROM PUBLIC;
--> statement-breakpoint
-- What is there becomes the first range as it is: not a row is written, the log is read once to see that its positions lie in it.
ALTER TABLE feed_events RENAME TO feed_events_0;
--> statement-breakpoint
ALTER INDEX feed_events_pkey RENAME TO feed_events_0_pkey;
--> statement-breakpoint
ALTER INDEX feed_events_id_unique RENAME TO feed_events_0_id_key;
--> statement-breakpoint
ALTER INDEX feed_events_uscc RENAME TO feed_events_0_uscc;
--> statement-breakpoint
ALTER INDEX feed_events_key RENAME TO feed_events_0_key;
--> statement-breakpoint
ALTER INDEX feed_events_type RENAME TO feed_events_0_type;
--> statement-breakpoint
ALTER INDEX feed_events_list RENAME TO feed_events_0_list;
--> statement-breakpoint
ALTER TRIGGER feed_events_append_only ON feed_events_0 RENAME TO feed_events_0_append_only;
--> statement-breakpoint
CREATE TABLE feed_events (LIKE feed_events_0 INCLUDING DEFAULTS) PARTITION BY RANGE (position);
--> statement-breakpoint
ALTER TABLE feed_events ADD CONSTRAINT feed_events_pkey PRIMARY KEY (position);
--> statement-breakpoint
CREATE INDEX feed_events_uscc ON feed_events USING btree (uscc, position);
--> statement-breakpoint
CREATE INDEX feed_events_key ON feed_events USING btree (key, position);
--> statement-breakpoint
CREATE INDEX feed_events_type ON feed_events USING btree (type, position);
--> statement-breakpoint
CREATE INDEX feed_events_list ON feed_events USING btree (list, position) WHERE list IS NOT NULL;
--> statement-breakpoint
CREATE TRIGGER feed_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON feed_events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
DO $$
DECLARE
  size bigint := (SELECT range_size FROM partitioned_tables WHERE table_name = 'feed_events');
  newest bigint := (SELECT coalesce(max(position), 0) FROM feed_events_0);
BEGIN
  EXECUTE format('ALTER TABLE feed_events ATTACH PARTITION feed_events_0 FOR VALUES FROM (0) TO (%s)', (newest / size + 1) * size);
END
$$;
--> statement-breakpoint
CREATE TABLE feed_events_default (LIKE feed_events_0 INCLUDING ALL);
--> statement-breakpoint
ALTER TABLE feed_events ATTACH PARTITION feed_events_default DEFAULT;
--> statement-breakpoint
CREATE TRIGGER feed_events_default_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON feed_events_default
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
SELECT make_partitions('feed_events', NULL);
--> statement-breakpoint
-- The present state of each report, which every credit file reads by its business, stays whole (docs/decisions/0030).
ALTER TABLE annual_report_revisions RENAME TO annual_report_revisions_before;
--> statement-breakpoint
ALTER INDEX annual_report_revisions_uscc_year_revision_pk RENAME TO annual_report_revisions_before_pk;
--> statement-breakpoint
ALTER TRIGGER annual_report_revisions_append_only ON annual_report_revisions_before
  RENAME TO annual_report_revisions_before_append_only;
--> statement-breakpoint
CREATE TABLE annual_report_revisions (LIKE annual_report_revisions_before INCLUDING DEFAULTS) PARTITION BY RANGE (year);
--> statement-breakpoint
ALTER TABLE annual_report_revisions ADD CONSTRAINT annual_report_revisions_uscc_year_revision_pk PRIMARY KEY (uscc, year, revision);
--> statement-breakpoint
CREATE TRIGGER annual_report_revisions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON annual_report_revisions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- In the database, so that a process of the version before, still running, tells it too.
CREATE FUNCTION tell_feed_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE public.feed_head SET (position, hash) =
    (SELECT e.position, e.hash FROM public.feed_events e ORDER BY e.position DESC LIMIT 1);
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER feed_events_head AFTER INSERT ON feed_events FOR EACH STATEMENT EXECUTE FUNCTION tell_feed_head();
--> statement-breakpoint
-- All years that there are become one range, and every later year has its own. On an empty database the year before this
-- one, for which reports come in, has its own already.
DO $$
DECLARE
  this_year integer := extract(year FROM now() AT TIME ZONE 'Asia/Shanghai');
  next_year integer := greatest((SELECT coalesce(max(year) + 1, 0) FROM annual_report_revisions_before), this_year - 1);
BEGIN
  EXECUTE format('ALTER TABLE annual_report_revisions ATTACH PARTITION annual_report_revisions_before FOR VALUES FROM (MINVALUE) TO (%s)', next_year);
  CREATE TABLE annual_report_revisions_default (LIKE annual_report_revisions INCLUDING ALL);
  ALTER TABLE annual_report_revisions ATTACH PARTITION annual_report_revisions_default DEFAULT;
  PERFORM make_partitions('annual_report_revisions', this_year);
END
$$;
--> statement-breakpoint
CREATE TRIGGER annual_report_revisions_default_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON annual_report_revisions_default
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
