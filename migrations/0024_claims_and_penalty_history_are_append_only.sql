CREATE TRIGGER web_presence_claims_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON web_presence_claims
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER penalty_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON penalty_history
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
