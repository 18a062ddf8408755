import type { Sql } from "postgres";

import { GroundworkError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";
import { storable, storableJson } from "./storable.ts";

/** The vectors of one embedder. */
export interface VectorSpace {
  readonly id: number;
  /** `Embedder.id`. */
  readonly embedder: string;
  readonly dimensions: number;
  /** How the embedder was opened, as `want` was told. */
  readonly origin: unknown;
}

export interface WantedEmbedder {
  readonly id: string;
  readonly dimensions: number;
  /** How to open it again, without secrets. */
  readonly origin: object;
}

/** Which embedders' vectors are held, and which of them searches compare with. Errors: `database`. */
export interface VectorSpaces {
  /** What is known of an embedder by its id. */
  known(embedder: string): Promise<VectorSpace | null>;
  /**
   * The space of this embedder, from now on the one that is to be searched. One that is new is searched at once where none was; else it is
   * filled first. Errors also: `configuration` when vectors of that embedder had another length.
   */
  want(embedder: WantedEmbedder): Promise<VectorSpace>;
  searched(): Promise<VectorSpace | null>;
  /** Those that are searched or wanted. */
  inUse(): Promise<readonly VectorSpace[]>;
  /** Whether the space is the one wanted and lacks nothing that the one searched has, in an index outside the database as well. */
  isReady(space: VectorSpace): Promise<boolean>;
  /** Has the space searched from now on, if it is ready. */
  search(space: VectorSpace): Promise<boolean>;
}

/** The setting that names the space that is searched, by its id. */
export const SEARCHED = "vectors.searched";
const WANTED = "vectors.wanted";
/** When another space was searched before, as an ISO instant. */
const SINCE = "vectors.since";
/** No search takes longer, and no process goes by what it knew of the space searched before for longer. Seconds. */
const LONGEST_SEARCH = 60;
/** Removed in one transaction. */
const AT_ONCE = 10_000;

export function vectorSpaces(connection: Connection): VectorSpaces {
  const { client } = connection;
  return {
    known: (embedder) =>
      guarded("database", async () => {
        const [space] = await client<VectorSpace[]>`
          select id, embedder, dimensions, origin from vector_spaces where embedder = ${storable(embedder)}`;
        return space ?? null;
      }),
    want: (embedder) => guarded("database", () => want(client, embedder)),
    searched: () =>
      guarded("database", async () => {
        const [space] = await client<VectorSpace[]>`
          select space.id, embedder, dimensions, origin from vector_spaces space
          join settings on settings.name = ${SEARCHED} and settings.value = space.id::text`;
        return space ?? null;
      }),
    search: (space) => guarded("database", () => searchNow(client, space)),
    inUse: () =>
      guarded(
        "database",
        () => client<VectorSpace[]>`
          select distinct space.id, embedder, dimensions, origin from vector_spaces space
          join settings on settings.name in (${SEARCHED}, ${WANTED}) and settings.value = space.id::text order by space.id`,
      ),
    isReady: (space) =>
      guarded("database", async () => {
        const [row] = await client<{ ready: boolean }[]>`select ${isReady(client, space)} as ready`;
        return row?.ready === true;
      }),
  };
}

async function want(client: Sql, { id: embedder, dimensions, origin }: WantedEmbedder): Promise<VectorSpace> {
  const [space] = await client<VectorSpace[]>`
    insert into vector_spaces (embedder, dimensions, origin)
    values (${storable(embedder)}, ${dimensions}, ${storableJson(origin)}::text::jsonb)
    on conflict (embedder) do update set origin = excluded.origin returning id, embedder, dimensions, origin`;
  if (space === undefined || space.dimensions !== dimensions) {
    throw new GroundworkError(
      "configuration",
      `This database holds vectors of ${space?.dimensions} numbers by the embedder ${embedder}, which now makes ${dimensions}: give the other model another name.`,
    );
  }
  await client`
    insert into settings (name, value) values (${WANTED}, ${String(space.id)})
    on conflict (name) do update set value = excluded.value where settings.value <> excluded.value`;
  await client`
    insert into settings (name, value) values (${SEARCHED}, ${String(space.id)}) on conflict (name) do nothing`;
  return space;
}

/** What an index outside the database has yet to follow it does not have. */
function isReady(client: Sql, { id }: VectorSpace) {
  return client`((select value from settings where name = ${WANTED}) = ${String(id)}
    and not exists (select from chunk_outbox) and not exists (
    select from chunk_vectors held
    where held.space_id = (select value::integer from settings where name = ${SEARCHED}) and not exists (
      select from chunk_vectors vector where vector.chunk_id = held.chunk_id and vector.space_id = ${id})))`;
}

async function searchNow(client: Sql, space: VectorSpace): Promise<boolean> {
  const { id } = space;
  const changed = await client`
    update settings set value = ${String(id)} where name = ${SEARCHED} and value <> ${String(id)}
      and ${isReady(client, space)}`;
  if (changed.count === 0) return false;
  await client`
    insert into settings (name, value) values (${SINCE}, now()::text)
    on conflict (name) do update set value = excluded.value`;
  return true;
}

/** Removes the vectors that nothing searches or wants any more, when whoever began to search them has ended. */
export async function forgetOthers(client: Sql): Promise<void> {
  for (;;) {
    const { count } = await client`
      delete from chunk_vectors where ctid = any(array(
        select ctid from chunk_vectors where space_id::text not in (
          select value from settings where name in (${SEARCHED}, ${WANTED})
        ) and exists (
          select from settings where name = ${SINCE} and value::timestamptz < now() - make_interval(secs => ${LONGEST_SEARCH})
        ) limit ${AT_ONCE}))`;
    if (count < AT_ONCE) return;
  }
}
