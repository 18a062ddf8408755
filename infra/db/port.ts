import type { AccessFilter } from "../../permissions/access-filter.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import type { ChunkVectors, Document, Fact } from "../document.ts";

/** What a reader may see of a document's head, beside its chunks or parts. */
export interface DocumentHead extends Omit<Document, "id" | "contentHash" | "parts"> {
  readonly documentId: string;
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

export interface IngestedDocuments {
  /** Keys and content hashes of all that the source has written. */
  states(source: string): Promise<ReadonlyMap<string, IngestedState>>;
  /** Replaces documents whole, in one transaction each: head, parts, chunks, vectors, access, and the removal of an earlier failure. */
  write(document: Document, vectors: ChunkVectors): Promise<void>;
  /** With their failures: what is gone has nothing to be mended. */
  remove(source: string, keys: readonly string[]): Promise<void>;
  /** Records why a document is not there; what was ingested of it before stays removed or kept as `keepEarlier` says. */
  fail(failure: IngestionFailure, options: { readonly keepEarlier: boolean }): Promise<void>;
  failures(source?: string): Promise<readonly IngestionFailure[]>;
  /** Vectors already stored for these chunk ids: unchanged text is not embedded again. */
  vectors(chunkIds: readonly string[]): Promise<ChunkVectors>;
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

/** The newest whole policy snapshot; older epochs are kept for the audit trail. */
export interface PolicyStore {
  save(snapshot: PolicySnapshot): Promise<void>;
  latest(): Promise<PolicySnapshot | null>;
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
  readonly action: "search" | "answer" | "rationale" | "read-document" | "sign-in" | "key-created" | "key-revoked";
  readonly login: string;
  /** How identity was established: `api-key`, `sample-login`, `operator`. */
  readonly via: string;
  readonly epoch: string;
  readonly filterHash: string;
  readonly outcome: string;
  readonly documentIds: readonly string[];
  readonly requestId: string;
}

export interface AuditLog {
  append(entry: AuditEntry): Promise<void>;
  recent(limit: number): Promise<readonly AuditEntry[]>;
}

/** State of the corpus as a whole, such as which embedder made the vectors or which recording was ingested last. */
export interface SettingsStore {
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
}

export interface Database {
  readonly readable: ReadableDocuments;
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
