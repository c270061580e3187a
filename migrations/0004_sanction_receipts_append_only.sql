-- A UUIDv7 (RFC 9562) of a moment, for rows that a statement makes many of: PostgreSQL has one of its own from 18 on.
CREATE FUNCTION uuid_v7(at timestamptz) RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    PLACING substring(int8send(floor(extract(epoch FROM at) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$;
--> statement-breakpoint
CREATE TRIGGER sanction_receipts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sanction_receipts
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
