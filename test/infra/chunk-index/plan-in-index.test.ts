import { rmSync } from "node:fs";
import { join } from "node:path";

import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { pgvectorIndex } from "../../../infra/chunk-index/pgvector.ts";
import { sqlAccessFilter } from "../../../infra/chunk-index/sql-access-filter.ts";
import { type Connection, connectEmbedded } from "../../../infra/db/connection.ts";
import { ingestedDocuments } from "../../../infra/db/ingested-documents.ts";
import { execute, joinSql, sql } from "../../../infra/db/sql.ts";
import type { AccessAttributes } from "../../../permissions/access-attributes.ts";
import type { AccessFilter } from "../../../permissions/access-filter.ts";
import { evaluateAccess } from "../../../permissions/evaluate-access.ts";
import { describeCase, inventedAttributes, type PlannedCase, plannedCase } from "../../support/planned-cases.ts";
import { PATIENCE, testDataDirectory } from "../../support/test-database.ts";
import { testDocument, unit, writeEmbedded } from "../../support/test-document.ts";
import { question } from "../../support/one-embedder.ts";
import { chunkVectorStore } from "../../../infra/db/chunk-vector-store.ts";
import { vectorSpaces } from "../../../infra/db/vector-spaces.ts";

const RECORDS = 50;
const CASES = 10_000;
const BATCH = 25;
/** Of each batch, so many are asked of the index as a whole; the others go through its condition alone, in one statement. */
const SEARCHED = 3;
/** Keywords by a sample, as in a large corpus. */
const OF_EVERYTHING = { rates: [1], enough: 0, budget: RECORDS };
const DIRECTION = unit(1, 2, 3, 4);

/** The records stay the same, so that a failure is repeated by fast-check's seed and path alone. */
const records = new Map(
  fc
    .sample(inventedAttributes, { seed: 20_261_122, numRuns: RECORDS })
    .map((attributes, index): [string, AccessAttributes] => [`record-${index}/main/0`, attributes]),
);

describe("what a planned filter lets the index show", () => {
  let directory: string;
  let connection: Connection;

  beforeAll(async () => {
    directory = await testDataDirectory();
    connection = await connectEmbedded(join(directory, "pglite"));
    await vectorSpaces(connection).want({ id: "test", dimensions: DIRECTION.length, origin: {} });
    const store = { ingested: ingestedDocuments(connection), vectors: chunkVectorStore(connection) };
    for (const [chunkId, access] of records) {
      const document = testDocument(chunkId.split("/")[0] ?? "", [{ chunks: ["gloves"], access }]);
      await writeEmbedded(store, document, new Map([[chunkId, DIRECTION]]));
    }
  }, PATIENCE);
  afterAll(async () => {
    await connection.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Through the port: both lists of candidates, which are to agree, keywords counted and by a sample. */
  async function searched(filter: AccessFilter): Promise<ReadonlySet<string>> {
    const query = { text: "gloves", vector: question(DIRECTION), limit: RECORDS };
    const { keyword, vector } = await pgvectorIndex(connection).search(query, filter);
    const ids = new Set(keyword.map(({ chunkId }) => chunkId));
    expect(new Set(vector.map(({ chunkId }) => chunkId))).toEqual(ids);
    const sampled = await pgvectorIndex(connection, { sampling: OF_EVERYTHING }).search(query, filter);
    expect(new Set(sampled.keyword.map(({ chunkId }) => chunkId))).toEqual(ids);
    return ids;
  }

  /** The condition that a search puts before both lists, for many filters in one statement: a search each would take a minute. */
  async function admitted(filters: readonly AccessFilter[]): Promise<readonly ReadonlySet<string>[]> {
    const columns = filters.map(
      ({ expression }) => sql`(${sqlAccessFilter(expression, sql`access.attributes`)}) is true`,
    );
    const rows = await execute<{ id: string; verdicts: boolean[] }>(
      connection.client,
      sql`
      select chunk.id, jsonb_build_array(${joinSql(columns, sql`, `)}) as verdicts
      from chunks chunk join access_sets access on access.id = chunk.access_id`,
    );
    expect(rows).toHaveLength(RECORDS);
    return filters.map(
      (_, column) => new Set(rows.flatMap(({ id, verdicts }) => (verdicts[column] === true ? [id] : []))),
    );
  }

  it(
    "is what the evaluator would let through: 10,000 policies, readers and filters over 50 records",
    { timeout: 5 * PATIENCE },
    async () => {
      let [cases, divided] = [0, 0];
      const compare = (planned: PlannedCase, shown: ReadonlySet<string>) => {
        const meant = [...records].flatMap(([id, access]) => (evaluateAccess(planned.filter, access) ? [id] : []));
        cases += 1;
        if (meant.length > 0 && meant.length < RECORDS) divided += 1;
        const wrong = [...records.keys()].filter((id) => shown.has(id) !== meant.includes(id));
        const differences = wrong.map((id) => ({ id, shown: shown.has(id), attributes: records.get(id) }));
        if (wrong.length > 0) expect.fail(`${JSON.stringify(differences)} under ${describeCase(planned)}`);
      };
      await fc.assert(
        fc.asyncProperty(fc.array(plannedCase, { minLength: BATCH, maxLength: BATCH }), async (batch) => {
          for (const planned of batch.slice(0, SEARCHED)) compare(planned, await searched(planned.filter));
          const others = batch.slice(SEARCHED);
          const shown = await admitted(others.map(({ filter }) => filter));
          for (const [index, planned] of others.entries()) compare(planned, shown[index] ?? new Set());
        }),
        { numRuns: CASES / BATCH, endOnFailure: true },
      );
      expect(cases).toBe(CASES);
      // A reader who sees all or nothing proves little.
      expect(divided).toBeGreaterThan(CASES / 2);
    },
  );
});
