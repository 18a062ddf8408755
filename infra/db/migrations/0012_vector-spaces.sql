CREATE TABLE "vector_spaces" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "vector_spaces_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"embedder" text NOT NULL,
	"dimensions" integer NOT NULL,
	"origin" jsonb,
	CONSTRAINT "vector_spaces_embedder" UNIQUE("embedder")
);
--> statement-breakpoint
-- Until now there was one embedder.
INSERT INTO "vector_spaces" ("embedder", "dimensions", "origin")
SELECT 'minilm-l6-v2/q8/mean/256', "value"::integer, '{"kind": "bundled"}' FROM "settings" WHERE "name" = 'vector.dimensions';--> statement-breakpoint
INSERT INTO "settings" ("name", "value") SELECT 'vectors.searched', "id"::text FROM "vector_spaces";--> statement-breakpoint
DELETE FROM "settings" WHERE "name" = 'vector.dimensions';--> statement-breakpoint
-- It took vectors of one length alone; maintenance builds one for each embedder.
DROP INDEX IF EXISTS "chunk_vectors_graph";--> statement-breakpoint
DROP INDEX "chunk_vectors_access";--> statement-breakpoint
DROP INDEX "chunk_vectors_text_hash";--> statement-breakpoint
ALTER TABLE "chunk_vectors" ADD COLUMN "space_id" integer NOT NULL DEFAULT 1;--> statement-breakpoint
ALTER TABLE "chunk_vectors" ALTER COLUMN "space_id" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "chunk_vectors" DROP CONSTRAINT "chunk_vectors_pkey";--> statement-breakpoint
ALTER TABLE "chunk_vectors" ADD CONSTRAINT "chunk_vectors_chunk_id_space_id_pk" PRIMARY KEY("chunk_id","space_id");--> statement-breakpoint
ALTER TABLE "chunk_vectors" ADD CONSTRAINT "chunk_vectors_space_id_vector_spaces_id_fk" FOREIGN KEY ("space_id") REFERENCES "public"."vector_spaces"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "chunk_vectors_access" ON "chunk_vectors" USING btree ("space_id","access_id");--> statement-breakpoint
CREATE INDEX "chunk_vectors_text_hash" ON "chunk_vectors" USING btree ("space_id","text_hash");--> statement-breakpoint
DELETE FROM "chunk_tokens" WHERE NOT EXISTS (SELECT FROM "chunk_vectors" WHERE "chunk_vectors"."chunk_id" = "chunk_tokens"."chunk_id");--> statement-breakpoint
ALTER TABLE "chunk_tokens" DROP CONSTRAINT "chunk_tokens_chunk_id_chunks_id_fk";--> statement-breakpoint
ALTER TABLE "chunk_tokens" DROP CONSTRAINT "chunk_tokens_pkey";--> statement-breakpoint
ALTER TABLE "chunk_tokens" DROP COLUMN "embedder";--> statement-breakpoint
ALTER TABLE "chunk_tokens" ADD COLUMN "space_id" integer NOT NULL DEFAULT 1;--> statement-breakpoint
ALTER TABLE "chunk_tokens" ALTER COLUMN "space_id" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "chunk_tokens" ADD CONSTRAINT "chunk_tokens_chunk_id_space_id_pk" PRIMARY KEY("chunk_id","space_id");--> statement-breakpoint
ALTER TABLE "chunk_tokens" ADD CONSTRAINT "chunk_tokens_vector" FOREIGN KEY ("chunk_id","space_id") REFERENCES "public"."chunk_vectors"("chunk_id","space_id") ON DELETE cascade ON UPDATE no action;
