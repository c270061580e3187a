CREATE TABLE "leads" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"about" text NOT NULL,
	"subject" text NOT NULL,
	"fact" text[] NOT NULL,
	"usccs" text[] NOT NULL,
	"region_codes" text[] NOT NULL,
	"evidence" jsonb NOT NULL,
	"status" text NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	"closed_by" uuid,
	"close_reason" text,
	"gone_at" timestamp with time zone,
	CONSTRAINT "leads_kind" CHECK ("leads"."kind" in ('claimed-by-two', 'icp-owner-differs', 'name-differs', 'unknown-code', 'closed-business')),
	CONSTRAINT "leads_status" CHECK ("leads"."status" in ('open', 'closed'))
);
--> statement-breakpoint
CREATE TABLE "penalty_history" (
	"penalty_id" uuid NOT NULL,
	"known_until_at" timestamp with time zone NOT NULL,
	"state" jsonb NOT NULL,
	CONSTRAINT "penalty_history_penalty_id_known_until_at_pk" PRIMARY KEY("penalty_id","known_until_at")
);
--> statement-breakpoint
CREATE TABLE "web_presence_claims" (
	"source" text NOT NULL,
	"record_key" text NOT NULL,
	"revision" integer NOT NULL,
	"source_id" text NOT NULL,
	"uscc" text,
	"owner_name" text NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"url" text NOT NULL,
	"host" text NOT NULL,
	"key" text NOT NULL,
	"platform" text,
	"shop_id" text,
	"icp_number" text,
	"is_in_use" boolean NOT NULL,
	"stated_on" date NOT NULL,
	"effective_on" date NOT NULL,
	"source_updated_at" timestamp with time zone NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	CONSTRAINT "web_presence_claims_source_record_key_revision_pk" PRIMARY KEY("source","record_key","revision"),
	CONSTRAINT "web_presence_claims_source" CHECK ("web_presence_claims"."source" in ('annual-report', 'icp-filing', 'platform-sellers')),
	CONSTRAINT "web_presence_claims_kind" CHECK ("web_presence_claims"."kind" in ('website', 'shop', 'app', 'mini-program', 'social-account', 'live-stream'))
);
--> statement-breakpoint
ALTER TABLE "quarantine" DROP CONSTRAINT "quarantine_collection";--> statement-breakpoint
ALTER TABLE "source_intakes" DROP CONSTRAINT "source_intakes_collection";--> statement-breakpoint
ALTER TABLE "source_stops" DROP CONSTRAINT "source_stops_collection";--> statement-breakpoint
ALTER TABLE "penalties" ALTER COLUMN "recorded_by" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "penalties" ADD COLUMN "source_id" text;--> statement-breakpoint
ALTER TABLE "penalties" ADD COLUMN "source_updated_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "penalties" ADD COLUMN "source_received_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "subjects" ADD COLUMN "field_sources" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "penalty_history" ADD CONSTRAINT "penalty_history_penalty_id_penalties_id_fk" FOREIGN KEY ("penalty_id") REFERENCES "public"."penalties"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "leads_one_open_of_a_contradiction" ON "leads" USING btree ("kind","subject") WHERE "leads"."status" = 'open';--> statement-breakpoint
CREATE INDEX "leads_standing" ON "leads" USING btree ("about") WHERE "leads"."gone_at" is null;--> statement-breakpoint
CREATE INDEX "leads_status" ON "leads" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "leads_usccs" ON "leads" USING gin ("usccs");--> statement-breakpoint
CREATE INDEX "web_presence_claims_uscc" ON "web_presence_claims" USING btree ("uscc");--> statement-breakpoint
CREATE INDEX "web_presence_claims_key" ON "web_presence_claims" USING btree ("key");--> statement-breakpoint
CREATE UNIQUE INDEX "penalties_one_row_a_record" ON "penalties" USING btree ("source_id");--> statement-breakpoint
ALTER TABLE "quarantine" ADD CONSTRAINT "quarantine_collection" CHECK ("quarantine"."collection" in ('subjects', 'annual-reports', 'icp-filings', 'penalties', 'platform-sellers'));--> statement-breakpoint
ALTER TABLE "source_intakes" ADD CONSTRAINT "source_intakes_collection" CHECK ("source_intakes"."collection" in ('subjects', 'annual-reports', 'icp-filings', 'penalties', 'platform-sellers'));--> statement-breakpoint
ALTER TABLE "source_stops" ADD CONSTRAINT "source_stops_collection" CHECK ("source_stops"."collection" in ('subjects', 'annual-reports', 'icp-filings', 'penalties', 'platform-sellers'));