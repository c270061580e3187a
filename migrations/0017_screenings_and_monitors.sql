CREATE TABLE "monitor_alerts" (
	"sequence" bigserial PRIMARY KEY NOT NULL,
	"id" uuid NOT NULL,
	"monitor_id" uuid NOT NULL,
	"ref" text NOT NULL,
	"position" bigint NOT NULL,
	"raised_at" timestamp with time zone NOT NULL,
	"before" text,
	"result" jsonb NOT NULL,
	CONSTRAINT "monitor_alerts_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "monitor_members" (
	"monitor_id" uuid NOT NULL,
	"ref" text NOT NULL,
	"candidate" text NOT NULL,
	"code" text,
	"web_keys" text[] NOT NULL,
	"owner" text,
	"name_pairs" text[] NOT NULL,
	"result" jsonb,
	"screened_position" bigint,
	CONSTRAINT "monitor_members_monitor_id_ref_pk" PRIMARY KEY("monitor_id","ref")
);
--> statement-breakpoint
CREATE TABLE "monitor_reader" (
	"id" smallint PRIMARY KEY NOT NULL,
	"position" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "monitors" (
	"id" uuid PRIMARY KEY NOT NULL,
	"partner_id" uuid NOT NULL,
	"name" text NOT NULL,
	"lists" text[] NOT NULL,
	"threshold" real NOT NULL,
	"member_count" integer NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "screenings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"partner_id" uuid NOT NULL,
	"screened_at" timestamp with time zone NOT NULL,
	"position" bigint NOT NULL,
	"digest" text NOT NULL,
	"evidence" "bytea" NOT NULL
);
--> statement-breakpoint
ALTER TABLE "monitor_alerts" ADD CONSTRAINT "monitor_alerts_monitor_id_monitors_id_fk" FOREIGN KEY ("monitor_id") REFERENCES "public"."monitors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "monitor_members" ADD CONSTRAINT "monitor_members_monitor_id_monitors_id_fk" FOREIGN KEY ("monitor_id") REFERENCES "public"."monitors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "monitors" ADD CONSTRAINT "monitors_partner_id_partners_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "screenings" ADD CONSTRAINT "screenings_partner_id_partners_id_fk" FOREIGN KEY ("partner_id") REFERENCES "public"."partners"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "monitor_alerts_monitor" ON "monitor_alerts" USING btree ("monitor_id","sequence");--> statement-breakpoint
CREATE INDEX "monitor_members_code" ON "monitor_members" USING btree ("code");--> statement-breakpoint
CREATE INDEX "monitor_members_owner" ON "monitor_members" USING btree ("owner");--> statement-breakpoint
CREATE INDEX "monitor_members_to_screen" ON "monitor_members" USING btree ("monitor_id","ref") WHERE "monitor_members"."screened_position" is null;--> statement-breakpoint
CREATE INDEX "monitor_members_web_keys" ON "monitor_members" USING gin ("web_keys");--> statement-breakpoint
CREATE INDEX "monitor_members_name_pairs" ON "monitor_members" USING gin ("name_pairs");--> statement-breakpoint
CREATE INDEX "monitors_partner" ON "monitors" USING btree ("partner_id","id");--> statement-breakpoint
CREATE INDEX "screenings_partner" ON "screenings" USING btree ("partner_id","screened_at");