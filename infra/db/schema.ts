import { sql } from "drizzle-orm";
import {
  bigserial,
  bigint,
  customType,
  foreignKey,
  index,
  integer,
  json,
  jsonb,
  pgSequence,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
} from "drizzle-orm/pg-core";

/*
 * The tables, for drizzle-kit, which writes the migrations from them: `npx drizzle-kit generate --name <what-changes>`.
 * Nothing imports this file at run time.
 */

/** pgvector's type without a fixed length: the embedder decides it, and `vector_spaces` holds it constant. */
const vector = customType<{ data: string }>({ dataType: () => "vector" });

const bytes = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: "date", precision: 3 });

/** Of which rows a sample of one chunk in `rate` consists, as `infra/chunk-index/keyword-sample.ts` asks for it: the same words, or no index fits. */
const oneIn = (rate: number) => sql.raw(`(hashtext(id) & ${rate - 1}) = 0`);

export const documents = pgTable(
  "documents",
  {
    id: text().primaryKey(),
    source: text().notNull(),
    key: text().notNull(),
    kind: text().notNull(),
    title: text().notNull(),
    model: text().notNull(),
    recordId: integer("record_id"),
    url: text(),
    contentHash: text("content_hash").notNull(),
    metadata: jsonb().notNull(),
  },
  (table) => [
    unique("documents_source_key").on(table.source, table.key),
    index("documents_model_record").on(table.model, table.recordId),
    index("documents_kind").on(table.kind),
    index("documents_title").using("hash", table.title),
    index("documents_supersedes").on(sql`(${table.metadata} ->> 'supersedes')`),
  ],
);

/** The distinct sets of access attributes. Never updated: a filter is evaluated over these few rows, not over every chunk. */
export const accessSets = pgTable("access_sets", {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  hash: text().notNull().unique("access_sets_hash"),
  attributes: jsonb().notNull(),
});

export const documentParts = pgTable(
  "document_parts",
  {
    documentId: text("document_id")
      .notNull()
      .references(() => documents.id, { onDelete: "cascade" }),
    key: text().notNull(),
    text: text().notNull(),
    /** SHA-256 of `text` in UTF-8, hexadecimal: an auditor tells by it whether the text is still the one that was shown. */
    textHash: text("text_hash").notNull(),
    facts: jsonb().notNull(),
    accessId: integer("access_id")
      .notNull()
      .references(() => accessSets.id),
    /** Of the file that the text was taken from, and what its parser made of it beside the text; null: of none, or always parsed. */
    fileKey: text("file_key"),
    file: jsonb(),
    /** The ISO day that the facts of the record itself state; null where they state none. Which facts: the function of that name. */
    day: text().generatedAlwaysAs(sql`stated_day(facts)`),
  },
  (table) => [
    primaryKey({ columns: [table.documentId, table.key] }),
    unique("document_parts_access").on(table.documentId, table.key, table.accessId),
    index("document_parts_access_id").on(table.accessId),
    index("document_parts_file_key").on(table.fileKey),
    index("document_parts_facts").using("gin", table.facts.op("jsonb_path_ops")),
  ],
);

/** The foreign key spans `access_id`: a chunk with other access than its part cannot be stored. */
export const chunks = pgTable(
  "chunks",
  {
    id: text().primaryKey(),
    documentId: text("document_id").notNull(),
    part: text().notNull(),
    start: integer().notNull(),
    end: integer().notNull(),
    page: integer(),
    headings: jsonb().notNull(),
    text: text().notNull(),
    accessId: integer("access_id").notNull(),
    /** Of all terms of the chunk, repeats included. */
    length: integer().notNull(),
    terms: integer().array().notNull(),
    /** How often each of `terms` occurs, in the same order. */
    frequencies: smallint().array().notNull(),
  },
  (table) => [
    foreignKey({
      name: "chunks_part",
      columns: [table.documentId, table.part, table.accessId],
      foreignColumns: [documentParts.documentId, documentParts.key, documentParts.accessId],
    }).onDelete("cascade"),
    index("chunks_part_start").on(table.documentId, table.part, table.start),
    index("chunks_access_length").on(table.accessId, table.length),
    index("chunks_terms").using("gin", table.terms),
    ...[16, 64].flatMap((rate) => [
      index(`chunks_sample_${rate}_terms`).using("gin", table.terms).where(oneIn(rate)),
      index(`chunks_sample_${rate}_length`).on(table.accessId, table.length).where(oneIn(rate)),
    ]),
  ],
);

/** The embedders whose vectors are held. Vectors of two of them are never compared. */
export const vectorSpaces = pgTable("vector_spaces", {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  /** `Embedder.id`. */
  embedder: text().notNull().unique("vector_spaces_embedder"),
  dimensions: integer().notNull(),
  /** How it was opened, without secrets: while its vectors are still searched, questions are embedded with it. */
  origin: jsonb(),
});

export const chunkVectors = pgTable(
  "chunk_vectors",
  {
    chunkId: text("chunk_id")
      .notNull()
      .references(() => chunks.id, { onDelete: "cascade" }),
    spaceId: integer("space_id")
      .notNull()
      .references(() => vectorSpaces.id),
    accessId: integer("access_id").notNull(),
    embedding: vector().notNull(),
    /** Of what was embedded, titles included (`share-vectors.ts`); null: stored before it was noted. */
    textHash: bytes("text_hash"),
  },
  (table) => [
    primaryKey({ columns: [table.chunkId, table.spaceId] }),
    index("chunk_vectors_access").on(table.spaceId, table.accessId),
    index("chunk_vectors_text_hash").on(table.spaceId, table.textHash),
  ],
);

