CREATE TABLE "subscription_deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"subscription_id" uuid NOT NULL,
	"message_id" uuid NOT NULL,
	"type" text NOT NULL,
	"position" bigint,
	"status" text NOT NULL,
	"attempts" integer NOT NULL,
	"response_status" integer,
	"error" text,
	"duration_ms" integer NOT NULL,
	"first_attempt_at" timestamp with time zone NOT NULL,
	"last_attempt_at" timestamp with time zone NOT NULL,
	"next_attempt_at" timestamp with time zone,
	CONSTRAINT "subscription_deliveries_status" CHECK ("subscription_deliveries"."status" in ('delivered', 'retrying', 'failed')),
	CONSTRAINT "subscription_deliveries_error" CHECK ("subscription_deliveries"."error" in ('destination-refused', 'timeout', 'connection-failed'))
);
--> statement-breakpoint
CREATE TABLE "subscription_messages" (
	"seq" bigserial PRIMARY KEY NOT NULL,
	"subscription_id" uuid NOT NULL,
	"message_id" uuid NOT NULL,
	"type" text NOT NULL,
	"body" json NOT NULL
);
--> statement-breakpoint
CREATE TABLE "subscriptions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"partner_id" uuid NOT NULL,
	"url" text NOT NULL,
	"types" text[] NOT NULL,
	"lists" text[],
	"region_code" text,
	"status" text NOT NULL,
	"pause_reason" text,
	"paused_at" timestamp with time zone,
	"secret" text NOT NULL,
	"old_secrets" jsonb NOT NULL,
	"position" bigint NOT NULL,
	"attempts" integer NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"revision" integer NOT NULL,
	"claimed_by" uuid,
	"claimed_until" timestamp with time zone DEFAULT now() NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "subscriptions_status" CHECK ("subscriptions"."status" in ('active', 'paused')),
	CONSTRAINT "subscriptions_pause_reason" CHECK ("subscriptions"."pause_reason" in ('by-partner', 'gone', 'exhausted'))
);
--> statement-breakpoint
ALTER TABLE "subscription_deliveries" ADD CONSTRAINT "subscription_deliveries_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscription_messages" ADD CONSTRAINT "subscription_messages_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_partner_id_partners_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "subscription_deliveries_newest" ON "subscription_deliveries" USING btree ("subscription_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "subscription_deliveries_retrying" ON "subscription_deliveries" USING btree ("subscription_id","message_id") WHERE status = 'retrying';--> statement-breakpoint
CREATE UNIQUE INDEX "subscription_messages_once" ON "subscription_messages" USING btree ("subscription_id","message_id");--> statement-breakpoint
CREATE INDEX "subscriptions_partner" ON "subscriptions" USING btree ("partner_id","id");