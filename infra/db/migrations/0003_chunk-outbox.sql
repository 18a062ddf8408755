CREATE TABLE "chunk_outbox" (
	"document_id" text PRIMARY KEY NOT NULL,
	"revision" bigserial NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"due" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"failure" text
);
--> statement-breakpoint
CREATE INDEX "chunk_outbox_due" ON "chunk_outbox" USING btree ("due");
--> statement-breakpoint
CREATE FUNCTION "enqueue_chunk_changes"("ids" text[]) RETURNS void LANGUAGE sql AS $$
	INSERT INTO "chunk_outbox" ("document_id")
	SELECT DISTINCT "id" FROM unnest("ids") AS "changed"("id") ORDER BY "id"
	ON CONFLICT ("document_id") DO UPDATE SET "revision" = excluded."revision", "due" = excluded."due", "attempts" = 0, "failure" = null;
$$;
--> statement-breakpoint
CREATE FUNCTION "follow_chunks"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM "settings" WHERE "name" = 'chunk-index.follower') THEN
		PERFORM "enqueue_chunk_changes"(ARRAY(SELECT "document_id" FROM "changed"));
	END IF;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION "follow_chunk_vectors"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM "settings" WHERE "name" = 'chunk-index.follower') THEN
		PERFORM "enqueue_chunk_changes"(ARRAY(
			SELECT "chunk"."document_id" FROM "changed" JOIN "chunks" AS "chunk" ON "chunk"."id" = "changed"."chunk_id"
		));
	END IF;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "chunks_inserted" AFTER INSERT ON "chunks" REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "follow_chunks"();
--> statement-breakpoint
CREATE TRIGGER "chunks_updated" AFTER UPDATE ON "chunks" REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "follow_chunks"();
--> statement-breakpoint
CREATE TRIGGER "chunks_deleted" AFTER DELETE ON "chunks" REFERENCING OLD TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "follow_chunks"();
--> statement-breakpoint
CREATE TRIGGER "chunk_vectors_inserted" AFTER INSERT ON "chunk_vectors" REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "follow_chunk_vectors"();
--> statement-breakpoint
CREATE TRIGGER "chunk_vectors_updated" AFTER UPDATE ON "chunk_vectors" REFERENCING NEW TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "follow_chunk_vectors"();
--> statement-breakpoint
CREATE TRIGGER "chunk_vectors_deleted" AFTER DELETE ON "chunk_vectors" REFERENCING OLD TABLE AS "changed" FOR EACH STATEMENT EXECUTE FUNCTION "follow_chunk_vectors"();
