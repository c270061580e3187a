CREATE TABLE "typical_cases" (
	"id" uuid PRIMARY KEY NOT NULL,
	"list" text NOT NULL,
	"ground_code" text NOT NULL,
	"title" text NOT NULL,
	"text" text NOT NULL,
	"businesses" text[] NOT NULL,
	"period_from" date NOT NULL,
	"period_to" date NOT NULL,
	"published_by" uuid NOT NULL,
	"published_at" timestamp with time zone NOT NULL,
	"changed_by" uuid NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"withdrawn_at" timestamp with time zone,
	CONSTRAINT "typical_cases_list" CHECK ("typical_cases"."list" in ('abnormal', 'serious-violator'))
);
--> statement-breakpoint
CREATE INDEX "typical_cases_newest" ON "typical_cases" USING btree ("published_at","id");