CREATE TABLE "due_date_corrections" (
	"decision_id" uuid PRIMARY KEY NOT NULL,
	"due_on" date NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "due_date_corrections" ADD CONSTRAINT "due_date_corrections_decision_id_decisions_id_fk" FOREIGN KEY ("decision_id") REFERENCES "public"."decisions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "decisions_without_due_day" ON "decisions" USING btree ("id") WHERE "decisions"."action" = 'enter' and "decisions"."due_on" is null;--> statement-breakpoint
CREATE TRIGGER due_date_corrections_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON due_date_corrections
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
