import type { AccessAttributes } from "../../permissions/access-attributes.ts";
import type { AccessFilter } from "../../permissions/access-filter.ts";
import type { AccessProof } from "../../permissions/access-proof.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import type { ChunkVectors, Document, Fact } from "../document.ts";
import type { ReadableVocabulary } from "./readable-vocabulary.ts";

/** What a reader may see of a document's head, beside its chunks or parts. */
export interface DocumentHead extends Omit<Document, "id" | "contentHash" | "parts"> {
  readonly documentId: string;
}

/** What the recheck looked at when it let a part through: for the proof of access, never for a reader. */
export interface Recheck {
  /** SHA-256 of the whole part's text, hexadecimal. */
  readonly textHash: string;
  readonly attributes: AccessAttributes;
}

export interface ReadableChunk {
  readonly chunkId: string;
  readonly document: DocumentHead;
  readonly part: string;
  readonly start: number;
  readonly end: number;
  readonly page: number | null;
  readonly headings: readonly string[];
  readonly text: string;
  readonly recheck: Recheck;
}

export interface ReadablePart {
  readonly document: DocumentHead;
  readonly part: string;
  readonly text: string;
  readonly facts: readonly Fact[];
  /** Of the part's chunks, in order: where the pages and sections lie. */
  readonly spans: readonly {
    readonly start: number;
    readonly end: number;
    readonly page: number | null;
    readonly headings: readonly string[];
  }[];
  readonly recheck: Recheck;
}

/** Which documents to read; every stated condition must hold. */
export interface PartSelection {
  readonly documentIds?: readonly string[];
  readonly model?: string;
  readonly recordIds?: readonly number[];
  readonly kind?: string;
  readonly title?: string;
  /** Facts that the document's readable parts state: same name, same value. */
  readonly facts?: readonly { readonly name: string; readonly value: string | number | boolean }[];
  readonly limit: number;
}

/**
 * The only way to text. Every method filters in SQL and then checks each row again with `evaluateAccess` against the newest
 * attributes, so that nothing unreadable leaves it. Not found and not permitted are the same: absent from the result.
 */
export interface ReadableDocuments {
  /** In the order of the ids; unreadable and unknown ones are left out. */
  chunks(chunkIds: readonly string[], filter: AccessFilter, signal?: AbortSignal): Promise<readonly ReadableChunk[]>;
  /** Ordered by document key, then part. */
  parts(selection: PartSelection, filter: AccessFilter, signal?: AbortSignal): Promise<readonly ReadablePart[]>;
  /** Why less than the reader may read has been given so far, in a sentence for the reader; null or absent: nothing was withheld. */
  degraded?(): string | null;
}

export interface IngestedState {
  readonly contentHash: string;
}

export interface IngestionFailure {
  readonly source: string;
  readonly key: string;
  readonly code: string;
  readonly reason: string;
  readonly at: string;
}

/** Who may read each part of a document. */
export interface DocumentAccess {
  readonly key: string;
  readonly parts: readonly { readonly key: string; readonly access: AccessAttributes }[];
}

export interface IngestedDocuments {
  /** Keys and content hashes of all that the source has written; with `keys`, of these items and what is attached to them (`<key>#…`). */
  states(source: string, keys?: readonly string[]): Promise<ReadonlyMap<string, IngestedState>>;
  /**
   * Gives documents the access that their parts have now, before their text is brought up to date: at once, in one transaction. Parts that
   * are not named are removed; documents that are not held are passed over.
   */
  updateAccess(source: string, documents: readonly DocumentAccess[]): Promise<void>;
  /** The records of the source's documents of a model whose access attribute has one of these values. */
  recordsBearing(
    source: string,
    model: string,
    attribute: string,
    values: readonly number[],
  ): Promise<readonly number[]>;
  /** The records of the source's documents that show these lines of theirs. */
  recordsWithLines(source: string, lineModel: string, lineIds: readonly number[]): Promise<readonly number[]>;
  /** Replaces documents whole, in one transaction each: head, parts, chunks, vectors, access, and the removal of an earlier failure. */
  write(document: Document, vectors: ChunkVectors): Promise<void>;
  /** With their failures: what is gone has nothing to be mended. */
  remove(source: string, keys: readonly string[]): Promise<void>;
  /** Records why a document is not there; what was ingested of it before stays removed or kept as `keepEarlier` says. */
  fail(failure: IngestionFailure, options: { readonly keepEarlier: boolean }): Promise<void>;
  failures(source?: string): Promise<readonly IngestionFailure[]>;
  /** Vectors already stored for these chunk ids: unchanged text is not embedded again. */
  vectors(chunkIds: readonly string[]): Promise<ChunkVectors>;
  /** Files that nobody may read because they state no access: by source, then key, the first `limit`. */
  unreadable(limit: number): Promise<readonly { readonly source: string; readonly key: string }[]>;
  /** By source and model; `unreadable` are those of which nobody may read anything because they state no access. */
  counts(): Promise<
    readonly {
      readonly source: string;
      readonly model: string;
      readonly documents: number;
      readonly chunks: number;
      readonly unreadable: number;
    }[]
  >;
}