/** What the tokens of a chunk mean, for late interaction (`chunk-tokens.ts`). Not compressed: there is nothing to gain. */
export const chunkTokens = pgTable(
  "chunk_tokens",
  {
    chunkId: text("chunk_id").notNull(),
    spaceId: integer("space_id").notNull(),
    bits: bytes().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.chunkId, table.spaceId] }),
    foreignKey({
      name: "chunk_tokens_vector",
      columns: [table.chunkId, table.spaceId],
      foreignColumns: [chunkVectors.chunkId, chunkVectors.spaceId],
    }).onDelete("cascade"),
  ],
);

/**
 * Documents whose chunks an index outside the database has yet to follow, one row each. Triggers write them (`chunk-outbox.ts`), in the
 * transaction that changes the chunks, and only while the setting `chunk-index.follower` names an index.
 */
export const chunkOutbox = pgTable(
  "chunk_outbox",
  {
    documentId: text("document_id").primaryKey(),
    /** Another one with every change: what was changed again meanwhile is not taken for followed. */
    revision: bigserial({ mode: "number" }).notNull(),
    /** When the oldest change was made that is yet to be followed. */
    at: instant("at").notNull().defaultNow(),
    due: instant("due").notNull().defaultNow(),
    attempts: integer().notNull().default(0),
    failure: text(),
  },
  (table) => [index("chunk_outbox_due").on(table.due)],
);

/**
 * The transactions that changed what a search finds, newest ones: triggers write them, one row each, so that no writer waits for another.
 * What is remembered of searches holds as long as these rows are the same.
 */
export const indexChanges = pgTable("index_changes", { transaction: bigint({ mode: "number" }).primaryKey() });

export const ingestionFailures = pgTable(
  "ingestion_failures",
  {
    source: text().notNull(),
    key: text().notNull(),
    code: text().notNull(),
    reason: text().notNull(),
    at: instant("at").notNull(),
    /** Of the item as it failed: as long as it stays so, it is not tried again by itself. Null: tried again at every reading. */
    fingerprint: text(),
    /** The work that was given up, to be done again on demand; null: the item itself is at fault. */
    work: jsonb(),
    discardedAt: instant("discarded_at"),
  },
  (table) => [primaryKey({ columns: [table.source, table.key] })],
);

/** Counts up with everything that is read or found to have changed: which came first, whatever the clocks say. */
export const ingestionMoments = pgSequence("ingestion_moments");

/** When items were last found to have changed, as a moment: what was read before is not written any more. */
export const itemChanges = pgTable(
  "item_changes",
  {
    source: text().notNull(),
    key: text().notNull(),
    /** Of the item as it was found then; null: it is gone. */
    fingerprint: text(),
    moment: bigint({ mode: "number" }).notNull().default(0),
    at: timestamp("at", { withTimezone: true, mode: "date", precision: 6 }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.source, table.key] }), index("item_changes_at").on(table.at)],
);

/** Work of which there must be one doer among several processes, such as following Odoo. */
export const leases = pgTable("leases", {
  name: text().primaryKey(),
  holder: text().notNull(),
  until: instant("until").notNull(),
});

/** `json`, not `jsonb`: the body comes back exactly as it was hashed. */
export const policySnapshots = pgTable(
  "policy_snapshots",
  {
    epoch: text().primaryKey(),
    source: text().notNull().default(""),
    takenAt: instant("taken_at").notNull(),
    /** When the source last said that this is still the policy, and that what is held of its records is as it says; null where nothing follows it. */
    confirmedAt: instant("confirmed_at"),
    /** Counts up with every save: the newest is what was saved last. */
    saved: bigserial({ mode: "number" }).notNull(),
    body: json().notNull(),
  },
  (table) => [index("policy_snapshots_saved").on(table.saved)],
);

export const apiKeys = pgTable("api_keys", {
  id: text().primaryKey(),
  hash: text().notNull().unique("api_keys_hash"),
  login: text().notNull(),
  label: text().notNull(),
  createdAt: instant("created_at").notNull(),
  revokedAt: instant("revoked_at"),
});

export const auditEntries = pgTable(
  "audit_entries",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    at: instant("at").notNull(),
    action: text().notNull(),
    login: text().notNull(),
    via: text().notNull(),
    epoch: text().notNull(),
    filterHash: text("filter_hash").notNull(),
    outcome: text().notNull(),
    documentIds: jsonb("document_ids")
      .notNull()
      .default(sql`'[]'::jsonb`),
    requestId: text("request_id").notNull(),
    /** What access was decided by, for replay; null where nothing was asked of the documents. */
    proof: json(),
  },
  (table) => [
    index("audit_entries_at").on(table.at),
    index("audit_entries_request").on(table.requestId),
    index("audit_entries_epoch").on(table.epoch),
  ],
);

export const settings = pgTable("settings", {
  name: text().primaryKey(),
  value: text().notNull(),
});
