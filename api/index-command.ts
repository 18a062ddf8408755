import { setTimeout as sleep } from "node:timers/promises";

import type { Command } from "commander";

import { processEnvironment, readConfig } from "../infra/config.ts";
import { GroundworkError } from "../infra/errors.ts";
import type { Resources } from "../infra/open.ts";
import { indexDifferencesText, indexStatusText } from "./print/index-text.ts";

/** How long a rebuild waits for another process to end its writing. */
const PATIENCE_MS = 60_000;
const ASKING_MS = 500;

/**
 * `index status | verify | rebuild | detach`. These open the database themselves, beside whatever servers run on it; the embedded database
 * has one owner, so there they ask for the server to be stopped.
 */
export function addIndexCommand(program: Command): void {
  const index = program
    .command("index")
    .description("The search index: how it stands, whether it is right, made anew.");
  index
    .command("status")
    .description("Counts, how far it lags behind the database, embedder and dimension.")
    .action(() => withResources(async (resources) => print(await status(resources))));
  index
    .command("verify")
    .description("Holds every chunk of the index against the database; exit code 1 when they differ.")
    .action(() => withResources(verify));
  index
    .command("rebuild")
    .description("Makes the index anew from the database; the old one answers meanwhile.")
    .action(() => withResources(async (resources) => print(await rebuild(resources))));
  index
    .command("detach")
    .description("Ends the recording of changes for Qdrant, for good: when QDRANT_URL is no longer used.")
    .action(() => withResources(detach));
}

async function withResources(run: (resources: Resources) => Promise<void>): Promise<void> {
  const { openResources } = await import("../infra/open.ts");
  await using resources = await openResources(readConfig(processEnvironment()));
  await run(resources);
}

async function status({ embedders, upkeep, followed, indexFollower }: Resources): Promise<string> {
  const [database, spaces, lag] = await Promise.all([
    followed.documents.counts(),
    upkeep.state(),
    followed.outbox.lag(),
  ]);
  const copy =
    indexFollower === null
      ? null
      : await indexFollower.copy.state().catch((error: unknown) => {
          if (error instanceof GroundworkError) return error.message;
          throw error;
        });
  return indexStatusText({ configured: embedders.configured.space.embedder, database, spaces, lag, copy });
}

async function verify({ upkeep, followed, indexFollower }: Resources): Promise<void> {
  const differences =
    indexFollower === null
      ? { faults: await upkeep.faults(), ...(await followed.documents.counts()) }
      : await verifyFollower(indexFollower);
  const { text, areSame } = indexDifferencesText(differences);
  print(text);
  if (!areSame) process.exitCode = 1;
}

async function verifyFollower(indexFollower: NonNullable<Resources["indexFollower"]>) {
  const { verifyCopy } = await import("../infra/chunk-index/verify-copy.ts");
  const waiting = (await indexFollower.outbox.lag()).documents;
  return { ...(await verifyCopy(indexFollower.copy, indexFollower.documents)), waiting };
}

async function rebuild({ upkeep, indexFollower }: Resources): Promise<string> {
  if (indexFollower === null) {
    await upkeep.rebuild();
    return "The database's index was made anew.";
  }
  const { rebuildCopy } = await import("../infra/chunk-index/follow-database.ts");
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await sleep(ASKING_MS)) {
    const chunks = await rebuildCopy(indexFollower);
    if (chunks !== null) return `The index ${indexFollower.copy.name} was made anew with ${chunks} chunks.`;
  }
  throw new GroundworkError("index", "Another process is writing to the index; try again when it has ended.", {
    retryable: true,
  });
}

async function detach({ config, followed }: Resources): Promise<void> {
  if (config.qdrant !== null) {
    throw new GroundworkError(
      "configuration",
      "QDRANT_URL is set: take it out first, here and wherever Groundwork runs.",
    );
  }
  await followed.outbox.attach(null);
  print("Changes are no longer recorded for an index outside the database.");
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
