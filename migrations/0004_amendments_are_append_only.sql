-- What was decided under an amendment must find it as it was.
CREATE TRIGGER rulebook_amendments_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rulebook_amendments
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
