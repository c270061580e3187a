CREATE TABLE "web_check_findings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"web_presence_id" uuid NOT NULL,
	"found_at" timestamp with time zone NOT NULL,
	"status" text NOT NULL,
	"licence_display" text NOT NULL,
	CONSTRAINT "web_check_findings_status" CHECK ("web_check_findings"."status" in ('active', 'unreachable', 'disputed', 'retired')),
	CONSTRAINT "web_check_findings_licence_display" CHECK ("web_check_findings"."licence_display" in ('displayed', 'missing', 'unchecked'))
);
--> statement-breakpoint
CREATE TABLE "web_check_pages" (
	"sha256" text PRIMARY KEY NOT NULL,
	"content_type" text NOT NULL,
	"body" "bytea" NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "web_check_sites" (
	"site" text PRIMARY KEY NOT NULL,
	"next_request_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "web_check_states" (
	"web_presence_id" uuid PRIMARY KEY NOT NULL,
	"site" text NOT NULL,
	"due_on" date,
	"checked_at" timestamp with time zone,
	"failed_days" integer DEFAULT 0 NOT NULL,
	"failing_since_on" date,
	"last_failed_on" date,
	"missing_days" integer DEFAULT 0 NOT NULL,
	"last_missing_on" date
);
--> statement-breakpoint
CREATE TABLE "web_check_visits" (
	"id" uuid PRIMARY KEY NOT NULL,
	"web_presence_id" uuid NOT NULL,
	"visited_at" timestamp with time zone NOT NULL,
	"url" text NOT NULL,
	"final_url" text NOT NULL,
	"http_status" integer,
	"outcome" text NOT NULL,
	"licence" text NOT NULL,
	"reason" text,
	"evidence" jsonb,
	"other_codes" text[] NOT NULL,
	"page_sha256" text,
	CONSTRAINT "web_check_visits_outcome" CHECK ("web_check_visits"."outcome" in ('answered', 'failed', 'gone', 'unclear')),
	CONSTRAINT "web_check_visits_licence" CHECK ("web_check_visits"."licence" in ('displayed', 'missing', 'unchecked')),
	CONSTRAINT "web_check_visits_reason" CHECK ("web_check_visits"."reason" in ('robots-forbidden', 'robots-unavailable', 'refused', 'insecure', 'too-many-redirects', 'needs-script', 'not-html', 'incomplete', 'picture', 'other-page', 'not-found', 'no-such-host', 'http-error', 'connection-failed', 'timeout', 'private-address'))
);
--> statement-breakpoint
ALTER TABLE "web_check_states" ADD CONSTRAINT "web_check_states_web_presence_id_web_presences_id_fk" FOREIGN KEY ("web_presence_id") REFERENCES "public"."web_presences"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "web_check_findings_presence" ON "web_check_findings" USING btree ("web_presence_id","id");--> statement-breakpoint
CREATE INDEX "web_check_pages_last_seen" ON "web_check_pages" USING btree ("last_seen_at");--> statement-breakpoint
CREATE INDEX "web_check_states_due" ON "web_check_states" USING btree ("due_on","site");--> statement-breakpoint
CREATE INDEX "web_check_states_site" ON "web_check_states" USING btree ("site","due_on");--> statement-breakpoint
CREATE INDEX "web_check_states_checked" ON "web_check_states" USING btree ("checked_at");--> statement-breakpoint
CREATE INDEX "web_check_visits_presence" ON "web_check_visits" USING btree ("web_presence_id","id");