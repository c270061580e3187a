CREATE TABLE "rulebook_amendments" (
	"revision" integer PRIMARY KEY NOT NULL,
	"id" uuid NOT NULL,
	"data" jsonb NOT NULL,
	"calendar" jsonb NOT NULL,
	"note" text NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	CONSTRAINT "rulebook_amendments_id_unique" UNIQUE("id")
);
