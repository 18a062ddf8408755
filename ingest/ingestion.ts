import { setTimeout as wait } from "node:timers/promises";
import { GroundworkError } from "../infra/errors.ts";
import { openChangeReader } from "../infra/odoo/change-reader.ts";
import { openPolicyReader } from "../infra/odoo/read-policy.ts";
import type { Resources } from "../infra/open.ts";
import type { PolicySnapshot } from "../permissions/policy-snapshot.ts";
import { modelChoice } from "./model-choice.ts";
import { ContentQueue } from "./changes/content-queue.ts";
import { OdooFollower } from "./changes/odoo-follower.ts";
import type { IngestionReport } from "./ingest-source.ts";
import { openIsolatedParser } from "./parsers/isolated-parser.ts";
import { folderSources } from "./folder-sources.ts";
import { type IngestAllOptions, ingestAll } from "./ingest-all.ts";
import { type StatusOptions, readStatus } from "./read-status.ts";
import type { IngestionStatus } from "./ingestion-status.ts";
import { openOdooRecords } from "./sources/odoo-records.ts";

export type IngestionResources = Pick<Resources, "config" | "database" | "embedder" | "log" | "odoo" | "syncAccount">;

export interface SynchroniseOptions extends Pick<IngestAllOptions, "signal" | "onProgress"> {
  /** A folder to add; it is kept up to date from then on. */
  readonly folder?: string;
}

/** Bringing documents in: everything at once, and what changes from then on. */
export interface Ingestion extends AsyncDisposable {
  /**
   * Brings everything up to what Odoo and the folders hold now: the policy first, whole, for nothing is shown without it; then the
   * records and their attachments, then the configured folder and those that were added. One run at a time: a second call waits for the
   * first. Errors: those of `ingestSource` and of reading the policy.
   */
  synchronise(options?: SynchroniseOptions): Promise<readonly IngestionReport[]>;
  /**
   * Follows a live Odoo until the signal aborts: policy, access and removals at once, content in the background, and everything again now
   * and then. A recorded Odoo stands still, and there is nothing to follow. Faults are logged and tried again; it does not reject.
   */
  follow(signal: AbortSignal): Promise<void>;
  /** What is held, what is not and why. Errors: those of `readStatus`. */
  status(options?: StatusOptions): Promise<IngestionStatus>;
}

/** After a fault the pause doubles up to this. */
const LONGEST_PAUSE_MS = 30_000;
const PARSERS = 2;

export function openIngestion(resources: IngestionResources): Ingestion {
  const { config, database, embedder, log, odoo } = resources;
  const parser = openIsolatedParser({ workers: PARSERS, ...config.parsing });
  const changes = openChangeReader(odoo);
  const policies = oneAtATime(openPolicyReader(odoo, modelChoice(config.models), changes));
  const changedAt = new Map<string, number>();
  const content = new ContentQueue({ ingested: database.ingested, embedder, log }, changedAt);
  const waiting = (key: string): string | undefined => content.waiting(key);
  const follower = new OdooFollower({ odoo, database, parser, changes, policies, waiting }, changedAt);
  const isLive = config.odoo.kind === "live";
  let last: Promise<unknown> = Promise.resolve();
  /** Whether what is held of Odoo is as Odoo says: only then is the policy confirmed. */
  let isCurrent: boolean | null = null;
  let runs = 0;
  let isFollowing = false;

  async function synchroniseNow(options: SynchroniseOptions) {
    const startedAt = new Date();
    isCurrent ??= await holdsNothing();
    runs += 1;
    try {
      const policy = await follower.start(options.signal);
      if (isLive && isCurrent) await database.policies.confirm(policy.epoch, startedAt.toISOString());
      const sources = [
        await openOdooRecords({ odoo, policy, parser }, options.signal),
        ...(await folderSources(resources, policy, parser, options.folder)),
      ];
      const reports = await ingestAll(sources, resources, { ...options, changedAt });
      if (isLive) await database.policies.confirm((await policies.read(options.signal)).epoch, startedAt.toISOString());
      isCurrent = !follower.hasLost;
      await database.maintain();
      return reports;
    } finally {
      runs -= 1;
    }
  }

  /** With nothing held of Odoo, there is nothing whose access could be out of date. */
  async function holdsNothing(): Promise<boolean> {
    const { source } = await odoo.server();
    return !(await database.ingested.counts()).some((count) => count.source === source);
  }

  async function look(signal: AbortSignal): Promise<void> {
    const { source, policy, asOf, items, removed } = await follower.look(signal);
    if (isCurrent === true) await database.policies.confirm(policy.epoch, asOf.toISOString());
    if (items.length + removed > 0) {
      const models = Object.entries(Object.groupBy(items, ({ key }) => key.split("/", 1)[0] ?? ""));
      const changed = Object.fromEntries(models.map(([model, some = []]) => [model, some.length]));
      log.info({ changed, removed, epoch: policy.epoch }, "odoo changed");
    }
    content.add(source, items);
    // Only a run of everything may still hold what was read before.
    if (runs === 0 && content.isIdle) changedAt.clear();
  }

  /** Does the work now and again until the signal aborts. A fault makes the pause longer. */
  async function repeat(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    let pause = config.following.intervalMs;
    while (!signal.aborted) {
      try {
        await work();
        pause = config.following.intervalMs;
      } catch (error) {
        if (signal.aborted) return;
        if (follower.hasLost) isCurrent = false;
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
        // Whatever it is, trying again is right: meanwhile nothing is confirmed, and in the end nothing shown.
        log[isKnown(error) ? "warn" : "error"]({ error, pauseMs: pause }, "odoo not followed for now");
      }
      await wait(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  async function followRecords(signal: AbortSignal): Promise<void> {
    let readAllAt = performance.now() + config.following.reconcileMs;
    let isReadingAll = false;
    const readAll = async (): Promise<void> => {
      isReadingAll = true;
      readAllAt = performance.now() + config.following.reconcileMs;
      await synchronise({ signal }).catch((error: unknown) => log.error({ error }, "odoo not read whole"));
      isReadingAll = false;
    };
    await repeat(async () => {
      await look(signal);
      if (!isReadingAll && (follower.hasLost || performance.now() > readAllAt)) void readAll();
    }, signal);
  }

  function synchronise(options: SynchroniseOptions = {}) {
    const run = last.then(() => synchroniseNow(options));
    last = run.catch(() => undefined);
    return run;
  }

  return {
    synchronise,
    follow: async (signal) => {
      if (!isLive) return;
      isFollowing = true;
      signal.addEventListener("abort", () => (isFollowing = false), { once: true });
      // Apart from each other: a rule that changes does not wait for records that are being read.
      const policy = repeat(async () => void (await follower.takePolicy(signal)), signal);
      await Promise.all([policy, followRecords(signal)]);
    },
    status: (options = {}) => readStatus({ ...resources, parser, isFollowing }, options),
    [Symbol.asyncDispose]: async () => {
      await content.close();
      await parser.close();
    },
  };
}

function isKnown(error: unknown): boolean {
  return error instanceof GroundworkError;
}

/** A reader whose state must not be read into twice at once. */
function oneAtATime(reader: { read(signal?: AbortSignal): Promise<PolicySnapshot> }) {
  let last: Promise<unknown> = Promise.resolve();
  return {
    read: (signal?: AbortSignal): Promise<PolicySnapshot> => {
      const reading = last.then(() => reader.read(signal));
      last = reading.catch(() => undefined);
      return reading;
    },
  };
}
