import { randomUUID } from "node:crypto";
import { serve } from "../../api/serve.ts";
import { SampleSessions } from "../../api/sample-sessions.ts";
import type { Ingestion } from "../../ingest/ingestion.ts";
import type { Services } from "../../api/services.ts";
import type {
  ApiKeyStore,
  AuditEntry,
  AuditLog,
  Database,
  InspectedDocument,
  PolicyStore,
  ProvenEntry,
  ReadableChunk,
  ReadablePart,
} from "../../infra/db/port.ts";
import { readConfig } from "../../infra/config.ts";
import type { Embedder } from "../../infra/models/port.ts";
import type { AccessAttributes } from "../../permissions/access-attributes.ts";
import { documentAttributes } from "../../permissions/document-access.ts";
import { evaluateAccess } from "../../permissions/evaluate-access.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { inventedPolicy } from "../permissions/invented-policy.ts";
import { silentLog } from "../support/silent-log.ts";
import { idleWork } from "../support/idle-work.ts";
import { oneEmbedder } from "../support/one-embedder.ts";

export const OPERATOR_KEY = "operator-key-of-this-run";
export const SENTENCE = "4.3 Above 25,000 USD the finance director approves the order as well.";

/** A document of one chunk, read by the buyer group. */
export const POLICY_DOCUMENT = "document-approval-policy";

export interface StandIn {
  readonly services: Services;
  readonly audited: readonly AuditEntry[];
  /** The same with their proofs. */
  readonly proven: readonly ProvenEntry[];
  readonly apiKeys: ApiKeyStore;
}

/** What a test may replace. */
export interface Bends {
  readonly policy?: PolicySnapshot | null;
  /** Sample logins are on unless false. */
  readonly sample?: boolean;
  readonly embed?: Embedder["embed"];
  readonly database?: Partial<Omit<Database, "policies" | "audit">> & {
    readonly policies?: Partial<PolicyStore>;
    readonly audit?: Partial<AuditLog>;
  };
  readonly services?: Partial<Services>;
}

/** Everything behind the API, in memory: an invented policy, one document that buyers read, and real permission filters. */
export function standIn(bends: Bends = {}): StandIn {
  const policy = bends.policy === undefined ? withSampleLogin(inventedPolicy()) : bends.policy;
  const audited: AuditEntry[] = [];
  const proven: ProvenEntry[] = [];
  const apiKeys = keysInMemory();
  const access = documentAttributes({ groups: ["purchase.buyer"] }, inventedPolicy());
  const services: Services = {
    config: readConfig({}),
    log: silentLog,
    database: {
      readable: readableInMemory(access),
      inspection: inspectionInMemory(access),
      indexVersion: async () => null,
      vocabulary: async (filter) =>
        evaluateAccess(filter, access)
          ? { sources: ["folder:policies"], models: ["file"], kinds: ["policy"] }
          : { sources: [], models: [], kinds: [] },
      ingested: { counts: async () => [], failures: async () => [] } as unknown as Database["ingested"],
      tokens: { of: async () => new Map() } as unknown as Database["tokens"],
      vectors: {} as unknown as Database["vectors"],
      vectorSpaces: {} as unknown as Database["vectorSpaces"],
      apiKeys,
      settings: { get: async () => null, set: async () => {} },
      openQueues: () => Promise.reject(new Error("The stand-in has no queues.")),
      lease: () => ({ hold: async () => false, release: async () => {} }),
      maintain: async () => {},
      ping: async () => {},
      close: async () => {},
      ...bends.database,
      policies: {
        save: async () => {},
        confirm: async () => {},
        confirmedAt: async () => null,
        latest: async () => policy,
        at: async (epoch) => (policy?.epoch === epoch ? policy : null),
        ...bends.database?.policies,
      },
      audit: {
        append: async (entry, proof) => {
          audited.push(entry);
          proven.push({ entry, proof: proof ?? null });
        },
        recent: async () => audited,
        ofRequest: async (requestId) => proven.filter(({ entry }) => entry.requestId === requestId),
        ...bends.database?.audit,
      },
    },
    index: { search: async () => ({ keyword: [{ chunkId: "chunk-1", score: 3 }], vector: [] }) },
    embedders: oneEmbedder({
      id: "stand-in",
      dimensions: 2,
      likeness: { unrelated: 0.15, same: 0.75 },
      embed: bends.embed ?? sameForAll,
      close: async () => {},
    }),
    languageModel: null,
    reranker: null,
    rankings: { recall: async () => null },
    liveRecheck: null,
    sessions: bends.sample === false ? null : new SampleSessions(),
    operatorKey: OPERATOR_KEY,
    ingestion: idleIngestion,
    ...bends.services,
  };
  return { services, audited, proven, apiKeys };
}

