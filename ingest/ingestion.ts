import { setTimeout as wait } from "node:timers/promises";
import { GroundworkError } from "../infra/errors.ts";
import { openChangeReader } from "../infra/odoo/change-reader.ts";
import { openPolicyReader } from "../infra/odoo/read-policy.ts";
import type { Resources } from "../infra/open.ts";
import { WatchedFolders } from "./changes/watch-folders.ts";
import { requireSyncRights } from "./check-sync-account.ts";
import { modelChoice } from "./model-choice.ts";
import { Nudges } from "./changes/nudges.ts";
import { OdooFollower } from "./changes/odoo-follower.ts";
import { watchedFolders } from "./folder-sources.ts";
import type { IngestionReport } from "./ingest-source.ts";
import type { IngestionStatus } from "./ingestion-status.ts";
import { Leadership } from "./leadership.ts";
import { OpenSources } from "./open-sources.ts";
import { parseOnce } from "./parse-once.ts";
import { openIsolatedParser } from "./parsers/isolated-parser.ts";
import { type StatusOptions, readStatus } from "./read-status.ts";
import { switchEmbedder } from "./switch-embedder.ts";
import { syncRightsFindings } from "./sync-rights-findings.ts";
import { doWork } from "./stages/do-work.ts";
import { type FailedItem, discardFailed, recordGivenUp, retryFailed } from "./stages/failed-work.ts";
import { type IngestionProgress, Reading, progressOf } from "./stages/reading.ts";
import { StageQueues } from "./stages/stage-queues.ts";
import { StageWorkers } from "./stages/stage-workers.ts";
import { STAGES, URGENT } from "./stages/work.ts";

export type IngestionResources = Pick<Resources, "config" | "database" | "embedders" | "log" | "odoo" | "syncAccount">;

export interface SynchroniseOptions {
  readonly signal?: AbortSignal;
  /** A folder to add; it is kept up to date from then on. */
  readonly folder?: string;
  /** Called often with how far the work is that is queued. */
  readonly onProgress?: (progress: IngestionProgress) => void;
}

/** Ingestion that has been started. */
export interface RunningIngestion {
  /** What the first reading of everything came to; nothing where another process reads. Errors: those of `synchronise`. */
  readonly firstReading: Promise<readonly IngestionReport[]>;
  /** Resolves when nothing is under way any more, after the signal was aborted. */
  readonly ended: Promise<void>;
}

/** Bringing documents in: everything at once, and what changes from then on. */
export interface Ingestion extends AsyncDisposable {
  /**
   * Works until the signal aborts on what is queued. One process among all follows Odoo and reads everything at first and now and then: policy,
   * access and removals are taken over at once, content is queued. Faults are logged and tried again.
   */
  start(signal: AbortSignal, options?: Pick<SynchroniseOptions, "onProgress">): RunningIngestion;
  /**
   * Brings everything up to what Odoo and the folders hold now: the policy first, whole, for nothing is shown without it; then the
   * records and their attachments, the configured folder and those that were added. Resolves when it is done, or when work is paused. One
   * run at a time: a second call waits for the first. Errors: those of reading the policy and of listing the sources, `database`, `cancelled`.
   */
  synchronise(options?: SynchroniseOptions): Promise<readonly IngestionReport[]>;
  /** Has Odoo looked at now instead of at the next turn, by whichever process follows it. */
  lookNow(): void;
  /** Stops work on what is queued, in all processes, until it is resumed. Who may read what is followed all the same. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Tries failed items again; all of them without a list. Returns how many. */
  retry(items?: readonly FailedItem[]): Promise<number>;
  /** Hides failures until their items change. Returns how many. */
  discard(items?: readonly FailedItem[]): Promise<number>;
  /** What is held, what is not and why. Errors: those of `readStatus`. */
  status(options?: StatusOptions): Promise<IngestionStatus>;
}

/** After a fault the pause doubles up to this. */
const LONGEST_PAUSE_MS = 30_000;
const PARSERS = 2;
const GIVEN_UP_EVERY_MS = 5_000;
const SWITCHED_EVERY_MS = 5_000;
/** How often it is asked whether folders are due to be read again. */
const FOLDERS_DUE_EVERY_MS = 5_000;
const LEASE = "ingestion";
/** Items whose content is fetched by one job. */
const FETCHED_TOGETHER = 200;

