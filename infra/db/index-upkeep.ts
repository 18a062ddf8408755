import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";
import { isGraphValid, refreshStatistics } from "./maintain.ts";
import { SEARCHED } from "./vector-spaces.ts";

/** How the tables stand that the database's own index searches. */
export interface IndexUpkeep {
  /** The vectors of each embedder. */
  state(): Promise<readonly VectorsState[]>;
  /** Vectors whose access or chunk is not what the chunks say; always none, for constraints and transactions see to it. */
  faults(): Promise<number>;
  /** Builds every search structure anew and refreshes the planner's statistics. Searches go on. */
  rebuild(): Promise<void>;
}

export interface VectorsState {
  readonly embedder: string;
  /** Numbers in a vector. */
  readonly dimensions: number;
  readonly vectors: number;
  readonly isSearched: boolean;
  /** `none`: vectors are compared one by one, as is right for a small corpus. */
  readonly graph: "none" | "whole" | "broken";
}

/** Errors: `database`. */
export function indexUpkeep(connection: Connection): IndexUpkeep {
  const { client } = connection;
  return {
    state: () =>
      guarded("database", async () => {
        const rows = await client<(Omit<VectorsState, "graph"> & { readonly valid: boolean | null })[]>`
          select embedder, dimensions, (select count(*)::integer from chunk_vectors where space_id = space.id) as vectors,
            coalesce((select value from settings where name = ${SEARCHED}) = space.id::text, false) as "isSearched",
            ${isGraphValid(client)} as valid
          from vector_spaces space order by space.id`;
        return rows.map(({ valid, ...space }) => {
          const graph = valid === null ? "none" : valid ? "whole" : "broken";
          return { ...space, graph };
        });
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
    await refreshStatistics(client);
  });
}
