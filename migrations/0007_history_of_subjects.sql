CREATE TABLE "subject_history" (
	"subject_id" uuid NOT NULL,
	"valid_from_at" timestamp with time zone NOT NULL,
	"known_from_at" timestamp with time zone NOT NULL,
	"known_until_at" timestamp with time zone NOT NULL,
	"state" jsonb NOT NULL,
	CONSTRAINT "subject_history_subject_id_known_until_at_pk" PRIMARY KEY("subject_id","known_until_at")
);
--> statement-breakpoint
ALTER TABLE "subjects" ADD COLUMN "valid_from_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "subjects" ADD COLUMN "known_from_at" timestamp with time zone;--> statement-breakpoint
UPDATE "subjects" SET "valid_from_at" = "source_updated_at", "known_from_at" = "received_at";--> statement-breakpoint
ALTER TABLE "subjects" ALTER COLUMN "valid_from_at" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "subjects" ALTER COLUMN "known_from_at" SET NOT NULL;--> statement-breakpoint
CREATE TRIGGER subject_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON subject_history
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
