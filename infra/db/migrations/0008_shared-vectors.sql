ALTER TABLE "chunk_vectors" ADD COLUMN "text_hash" "bytea";--> statement-breakpoint
CREATE INDEX "chunk_vectors_text_hash" ON "chunk_vectors" USING btree ("text_hash");