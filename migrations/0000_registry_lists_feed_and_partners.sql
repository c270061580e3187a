CREATE TABLE "feed_events" (
	"position" bigint PRIMARY KEY NOT NULL,
	"id" uuid NOT NULL,
	"type" text NOT NULL,
	"uscc" text NOT NULL,
	"list" text,
	"region_code" text NOT NULL,
	"event" json NOT NULL,
	"hash" text NOT NULL,
	"appended_at" timestamp with time zone NOT NULL,
	CONSTRAINT "feed_events_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "feed_outbox" (
	"seq" bigserial PRIMARY KEY NOT NULL,
	"id" uuid NOT NULL,
	"type" text NOT NULL,
	"uscc" text NOT NULL,
	"list" text,
	"region_code" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"data" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "decisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"action" text NOT NULL,
	"origin" text NOT NULL,
	"list" text NOT NULL,
	"uscc" text NOT NULL,
	"listing_id" uuid NOT NULL,
	"ground_code" text NOT NULL,
	"report_year" integer,
	"decision_number" text NOT NULL,
	"authority" text NOT NULL,
	"decided_on" date NOT NULL,
	"effective_on" date NOT NULL,
	"due_on" date,
	"facts" jsonb NOT NULL,
	"rulebook" text NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	CONSTRAINT "decisions_action" CHECK ("decisions"."action" in ('enter', 'remove', 'revoke', 'correct')),
	CONSTRAINT "decisions_origin" CHECK ("decisions"."origin" in ('job', 'staff')),
	CONSTRAINT "decisions_list" CHECK ("decisions"."list" in ('abnormal', 'serious-violator'))
);
--> statement-breakpoint
CREATE TABLE "listing_entries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"list" text NOT NULL,
	"uscc" text NOT NULL,
	"ground_code" text NOT NULL,
	"report_year" integer,
	"authority" text NOT NULL,
	"decision_number" text NOT NULL,
	"listed_on" date NOT NULL,
	"status" text NOT NULL,
	"expires_on" date,
	"removed_on" date,
	"removal_reason" text,
	"removal_decision_number" text,
	"rulebook" text NOT NULL,
	CONSTRAINT "listing_entries_list" CHECK ("listing_entries"."list" in ('abnormal', 'serious-violator')),
	CONSTRAINT "listing_entries_status" CHECK ("listing_entries"."status" in ('in-force', 'removed', 'revoked', 'corrected'))
);
--> statement-breakpoint
CREATE TABLE "partner_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"partner_id" uuid NOT NULL,
	"secret_hash" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "partners" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"agency_code" text,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "partners_kind" CHECK ("partners"."kind" in ('agency', 'platform', 'staff'))
);
--> statement-breakpoint
CREATE TABLE "job_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"job" text NOT NULL,
	"slot_at" timestamp with time zone,
	"on_day" date NOT NULL,
	"status" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	"counts" jsonb NOT NULL,
	"error" text,
	CONSTRAINT "job_runs_status" CHECK ("job_runs"."status" in ('running', 'succeeded', 'failed', 'interrupted'))
);
--> statement-breakpoint
CREATE TABLE "annual_report_revisions" (
	"uscc" text NOT NULL,
	"year" integer NOT NULL,
	"revision" integer NOT NULL,
	"published_on" date NOT NULL,
	"name" text NOT NULL,
	"web_presences" jsonb NOT NULL,
	"source_id" text NOT NULL,
	"source_updated_at" timestamp with time zone NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	CONSTRAINT "annual_report_revisions_uscc_year_revision_pk" PRIMARY KEY("uscc","year","revision")
);
--> statement-breakpoint
CREATE TABLE "annual_reports" (
	"uscc" text NOT NULL,
	"year" integer NOT NULL,
	"published_on" date NOT NULL,
	"revision" integer NOT NULL,
	"source_id" text NOT NULL,
	"source_updated_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	CONSTRAINT "annual_reports_uscc_year_pk" PRIMARY KEY("uscc","year")
);
--> statement-breakpoint
CREATE TABLE "subjects" (
	"id" uuid PRIMARY KEY NOT NULL,
	"uscc" text,
	"registration_number" text,
	"flags" text[] NOT NULL,
	"name" text NOT NULL,
	"former_names" text[] NOT NULL,
	"entity_type" text NOT NULL,
	"status" text NOT NULL,
	"legal_representative" text,
	"established_on" date,
	"region_code" text NOT NULL,
	"province" text,
	"city" text,
	"address" text,
	"industry_code" text,
	"registration_authority" text,
	"source_id" text NOT NULL,
	"source_updated_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	CONSTRAINT "subjects_uscc_unique" UNIQUE("uscc"),
	CONSTRAINT "subjects_entity_type" CHECK ("subjects"."entity_type" in ('enterprise', 'individual-business', 'farmer-cooperative', 'branch')),
	CONSTRAINT "subjects_status" CHECK ("subjects"."status" in ('active', 'suspended', 'revoked', 'cancelled', 'moved-out')),
	CONSTRAINT "subjects_has_a_code" CHECK ("subjects"."uscc" is not null or "subjects"."registration_number" is not null)
);
--> statement-breakpoint
CREATE TABLE "web_presences" (
	"id" uuid PRIMARY KEY NOT NULL,
	"uscc" text NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"url" text NOT NULL,
	"host" text NOT NULL,
	"key" text NOT NULL,
	"platform" text,
	"icp_number" text,
	"sources" text[] NOT NULL,
	"status" text NOT NULL,
	"licence_display" text NOT NULL,
	"first_seen_on" date NOT NULL,
	"confirmed_on" date NOT NULL,
	CONSTRAINT "web_presences_one_row_per_address" UNIQUE("uscc","key"),
	CONSTRAINT "web_presences_kind" CHECK ("web_presences"."kind" in ('website', 'shop', 'app', 'mini-program', 'social-account', 'live-stream')),
	CONSTRAINT "web_presences_status" CHECK ("web_presences"."status" in ('active', 'unreachable', 'disputed', 'retired')),
	CONSTRAINT "web_presences_licence_display" CHECK ("web_presences"."licence_display" in ('displayed', 'missing', 'unchecked'))
);
--> statement-breakpoint
CREATE TABLE "quarantine" (
	"id" uuid PRIMARY KEY NOT NULL,
	"collection" text NOT NULL,
	"source_id" text,
	"uscc" text,
	"reason" text NOT NULL,
	"detail" text NOT NULL,
	"raw" text NOT NULL,
	"raw_sha256" text NOT NULL,
	"status" text NOT NULL,
	"first_seen_at" timestamp with time zone NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	"times_seen" integer NOT NULL,
	CONSTRAINT "quarantine_one_row_per_record" UNIQUE("collection","raw_sha256"),
	CONSTRAINT "quarantine_collection" CHECK ("quarantine"."collection" in ('subjects', 'annual-reports')),
	CONSTRAINT "quarantine_reason" CHECK ("quarantine"."reason" in ('unreadable', 'invalid-record', 'invalid-uscc', 'no-code', 'unknown-subject')),
	CONSTRAINT "quarantine_status" CHECK ("quarantine"."status" in ('open', 'resolved', 'discarded'))
);
--> statement-breakpoint
CREATE TABLE "source_checkpoints" (
	"collection" text PRIMARY KEY NOT NULL,
	"watermark" timestamp with time zone,
	"updated_since" timestamp with time zone,
	"cursor" text,
	"highest_updated_at" timestamp with time zone,
	"completed_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_uscc_subjects_uscc_fk" FOREIGN KEY ("uscc") REFERENCES "public"."subjects"("uscc") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "listing_entries" ADD CONSTRAINT "listing_entries_uscc_subjects_uscc_fk" FOREIGN KEY ("uscc") REFERENCES "public"."subjects"("uscc") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "partner_keys" ADD CONSTRAINT "partner_keys_partner_id_partners_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "annual_reports" ADD CONSTRAINT "annual_reports_uscc_subjects_uscc_fk" FOREIGN KEY ("uscc") REFERENCES "public"."subjects"("uscc") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "web_presences" ADD CONSTRAINT "web_presences_uscc_subjects_uscc_fk" FOREIGN KEY ("uscc") REFERENCES "public"."subjects"("uscc") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "feed_events_uscc" ON "feed_events" USING btree ("uscc","position");--> statement-breakpoint
CREATE UNIQUE INDEX "decisions_one_entry_by_job" ON "decisions" USING btree ("uscc","ground_code","report_year") WHERE "decisions"."action" = 'enter' and "decisions"."origin" = 'job';--> statement-breakpoint
CREATE INDEX "decisions_listing" ON "decisions" USING btree ("uscc","listing_id");--> statement-breakpoint
CREATE INDEX "listing_entries_uscc" ON "listing_entries" USING btree ("uscc");--> statement-breakpoint
CREATE INDEX "listing_entries_list_newest" ON "listing_entries" USING btree ("list","listed_on","id");--> statement-breakpoint
CREATE UNIQUE INDEX "job_runs_slot" ON "job_runs" USING btree ("job","slot_at");--> statement-breakpoint
CREATE INDEX "job_runs_newest" ON "job_runs" USING btree ("started_at");--> statement-breakpoint
CREATE UNIQUE INDEX "subjects_registration_number_without_uscc" ON "subjects" USING btree ("registration_number") WHERE "subjects"."uscc" is null;--> statement-breakpoint
CREATE INDEX "subjects_registration_number" ON "subjects" USING btree ("registration_number");--> statement-breakpoint
CREATE INDEX "web_presences_key" ON "web_presences" USING btree ("key");--> statement-breakpoint
CREATE INDEX "web_presences_host" ON "web_presences" USING btree ("host");--> statement-breakpoint
CREATE INDEX "quarantine_open" ON "quarantine" USING btree ("collection","reason","id") WHERE "quarantine"."status" = 'open';--> statement-breakpoint
CREATE INDEX "quarantine_uscc" ON "quarantine" USING btree ("uscc") WHERE "quarantine"."status" = 'open';--> statement-breakpoint
CREATE INDEX "quarantine_source_id" ON "quarantine" USING btree ("collection","source_id");