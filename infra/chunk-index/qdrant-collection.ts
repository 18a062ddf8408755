import type { Schemas } from "@qdrant/js-client-rest";

import type { VectorSpace, VectorSpaces } from "../db/vector-spaces.ts";
import { GroundworkError } from "../errors.ts";
import type { ChunkCopy } from "./chunk-copy.ts";
import type { Qdrant } from "./qdrant-client.ts";

export type Quantization = "none" | "scalar" | "binary";

export interface QdrantCollection {
  /** An alias; the collection behind it is replaced by a rebuild. */
  readonly name: string;
  /** Of the database that it copies: a collection of another is neither searched nor touched. */
  readonly owner: string;
  /** Whose vectors it holds. */
  readonly spaces: Pick<VectorSpaces, "inUse" | "searched">;
  readonly quantization: Quantization;
  readonly shards: number;
  readonly replicas: number;
}

type CollectionOwner = Pick<QdrantCollection, "name" | "owner">;

export const SPARSE = "terms";
/** Of how points are laid out (`qdrant-points.ts`); another number makes the collection unfit, until it is rebuilt. */
const LAYOUT = 5;
const SLOW_MS = 60_000;
/** Qdrant's own bound, by the number of processors, left a million chunks in five segments, each of which is walked for every question. */
const LARGEST_SEGMENT_KB = 5_000_000;

/** Each space's vectors have a name of their own, so that none is ever compared with another's. */
export function denseName(space: number): string {
  return `text-${space}`;
}

type FieldSchema = NonNullable<Schemas["CreateFieldIndex"]["field_schema"]>;

/**
 * Every attribute that a filter may name is indexed; strict mode refuses any other. Graph links for one document's few chunks would
 * cost time and gain nothing.
 */
const FIELDS: Readonly<Record<string, FieldSchema>> = {
  access_id: { type: "integer", lookup: true, range: false },
  document_id: { type: "keyword", enable_hnsw: false },
  model: { type: "keyword" },
  source: { type: "keyword" },
  kind: { type: "keyword" },
  labels: { type: "keyword", enable_hnsw: false },
  record_id: { type: "integer", lookup: true, range: false, enable_hnsw: false },
  samples: { type: "integer", lookup: true, range: false, enable_hnsw: false },
  "days[].day": { type: "integer", lookup: false, range: true, enable_hnsw: false },
  "days[].access_id": { type: "integer", lookup: true, range: false, enable_hnsw: false },
};

/** The collection behind the alias, or null. Errors: `index`. */
export async function aliasedCollection(qdrant: Qdrant, alias: string): Promise<string | null> {
  const { aliases } = await qdrant.request((api, init) => api.getCollectionsAliases({}, init));
  return aliases.find((each) => each.alias_name === alias)?.collection_name ?? null;
}

/** See `ChunkCopy.fitness`. Errors: as `ownCollection`, `database`. */
export async function fitness(qdrant: Qdrant, collection: QdrantCollection): ReturnType<ChunkCopy["fitness"]> {
  const metadata = (await ownCollection(qdrant, collection))?.config.metadata;
  const held: unknown = metadata?.["spaces"];
  if (metadata?.["layout"] !== LAYOUT || !Array.isArray(held)) return "unusable";
  const [used, searched] = await Promise.all([collection.spaces.inUse(), collection.spaces.searched()]);
  if (used.every(({ id }) => held.includes(id))) return "whole";
  return searched === null || held.includes(searched.id) ? "searchable" : "unusable";
}

/** What the alias stands for; null when for nothing. Errors: `index`; `configuration` when it was made for another database. */
export async function ownCollection(
  qdrant: Qdrant,
  { name, owner }: CollectionOwner,
): Promise<Schemas["CollectionInfo"] | null> {
  if ((await aliasedCollection(qdrant, name)) === null) return null;
  const described = await describeCollection(qdrant, name);
  if (described.config.metadata?.["owner"] === owner) return described;
  throw new GroundworkError(
    "configuration",
    `The Qdrant collection ${name} belongs to another database; set QDRANT_COLLECTION to a name of its own.`,
  );
}