export interface StandInServer extends StandIn, AsyncDisposable {
  readonly url: string;
  /** Sends a request; a body that is not text is sent as JSON. */
  call(method: string, path: string, options?: CallOptions): Promise<Response>;
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Asks as this login with the operator's key. */
  readonly as?: string;
}

/** Brings nothing in. */
export const idleIngestion: Ingestion = {
  synchronise: async () => [],
  start: () => ({ firstReading: Promise.resolve([]), ended: Promise.resolve() }),
  lookNow: () => {},
  pause: async () => {},
  resume: async () => {},
  retry: async () => 0,
  discard: async () => 0,
  status: async () => ({ counts: [], work: idleWork, failures: [], unreadable: [], policy: null, coverage: null }),
  [Symbol.asyncDispose]: async () => {},
};

/** The application over the stand-in, behind a real listener. */
export async function startStandIn(bends: Bends = {}): Promise<StandInServer> {
  const stand = standIn(bends);
  const server = await serve(stand.services, "127.0.0.1", 0);
  return {
    ...stand,
    url: server.url,
    call: (method, path, options = {}) => send(server.url, method, path, options),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function send(
  url: string,
  method: string,
  path: string,
  { headers, body, signal, as }: CallOptions,
): Promise<Response> {
  return fetch(url + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(as === undefined ? {} : { authorization: `Bearer ${OPERATOR_KEY}`, "x-groundwork-as": as }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
}

const sameForAll: Embedder["embed"] = async (texts) => texts.map(() => Float32Array.of(1, 0));

/** One of the invented users under a login that the sample knows. */
function withSampleLogin(policy: PolicySnapshot): PolicySnapshot {
  const [bo, ...others] = policy.users;
  if (bo === undefined) return policy;
  return { ...policy, users: [bo, { ...bo, id: 90, login: "bo.buyer", name: "Bo Lindqvist" }, ...others] };
}

const HEAD = {
  documentId: POLICY_DOCUMENT,
  source: "folder:test",
  key: "approval.md",
  kind: "policy",
  title: "Approval policy",
  model: "file",
  recordId: null,
};
const TEXT_HASH = "hash of the approval policy";

function inspectionInMemory(attributes: AccessAttributes): Database["inspection"] {
  const document: InspectedDocument = { ...HEAD, parts: [{ part: "main", textHash: TEXT_HASH, attributes }] };
  return {
    byId: async (ids) => (ids.includes(POLICY_DOCUMENT) ? [document] : []),
    named: async (reference) => ([HEAD.key, HEAD.title].includes(reference) ? [document] : []),
  };
}

function readableInMemory(attributes: AccessAttributes): Database["readable"] {
  const document = { ...HEAD, url: null, metadata: {} };
  const recheck = { textHash: TEXT_HASH, attributes };
  const span = { start: 0, end: SENTENCE.length, page: 2, headings: ["Approval"] };
  const chunk: ReadableChunk = { chunkId: "chunk-1", document, part: "main", text: SENTENCE, ...span, recheck };
  const part: ReadablePart = { document, part: "main", text: SENTENCE, facts: [], spans: [span], recheck };
  return {
    chunks: async (ids, filter) => (evaluateAccess(filter, attributes) && ids.includes(chunk.chunkId) ? [chunk] : []),
    parts: async ({ documentIds, model }, filter) =>
      evaluateAccess(filter, attributes) && documentIds?.includes(POLICY_DOCUMENT) !== false && model === undefined
        ? [part]
        : [],
  };
}

function keysInMemory(): ApiKeyStore {
  const keys = new Map<string, { id: string; login: string; label: string }>();
  return {
    async create(login, label) {
      const [key, id] = [`gw_${randomUUID()}`, randomUUID()];
      keys.set(key, { id, login, label });
      return { key, id };
    },
    verify: async (key) => keys.get(key)?.login ?? null,
    list: async () => [...keys.values()].map((entry) => ({ ...entry, createdAt: "2026-11-20", revokedAt: null })),
    async revoke(id) {
      const [key] = [...keys].find(([, entry]) => entry.id === id) ?? [];
      return key !== undefined && keys.delete(key);
    },
  };
}
