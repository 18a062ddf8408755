import type { AccessFilter } from "../../permissions/access-filter.ts";
import type { AdmittedSets } from "./admitted-sets.ts";
import type { Connection } from "./connection.ts";
import { indexVersion } from "./index-version.ts";
import { arrayLiteral } from "./storable.ts";
import { execute, sql } from "./sql.ts";
import { SEARCHED } from "./vector-spaces.ts";

/** What was found is taken for right at least so long. Milliseconds. */
const REST_MS = 1_000;
/** Looking goes over all chunks: it takes at most one part in so many of the time. */
const SHARE = 20;

interface Found {
  /** Of the index; null: it has no name just now. */
  readonly version: string | null;
  /** Sets of access attributes of which some chunk has no vector. */
  readonly accessIds: readonly number[];
  /** Until when nobody looks again, as `performance.now()`. */
  readonly until: number;
}

/**
 * Whether a filter admits a chunk that has no vector yet of those that are searched. Which sets of access attributes such chunks have is
 * remembered, most of the time none, and looked for anew, beside the searches, once the index has changed: so what was written is told of a
 * second later at most, or twenty times as long as looking takes. A reader is told of chunks that the reader may read, and of nothing else: not even that there is work to do.
 * Errors: those of the driver.
 */
export function unembeddedAccess(
  connection: Connection,
  sets: AdmittedSets,
  restMs = REST_MS,
): (filter: AccessFilter) => Promise<boolean> {
  const versionNow = indexVersion(connection);
  let found: Found | null = null;
  let looking: Promise<Found> | null = null;

  async function look(known: Found | null): Promise<Found> {
    const started = performance.now();
    const version = await versionNow();
    const isSame = version !== null && version === known?.version;
    const accessIds = isSame ? known.accessIds : await lacking(connection);
    const ended = performance.now();
    return { version, accessIds, until: ended + Math.max(restMs, SHARE * (ended - started)) };
  }

  async function current(): Promise<Found> {
    if (found !== null && performance.now() < found.until) return found;
    looking ??= look(found)
      .then((newest) => (found = newest))
      .finally(() => (looking = null));
    if (found === null) return looking;
    // Nobody waits for it, and a fault is met by the next who looks.
    looking.catch(() => undefined);
    return found;
  }

  return async (filter) => {
    const { accessIds } = await current();
    if (accessIds.length === 0) return false;
    const readable = await sets.query<{ id: number }>(
      filter,
      (allowed) =>
        sql`select lacking.id from unnest(${arrayLiteral(accessIds)}::integer[]) as lacking(id) where lacking.id in (${allowed}) limit 1`,
    );
    return readable.length > 0;
  };
}

async function lacking({ client }: Connection): Promise<readonly number[]> {
  const rows = await execute<{ access_id: number }>(
    client,
    sql`select distinct chunk.access_id from chunks chunk
      where not exists (
        select from chunk_vectors vector where vector.chunk_id = chunk.id
          and vector.space_id = (select value::integer from settings where name = ${SEARCHED}))`,
  );
  return rows.map(({ access_id }) => access_id);
}