/** The newest whole policy snapshot; older epochs are kept as long as the audit trail names them, so that its proofs can be replayed. */
export interface PolicyStore {
  /** Makes the snapshot the newest, unless a later one of the same source is known, and forgets epochs that nothing names any more. */
  save(snapshot: PolicySnapshot): Promise<void>;
  /** The source said at this ISO instant that the epoch still holds, and the access of its records is as it was then or newer. */
  confirm(epoch: string, at: string): Promise<void>;
  /** When the source of the newest snapshot last confirmed one; null when never. */
  confirmedAt(): Promise<string | null>;
  latest(): Promise<PolicySnapshot | null>;
  /** The policy of that epoch, or null when it is not kept. */
  at(epoch: string): Promise<PolicySnapshot | null>;
}

export interface ApiKey {
  readonly id: string;
  readonly login: string;
  readonly label: string;
  readonly createdAt: string;
  readonly revokedAt: string | null;
}

/** Keys are 256 random bits, stored as SHA-256: there is nothing to brute-force, and a stolen table opens nothing. */
export interface ApiKeyStore {
  /** Returns the key once; only its hash is stored. */
  create(login: string, label: string): Promise<{ readonly key: string; readonly id: string }>;
  /** The login of a live key, or null. */
  verify(key: string): Promise<string | null>;
  list(): Promise<readonly ApiKey[]>;
  revoke(id: string): Promise<boolean>;
}

/** What happened, for the auditor: who asked, under which policy, which sources were shown. Never document text. */
export interface AuditEntry {
  readonly at: string;
  readonly action:
    | "search"
    | "answer"
    | "rationale"
    | "read-document"
    | "sign-in"
    | "key-created"
    | "key-revoked"
    | "explain-access"
    | "replay-access";
  readonly login: string;
  /** How identity was established: `api-key`, `sample-login`, `operator`. */
  readonly via: string;
  readonly epoch: string;
  readonly filterHash: string;
  readonly outcome: string;
  readonly documentIds: readonly string[];
  readonly requestId: string;
}

/** An audit entry with what access was decided by; null where nothing was asked of the documents. */
export interface ProvenEntry {
  readonly entry: AuditEntry;
  readonly proof: AccessProof | null;
}

export interface AuditLog {
  append(entry: AuditEntry, proof?: AccessProof): Promise<void>;
  recent(limit: number): Promise<readonly AuditEntry[]>;
  /** All entries of one request, oldest first: a stream leaves one for each statement that showed new sources. */
  ofRequest(requestId: string): Promise<readonly ProvenEntry[]>;
}

/** A part as an administrator may inspect it: what decides who reads it, never what it says. */
export interface InspectedPart {
  readonly part: string;
  readonly textHash: string;
  readonly attributes: AccessAttributes;
}

export interface InspectedDocument {
  readonly documentId: string;
  readonly source: string;
  readonly key: string;
  readonly kind: string;
  readonly title: string;
  readonly model: string;
  readonly recordId: number | null;
  readonly parts: readonly InspectedPart[];
}

/** For the operator alone, past every filter: access attributes, hashes and titles, never text nor facts. */
export interface DocumentInspection {
  /** In the order of the ids; unknown ones are left out. */
  byId(documentIds: readonly string[]): Promise<readonly InspectedDocument[]>;
  /**
   * What a person may mean: a document's id or key (`purchase.order/12`, a path); else the end of a path; else a record's name or number;
   * else a title; else a reference. The first of these that finds anything decides. Ordered by key, `limit` at most.
   */
  named(reference: string, limit: number): Promise<readonly InspectedDocument[]>;
}

/** State of the corpus as a whole, such as which embedder made the vectors or which recording was ingested last. */
export interface SettingsStore {
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
}

export interface Database {
  /** Names what searches find; null while that cannot be said. See `index-version.ts`. Errors: `database`. */
  readonly indexVersion: () => Promise<string | null>;
  /** What this reader's searches can be narrowed to. Errors: `database`. */
  readonly vocabulary: (filter: AccessFilter) => Promise<ReadableVocabulary>;
  readonly readable: ReadableDocuments;
  readonly inspection: DocumentInspection;
  readonly ingested: IngestedDocuments;
  readonly policies: PolicyStore;
  readonly apiKeys: ApiKeyStore;
  readonly audit: AuditLog;
  readonly settings: SettingsStore;
  /** Best called after a large ingestion: statistics, unused access sets, the vector graph. No answer's rightness depends on it. */
  maintain(): Promise<void>;
  /** Answers within the deadline or throws `database`: what `/readyz` asks. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
