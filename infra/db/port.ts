import type { AccessAttributes } from "../../permissions/access-attributes.ts";
import type { AccessFilter } from "../../permissions/access-filter.ts";
import type { AccessProof } from "../../permissions/access-proof.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import type { Document, Fact, FileOrigin } from "../document.ts";
import type { ChunkTokens } from "./chunk-tokens.ts";
import type { ChunkVectorStore } from "./chunk-vector-store.ts";
import type { ReadableVocabulary } from "./readable-vocabulary.ts";
import type { VectorSpaces } from "./vector-spaces.ts";

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
  /** Present where it was asked for. */
  readonly context?: ChunkContext;
}

/** What comes with a chunk: the chunks right before and after it, or the innermost section that holds more than the chunk. */
export type ChunkContextKind = "neighbours" | "section";

/** A span of the chunk's own part that holds the chunk: `text` is the part's text from `start` to `end`, UTF-16 units, of bounded length. */
export interface ChunkContext {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Of the section, outermost first; of the chunk where neighbours were asked for. */
  readonly headings: readonly string[];
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
  /** In the order of the ids; unreadable and unknown ones are left out. With `context`, each with what stands around it in its own part. */
  chunks(
    chunkIds: readonly string[],
    filter: AccessFilter,
    signal?: AbortSignal,
    context?: ChunkContextKind,
  ): Promise<readonly ReadableChunk[]>;
  /** Ordered by document key, then part. */
  parts(selection: PartSelection, filter: AccessFilter, signal?: AbortSignal): Promise<readonly ReadablePart[]>;
  /** The files, of those of which the reader may read some part, that say that they supersede one of these versions. */
  superseding?(
    versions: readonly string[],
    filter: AccessFilter,
    signal?: AbortSignal,
  ): Promise<readonly DocumentHead[]>;
  /** Whether some chunk that the filter admits has no vector yet, and is found by its words alone; what was written just now may be missed. */
  lacksVectors?(filter: AccessFilter, signal?: AbortSignal): Promise<boolean>;
  /** Why less than the reader may read has been given so far, in a sentence for the reader; null or absent: nothing was withheld. */
  degraded?(): string | null;
}

/** Items of a source: all, these by key with what is attached to them (`<key>#…`), or a model's records of which the ids lie in a window. */
export type SourceScope =
  | "all"
  | { readonly keys: readonly string[] }
  | {
      readonly model: string;
      /** Ids above this one. */
      readonly idAfter: number;
      /** Ids up to and including this one; null: all above. */
      readonly idUpTo: number | null;
    };

export interface IngestedState {
  readonly contentHash: string;
}

export interface IngestionFailure {
  readonly source: string;
  /** Of an item, of something attached to it, or of work that was given up. */
  readonly key: string;
  readonly code: string;
  readonly reason: string;
  readonly at: string;
}

/** A failure with what is needed to try it again. */
export interface NewFailure extends IngestionFailure {
  /** Of the item as it failed: as long as it stays so, it is not tried again by itself. Null: tried again at every reading. */
  readonly fingerprint: string | null;
  /** The work that was given up, in the words of whoever did it; null: the item itself is at fault. */
  readonly work: unknown;
}

/** An item as it was found; without a fingerprint, it is gone. */
export interface FoundItem {
  readonly key: string;
  readonly fingerprint: string | null;
}

/** What a document that is held came to, of which the file has the same bytes. Nothing of its record, and nothing of who may read it. */
export interface FileTwin {
  readonly text: string;
  readonly spans: ReadablePart["spans"];
  /** Those that the file itself states. */
  readonly facts: readonly Fact[];
  readonly origin: FileOrigin;
}

/** Who may read each part of a document. */
export interface DocumentAccess {
  readonly key: string;
  readonly parts: readonly { readonly key: string; readonly access: AccessAttributes }[];
}

