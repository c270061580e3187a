-- What a visit met is evidence, and what was published by it is asked for as of past days: nobody changes it afterwards.
CREATE TRIGGER web_check_visits_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON web_check_visits
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();--> statement-breakpoint
CREATE TRIGGER web_check_findings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON web_check_findings
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
