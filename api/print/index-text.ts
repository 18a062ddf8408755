import type { CopyState } from "../../infra/chunk-index/chunk-copy.ts";
import type { CopyDifferences } from "../../infra/chunk-index/verify-copy.ts";
import type { OutboxLag } from "../../infra/db/chunk-outbox.ts";
import type { VectorsState } from "../../infra/db/index-upkeep.ts";

export interface IndexStatus {
  /** The embedder that is configured. */
  readonly configured: string;
  readonly database: { readonly chunks: number; readonly accessSets: number };
  readonly spaces: readonly VectorsState[];
  readonly lag: OutboxLag;
  /** Null: the database is the index. A sentence: why the index does not answer. */
  readonly copy: CopyState | string | null;
}

export function indexStatusText({ configured, database, spaces, lag, copy }: IndexStatus): string {
  return [
    `Database: ${database.chunks} chunks, ${database.accessSets} sets of access attributes`,
    ...spaces
      .filter(({ vectors, isSearched, embedder }) => vectors > 0 || isSearched || embedder === configured)
      .map((space) => spaceText(space, configured, database.chunks)),
    ...(copy === null ? ["Index: the database"] : [copyText(copy), lagText(lag)]),
  ].join("\n");
}

const GRAPHS = { none: "compared one by one", whole: "in a graph", broken: "in a broken graph: rebuild" };

function spaceText(space: VectorsState, configured: string, chunks: number): string {
  const { embedder, dimensions, vectors, isSearched, graph } = space;
  const state = isSearched
    ? embedder === configured
      ? ""
      : "; searched until the configured embedder is done"
    : embedder === configured
      ? `; not searched yet: ${Math.max(0, chunks - vectors)} chunks are to be embedded`
      : "; searched no more, removed at the next upkeep";
  return `Embedder: ${embedder}, ${dimensions} dimensions, ${vectors} vectors (${GRAPHS[graph]})${state}`;
}

function copyText(copy: CopyState | string): string {
  if (typeof copy === "string") return `Index: ${copy}`;
  if (copy.collection === null) return "Index: not there yet; it is filled in the background";
  return `Index: Qdrant, ${copy.collection}, ${copy.health}: ${copy.chunks} chunks, ${copy.vectors} vectors`;
}

function lagText({ documents, seconds, failing, failure }: OutboxLag): string {
  if (documents === 0) return "Outbox: empty";
  const refused = failing === 0 ? "" : `; refused: ${failing} (${failure ?? ""})`;
  return `Outbox: ${documents} documents wait, the oldest for ${Math.round(seconds ?? 0)} s${refused}`;
}

type Differences =
  | { readonly faults: number; readonly chunks: number; readonly vectors: number }
  | (CopyDifferences & { readonly waiting: number });

/** What `index verify` says, and whether it may end well. */
export function indexDifferencesText(found: Differences): { readonly text: string; readonly areSame: boolean } {
  if ("faults" in found) {
    const text = `${found.vectors} vectors of ${found.chunks} chunks: ${found.faults === 0 ? "all right" : `${found.faults} under other access than their chunk`}`;
    return { text, areSame: found.faults === 0 };
  }
  const { compared, missing, surplus, otherAccess, vectors, examples, waiting } = found;
  if (missing + surplus + otherAccess === 0 && vectors === 0) {
    return { text: `${compared} chunks: the index is the same as the database`, areSame: true };
  }
  const text = [
    `${compared} chunks: ${missing} missing in the index, ${surplus} surplus, ${otherAccess} under other access; ${vectors} more vectors than the database`,
    `${waiting} documents wait in the outbox; what they changed is among these`,
    ...examples.map((chunkId) => `  ${chunkId}`),
  ].join("\n");
  return { text, areSame: false };
}
