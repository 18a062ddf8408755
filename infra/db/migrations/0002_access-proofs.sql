ALTER TABLE "audit_entries" ADD COLUMN "proof" json;--> statement-breakpoint
ALTER TABLE "document_parts" ADD COLUMN "text_hash" text;--> statement-breakpoint
UPDATE "document_parts" SET "text_hash" = encode(sha256(convert_to("text", 'UTF8')), 'hex');--> statement-breakpoint
ALTER TABLE "document_parts" ALTER COLUMN "text_hash" SET NOT NULL;--> statement-breakpoint
CREATE INDEX "audit_entries_request" ON "audit_entries" USING btree ("request_id");
