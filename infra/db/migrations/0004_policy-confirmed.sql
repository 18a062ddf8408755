ALTER TABLE "policy_snapshots" ADD COLUMN "confirmed_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "audit_entries_epoch" ON "audit_entries" USING btree ("epoch");