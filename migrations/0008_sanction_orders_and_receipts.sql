CREATE TABLE "sanction_orders" (
	"id" uuid PRIMARY KEY NOT NULL,
	"agency_code" text NOT NULL,
	"measure_code" text NOT NULL,
	"listing_id" uuid NOT NULL,
	"list" text NOT NULL,
	"uscc" text NOT NULL,
	"name" text NOT NULL,
	"memorandum" text,
	"imposed_on" date NOT NULL,
	"until" date,
	"own_term" boolean NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"status" text NOT NULL,
	"awaited_since" date,
	"received_on" date,
	"executed_on" date,
	"lift_reason" text,
	"lift_requested_on" date,
	"lift_recorded_at" timestamp with time zone,
	"lifted_on" date,
	CONSTRAINT "sanction_orders_list" CHECK ("sanction_orders"."list" in ('abnormal', 'serious-violator')),
	CONSTRAINT "sanction_orders_status" CHECK ("sanction_orders"."status" in ('pending', 'received', 'executed', 'not-applicable', 'lift-pending', 'lifted', 'superseded')),
	CONSTRAINT "sanction_orders_lift_reason" CHECK ("sanction_orders"."lift_reason" in ('removed', 'expired', 'revoked', 'corrected', 'term-over'))
);
--> statement-breakpoint
CREATE TABLE "sanction_receipts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"order_id" uuid NOT NULL,
	"status" text NOT NULL,
	"executed_on" date,
	"reference" text,
	"note" text,
	"partner_id" uuid NOT NULL,
	"key_id" uuid NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	CONSTRAINT "sanction_receipts_status" CHECK ("sanction_receipts"."status" in ('received', 'executed', 'not-applicable', 'lifted'))
);
--> statement-breakpoint
ALTER TABLE "sanction_receipts" ADD CONSTRAINT "sanction_receipts_order_id_sanction_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."sanction_orders"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "sanction_orders_one_standing" ON "sanction_orders" USING btree ("listing_id","measure_code","agency_code") WHERE "sanction_orders"."lift_requested_on" is null;--> statement-breakpoint
CREATE INDEX "sanction_orders_agency" ON "sanction_orders" USING btree ("agency_code","status","id");--> statement-breakpoint
CREATE INDEX "sanction_orders_uscc" ON "sanction_orders" USING btree ("uscc");--> statement-breakpoint
CREATE INDEX "sanction_orders_awaited" ON "sanction_orders" USING btree ("status","awaited_since","id") WHERE "sanction_orders"."awaited_since" is not null;--> statement-breakpoint
CREATE INDEX "sanction_orders_own_term" ON "sanction_orders" USING btree ("until") WHERE "sanction_orders"."own_term" and "sanction_orders"."lift_requested_on" is null;--> statement-breakpoint
CREATE INDEX "sanction_receipts_order" ON "sanction_receipts" USING btree ("order_id","id");