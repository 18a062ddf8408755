CREATE SEQUENCE "ingestion_moments" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
ALTER TABLE "item_changes" ALTER COLUMN "at" SET DEFAULT now();--> statement-breakpoint
ALTER TABLE "item_changes" ADD COLUMN "moment" bigint DEFAULT 0 NOT NULL;