export interface IngestedDocuments {
  /** Keys and content hashes of what the source has written. */
  states(source: string, scope?: SourceScope): Promise<ReadonlyMap<string, IngestedState>>;
  /** The models of which the source has written documents. */
  models(source: string): Promise<readonly string[]>;
  /** A moment later than all before it, in all processes: what is read from now on is newer. */
  moment(): Promise<number>;
  /**
   * Notes that these items have changed, as found by reading them after the moment: what was read before it is not written any more. Returns
   * the keys of those of which that was not known. Nothing that was read before is written after this has returned.
   */
  noteChanged(source: string, items: readonly FoundItem[], moment: number): Promise<ReadonlySet<string>>;
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
  /**
   * Replaces documents whole, all in one transaction: head, parts, chunks, access, and the removal of an earlier failure. Chunks that stay the
   * same keep their vectors. Documents of items that have changed since the moment `readAt` are passed over. Returns the ids of those written.
   */
  write(documents: readonly Document[], readAt?: number): Promise<ReadonlySet<string>>;
  /** What is held of a file by its `FileOrigin.key`, whoever may read it: only for who has the bytes. Null: nothing. */
  twin(fileKey: string): Promise<FileTwin | null>;
  /** With their failures: what is gone has nothing to be mended. */
  remove(source: string, keys: readonly string[]): Promise<void>;
  /** Records why a document is not there; what was ingested of it before stays removed or kept as `keepEarlier` says. */
  fail(failure: NewFailure, options: { readonly keepEarlier: boolean }): Promise<void>;
  /** Those that were not discarded, by source, then key. */
  failures(source?: string): Promise<readonly IngestionFailure[]>;
  /** The fingerprints with which items have failed, discarded ones included, by key. */
  failed(source: string, scope?: SourceScope): Promise<ReadonlyMap<string, string | null>>;
  /** Forgets the failure, so that the item is tried again; returns the work that was given up. Null: there is no such failure. */
  takeFailure(source: string, key: string): Promise<{ readonly work: unknown } | null>;
  /** Hides a failure until the item changes. False: there is no such failure. */
  discardFailure(source: string, key: string): Promise<boolean>;
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

/** A piece of work as a queue holds it. */
export interface QueuedJob {
  readonly queue: string;
  readonly id: string;
  readonly data: unknown;
  readonly priority: number;
  /** How often it failed before. */
  readonly failures: number;
}

export interface NewJob {
  /** While a job with this key waits, another is not queued. */
  readonly key: string;
  readonly data: object;
  /** Higher first; 0 unless stated. */
  readonly priority?: number;
}

/** How a queue stands. `units` are what its jobs state as their `size`. */
export interface QueueProgress {
  readonly queue: string;
  readonly waiting: number;
  readonly active: number;
  readonly unitsLeft: number;
  /** Done within the last minute. */
  readonly unitsPerMinute: number;
}

/**
 * Queues of work that survive the process, shared by all processes of the database. A job whose process dies is done again by another.
 * Errors: `database`.
 */
export interface JobQueues {
  send(queue: string, jobs: readonly NewJob[]): Promise<void>;
  /** The most urgent job that is due, now this process's until it is finished, given back or failed; null when none waits. */
  take(queue: string): Promise<QueuedJob | null>;
  finish(job: QueuedJob, output?: object): Promise<void>;
  /** Puts the job back as if it had never been taken. */
  giveBack(job: QueuedJob): Promise<void>;
  /** Tried again after a pause that doubles; after the last attempt it is given up, and `givenUp` tells it. */
  fail(job: QueuedJob, reason: { readonly code: string; readonly reason: string }): Promise<void>;
  /** Jobs that were given up since this was asked last, with why: whoever asks takes care of them. */
  givenUp(): Promise<readonly (QueuedJob & { readonly code: string; readonly reason: string })[]>;
  /** Says that these are still being worked on; whoever does not say so for half a minute has lost its jobs. */
  touch(jobs: readonly QueuedJob[]): Promise<void>;
  progress(): Promise<readonly QueueProgress[]>;
  /** The sums of the numbers in the outputs of the finished jobs whose data state this run, by the source in their data. */
  outputs(run: string): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>>;
  close(): Promise<void>;
}

/** Work of which there is one doer among all processes of the database. */
export interface Lease {
  /** Takes the lease or keeps it for the next seconds; false while another holds it. */
  hold(): Promise<boolean>;
  /** Lets the next one have it at once. */
  release(): Promise<void>;
}

export interface Database {
  /** Names what searches find; null while that cannot be said. See `index-version.ts`. Errors: `database`. */
  readonly indexVersion: () => Promise<string | null>;
  /** What this reader's searches can be narrowed to. Errors: `database`. */
  readonly vocabulary: (filter: AccessFilter) => Promise<ReadableVocabulary>;
  readonly readable: ReadableDocuments;
  readonly inspection: DocumentInspection;
  readonly ingested: IngestedDocuments;
  readonly tokens: ChunkTokens;
  readonly vectors: ChunkVectorStore;
  readonly vectorSpaces: VectorSpaces;
  readonly policies: PolicyStore;
  readonly apiKeys: ApiKeyStore;
  readonly audit: AuditLog;
  readonly settings: SettingsStore;
  /** Opens the queues of these names; each process once. `onFault` is told of faults of their upkeep, which goes on. */
  openQueues(names: readonly string[], onFault: (error: Error) => void): Promise<JobQueues>;
  lease(name: string): Lease;
  /** Best called after a large ingestion: statistics, unused access sets, the vector graph. No answer's rightness depends on it. */
  maintain(): Promise<void>;
  /** Answers within the deadline or throws `database`: what `/readyz` asks. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
