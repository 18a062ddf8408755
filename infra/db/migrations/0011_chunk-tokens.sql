CREATE TABLE "chunk_tokens" (
	"chunk_id" text PRIMARY KEY NOT NULL,
	"embedder" text NOT NULL,
	"bits" "bytea" NOT NULL
);
--> statement-breakpoint
ALTER TABLE "chunk_tokens" ADD CONSTRAINT "chunk_tokens_chunk_id_chunks_id_fk" FOREIGN KEY ("chunk_id") REFERENCES "public"."chunks"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "chunk_tokens" ALTER COLUMN "bits" SET STORAGE EXTERNAL;
