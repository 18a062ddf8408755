ALTER TABLE "document_parts" ADD COLUMN "file_key" text;--> statement-breakpoint
ALTER TABLE "document_parts" ADD COLUMN "file" jsonb;--> statement-breakpoint
CREATE INDEX "document_parts_file_key" ON "document_parts" USING btree ("file_key");