async function describeCollection(qdrant: Qdrant, name: string): Promise<Schemas["CollectionInfo"]> {
  return qdrant.request((api, init) => api.getCollection({ collection_name: name }, init));
}

/** Makes an empty collection of its own name, which nothing finds yet, and returns that name. */
export async function createCollection(
  qdrant: Qdrant,
  collection: QdrantCollection,
  spaces: readonly VectorSpace[],
): Promise<string> {
  const name = `${collection.name}-${Date.now().toString(36)}`;
  await qdrant.request(
    (api, init) => api.createCollection({ collection_name: name, ...definition(collection, spaces) }, init),
    { timeoutMs: SLOW_MS },
  );
  for (const [field_name, field_schema] of Object.entries(FIELDS)) {
    await qdrant.request(
      (api, init) => api.createFieldIndex({ collection_name: name, wait: true, field_name, field_schema }, init),
      { timeoutMs: SLOW_MS },
    );
  }
  return name;
}

/** Moves the alias in one step, so that every search sees one whole collection, and drops all others that were made for it. */
export async function switchAlias(qdrant: Qdrant, owner: CollectionOwner, collection_name: string): Promise<void> {
  const alias = owner.name;
  const before = await aliasedCollection(qdrant, alias);
  const actions: Schemas["AliasOperations"][] = [
    ...(before === null ? [] : [{ delete_alias: { alias_name: alias } }]),
    { create_alias: { alias_name: alias, collection_name } },
  ];
  await qdrant.request((api, init) => api.updateAliases({ actions }, init), { timeoutMs: SLOW_MS });
  await dropCollections(qdrant, owner, collection_name);
}

/** Drops the collections made for the alias, except that one: what a rebuild replaced, and what broken-off rebuilds left. */
export async function dropCollections(
  qdrant: Qdrant,
  { name: alias, owner }: CollectionOwner,
  except: string | null,
): Promise<void> {
  const { collections } = await qdrant.request((api, init) => api.getCollections({}, init));
  const made = new RegExp(`^${alias.replaceAll(/[^\w]/g, "\\$&")}-[0-9a-z]{8,9}$`);
  for (const { name } of collections) {
    if (name === except || !made.test(name)) continue;
    if ((await describeCollection(qdrant, name)).config.metadata?.["owner"] !== owner) continue;
    await qdrant.request((api, init) => api.deleteCollection({ collection_name: name }, init), { timeoutMs: SLOW_MS });
  }
}

function definition(
  { owner, quantization, shards, replicas }: QdrantCollection,
  spaces: readonly VectorSpace[],
): Schemas["CreateCollection"] {
  return {
    vectors: Object.fromEntries(
      spaces.map(({ id, dimensions }) => [denseName(id), { size: dimensions, distance: "Cosine" as const }]),
    ),
    // Weights by document frequency are put on at query time, over the readable points only (`qdrant-query.ts`).
    sparse_vectors: { [SPARSE]: { modifier: "idf" } },
    shard_number: shards,
    replication_factor: replicas,
    write_consistency_factor: Math.floor(replicas / 2) + 1,
    quantization_config: QUANTIZATIONS[quantization],
    optimizers_config: { max_segment_size: LARGEST_SEGMENT_KB },
    strict_mode_config: {
      enabled: true,
      unindexed_filtering_retrieve: false,
      unindexed_filtering_update: false,
      max_query_limit: 10_000,
      search_max_hnsw_ef: 1_024,
      search_allow_exact: true,
      upsert_max_batchsize: 1_000,
    },
    metadata: { owner, layout: LAYOUT, spaces: spaces.map(({ id }) => id) },
  };
}

const QUANTIZATIONS: Readonly<Record<Quantization, Schemas["QuantizationConfig"] | null>> = {
  none: null,
  scalar: { scalar: { type: "int8", quantile: 0.99, always_ram: true } },
  binary: { binary: { always_ram: true } },
};
