CREATE INDEX "chunks_sample_16_terms" ON "chunks" USING gin ("terms") WHERE (hashtext(id) & 15) = 0;--> statement-breakpoint
CREATE INDEX "chunks_sample_16_length" ON "chunks" USING btree ("access_id","length") WHERE (hashtext(id) & 15) = 0;--> statement-breakpoint
CREATE INDEX "chunks_sample_64_terms" ON "chunks" USING gin ("terms") WHERE (hashtext(id) & 63) = 0;--> statement-breakpoint
CREATE INDEX "chunks_sample_64_length" ON "chunks" USING btree ("access_id","length") WHERE (hashtext(id) & 63) = 0;