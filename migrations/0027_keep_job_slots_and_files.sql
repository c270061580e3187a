CREATE TABLE "job_leader" (
	"name" text PRIMARY KEY NOT NULL,
	"process" text NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"seen_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job_run_log" (
	"run_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"level" text NOT NULL,
	"text" text NOT NULL,
	CONSTRAINT "job_run_log_run_id_line_pk" PRIMARY KEY("run_id","line"),
	CONSTRAINT "job_run_log_level" CHECK ("job_run_log"."level" in ('info', 'warn', 'error'))
);
--> statement-breakpoint
CREATE TABLE "job_slots" (
	"job" text PRIMARY KEY NOT NULL,
	"decided_until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "dropped_files" (
	"id" uuid PRIMARY KEY NOT NULL,
	"collection" text NOT NULL,
	"name" text NOT NULL,
	"version" text NOT NULL,
	"found_at" timestamp with time zone NOT NULL,
	"unchanged_since" timestamp with time zone NOT NULL,
	"status" text NOT NULL,
	"bytes" bigint,
	"sha256" text,
	"started_at" timestamp with time zone,
	"records_done" integer NOT NULL,
	"counts" jsonb,
	"refused" jsonb NOT NULL,
	"finished_at" timestamp with time zone,
	"receipt" jsonb,
	"moved_to" text,
	"moved_at" timestamp with time zone,
	CONSTRAINT "dropped_files_collection" CHECK ("dropped_files"."collection" in ('subjects', 'annual-reports', 'icp-filings', 'penalties', 'platform-sellers')),
	CONSTRAINT "dropped_files_status" CHECK ("dropped_files"."status" in ('waiting', 'taken', 'repeated', 'refused'))
);
--> statement-breakpoint
ALTER TABLE "job_runs" DROP CONSTRAINT "job_runs_status";--> statement-breakpoint
ALTER TABLE "job_runs" ALTER COLUMN "started_at" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "job_runs" ADD COLUMN "origin" text DEFAULT 'command' NOT NULL;--> statement-breakpoint
ALTER TABLE "job_runs" ADD COLUMN "requested_by" uuid;--> statement-breakpoint
ALTER TABLE "job_runs" ADD COLUMN "dry_run" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "job_runs" ADD COLUMN "queued_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "job_runs" ADD COLUMN "attempts" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "job_runs" ADD COLUMN "process" text;--> statement-breakpoint
ALTER TABLE "job_runs" ADD COLUMN "share" jsonb;--> statement-breakpoint
ALTER TABLE "job_run_log" ADD CONSTRAINT "job_run_log_run_id_job_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."job_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "dropped_files_present" ON "dropped_files" USING btree ("collection","name") WHERE "dropped_files"."moved_at" is null;--> statement-breakpoint
CREATE INDEX "dropped_files_bytes" ON "dropped_files" USING btree ("collection","sha256");--> statement-breakpoint
CREATE INDEX "job_runs_of_job" ON "job_runs" USING btree ("job","id");--> statement-breakpoint
CREATE INDEX "job_runs_unfinished" ON "job_runs" USING btree ("job") WHERE "job_runs"."status" in ('queued', 'running');--> statement-breakpoint
ALTER TABLE "job_runs" ADD CONSTRAINT "job_runs_origin" CHECK ("job_runs"."origin" in ('schedule', 'api', 'command'));--> statement-breakpoint
ALTER TABLE "job_runs" ADD CONSTRAINT "job_runs_status" CHECK ("job_runs"."status" in ('queued', 'running', 'succeeded', 'failed', 'interrupted', 'skipped'));