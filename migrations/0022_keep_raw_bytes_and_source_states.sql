CREATE TABLE "source_byte_parts" (
	"sha256" text NOT NULL,
	"part" integer NOT NULL,
	"packed" "bytea" NOT NULL,
	CONSTRAINT "source_byte_parts_sha256_part_pk" PRIMARY KEY("sha256","part")
);
--> statement-breakpoint
CREATE TABLE "source_bytes" (
	"sha256" text PRIMARY KEY NOT NULL,
	"size" bigint NOT NULL,
	"stored_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "source_intakes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"collection" text NOT NULL,
	"origin" text NOT NULL,
	"sha256" text NOT NULL,
	"location" text NOT NULL,
	"updated_since" timestamp with time zone,
	"cursor" text,
	"next" text,
	"run_id" uuid,
	"parser_version" integer NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"records" integer NOT NULL,
	"refused" integer NOT NULL,
	"newest_updated_at" timestamp with time zone,
	"settled" boolean NOT NULL,
	CONSTRAINT "source_intakes_collection" CHECK ("source_intakes"."collection" in ('subjects', 'annual-reports')),
	CONSTRAINT "source_intakes_origin" CHECK ("source_intakes"."origin" in ('pull', 'import', 'reread'))
);
--> statement-breakpoint
CREATE TABLE "source_states" (
	"collection" text PRIMARY KEY NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"retry_at" timestamp with time zone,
	"last_error" text,
	"last_failed_at" timestamp with time zone,
	"held_records" integer DEFAULT 0 NOT NULL,
	"overlap_records" integer DEFAULT 0 NOT NULL,
	"accepted" text
);
--> statement-breakpoint
CREATE TABLE "source_stops" (
	"id" uuid PRIMARY KEY NOT NULL,
	"collection" text NOT NULL,
	"reason" text NOT NULL,
	"detail" text NOT NULL,
	"stopped_at" timestamp with time zone NOT NULL,
	"run_id" uuid,
	"resumed_at" timestamp with time zone,
	"resumed_by" uuid,
	"resume_reason" text,
	CONSTRAINT "source_stops_collection" CHECK ("source_stops"."collection" in ('subjects', 'annual-reports')),
	CONSTRAINT "source_stops_reason" CHECK ("source_stops"."reason" in ('shrunk', 'repeating', 'unreadable'))
);
--> statement-breakpoint
ALTER TABLE "quarantine" ADD COLUMN "correction" text;--> statement-breakpoint
ALTER TABLE "quarantine" ADD COLUMN "settled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "quarantine" ADD COLUMN "settled_by" uuid;--> statement-breakpoint
ALTER TABLE "quarantine" ADD COLUMN "settle_reason" text;--> statement-breakpoint
ALTER TABLE "source_checkpoints" ADD COLUMN "walk_records" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "source_byte_parts" ADD CONSTRAINT "source_byte_parts_sha256_source_bytes_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."source_bytes"("sha256") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "source_intakes" ADD CONSTRAINT "source_intakes_sha256_source_bytes_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."source_bytes"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "source_bytes_stored" ON "source_bytes" USING btree ("stored_at");--> statement-breakpoint
CREATE INDEX "source_intakes_received" ON "source_intakes" USING btree ("collection","received_at");--> statement-breakpoint
CREATE INDEX "source_intakes_sha256" ON "source_intakes" USING btree ("sha256","collection");--> statement-breakpoint
CREATE INDEX "source_intakes_oldest" ON "source_intakes" USING btree ("received_at");--> statement-breakpoint
CREATE UNIQUE INDEX "source_stops_one_open" ON "source_stops" USING btree ("collection") WHERE "source_stops"."resumed_at" is null;--> statement-breakpoint
CREATE INDEX "quarantine_settled" ON "quarantine" USING btree ("collection","settled_at") WHERE "quarantine"."settled_at" is not null;