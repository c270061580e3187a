CREATE TABLE "idempotency_keys" (
	"partner_id" uuid NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"status" integer NOT NULL,
	"body" json NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_partner_id_key_pk" PRIMARY KEY("partner_id","key")
);
--> statement-breakpoint
ALTER TABLE "feed_events" ADD COLUMN "key" text;--> statement-breakpoint
ALTER TABLE "feed_outbox" ADD COLUMN "key" text;--> statement-breakpoint
-- Events from before had two kinds. The trigger guards the events' content, which this does not touch.
ALTER TABLE "feed_events" DISABLE TRIGGER feed_events_append_only;--> statement-breakpoint
UPDATE "feed_events" SET "key" = CASE WHEN "type" LIKE 'listing.%' THEN 'listing:' || ("event"->'data'->>'id') ELSE 'subject:' || "uscc" END;--> statement-breakpoint
ALTER TABLE "feed_events" ENABLE TRIGGER feed_events_append_only;--> statement-breakpoint
UPDATE "feed_outbox" SET "key" = CASE WHEN "type" LIKE 'listing.%' THEN 'listing:' || ("data"->>'id') ELSE 'subject:' || "uscc" END;--> statement-breakpoint
ALTER TABLE "feed_events" ALTER COLUMN "key" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "feed_outbox" ALTER COLUMN "key" SET NOT NULL;--> statement-breakpoint
CREATE INDEX "feed_events_key" ON "feed_events" USING btree ("key","position");
