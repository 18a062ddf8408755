import postgres, { type Options, type PostgresType, type Sql } from "postgres";

import { GroundworkError } from "../errors.ts";
import { openPGlite } from "./pglite-server.ts";
import { withWholeResults } from "./whole-results.ts";

/** One driver for both modes. */
export interface Connection {
  readonly client: Sql;
  readonly embedded: boolean;
  /** Memory in which a vector graph is built. */
  readonly graphMegabytes: number;
  /**
   * Runs the work on one session: for locks and settings that belong to a session, and for what takes longer than a statement may. On a server
   * it is a connection of its own, because the driver's `reserve` never returns when it has to open one (3.4.9, without `fetch_types`).
   */
  session<T>(work: (client: Sql) => Promise<T>): Promise<T>;
  /** A session that stays open until it is closed. The embedded database has but one, which all share. */
  dedicated(): Pick<Connection, "client" | "close">;
  close(): Promise<void>;
}

export interface PoolSettings {
  readonly size: number;
  /** Longer than any search or write; `maintain` lifts it for its own work. Milliseconds. */
  readonly statementTimeoutMs: number;
  /** Of the server, in which a vector graph is built. */
  readonly graphMegabytes?: number;
}

const USUAL_POOL: PoolSettings = { size: 10, statementTimeoutMs: 60_000 };
const GRAPH_MEGABYTES = 512;

/** Session settings: see `chunk-index/pgvector.ts` for what the vector ones do. */
const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  "hnsw.ef_search": "1000",
  "hnsw.iterative_scan": "relaxed_order",
  "hnsw.max_scan_tuples": "200000",
};

/** JSON goes in as text that we have made storable; instants go in and out as text. */
function asItIs(value: unknown): unknown {
  return value;
}

type Types = Record<string, PostgresType>;

const shared: Options<Types> = {
  // Array types are passed and read as text or JSON: no look-up of types at every connection.
  fetch_types: false,
  types: {
    json: { to: 114, from: [114], serialize: asItIs, parse: JSON.parse },
    jsonb: { to: 3802, from: [3802], serialize: asItIs, parse: JSON.parse },
    date: { to: 1184, from: [1082, 1114, 1184], serialize: asItIs, parse: asItIs },
  },
  onnotice: () => {},
};

/** The embedded database in its worker. One connection: PGlite is one session. */
export async function connectEmbedded(directory: string): Promise<Connection> {
  const server = await openPGlite(directory);
  const options = { ...shared, max: 1, max_lifetime: null, socket: () => server.connect() };
  // `socket` is in the driver's documentation and code, not in its types.
  const client = withWholeResults(postgres(options as Options<Types>));
  const connection: Connection = {
    client,
    embedded: true,
    graphMegabytes: GRAPH_MEGABYTES,
    session: (work) => work(client),
    dedicated: () => ({ client, close: () => Promise.resolve() }),
    async close() {
      await client.end({ timeout: 5 });
      await server.close();
    },
  };
  try {
    for (const [name, value] of Object.entries(SESSION_SETTINGS)) {
      await client`select set_config(${name}, ${value}, false)`;
    }
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** A pool on a Postgres server. `url` is a secret: it never appears in an error. */
export function connectServer(
  url: string,
  { size, statementTimeoutMs, graphMegabytes = GRAPH_MEGABYTES }: PoolSettings = USUAL_POOL,
): Connection {
  let client: Sql;
  try {
    const opened = postgres(url, {
      ...shared,
      max: size,
      // A session is worth what it holds: no connection of its own ends by age.
      ...(size === 1 ? { max_lifetime: null } : {}),
      connect_timeout: 10,
      connection: {
        application_name: "groundwork",
        statement_timeout: statementTimeoutMs,
        // Compiling a search takes longer than running it.
        jit: "off",
        ...SESSION_SETTINGS,
      },
    });
    client = withWholeResults(opened);
  } catch {
    throw new GroundworkError(
      "configuration",
      "DATABASE_URL is not a Postgres address: postgres://user:password@host:5432/database",
    );
  }
  return {
    client,
    embedded: false,
    graphMegabytes,
    async session(work) {
      const alone = connectServer(url, { size: 1, statementTimeoutMs: 0 });
      try {
        return await work(alone.client);
      } finally {
        await alone.close();
      }
    },
    dedicated: () => connectServer(url, { size: 1, statementTimeoutMs }),
    close: () => client.end({ timeout: 5 }),
  };
}
