import { randomInt } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { GroundworkError } from "../../infra/errors.ts";
import { documentId } from "../../ingest/build-document.ts";
import { mannWhitney } from "./mann-whitney.ts";
import { type Reply, type SampleServer, startSampleServer } from "./sample-server.ts";

/** Reads little: that is where hiding matters. */
const READER = "emil.employee";
/** Reads what is hidden from the reader. */
const INSIDER = "fiona.finance";
/** Hidden and absent things each, and how often each of them is asked for. */
const THINGS = 40;
const ROUNDS = 25;
const SIGNIFICANT = 0.01;

interface Probe {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

interface Comparison {
  readonly name: string;
  readonly hidden: readonly Probe[];
  readonly absent: readonly Probe[];
}

interface Measured {
  readonly probe: Probe;
  readonly isHidden: boolean;
  readonly reply: Reply;
}

/**
 * `hidden`: whether a reader can tell what is hidden from what is not there. A server over the sample company is asked for 1,000 things
 * of each kind, which have the same form and come in random order. Replies must be the same but for the request's id, and their times of
 * one distribution (p > 0.01). A search says back what is near its own words, so its replies are held against those after the
 * hidden documents were removed: the same hits with the same scores. `--data <directory>` keeps the server's data for the next time.
 * Sets exit code 1 when the reader can tell.
 */
export async function benchmarkHidden(options: readonly string[]): Promise<void> {
  const { data } = parseArgs({ args: [...options], options: { data: { type: "string" } } }).values;
  const directory = data ?? join(tmpdir(), "groundwork-hidden-or-absent");
  const folder = join(directory, "planted");
  await using server = await startSampleServer(directory);
  const [hidden, absent] = [distinctNumbers("HX-", THINGS), distinctNumbers("HY-", THINGS)];
  await plant(server, folder, hidden);
  const orders = await hiddenOrders(server);
  const comparisons = [
    {
      name: "GET /v1/documents/:id",
      hidden: hidden.map((number) => openingOf(`folder:${folder}`, `${number}.md`)),
      absent: absent.map((number) => openingOf(`folder:${folder}`, `${number}.md`)),
    },
    { name: "POST /v1/rationales", hidden: orders.hidden.map(rationaleOf), absent: orders.absent.map(rationaleOf) },
  ];
  const verdicts: boolean[] = [];
  for (const comparison of comparisons) {
    const measured = await measure(server, comparison);
    verdicts.push(report(comparison, measured, new Set(measured.map(({ reply }) => shown(reply))).size === 1));
  }
  const searches = { name: "POST /v1/search", hidden: hidden.map(searchFor), absent: absent.map(searchFor) };
  const measured = await measure(server, searches);
  await plant(server, folder, []);
  verdicts.push(report(searches, measured, await areUnmoved(server, measured)));
  if (verdicts.includes(false)) process.exitCode = 1;
}
