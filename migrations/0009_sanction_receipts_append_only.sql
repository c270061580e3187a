CREATE TRIGGER sanction_receipts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sanction_receipts
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
