CREATE TABLE "feed_snapshots" (
	"id" uuid PRIMARY KEY NOT NULL,
	"position" bigint NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"manifest" json
);
--> statement-breakpoint
CREATE INDEX "feed_snapshots_newest" ON "feed_snapshots" USING btree ("created_at","id");