import type { Document } from "../../infra/document.ts";
import type { AccessAttributes } from "../../permissions/access-attributes.ts";
import type { AccessFilter } from "../../permissions/access-filter.ts";
import type { FieldDescription, PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { openReader, type Reader } from "../../retrieval/reader.ts";

const MODEL = "invented.chunk";
const READER = "reader";
const TOPICS = 1_000;
const LOTS = 10_000;
const CHUNKS_OF_A_DOCUMENT = 50;
const VOCABULARY = 200_000;
/** Where the seeds of questions begin: beyond those of chunks. */
const QUESTIONS = 1_000_000_000;
/** How far vectors of a topic lie from its middle: about as far as sentences about one thing do. */
const SPREAD = 0.7;

/**
 * Chunks whose vectors gather around topics. Each has a topic, and a lot that has nothing to do with it, as its access attributes: ten lots
 * to a topic, 10,000 distinct sets of attributes.
 */
export interface InventedChunks {
  readonly count: number;
  readonly dimensions: number;
  vector(chunk: number): Float32Array;
  topic(chunk: number): number;
  lot(chunk: number): number;
  /** Questions lie as chunks do. */
  question(position: number): Float32Array;
  /** Two words that about a tenth of the chunks hold and three that are rarer; needs chunks of words. */
  questionText(position: number): string;
  documents(): Iterable<{ readonly document: Document; readonly vectors: ReadonlyMap<string, Float32Array> }>;
}

/** The same for the same numbers. `words` more in each chunk, of a vocabulary whose frequencies fall by rank. */
export function inventedChunks(count: number, dimensions: number, words = 0): InventedChunks {
  const random = randomNumbers(count * 31 + dimensions);
  const centres = Array.from({ length: TOPICS }, () => normal(dimensions, random));
  const lots = shuffled(LOTS, random);
  const topics = Int32Array.from({ length: count }, () => Math.floor(random() * TOPICS));
  const lotOfChunk = Int32Array.from(topics, (topic) => lots[topic * (LOTS / TOPICS) + Math.floor(random() * 10)] ?? 0);
  const near = (topic: number) =>
    unit(add(centres[topic] ?? new Float32Array(dimensions), normal(dimensions, random), SPREAD));
  const vectors = Array.from(topics, near);
  const vector = (chunk: number) => vectors[chunk] ?? new Float32Array(dimensions);
  const chunks: InventedChunks = {
    count,
    dimensions,
    vector,
    topic: (chunk) => topics[chunk] ?? 0,
    lot: (chunk) => lotOfChunk[chunk] ?? 0,
    questionText(position) {
      const draw = randomNumbers(QUESTIONS + position);
      return [100, 300, 1_000, 10_000, VOCABULARY].map((among) => word(Math.floor(draw() * among))).join(" ");
    },
    question: () => near(Math.floor(random() * TOPICS)),
    *documents() {
      for (let from = 0; from < count; from += CHUNKS_OF_A_DOCUMENT) {
        const numbers = Array.from({ length: Math.min(CHUNKS_OF_A_DOCUMENT, count - from) }, (_, each) => from + each);
        yield {
          document: documentOf(from, numbers, chunks, words),
          vectors: new Map(numbers.map((number) => [String(number), vector(number)])),
        };
      }
    },
  };
  return chunks;
}

/** What share of the chunks a reader may read, and how it is cut out. */
export interface Shape {
  readonly name: string;
  /** The record rule that cuts it out. */
  readonly domain: string;
  admits(topic: number, lot: number): boolean;
}

export function shapesOf(share: number): readonly Shape[] {
  const [topics, lots] = [Math.round(TOPICS * share), Math.round(LOTS * share)];
  const [someTopics, someLots] = [Math.round(TOPICS * Math.sqrt(share)), Math.round(LOTS * Math.sqrt(share))];
  return [
    { name: "random", domain: `[('lot', '<', ${lots})]`, admits: (_, lot) => lot < lots },
    { name: "clustered", domain: `[('topic', '<', ${topics})]`, admits: (topic) => topic < topics },
    {
      name: "both",
      domain: `[('topic', '<', ${someTopics}), ('lot', '<', ${someLots})]`,
      admits: (topic, lot) => topic < someTopics && lot < someLots,
    },
  ];
}

/** What one reader may read of the invented chunks under a rule, planned as for any reader. */
export function inventedFilter(domain: string): AccessFilter {
  return inventedReader(domain).filter;
}

/** The attributes that decide who may read a chunk. */
export function inventedAccess(chunks: InventedChunks, chunk: number): AccessAttributes {
  return { model: [MODEL], requires: [], topic: [chunks.topic(chunk)], lot: [chunks.lot(chunk)] };
}

/** Who may read what the domain, as the one record rule, lets through. */
export function inventedReader(domain: string): Reader {
  const number: FieldDescription = { type: "integer", label: "" };
  const fields = { topic: number, lot: number };
  const policy: PolicySnapshot = {
    epoch: domain,
    takenAt: "2026-11-20T08:00:00.000Z",
    source: "invented",
    groups: [],
    users: [
      { id: 1, login: READER, name: "", active: true, partnerId: 1, groupIds: [], companyId: 1, companyIds: [1] },
    ],
    companies: [{ id: 1, externalId: "base.main_company", name: "", parentId: null, currency: "USD" }],
    modelAccess: [{ model: MODEL, groupId: null }],
    recordRules: [{ id: 1, name: "share", model: MODEL, groupIds: [], domain }],
    models: { [MODEL]: { model: MODEL, label: "", fields, inherits: {}, parentField: "parent_id" } },
    ingestedModels: [MODEL],
    mirror: {},
  };
  return openReader(READER, policy);
}

function documentOf(from: number, numbers: readonly number[], chunks: InventedChunks, words: number): Document {
  return {
    id: `d${from}`,
    source: "folder:benchmark",
    key: `d${from}`,
    kind: "note",
    title: "",
    model: MODEL,
    recordId: null,
    url: null,
    contentHash: `d${from}`,
    metadata: {},
    parts: numbers.map((number) => {
      const text = `lot${chunks.lot(number)} topic${chunks.topic(number)}${wordsOf(number, words)}`;
      return {
        key: String(number),
        text,
        facts: [],
        access: inventedAccess(chunks, number),
        chunks: [{ id: String(number), start: 0, end: text.length, page: null, headings: [], text }],
      };
    }),
  };
}

/** By Zipf's law: the chance of a rank is about one in the rank. */
function wordsOf(chunk: number, words: number): string {
  const draw = randomNumbers(chunk);
  return Array.from({ length: words }, () => ` ${word(Math.floor(VOCABULARY ** draw()))}`).join("");
}

/** With a digit, so that no stemmer touches it. */
function word(rank: number): string {
  return `w${rank.toString(36)}0`;
}

/** Mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function shuffled(length: number, random: () => number): number[] {
  const numbers = Array.from({ length }, (_, position) => position);
  for (let last = length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [numbers[last], numbers[other]] = [numbers[other] ?? 0, numbers[last] ?? 0];
  }
  return numbers;
}

/** Of length one, in a direction by chance. */
function normal(dimensions: number, random: () => number): Float32Array {
  return unit(
    Float32Array.from(
      { length: dimensions },
      () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
    ),
  );
}

function add(left: Float32Array, right: Float32Array, weight: number): Float32Array {
  return left.map((value, position) => value + weight * (right[position] ?? 0));
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
