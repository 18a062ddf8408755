import { randomUUID } from "node:crypto";
import type { CopiedDocument } from "../../infra/chunk-index/chunk-copy.ts";
import { openQdrant } from "../../infra/chunk-index/qdrant-client.ts";
import { qdrantCopy } from "../../infra/chunk-index/qdrant-copy.ts";
import { qdrantIndex } from "../../infra/chunk-index/qdrant.ts";
import { termIds } from "../../infra/chunk-index/terms.ts";
import type { Config } from "../../infra/config.ts";
import type { AccessFilter } from "../../permissions/access-filter.ts";

/** A record under the id of its set of access attributes. */
export interface RecordSet {
  readonly model: string;
  readonly id: number;
  readonly set: number;
}

/** Fewer than Qdrant's strict mode gives in one answer. */
const AT_ONCE = 5_000;
const DEADLINE_MS = 60_000;
/** Nothing is searched by vectors. */
const NO_SPACES = { inUse: () => Promise.resolve([]), searched: () => Promise.resolve(null) };

export interface FoundRecords extends AsyncDisposable {
  find(filter: AccessFilter): Promise<readonly RecordSet[]>;
}

/**
 * Every record as a chunk of its own in a Qdrant collection that lives as long as this, found through the very search that readers' questions take:
 * each block of records holds a word of its own, and all of a block are asked for. `allowed` evaluates a filter over the sets.
 */
export async function findInQdrant(
  setting: NonNullable<Config["qdrant"]>,
  records: readonly RecordSet[],
  allowed: (filter: AccessFilter) => Promise<readonly number[]>,
): Promise<FoundRecords> {
  const qdrant = openQdrant({ ...setting, apiKey: setting.apiKey?.reveal() ?? null, timeoutMs: DEADLINE_MS });
  const name = `groundwork-parity-${randomUUID().slice(0, 8)}`;
  const collection = { ...setting, name, owner: name, spaces: NO_SPACES };
  const copy = qdrantCopy(qdrant, collection);
  await copy.rebuild(documentsOf(records));
  const index = qdrantIndex(qdrant, name, async (filter) => ({
    accessIds: await allowed(filter),
    few: true,
    sampleRate: null,
    filled: name,
  }));
  return {
    async find(filter) {
      const found = new Set<string>();
      for (let from = 0; from < records.length; from += AT_ONCE) {
        const { keyword } = await index.search({ text: wordOf(from), vector: null, limit: AT_ONCE }, filter);
        for (const { chunkId } of keyword) found.add(chunkId);
      }
      return records.filter((_, position) => found.has(String(position)));
    },
    [Symbol.asyncDispose]: () => copy.remove(),
  };
}

async function* documentsOf(records: readonly RecordSet[]): AsyncIterable<readonly CopiedDocument[]> {
  for (let from = 0; from < records.length; from += AT_ONCE) {
    const terms = termIds(wordOf(from));
    yield records.slice(from, from + AT_ONCE).map(({ model, set }, each) => ({
      documentId: String(from + each),
      model,
      source: "parity",
      kind: "record",
      labels: [],
      recordId: null,
      days: [],
      chunks: [
        {
          chunkId: String(from + each),
          accessId: set,
          length: 1,
          terms,
          frequencies: terms.map(() => 1),
          vectors: {},
        },
      ],
    }));
  }
}

/** With a digit, so that no stemmer touches it. */
function wordOf(from: number): string {
  return `block${from}`;
}
