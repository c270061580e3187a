-- What a platform was answered is proof: nobody changes it afterwards.
CREATE TRIGGER screenings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON screenings
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
