import { GroundworkError } from "../infra/errors.ts";
import type { Resources } from "../infra/open.ts";
import { readCoverage } from "./coverage.ts";
import { type IngestionFacts, type IngestionStatus, ingestionStatus } from "./ingestion-status.ts";
import type { IngestionProgress } from "./stages/reading.ts";
import { syncRightsFindings } from "./sync-rights-findings.ts";
import type { Parser } from "./parsers/port.ts";

export interface StatusOptions {
  /** Asks Odoo for the number of records of each model: a call a model, and more where something is missing. */
  readonly coverage?: boolean;
  readonly signal?: AbortSignal;
}

export interface StatusTools extends Pick<Resources, "config" | "database" | "log" | "odoo" | "syncAccount"> {
  readonly parser: Parser;
  readonly isFollowing: boolean;
  readonly work: IngestionProgress;
}

/** Files without access that are named at most. */
const MOST_NAMED = 100;

/** What is held and what is not. Without coverage it does not need Odoo to answer. Errors: `database`; with coverage `odoo-*`. */
export async function readStatus(
  tools: StatusTools,
  { coverage = false, signal }: StatusOptions,
): Promise<IngestionStatus> {
  const { config, database, odoo, syncAccount, parser, isFollowing, work } = tools;
  const { ingested, policies } = database;
  const [policy, counts, failures, unreadable, confirmedAt] = await Promise.all([
    policies.latest(),
    ingested.counts(),
    ingested.failures(),
    ingested.unreadable(MOST_NAMED),
    policies.confirmedAt(),
  ]);
  const covered = coverage && policy !== null ? await readCoverage({ odoo, policy, parser, ingested }, signal) : null;
  return ingestionStatus({
    counts,
    work,
    failures,
    unreadable,
    coverage: covered,
    policy,
    confirmedAt,
    following: config.odoo.kind === "snapshot" ? "recorded" : isFollowing ? "followed" : "not-followed",
    sync: await whoReads(syncAccount, signal),
    syncFindings: policy === null ? null : await syncRightsFindings(tools, policy, signal),
    now: new Date(),
  });
}

async function whoReads(account: Resources["syncAccount"], signal?: AbortSignal): Promise<IngestionFacts["sync"]> {
  if (account === null) return null;
  try {
    return { userId: await account.userId(signal), readerLogins: account.readerLogins };
  } catch (error) {
    if (error instanceof GroundworkError) return null;
    throw error;
  }
}
