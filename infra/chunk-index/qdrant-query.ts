import type { Schemas } from "@qdrant/js-client-rest";

import type { ChunkQuery, ChunkSelection } from "./port.ts";
import { denseName, SPARSE } from "./qdrant-collection.ts";
import { dayNumber, unsigned } from "./qdrant-points.ts";
import type { Readable } from "./readable-scope.ts";
import { questionTerms, weightedTermIds } from "./terms.ts";

/** Candidates that the walk through the graph keeps: 400 gave a recall at 10 of .986 at the worst, 800 of .994 in the same time (`npm run bench -- index`). */
const SEARCH_WIDTH = 800;
/** How many more than asked for are looked at again with whole vectors where short ones were compared first. */
const OVERSAMPLING = 3;

type Condition = Extract<NonNullable<Schemas["Filter"]["must"]>, readonly unknown[]>[number];

/**
 * One query for each list, to be sent together. Null where nothing can be found. Each carries the access condition; so do the term
 * statistics, so that what the reader cannot see moves no score; taking these over each of many readable chunks took ten times as long as all
 * else in a search, so a sample of them serves. The selection narrows what is found and not the statistics.
 */
export function qdrantQueries(
  { text, vector, expansion = [], selection, limit }: ChunkQuery,
  readable: Readable,
): { readonly keyword: Schemas["QueryRequest"] | null; readonly vector: Schemas["QueryRequest"] | null } {
  const access: Condition = { key: "access_id", match: { any: [...readable.accessIds] } };
  const narrowing = selectionConditions(selection, access);
  if (limit <= 0 || narrowing === null) return { keyword: null, vector: null };
  const sample: Condition[] =
    readable.sampleRate === null ? [] : [{ key: "samples", match: { value: readable.sampleRate } }];
  const common = { filter: { must: [access, ...narrowing] }, limit, with_payload: ["chunk_id"] };
  const terms = weightedTermIds([...questionTerms(text), ...expansion]);
  return {
    keyword:
      terms.length === 0
        ? null
        : {
            ...common,
            using: SPARSE,
            query: { indices: terms.map(({ id }) => unsigned(id)), values: terms.map(({ weight }) => weight) },
            params: { idf: { corpus: { must: [...sample, access] } } },
          },
    vector:
      vector === null
        ? null
        : {
            ...common,
            using: denseName(vector.space.id),
            query: [...vector.values],
            params: readable.few
              ? { exact: true }
              : {
                  hnsw_ef: Math.max(SEARCH_WIDTH, limit),
                  // Many small sets admitted together are no part of the graph that holds together by itself: over 100,000 vectors of which
                  // half were admitted, recall at 10 was .88 without and .99 with it; a tenth at random, .72 and 1.
                  acorn: { enable: true, max_selectivity: 1 },
                  quantization: { rescore: true, oversampling: OVERSAMPLING },
                },
          },
  };
}

/** Null: nothing can satisfy it. */
function selectionConditions(selection: ChunkSelection = {}, access: Condition): Condition[] | null {
  const { models, sources, kinds, documentIds, labels, records, days } = selection;
  const among = Object.entries({ model: models, source: sources, kind: kinds, document_id: documentIds });
  const conditions: Condition[] = [];
  for (const [key, values] of among) {
    if (values === undefined) continue;
    if (values.length === 0) return null;
    conditions.push({ key, match: { any: [...values] } });
  }
  if (records !== undefined) {
    const wanted = records.filter(({ ids }) => ids.length > 0);
    if (wanted.length === 0) return null;
    conditions.push({ should: wanted.map(isRecord) });
  }
  return [
    ...conditions,
    ...(labels ?? []).map((value) => ({ key: "labels", match: { value } })),
    ...(days === undefined ? [] : [liesIn(days, access)]),
  ];
}

function isRecord({ model, ids }: NonNullable<ChunkSelection["records"]>[number]): Condition {
  return {
    must: [
      { key: "model", match: { value: model } },
      { key: "record_id", match: { any: [...ids] } },
    ],
  };
}

/** The access condition inside is that of the part that states the day: a hidden day must not be found out by narrowing. */
function liesIn({ from, until }: NonNullable<ChunkSelection["days"]>, access: Condition): Condition {
  const range = {
    ...(from === undefined ? {} : { gte: dayNumber(from) }),
    ...(until === undefined ? {} : { lte: dayNumber(until) }),
  };
  return { nested: { key: "days", filter: { must: [{ key: "day", range }, access] } } };
}
