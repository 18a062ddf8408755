import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqlAccessFilter } from "../../infra/chunk-index/sql-access-filter.ts";
import type { Config } from "../../infra/config.ts";
import { accessIds } from "../../infra/db/access-sets.ts";
import { type Connection, connectEmbedded, connectServer } from "../../infra/db/connection.ts";
import { migrateSchema } from "../../infra/db/migrate.ts";
import { execute, sql } from "../../infra/db/sql.ts";
import type { AccessAttributes } from "../../permissions/access-attributes.ts";
import type { AccessFilter } from "../../permissions/access-filter.ts";
import { type FoundRecords, type RecordSet, findInQdrant } from "./qdrant-access-index.ts";

/** Records by model and id, with the access attributes that ingestion gives them. */
export type RecordAccess = ReadonlyMap<string, ReadonlyMap<number, AccessAttributes>>;

/** The access sets of records as the index holds them, in a database that lives as long as this. */
export interface AccessIndex extends AsyncDisposable {
  /** Per model, the ids of the records that the index's condition lets through. */
  admitted(filter: AccessFilter): Promise<ReadonlyMap<string, ReadonlySet<number>>>;
}

/**
 * Writes the attributes as ingestion does, without documents: what an index shows is decided by the access sets alone. With `databaseUrl` in
 * that Postgres, in a temporary table that hides the one of the same name from this session and ends with it; otherwise in an embedded one.
 * With `qdrant` the records are found there, by the sets that the database admits, as in a search.
 */
export async function openAccessIndex(
  access: RecordAccess,
  { databaseUrl, qdrant }: { readonly databaseUrl?: string | undefined; readonly qdrant?: Config["qdrant"] } = {},
): Promise<AccessIndex> {
  await using opened = new AsyncDisposableStack();
  const client = await (databaseUrl === undefined ? openEmbedded(opened) : openTemporary(databaseUrl, opened));
  const all = [...access.values()].flatMap((records) => [...records.values()]);
  const idOf = await client.begin((transaction) => accessIds(transaction, all));
  const records = [...access].flatMap(([model, byId]) =>
    [...byId].map(([id, attributes]) => ({ model, id, set: idOf(attributes) })),
  );
  const allowed = async ({ expression }: AccessFilter) => {
    const rows = await execute<{ id: number }>(
      client,
      sql`select id from access_sets access where (${sqlAccessFilter(expression, sql`access.attributes`)}) is true`,
    );
    return rows.map((row) => row.id);
  };
  const index = qdrant ? opened.use(await findInQdrant(qdrant, records, allowed)) : inDatabase(records, allowed);
  const closing = opened.move();
  return {
    admitted: async (filter) => {
      const found = new Map([...access.keys()].map((model) => [model, new Set<number>()]));
      for (const { model, id } of await index.find(filter)) found.get(model)?.add(id);
      return found;
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

function inDatabase(
  records: readonly RecordSet[],
  allowed: (filter: AccessFilter) => Promise<readonly number[]>,
): Pick<FoundRecords, "find"> {
  return {
    async find(filter) {
      const admitted = new Set(await allowed(filter));
      return records.filter(({ set }) => admitted.has(set));
    },
  };
}

async function openEmbedded(opened: AsyncDisposableStack): Promise<Connection["client"]> {
  const directory = opened.adopt(await mkdtemp(join(tmpdir(), "groundwork-parity-")), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const { client } = opened.adopt(await connectEmbedded(join(directory, "pglite")), (connection) => connection.close());
  await migrateSchema(client);
  return client;
}

/** One session, for the table is visible to no other. */
async function openTemporary(databaseUrl: string, opened: AsyncDisposableStack): Promise<Connection["client"]> {
  const { client } = opened.adopt(connectServer(databaseUrl, { size: 1, statementTimeoutMs: 0 }), (connection) =>
    connection.close(),
  );
  await execute(
    client,
    sql`create temporary table access_sets (
      id integer primary key generated always as identity, hash text not null unique, attributes jsonb not null)`,
  );
  return client;
}
