import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";
import { VECTOR_GRAPH } from "./maintain.ts";

/** How the tables stand that the database's own index searches. */
export interface IndexUpkeep {
  state(): Promise<{
    /** Numbers in a vector; null while nothing has been stored. */
    readonly dimensions: number | null;
    /** `none`: vectors are compared one by one, as is right for a small corpus. */
    readonly graph: "none" | "whole" | "broken";
  }>;
  /** Vectors whose access or chunk is not what the chunks say; always none, for constraints and transactions see to it. */
  faults(): Promise<number>;
  /** Builds every search structure anew and refreshes the planner's statistics. Searches go on. */
  rebuild(): Promise<void>;
}

const DIMENSIONS = "vector.dimensions";

/** Errors: `database`. */
export function indexUpkeep(connection: Connection): IndexUpkeep {
  const { client } = connection;
  return {
    state: () =>
      guarded("database", async () => {
        const [row] = await client<{ dimensions: string | null; valid: boolean | null }[]>`
          select (select value from settings where name = ${DIMENSIONS}) as dimensions,
            (select indisvalid from pg_index where indexrelid = to_regclass(${VECTOR_GRAPH})) as valid`;
        const graph = { true: "whole", false: "broken" }[String(row?.valid)] ?? "none";
        return {
          dimensions: row === undefined || row.dimensions === null ? null : Number(row.dimensions),
          graph: graph as "none" | "whole" | "broken",
        };
      }),
    faults: () =>
      guarded("database", async () => {
        const [row] = await client<{ faults: number }[]>`
          select count(*)::integer as faults from chunk_vectors vector left join chunks chunk on chunk.id = vector.chunk_id
          where chunk.access_id is distinct from vector.access_id`;
        return row?.faults ?? 0;
      }),
    rebuild: () => guarded("database", () => rebuild(connection)),
  };
}

async function rebuild(connection: Connection): Promise<void> {
  await connection.session(async (client) => {
    const concurrently = connection.embedded ? "" : "concurrently";
    for (const table of ["chunks", "chunk_vectors"]) await client.unsafe(`reindex table ${concurrently} ${table}`);
    await client`vacuum (analyze) documents, document_parts, access_sets, chunks, chunk_vectors`;
  });
}