export function openIngestion(resources: IngestionResources): Ingestion {
  const { config, database, embedders, log, odoo } = resources;
  const { ingested, vectors } = database;
  const parser = openIsolatedParser({ workers: PARSERS, ...config.parsing });
  const queues = new StageQueues(database, log);
  const files = parseOnce(parser, ingested);
  const sources = new OpenSources(resources, files);
  const isLive = config.odoo.kind === "live";
  const stopping = new AbortController();
  let following = openFollowing();
  let working: Promise<unknown> | null = null;
  let leadership: Leadership | null = null;
  const synchronise = oneAtATime((options: SynchroniseOptions = {}) => synchroniseNow(options));
  /** Whether what is held of Odoo is as Odoo says: only then is the policy confirmed. */
  let isCurrent: boolean | null = null;
  let looking = new AbortController();
  const nudges = config.databaseUrl === null ? null : new Nudges(database.settings, log);
  /** What the sync account may do is looked at once a start. */
  let isAccountChecked = false;

  function openFollowing() {
    const changes = openChangeReader(odoo);
    const reader = openPolicyReader(odoo, modelChoice(config.models), changes);
    // Its state must not be read into twice at once.
    const policies = { read: oneAtATime((signal?: AbortSignal) => reader.read(signal)) };
    return { policies, follower: new OdooFollower({ odoo, database, parser: files, changes, policies }) };
  }

  /** The workers of this process, from the first time that there is something to do. */
  function work(): void {
    if (!config.ingestsHere) return;
    const limits = JSON.stringify(config.parsing);
    const tools = { ingested, vectors, tokens: database.tokens, embedders, log, queues, limits, sources };
    const recordAll = () =>
      recordGivenUp({ queues, ingested, log }).catch((error: unknown) =>
        log.warn({ error }, "jobs that were given up are not recorded yet"),
      );
    let hasSwitched = false;
    const switchWhenReady = async () => {
      // One process: it builds the graph of the new vectors before.
      if (leadership?.leads === false) return;
      hasSwitched ||= await switchEmbedder(resources).catch((error: unknown) => {
        log.warn({ error }, "not known whether the other embedder is done");
        return false;
      });
    };
    working ??= Promise.all([
      new StageWorkers(queues, doWork(tools), log).run(stopping.signal),
      every(GIVEN_UP_EVERY_MS, recordAll, stopping.signal),
      every(SWITCHED_EVERY_MS, switchWhenReady, stopping.signal),
    ]);
  }

  async function synchroniseNow({ signal, folder, onProgress = () => undefined }: SynchroniseOptions) {
    const startedAt = new Date();
    const { follower, policies } = following;
    isCurrent ??= await holdsNothing();
    const checksAccount = resources.syncAccount !== null && !isAccountChecked;
    if (checksAccount) await requireSyncRights(odoo, signal);
    const policy = await follower.start(signal);
    if (checksAccount) {
      for (const finding of (await syncRightsFindings(resources, policy, signal)) ?? []) log.warn({}, finding);
    }
    isAccountChecked = true;
    if (isLive && isCurrent) await database.policies.confirm(policy.epoch, startedAt.toISOString());
    const reading = new Reading({ queues, ingested, vectors, tokens: database.tokens, embedders, log });
    await reading.plan(await sources.all(signal, folder), signal);
    work();
    // Access is up to date as soon as everything has been listed, however long its text may take.
    const isListed = await reading.ends(["fetch"], onProgress, signal);
    await recordGivenUp({ queues, ingested, log });
    const confirmed = async (): Promise<void> => {
      if (!isLive || !isListed) return;
      await database.policies.confirm((await policies.read(signal)).epoch, startedAt.toISOString());
      isCurrent = !follower.hasLost;
    };
    await both(confirmed(), reading.ends(STAGES, onProgress, signal));
    await database.maintain();
    return reading.reports();
  }

  /** With nothing held of Odoo, there is nothing whose access could be out of date. */
  async function holdsNothing(): Promise<boolean> {
    const { source } = await odoo.server();
    return (await ingested.models(source)).length === 0;
  }

  async function look(signal: AbortSignal): Promise<void> {
    const { follower } = following;
    const { source, policy, asOf, changed, removed } = await follower.look(signal);
    if (isCurrent === true) await database.policies.confirm(policy.epoch, asOf.toISOString());
    if (changed.length + removed > 0) {
      const models = Object.entries(Object.groupBy(changed, (key) => key.split("/", 1)[0] ?? ""));
      const counts = Object.fromEntries(models.map(([model, some = []]) => [model, some.length]));
      log.info({ changed: counts, removed, epoch: policy.epoch }, "odoo changed");
    }
    for (let from = 0; from < changed.length; from += FETCHED_TOGETHER) {
      const keys = changed.slice(from, from + FETCHED_TOGETHER);
      const work = { source, scope: { keys }, run: null, size: keys.length };
      await queues.send([["fetch", work]], URGENT).catch((error: unknown) => {
        follower.noteLoss();
        throw error;
      });
    }
  }

  /** Does the task now and again, while this process leads, until the signal aborts. A fault makes the pause longer. */
  async function repeat(task: () => Promise<void>, signal: AbortSignal): Promise<void> {
    let pause = config.following.intervalMs;
    while (!signal.aborted) {
      // Also what comes while it looks: that may have been too early.
      const nudged = looking.signal;
      try {
        if (leadership?.leads === true) await task();
        pause = config.following.intervalMs;
      } catch (error) {
        if (signal.aborted) return;
        if (following.follower.hasLost) isCurrent = false;
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
        // Whatever it is, trying again is right: meanwhile nothing is confirmed, and in the end nothing shown.
        log[isKnown(error) ? "warn" : "error"]({ error, pauseMs: pause }, "odoo not followed for now");
      }
      await wait(pause, undefined, { signal: AbortSignal.any([signal, nudged]) }).catch(() => undefined);
    }
  }

  async function followRecords(led: Leadership, signal: AbortSignal): Promise<void> {
    let readAllAt = performance.now() + config.following.reconcileMs;
    let isReadingAll = false;
    let term = led.term;
    const readAll = async (): Promise<void> => {
      isReadingAll = true;
      readAllAt = performance.now() + config.following.reconcileMs;
      await synchronise({ signal }).catch((error: unknown) => log.error({ error }, "odoo not read whole"));
      isReadingAll = false;
    };
    await repeat(async () => {
      if (led.term !== term) {
        // Between two terms nobody here has looked.
        if (term > 0) following = openFollowing();
        term = led.term;
        isCurrent = null;
        if (!isReadingAll) void readAll();
        return;
      }
      await look(signal);
      if (!isReadingAll && (following.follower.hasLost || performance.now() > readAllAt)) void readAll();
    }, signal);
  }

  /** A recorded Odoo does not change; folders that tell nothing of their changes do. */
  async function readFolders(led: Leadership, signal: AbortSignal): Promise<void> {
    let readAllAt = performance.now() + config.following.reconcileMs;
    const readAll = async (): Promise<void> => {
      if (!led.leads || performance.now() < readAllAt) return;
      readAllAt = performance.now() + config.following.reconcileMs;
      await synchronise({ signal }).catch((error: unknown) => log.error({ error }, "folders not read whole"));
    };
    await every(FOLDERS_DUE_EVERY_MS, readAll, signal);
  }

  function lookHere(): void {
    looking.abort();
    looking = new AbortController();
  }

  async function started(signal: AbortSignal, read: (leads: boolean) => void): Promise<void> {
    if (!config.ingestsHere) {
      read(false);
      return;
    }
    work();
    await using led = new Leadership(database.lease(LEASE), log);
    leadership = led;
    const leads = await led.ask();
    const watched = new WatchedFolders({
      folders: () => watchedFolders(resources),
      leads: () => led.leads,
      ingested,
      queues,
      log,
    });
    // Before everything is read, so that nothing changes unseen between the two.
    await watched.look("leave");
    read(leads);
    const watching = watched.run(signal);
    // Apart from each other: a rule that changes does not wait for records that are being read.
    const policy = repeat(async () => void (await following.follower.takePolicy(signal)), signal);
    const records = followRecords(led, signal);
    const heeding = nudges?.heed(lookHere, () => led.leads, signal);
    await (isLive
      ? Promise.all([policy, records, heeding, watching])
      : Promise.all([watching, readFolders(led, signal)]));
    leadership = null;
  }

  return {
    start: (signal, { onProgress } = {}) => {
      const { promise: firstReading, resolve, reject } = Promise.withResolvers<readonly IngestionReport[]>();
      const ended = started(signal, (leads) => {
        const options = { signal, ...(onProgress === undefined ? {} : { onProgress }) };
        (leads ? synchronise(options) : Promise.resolve([])).then(resolve, reject);
      });
      ended.catch(reject);
      return { firstReading, ended };
    },
    synchronise,
    lookNow: () => {
      if (leadership?.leads !== true) void nudges?.give();
      lookHere();
    },
    pause: () => queues.setPaused(true),
    resume: () => queues.setPaused(false),
    retry: (items) => retryFailed({ queues, ingested }, items),
    discard: (items) => discardFailed({ ingested }, items),
    status: async (options = {}) =>
      readStatus(
        { ...resources, parser, isFollowing: isLive && leadership?.leads === true, work: await progressOf(queues) },
        options,
      ),
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      queues.wake();
      await working;
      await queues.close();
      await parser.close();
    },
  };
}

/** Does the task, which takes care of its own faults, now and again until the signal aborts. */
async function every(milliseconds: number, task: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await task();
    await wait(milliseconds, undefined, { signal }).catch(() => undefined);
  }
}

/** Waits for both, also when one fails: nothing goes on unnoticed. */
async function both(left: Promise<unknown>, right: Promise<unknown>): Promise<void> {
  await Promise.allSettled([left, right]);
  await left;
  await right;
}

function isKnown(error: unknown): boolean {
  return error instanceof GroundworkError;
}

/** Each call waits for the one before it, however that ended. */
function oneAtATime<Arguments extends readonly unknown[], Result>(
  work: (...given: Arguments) => Promise<Result>,
): (...given: Arguments) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (...given) => {
    const working = last.then(() => work(...given));
    last = working.catch(() => undefined);
    return working;
  };
}
