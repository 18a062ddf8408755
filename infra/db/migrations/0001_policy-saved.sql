DROP INDEX "policy_snapshots_taken_at";--> statement-breakpoint
ALTER TABLE "policy_snapshots" ADD COLUMN "source" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "policy_snapshots" ADD COLUMN "saved" bigserial NOT NULL;--> statement-breakpoint
CREATE INDEX "policy_snapshots_saved" ON "policy_snapshots" USING btree ("saved");