import { type Db, PgBoss } from "pg-boss";

import type { Connection } from "./connection.ts";
import { guarded } from "./database-error.ts";
import type { JobQueues, NewJob, QueuedJob, QueueProgress } from "./port.ts";
import { arrayLiteral, storable, storableJson } from "./storable.ts";

/** Where jobs go that failed every time. */
const GIVEN_UP = "given-up";
const ATTEMPTS = 5;
const FIRST_PAUSE_SECONDS = 2;
const LONGEST_PAUSE_SECONDS = 120;
/** A worker that says nothing for so long is taken for dead. */
const SILENCE_SECONDS = 30;
/** How long finished jobs are kept, for the rate and the counts of a run. */
const KEEP_SECONDS = 6 * 3600;
const SEND_AT_ONCE = 500;

/**
 * pg-boss in the schema `pgboss` of the same database. In the embedded one, which is one process's, a job that was under way when the process
 * died is due again at once. `onFault` is told of faults of the queues' own upkeep, which goes on.
 */
export async function openJobQueues(
  connection: Connection,
  names: readonly string[],
  onFault: (error: Error) => void,
): Promise<JobQueues> {
  const session = connection.dedicated();
  const boss = new PgBoss({
    db: sessionOf(session),
    backend: connection.embedded ? "pglite" : "postgres",
    schedule: false,
    registerInstance: false,
    monitorVacuum: false,
    reindex: false,
  });
  boss.on("error", onFault);
  const { client } = session;
  const stop = async (): Promise<void> => {
    await boss.stop({ graceful: false, close: false });
    await session.close();
  };
  try {
    await guarded("database", async () => {
      await boss.start();
      await boss.createQueue(GIVEN_UP, { retryLimit: ATTEMPTS, deleteAfterSeconds: KEEP_SECONDS });
      for (const name of names) await boss.createQueue(name, queueOptions());
      if (connection.embedded) await giveBack(client);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    send: (queue, jobs) => guarded("database", () => send(boss, queue, jobs)),
    take: (queue) =>
      guarded("database", async () => {
        const [job] = await boss.fetch<object>(queue, { includeMetadata: true });
        if (job === undefined) return null;
        const { id, data, priority, retryCount } = job;
        return { queue, id, data, priority, failures: retryCount };
      }),
    finish: ({ queue, id }, output) => guarded("database", async () => void (await boss.complete(queue, id, output))),
    giveBack: (job) => guarded("database", () => giveBack(client, job)),
    fail: ({ queue, id }, reason) => guarded("database", async () => void (await boss.fail(queue, id, reason))),
    givenUp: () => guarded("database", () => givenUp(boss)),
    touch: (jobs) =>
      guarded("database", async () => {
        for (const [queue, some = []] of Object.entries(Object.groupBy(jobs, (job) => job.queue))) {
          await boss.touch(
            queue,
            some.map(({ id }) => id),
          );
        }
      }),
    progress: () => guarded("database", () => progress(connection, names)),
    outputs: (run) => guarded("database", () => outputs(connection, names, run)),
    close: stop,
  };
}

function queueOptions() {
  return {
    policy: "short" as const,
    retryLimit: ATTEMPTS - 1,
    retryDelay: FIRST_PAUSE_SECONDS,
    retryBackoff: true,
    retryDelayMax: LONGEST_PAUSE_SECONDS,
    heartbeatSeconds: SILENCE_SECONDS,
    // Work is ended by its own limits; a worker that is alive is trusted.
    expireInSeconds: 23 * 3600,
    retentionSeconds: 30 * 24 * 3600,
    deleteAfterSeconds: KEEP_SECONDS,
    deadLetter: GIVEN_UP,
  };
}

/** pg-boss over our one driver. It sends whole transactions as one text, so a failed one has to be rolled back. */
function sessionOf({ client }: Pick<Connection, "client">): Db {
  return {
    async executeSql(text, values = []) {
      if (values.length > 0) return { rows: [...(await client.unsafe(text, values.map(parameter)))] };
      try {
        const results: unknown = await client.unsafe(text);
        return {
          rows: Array.isArray(results) && results.some(Array.isArray) ? results.flat() : (results as unknown[]),
        };
      } catch (error) {
        await client.unsafe("rollback").catch(() => undefined);
        throw error;
      }
    },
  };
}

function parameter(value: unknown): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return arrayLiteral(value.map((each) => (typeof each === "number" ? each : String(each))));
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object") return storableJson(value);
  return typeof value === "string" ? storable(value) : (value as number | boolean);
}

async function send(boss: PgBoss, queue: string, jobs: readonly NewJob[]): Promise<void> {
  for (let from = 0; from < jobs.length; from += SEND_AT_ONCE) {
    const some = jobs.slice(from, from + SEND_AT_ONCE);
    await boss.insert(
      queue,
      some.map(({ key, data, priority = 0 }) => ({ data, priority, singletonKey: storable(key) })),
      { returnId: false },
    );
  }
}

/** Of that job, or of all that are under way. `started_on` is what counts an attempt. */
async function giveBack(client: Connection["client"], job?: Pick<QueuedJob, "queue" | "id">): Promise<void> {
  const which = job === undefined ? client`true` : client`name = ${job.queue} and id = ${job.id}::uuid`;
  await client`
    update pgboss.job set state = 'retry', started_on = null, heartbeat_on = null, start_after = now()
    where state = 'active' and ${which}`;
}

async function givenUp(boss: PgBoss): Promise<Awaited<ReturnType<JobQueues["givenUp"]>>> {
  const jobs = await boss.fetch<object>(GIVEN_UP, { includeMetadata: true, batchSize: 100 });
  const found = jobs.map(({ id, data, priority, retryCount, sourceName, sourceOutput }) => {
    const { code, reason } = (sourceOutput ?? {}) as { code?: string; reason?: string };
    const job = { queue: sourceName ?? "", id, data, priority, failures: retryCount };
    // Without an output of ours, the worker died every time.
    return { ...job, code: code ?? "internal", reason: reason ?? "The process that worked on it ended every time." };
  });
  if (jobs.length > 0) {
    await boss.complete(
      GIVEN_UP,
      jobs.map(({ id }) => id),
    );
  }
  return found;
}

async function progress({ client }: Connection, names: readonly string[]): Promise<readonly QueueProgress[]> {
  const rows = await client<QueueProgress[]>`
    select name as queue,
      (count(*) filter (where state in ('created', 'retry')))::integer as waiting,
      (count(*) filter (where state = 'active'))::integer as active,
      coalesce(sum((data ->> 'size')::integer) filter (where state in ('created', 'retry', 'active')), 0)::integer as "unitsLeft",
      coalesce(sum((data ->> 'size')::integer) filter (where state = 'completed' and completed_on > now() - interval '1 minute'), 0)::integer
        as "unitsPerMinute"
    from pgboss.job where name = any(${arrayLiteral(names)}::text::text[])
      and (state < 'completed' or completed_on > now() - interval '1 minute')
    group by name`;
  return names.map(
    (queue) =>
      rows.find((row) => row.queue === queue) ?? { queue, waiting: 0, active: 0, unitsLeft: 0, unitsPerMinute: 0 },
  );
}

async function outputs(
  { client }: Connection,
  names: readonly string[],
  run: string,
): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>> {
  const rows = await client<{ source: string; name: string; total: number }[]>`
    select job.data ->> 'source' as source, stated.name, sum(stated.value::float8)::float8 as total
    from pgboss.job job, jsonb_each_text(job.output) as stated(name, value)
    where job.name = any(${arrayLiteral(names)}::text::text[]) and job.state = 'completed' and job.data ->> 'run' = ${run}
    group by 1, 2`;
  const found = new Map<string, Record<string, number>>();
  for (const { source, name, total } of rows) found.set(source, { ...found.get(source), [name]: total });
  return found;
}
