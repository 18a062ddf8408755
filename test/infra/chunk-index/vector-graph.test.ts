import { rmSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { pgvectorIndex } from "../../../infra/chunk-index/pgvector.ts";
import { type Connection, connectEmbedded } from "../../../infra/db/connection.ts";
import { ingestedDocuments } from "../../../infra/db/ingested-documents.ts";
import { maintain } from "../../../infra/db/maintain.ts";
import { EVERYTHING, filterOf } from "../../support/filter.ts";
import { TEST_DIMENSIONS, testDataDirectory, PATIENCE } from "../../support/test-database.ts";
import { testDocument, unit, writeEmbedded } from "../../support/test-document.ts";
import { question } from "../../support/one-embedder.ts";
import { chunkVectorStore } from "../../../infra/db/chunk-vector-store.ts";
import { vectorSpaces } from "../../../infra/db/vector-spaces.ts";

describe("a corpus large enough for a vector graph", () => {
  const CHUNKS = 400;
  let directory: string;
  let connection: Connection;

  beforeAll(async () => {
    directory = await testDataDirectory();
    connection = await connectEmbedded(join(directory, "pglite"));
    await vectorSpaces(connection).want({ id: "test", dimensions: TEST_DIMENSIONS, origin: {} });
    const store = { ingested: ingestedDocuments(connection), vectors: chunkVectorStore(connection) };
    for (let each = 0; each < CHUNKS; each++) {
      const document = testDocument(`d${each}`, [{ chunks: ["text"], access: { company_id: [each % 20] } }]);
      await writeEmbedded(
        store,
        document,
        new Map([[`d${each}/main/0`, unit(Math.sin(each), Math.cos(each * 3), Math.sin(each * 7), 1)]]),
      );
    }
    await maintain(connection, CHUNKS);
  }, PATIENCE);
  afterAll(async () => {
    await connection.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const query = { text: "", vector: question(unit(1, 2, 3, 4)), limit: 10 };

  it("has one after maintenance, built once", async () => {
    await maintain(connection, CHUNKS);
    const rows =
      await connection.client`select indisvalid from pg_index where indexrelid = to_regclass('chunk_vectors_graph_1')`;
    expect(rows).toMatchObject([{ indisvalid: true }]);
  });

  it.each([
    ["everything", EVERYTHING],
    ["a twentieth", filterOf({ kind: "anyOf", field: "company_id", values: [7] })],
  ])("finds by it what the exact comparison finds, for a reader of %s", async (_, filter) => {
    const exact = await pgvectorIndex(connection, { exactUpTo: CHUNKS }).search(query, filter);
    const walked = await pgvectorIndex(connection, { exactUpTo: 5 }).search(query, filter);
    expect(exact.vector).toHaveLength(10);
    expect(walked.vector).toEqual(exact.vector);
  });
});
