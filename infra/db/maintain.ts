import type { Sql } from "postgres";

import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";
import { forgetOthers } from "./vector-spaces.ts";

/**
 * From how many vectors on a graph is worth building on a server: exact comparison of 20,000 takes about 0.04 s. The embedded database never
 * builds one: it answers nothing else meanwhile, two minutes for each 20,000.
 */
const GRAPH_FROM = 50_000;
/** pgvector's `vector` type can be put into a graph up to here. */
const MOST_DIMENSIONS = 2_000;

/** The graph of a space is an index; its name ends with the id of the space. */
const GRAPH = "chunk_vectors_graph_";

/** Whether the graph of `space` can be walked; null: there is none. */
export function isGraphValid(client: Sql) {
  return client`(select indisvalid from pg_index where indexrelid = to_regclass(${GRAPH}::text || space.id))`;
}

/** Also frees what removed rows took. */
export async function refreshStatistics(client: Sql): Promise<void> {
  await client`vacuum (analyze) documents, document_parts, access_sets, chunks, chunk_vectors, chunk_tokens`;
}

/**
 * What is best done after a large ingestion and never needed for a right answer: removes access sets that no part uses and vectors that
 * nothing searches, refreshes the planner's statistics (an embedded database has no background process that would), and builds the vector
 * graph of a large corpus on a server, also of vectors that are yet to be searched.
 */
export async function maintain(
  connection: Connection,
  graphFrom = connection.embedded ? Infinity : GRAPH_FROM,
): Promise<void> {
  await guarded("database", () =>
    connection.session(async (session) => {
      await removeUnusedAccessSets(session);
      await forgetOthers(session);
      // No reading takes that long.
      await session`delete from item_changes where at < now() - interval '1 day'`;
      await refreshStatistics(session);
      const spaces = await session<MaintainedSpace[]>`
        select space.id, dimensions,
          ${isGraphValid(session)} as valid,
          (select count(*) from (select 1 from chunk_vectors where space_id = space.id limit ${Number.isFinite(graphFrom) ? graphFrom : 1}) as counted)::int as vectors
        from vector_spaces space`;
      for (const space of spaces) {
        if (space.vectors === 0 && space.valid !== null) await session.unsafe(`drop index ${graphOf(space)}`);
        else if (space.vectors >= graphFrom && space.valid !== true)
          await buildVectorGraph(session, space, connection.graphMegabytes);
      }
    }),
  );
}

interface MaintainedSpace {
  readonly id: number;
  readonly dimensions: number;
  /** Of its graph; null: there is none. */
  readonly valid: boolean | null;
  /** Counted up to where a graph is worth building. */
  readonly vectors: number;
}

function graphOf({ id }: Pick<MaintainedSpace, "id">): string {
  return `${GRAPH}${Math.trunc(id)}`;
}

/** Skips sets that a writer has just locked; one that a writer took in this very moment is refused by its foreign key and stays. */
async function removeUnusedAccessSets(session: Sql): Promise<void> {
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

/**
 * Denser than pgvector's default, and walked with `hnsw.ef_search` = 1000: over 100,000 vectors of which half were readable along topics, recall
 * at 10 was .90 with both at their defaults and 200, .99 with 600 and .998 with 1000, which took no longer, since fewer walks had to go on. Building
 * takes two to four times as long; a graph that outgrows the memory it is built in, about 2.6 kB a vector of 384 numbers, many times as long.
 */
async function buildVectorGraph(
  session: Sql,
  { id, dimensions, valid }: MaintainedSpace,
  megabytes: number,
): Promise<void> {
  if (dimensions > MOST_DIMENSIONS) return;
  const graph = graphOf({ id });
  // An earlier attempt that was broken off leaves an invalid index behind.
  if (valid === false) await session.unsafe(`drop index ${graph}`);
  await session.unsafe(`set maintenance_work_mem = '${Math.trunc(megabytes)}MB'`);
  await session.unsafe(
    `create index concurrently ${graph} on chunk_vectors using hnsw ((embedding::vector(${Math.trunc(dimensions)})) vector_cosine_ops)
      with (m = 24, ef_construction = 128) where space_id = ${Math.trunc(id)}`,
  );
  await session`reset maintenance_work_mem`;
}
