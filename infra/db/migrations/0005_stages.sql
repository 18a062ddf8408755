CREATE TABLE "item_changes" (
	"source" text NOT NULL,
	"key" text NOT NULL,
	"fingerprint" text,
	"at" timestamp (6) with time zone NOT NULL,
	CONSTRAINT "item_changes_source_key_pk" PRIMARY KEY("source","key")
);
--> statement-breakpoint
CREATE TABLE "leases" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	"until" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "ingestion_failures" ADD COLUMN "fingerprint" text;--> statement-breakpoint
ALTER TABLE "ingestion_failures" ADD COLUMN "work" jsonb;--> statement-breakpoint
ALTER TABLE "ingestion_failures" ADD COLUMN "discarded_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "item_changes_at" ON "item_changes" USING btree ("at");