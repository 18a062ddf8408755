import type { ReservedSql } from "postgres";

import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";

/** Up to here the exact comparison takes about 0.1 s (20,000: 0.04 s), and building a graph takes minutes in the embedded database. */
const GRAPH_WORTH_BUILDING = 50_000;
/** pgvector's `vector` type can be put into a graph up to here. */
const MOST_DIMENSIONS = 2_000;
export const VECTOR_GRAPH = "chunk_vectors_graph";

/**
 * What is best done after a large ingestion and never needed for a right answer: removes access sets that no part uses, refreshes the
 * planner's statistics (an embedded database has no background process that would), and builds the vector graph of a large corpus.
 */
export async function maintain(
  connection: Connection,
  dimensions: number,
  graphFrom = GRAPH_WORTH_BUILDING,
): Promise<void> {
  await guarded("database", async () => {
    const session = await connection.client.reserve();
    try {
      await session`set statement_timeout = 0`;
      await removeUnusedAccessSets(session);
      await session`vacuum (analyze) documents, document_parts, access_sets, chunks, chunk_vectors`;
      await buildVectorGraph(session, dimensions, graphFrom);
    } finally {
      await session`reset statement_timeout`;
      session.release();
    }
  });
}

/** Skips sets that a writer has just locked; one that a writer took in this very moment is refused by its foreign key and stays. */
async function removeUnusedAccessSets(session: ReservedSql): Promise<void> {
  try {
    await session`
      delete from access_sets where id in (
        select id from access_sets
        where not exists (select 1 from document_parts where document_parts.access_id = access_sets.id)
        for update skip locked)`;
  } catch (error) {
    const FOREIGN_KEY_VIOLATION = "23503";
    if (!(error instanceof Error && "code" in error && error.code === FOREIGN_KEY_VIOLATION)) throw error;
  }
}

async function buildVectorGraph(session: ReservedSql, dimensions: number, graphFrom: number): Promise<void> {
  if (dimensions > MOST_DIMENSIONS) return;
  const [state] = await session<{ vectors: number; graph: boolean }[]>`
    select (select count(*) from (select 1 from chunk_vectors limit ${graphFrom + 1}) as counted)::int as vectors,
      to_regclass(${VECTOR_GRAPH}) is not null as graph`;
  if (state === undefined || state.graph || state.vectors <= graphFrom) return;
  await session.unsafe(
    `create index ${VECTOR_GRAPH} on chunk_vectors using hnsw ((embedding::vector(${Math.trunc(dimensions)})) vector_cosine_ops)`,
  );
}
