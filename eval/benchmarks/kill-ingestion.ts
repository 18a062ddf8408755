import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { openDatabase } from "../../infra/db/open-database.ts";
import { type StoredRows, readStoredRows } from "../../infra/db/stored-rows.ts";
import { GroundworkError } from "../../infra/errors.ts";
import { differingRows } from "./differing-rows.ts";

const CHILD = new URL("./ingestion-child.ts", import.meta.url).pathname;
const DIMENSIONS = 8;
/** One kill of so many comes before work has begun. */
const EARLY = 8;
/** Of the time that an undisturbed run works, killed ones have this share on average: most do not get far. */
const MEAN_SHARE = 1 / 8;

export interface KillingPlan {
  /** An empty folder for the databases. */
  readonly directory: string;
  readonly documents: string;
  /** Records of each model of the sample's Odoo. */
  readonly limit: number;
  readonly times: number;
  readonly onKill?: (killed: KilledRun) => void;
}

export interface KilledRun {
  /** Milliseconds that the process lived. */
  readonly lived: number;
  /** What was under way by its last word; empty before it began. */
  readonly stages: readonly string[];
}

export interface KillingOutcome {
  readonly undisturbed: StoredRows;
  readonly killed: readonly KilledRun[];
  /** What each corpus that was brought to its end between kills has otherwise than the undisturbed one, in words; empty: nothing. */
  readonly differences: readonly string[];
}

/**
 * Ingests the same once undisturbed, and again and again with SIGKILL at random moments, each time going on where it was; whenever a run
 * comes to its end before its moment, what is stored is compared and the next begins from nothing. The last is left to end.
 */
export async function killIngestion(plan: KillingPlan): Promise<KillingOutcome> {
  const empty = join(plan.directory, "empty");
  // Making a database takes longer than opening a copy of one.
  await (await openDatabase({ dataDirectory: empty })).database.close();
  const copy = (name: string): string => {
    cpSync(empty, join(plan.directory, name), { recursive: true });
    return join(plan.directory, name);
  };
  const first = copy("undisturbed");
  const whole = await run(plan, first, null);
  const undisturbed = await readStoredRows({ dataDirectory: first }, "contents");
  const killed: KilledRun[] = [];
  const differences: string[] = [];
  for (let corpus = 1; killed.length < plan.times; corpus += 1) {
    const dataDirectory = copy(`disturbed-${corpus}`);
    for (let ended = false; !ended;) {
      const done = await run(plan, dataDirectory, killed.length < plan.times ? momentIn(whole) : null);
      ended = done.ended;
      if (ended) continue;
      killed.push(done);
      plan.onKill?.(done);
    }
    differences.push(differingRows(undisturbed, await readStoredRows({ dataDirectory }, "contents")));
  }
  return { undisturbed, killed, differences };
}

/** When to kill: milliseconds from the start of the process, or from its first word. */
interface Moment {
  readonly from: "start" | "first-word";
  readonly ms: number;
}

interface EndedRun extends KilledRun {
  readonly ended: boolean;
  readonly untilFirstWord: number;
}

function momentIn({ untilFirstWord, lived }: EndedRun): Moment {
  if (Math.random() < 1 / EARLY) return { from: "start", ms: Math.random() * untilFirstWord };
  const mean = (lived - untilFirstWord) * MEAN_SHARE;
  return { from: "first-word", ms: -Math.log(1 - Math.random()) * mean };
}

async function run({ documents, limit }: KillingPlan, dataDirectory: string, moment: Moment | null): Promise<EndedRun> {
  const started = performance.now();
  const options = [documents, dataDirectory, String(limit), String(DIMENSIONS)];
  const child = spawn(process.execPath, [CHILD, ...options], { stdio: ["ignore", "pipe", "inherit"] });
  const ending = once(child, "close");
  let said = "";
  let untilFirstWord: number | null = null;
  let timer: NodeJS.Timeout | undefined;
  const doom = (ms: number): void => void (timer = setTimeout(() => child.kill("SIGKILL"), ms));
  if (moment?.from === "start") doom(moment.ms);
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-1_000);
    if (untilFirstWord !== null) return;
    untilFirstWord = performance.now() - started;
    if (moment?.from === "first-word") doom(moment.ms);
  });
  const [code, signal] = (await ending) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  if (signal === null && code !== 0) {
    throw new GroundworkError(
      "internal",
      `Ingestion ended with ${code} after ${Math.round(performance.now() - started)} ms.`,
    );
  }
  const stages = /^working (.*)$/.exec(said.split("\n").at(-2) ?? "")?.[1]?.split(" ") ?? [];
  return {
    ended: signal === null,
    lived: performance.now() - started,
    untilFirstWord: untilFirstWord ?? 0,
    stages: stages.filter((stage) => stage !== ""),
  };
}
