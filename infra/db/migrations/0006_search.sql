CREATE FUNCTION "stated_day"("facts" jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT left("fact" ->> 'value', 10)
	FROM jsonb_array_elements("facts") AS "stated"("fact")
	JOIN unnest(ARRAY['date_order', 'invoice_date', 'date_start', 'date', 'date_done', 'scheduled_date', 'request_date', 'schedule_date',
		'date_deadline', 'deadline']) WITH ORDINALITY AS "telling"("name", "position") ON "telling"."name" = "fact" ->> 'name'
	WHERE NOT "fact" ? 'line' AND "fact" ->> 'value' ~ '^\d{4}-\d{2}-\d{2}'
	ORDER BY "position" LIMIT 1;
$$;
--> statement-breakpoint
ALTER TABLE "document_parts" ADD COLUMN "day" text GENERATED ALWAYS AS (stated_day(facts)) STORED;
--> statement-breakpoint
CREATE TABLE "index_changes" (
	"transaction" bigint PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE FUNCTION "note_index_change"() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO "index_changes" VALUES (pg_current_xact_id()::text::bigint) ON CONFLICT DO NOTHING;
	IF random() < 0.01 THEN
		DELETE FROM "index_changes" WHERE "transaction" IN (
			SELECT "transaction" FROM "index_changes" ORDER BY "transaction" DESC OFFSET 200 FOR UPDATE SKIP LOCKED
		);
	END IF;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "follow_chunks"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM "note_index_change"();
	IF EXISTS (SELECT FROM "settings" WHERE "name" = 'chunk-index.follower') THEN
		PERFORM "enqueue_chunk_changes"(ARRAY(SELECT "document_id" FROM "changed"));
	END IF;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "follow_chunk_vectors"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM "note_index_change"();
	IF EXISTS (SELECT FROM "settings" WHERE "name" = 'chunk-index.follower') THEN
		PERFORM "enqueue_chunk_changes"(ARRAY(
			SELECT "chunk"."document_id" FROM "changed" JOIN "chunks" AS "chunk" ON "chunk"."id" = "changed"."chunk_id"
		));
	END IF;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION "follow_documents"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE "moved" text[];
BEGIN
	"moved" := ARRAY(
		SELECT "after"."id" FROM "after" JOIN "before" ON "before"."id" = "after"."id"
		WHERE ("after"."source", "after"."kind", "after"."model", "after"."record_id", "after"."metadata")
			IS DISTINCT FROM ("before"."source", "before"."kind", "before"."model", "before"."record_id", "before"."metadata")
	);
	IF cardinality("moved") > 0 THEN
		PERFORM "note_index_change"();
		IF EXISTS (SELECT FROM "settings" WHERE "name" = 'chunk-index.follower') THEN
			PERFORM "enqueue_chunk_changes"("moved");
		END IF;
	END IF;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION "follow_document_parts"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE "moved" text[];
BEGIN
	"moved" := ARRAY(
		SELECT "after"."document_id" FROM "after" JOIN "before" USING ("document_id", "key")
		WHERE ("after"."day", "after"."access_id") IS DISTINCT FROM ("before"."day", "before"."access_id")
	);
	IF cardinality("moved") > 0 THEN
		PERFORM "note_index_change"();
		IF EXISTS (SELECT FROM "settings" WHERE "name" = 'chunk-index.follower') THEN
			PERFORM "enqueue_chunk_changes"("moved");
		END IF;
	END IF;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "documents_updated" AFTER UPDATE ON "documents" REFERENCING OLD TABLE AS "before" NEW TABLE AS "after" FOR EACH STATEMENT EXECUTE FUNCTION "follow_documents"();
--> statement-breakpoint
CREATE TRIGGER "document_parts_updated" AFTER UPDATE ON "document_parts" REFERENCING OLD TABLE AS "before" NEW TABLE AS "after" FOR EACH STATEMENT EXECUTE FUNCTION "follow_document_parts"();
