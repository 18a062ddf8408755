CREATE TABLE "access_sets" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "access_sets_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"hash" text NOT NULL,
	"attributes" jsonb NOT NULL,
	CONSTRAINT "access_sets_hash" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"login" text NOT NULL,
	"label" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_keys_hash" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "audit_entries" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_entries_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp (3) with time zone NOT NULL,
	"action" text NOT NULL,
	"login" text NOT NULL,
	"via" text NOT NULL,
	"epoch" text NOT NULL,
	"filter_hash" text NOT NULL,
	"outcome" text NOT NULL,
	"document_ids" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"request_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "chunk_vectors" (
	"chunk_id" text PRIMARY KEY NOT NULL,
	"access_id" integer NOT NULL,
	"embedding" vector NOT NULL
);
--> statement-breakpoint
CREATE TABLE "chunks" (
	"id" text PRIMARY KEY NOT NULL,
	"document_id" text NOT NULL,
	"part" text NOT NULL,
	"start" integer NOT NULL,
	"end" integer NOT NULL,
	"page" integer,
	"headings" jsonb NOT NULL,
	"text" text NOT NULL,
	"access_id" integer NOT NULL,
	"length" integer NOT NULL,
	"terms" integer[] NOT NULL,
	"frequencies" smallint[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "document_parts" (
	"document_id" text NOT NULL,
	"key" text NOT NULL,
	"text" text NOT NULL,
	"facts" jsonb NOT NULL,
	"access_id" integer NOT NULL,
	CONSTRAINT "document_parts_document_id_key_pk" PRIMARY KEY("document_id","key"),
	CONSTRAINT "document_parts_access" UNIQUE("document_id","key","access_id")
);
--> statement-breakpoint
CREATE TABLE "documents" (
	"id" text PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"key" text NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"model" text NOT NULL,
	"record_id" integer,
	"url" text,
	"content_hash" text NOT NULL,
	"metadata" jsonb NOT NULL,
	CONSTRAINT "documents_source_key" UNIQUE("source","key")
);
--> statement-breakpoint
CREATE TABLE "ingestion_failures" (
	"source" text NOT NULL,
	"key" text NOT NULL,
	"code" text NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "ingestion_failures_source_key_pk" PRIMARY KEY("source","key")
);
--> statement-breakpoint
CREATE TABLE "policy_snapshots" (
	"epoch" text PRIMARY KEY NOT NULL,
	"taken_at" timestamp (3) with time zone NOT NULL,
	"body" json NOT NULL
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "chunk_vectors" ADD CONSTRAINT "chunk_vectors_chunk_id_chunks_id_fk" FOREIGN KEY ("chunk_id") REFERENCES "public"."chunks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chunks" ADD CONSTRAINT "chunks_part" FOREIGN KEY ("document_id","part","access_id") REFERENCES "public"."document_parts"("document_id","key","access_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document_parts" ADD CONSTRAINT "document_parts_document_id_documents_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."documents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document_parts" ADD CONSTRAINT "document_parts_access_id_access_sets_id_fk" FOREIGN KEY ("access_id") REFERENCES "public"."access_sets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_entries_at" ON "audit_entries" USING btree ("at");--> statement-breakpoint
CREATE INDEX "chunk_vectors_access" ON "chunk_vectors" USING btree ("access_id");--> statement-breakpoint
CREATE INDEX "chunks_part_start" ON "chunks" USING btree ("document_id","part","start");--> statement-breakpoint
CREATE INDEX "chunks_access_length" ON "chunks" USING btree ("access_id","length");--> statement-breakpoint
CREATE INDEX "chunks_terms" ON "chunks" USING gin ("terms");--> statement-breakpoint
CREATE INDEX "document_parts_access_id" ON "document_parts" USING btree ("access_id");--> statement-breakpoint
CREATE INDEX "document_parts_facts" ON "document_parts" USING gin ("facts" jsonb_path_ops);--> statement-breakpoint
CREATE INDEX "documents_model_record" ON "documents" USING btree ("model","record_id");--> statement-breakpoint
CREATE INDEX "documents_kind" ON "documents" USING btree ("kind");--> statement-breakpoint
CREATE INDEX "documents_title" ON "documents" USING hash ("title");--> statement-breakpoint
CREATE INDEX "policy_snapshots_taken_at" ON "policy_snapshots" USING btree ("taken_at");