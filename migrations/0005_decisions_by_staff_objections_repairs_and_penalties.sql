CREATE TABLE "honours" (
	"id" uuid PRIMARY KEY NOT NULL,
	"uscc" text NOT NULL,
	"title" text NOT NULL,
	"authority" text NOT NULL,
	"awarded_on" date NOT NULL,
	"valid_until" date,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "decision_proposals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"status" text NOT NULL,
	"action" text NOT NULL,
	"list" text NOT NULL,
	"uscc" text NOT NULL,
	"listing_id" uuid NOT NULL,
	"ground_code" text NOT NULL,
	"report_year" integer,
	"decision_number" text NOT NULL,
	"authority" text NOT NULL,
	"decided_on" date NOT NULL,
	"due_on" date,
	"facts" jsonb NOT NULL,
	"evidence" jsonb NOT NULL,
	"rulebook" text NOT NULL,
	"manual_review" boolean NOT NULL,
	"proposed_by" uuid NOT NULL,
	"proposed_at" timestamp with time zone NOT NULL,
	"settled_by" uuid,
	"settled_at" timestamp with time zone,
	"rejection_reason" text,
	CONSTRAINT "decision_proposals_status" CHECK ("decision_proposals"."status" in ('proposed', 'approved', 'rejected')),
	CONSTRAINT "decision_proposals_action" CHECK ("decision_proposals"."action" in ('enter', 'remove', 'revoke', 'correct', 'restore')),
	CONSTRAINT "decision_proposals_list" CHECK ("decision_proposals"."list" in ('abnormal', 'serious-violator'))
);
--> statement-breakpoint
CREATE TABLE "decision_series" (
	"series" text PRIMARY KEY NOT NULL,
	"last" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "overdue_steps" (
	"reported_on" date NOT NULL,
	"kind" text NOT NULL,
	"reference_id" uuid NOT NULL,
	"uscc" text NOT NULL,
	"step" text NOT NULL,
	"due_on" date NOT NULL,
	CONSTRAINT "overdue_steps_reported_on_kind_reference_id_step_pk" PRIMARY KEY("reported_on","kind","reference_id","step")
);
--> statement-breakpoint
CREATE TABLE "sixty_day_notices" (
	"listing_id" uuid PRIMARY KEY NOT NULL,
	"uscc" text NOT NULL,
	"noticed_on" date NOT NULL,
	"anniversary_on" date NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "objections" (
	"id" uuid PRIMARY KEY NOT NULL,
	"listing_id" uuid NOT NULL,
	"uscc" text NOT NULL,
	"status" text NOT NULL,
	"filed_on" date NOT NULL,
	"statement" text NOT NULL,
	"evidence" jsonb NOT NULL,
	"override_reason" text,
	"answered_on" date,
	"answer_reason" text,
	"decided_on" date,
	"decision_reason" text,
	"decision_id" uuid,
	"filed_by" uuid NOT NULL,
	"answered_by" uuid,
	"decided_by" uuid,
	"recorded_at" timestamp with time zone NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "objections_status" CHECK ("objections"."status" in ('filed', 'accepted', 'refused', 'upheld', 'rejected', 'corrected'))
);
--> statement-breakpoint
CREATE TABLE "penalties" (
	"id" uuid PRIMARY KEY NOT NULL,
	"uscc" text NOT NULL,
	"decision_number" text NOT NULL,
	"authority" text NOT NULL,
	"ground" text NOT NULL,
	"kind" text NOT NULL,
	"kinds" text[] NOT NULL,
	"grade" text NOT NULL,
	"safety_related" boolean NOT NULL,
	"amount_fen" bigint,
	"decided_on" date NOT NULL,
	"published_on" date NOT NULL,
	"restarted_on" date,
	"published_until" date,
	"shown" boolean NOT NULL,
	"rulebook" text NOT NULL,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	CONSTRAINT "penalties_grade" CHECK ("penalties"."grade" in ('minor', 'general', 'serious'))
);
--> statement-breakpoint
CREATE TABLE "penalty_publications" (
	"penalty_id" uuid NOT NULL,
	"step" integer NOT NULL,
	"action" text NOT NULL,
	"effective_on" date NOT NULL,
	"published_until" date,
	"reason" text,
	"note" text,
	"recorded_by" uuid,
	"recorded_at" timestamp with time zone NOT NULL,
	CONSTRAINT "penalty_publications_penalty_id_step_pk" PRIMARY KEY("penalty_id","step"),
	CONSTRAINT "penalty_publications_action" CHECK ("penalty_publications"."action" in ('publish', 'withdraw', 'restore')),
	CONSTRAINT "penalty_publications_reason" CHECK ("penalty_publications"."reason" in ('term-over', 'repaired', 'annulled', 'changed', 'declared-void'))
);
--> statement-breakpoint
CREATE TABLE "repairs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"listing_id" uuid,
	"penalty_id" uuid,
	"uscc" text NOT NULL,
	"status" text NOT NULL,
	"filed_on" date NOT NULL,
	"statement" text NOT NULL,
	"documents" jsonb NOT NULL,
	"answered_on" date,
	"answer_reason" text,
	"decided_on" date,
	"decision_reason" text,
	"cancelled_on" date,
	"cancellation_reason" text,
	"decision_id" uuid,
	"restoration_id" uuid,
	"filed_by" uuid NOT NULL,
	"answered_by" uuid,
	"decided_by" uuid,
	"recorded_at" timestamp with time zone NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "repairs_status" CHECK ("repairs"."status" in ('filed', 'not-accepted', 'accepted', 'refused', 'granted', 'executed', 'cancelled')),
	CONSTRAINT "repairs_of_one_thing" CHECK (num_nonnulls("repairs"."listing_id", "repairs"."penalty_id") = 1)
);
--> statement-breakpoint
ALTER TABLE "decisions" DROP CONSTRAINT "decisions_action";--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "step" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "expires_on" date;--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "published_until" date;--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "shown" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "listing_entries" ADD COLUMN "restarted_on" date;--> statement-breakpoint
ALTER TABLE "listing_entries" ADD COLUMN "published_until" date;--> statement-breakpoint
ALTER TABLE "listing_entries" ADD COLUMN "shown" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "honours" ADD CONSTRAINT "honours_uscc_subjects_uscc_fk" FOREIGN KEY ("uscc") REFERENCES "public"."subjects"("uscc") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decision_proposals" ADD CONSTRAINT "decision_proposals_uscc_subjects_uscc_fk" FOREIGN KEY ("uscc") REFERENCES "public"."subjects"("uscc") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "objections" ADD CONSTRAINT "objections_uscc_subjects_uscc_fk" FOREIGN KEY ("uscc") REFERENCES "public"."subjects"("uscc") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "penalties" ADD CONSTRAINT "penalties_uscc_subjects_uscc_fk" FOREIGN KEY ("uscc") REFERENCES "public"."subjects"("uscc") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "penalty_publications" ADD CONSTRAINT "penalty_publications_penalty_id_penalties_id_fk" FOREIGN KEY ("penalty_id") REFERENCES "public"."penalties"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "repairs" ADD CONSTRAINT "repairs_uscc_subjects_uscc_fk" FOREIGN KEY ("uscc") REFERENCES "public"."subjects"("uscc") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "honours_awarded_once" ON "honours" USING btree ("uscc","title","authority","awarded_on");--> statement-breakpoint
CREATE INDEX "decision_proposals_uscc" ON "decision_proposals" USING btree ("uscc");--> statement-breakpoint
CREATE INDEX "decision_proposals_open" ON "decision_proposals" USING btree ("due_on","id") WHERE "decision_proposals"."status" = 'proposed';--> statement-breakpoint
CREATE INDEX "sixty_day_notices_anniversary" ON "sixty_day_notices" USING btree ("anniversary_on");--> statement-breakpoint
CREATE INDEX "objections_listing" ON "objections" USING btree ("listing_id");--> statement-breakpoint
CREATE INDEX "objections_uscc" ON "objections" USING btree ("uscc");--> statement-breakpoint
CREATE UNIQUE INDEX "penalties_one_row_a_decision" ON "penalties" USING btree ("uscc","authority","decision_number");--> statement-breakpoint
CREATE INDEX "penalties_shown" ON "penalties" USING btree ("published_until") WHERE "penalties"."shown";--> statement-breakpoint
CREATE INDEX "repairs_listing" ON "repairs" USING btree ("listing_id");--> statement-breakpoint
CREATE INDEX "repairs_penalty" ON "repairs" USING btree ("penalty_id");--> statement-breakpoint
CREATE INDEX "repairs_uscc" ON "repairs" USING btree ("uscc");--> statement-breakpoint
CREATE UNIQUE INDEX "decisions_one_after_another" ON "decisions" USING btree ("listing_id","step");--> statement-breakpoint
CREATE UNIQUE INDEX "listing_entries_one_in_force" ON "listing_entries" USING btree ("uscc","ground_code",coalesce(report_year, 0)) WHERE "listing_entries"."status" = 'in-force';--> statement-breakpoint
CREATE INDEX "listing_entries_terms" ON "listing_entries" USING btree ("expires_on") WHERE "listing_entries"."status" = 'in-force' and "listing_entries"."expires_on" is not null;--> statement-breakpoint
CREATE INDEX "listing_entries_shown" ON "listing_entries" USING btree ("published_until") WHERE "listing_entries"."shown" and "listing_entries"."published_until" is not null;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_action" CHECK ("decisions"."action" in ('enter', 'remove', 'revoke', 'correct', 'restore'));