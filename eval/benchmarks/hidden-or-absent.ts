import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { GroundworkError } from "../../infra/errors.ts";
import { documentId } from "../../ingest/build-document.ts";
import { type MannWhitney, mannWhitney } from "./mann-whitney.ts";
import { type Reply, type SampleServer, startSampleServer } from "./sample-server.ts";

/** Reads little: that is where hiding matters. */
const READER = "emil.employee";
/** Reads what is hidden from the reader. */
const INSIDER = "fiona.finance";
/** Hidden and absent things each, and how often each of them is asked for. */
const THINGS = 40;
const ROUNDS = 25;
/** A difference that comes by chance less often than this is a difference. */
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
 * one distribution (p > 0.01). A search finds what is near its own words, so its replies are held against those after the hidden
 * documents were removed: the same hits with the same scores. `--data <directory>` keeps the server's data for the next time.
 * Sets exit code 1 when the reader can tell.
 */
export async function benchmarkHidden(options: readonly string[]): Promise<void> {
  const { data } = parseArgs({ args: [...options], options: { data: { type: "string" } } }).values;
  const directory = resolve(data ?? join(tmpdir(), "groundwork-hidden-or-absent"));
  const folder = join(directory, "planted");
  await using server = await startSampleServer(directory);
  const numbers = shuffled(Array.from({ length: 9 * 10 ** 5 }, (_, index) => `HX-${10 ** 5 + index}`));
  const [hidden, absent] = [numbers.slice(0, THINGS), numbers.slice(THINGS, 2 * THINGS)];
  await plant(server, folder, hidden);
  const opening = (number: string) => openingOf(documentId(`folder:${folder}`, `${number}.md`));
  const verdicts = [
    await cannotTell(server, {
      name: "GET /v1/documents/:id",
      hidden: hidden.map(opening),
      absent: absent.map(opening),
    }),
    await cannotTell(server, { name: "POST /v1/rationales", ...(await ordersToAskFor(server)) }),
    await cannotTellBySearching(server, folder, hidden, absent),
  ];
  if (verdicts.includes(false)) process.exitCode = 1;
}

/** For probes whose replies are all to be one and the same. */
async function cannotTell(server: SampleServer, comparison: Comparison): Promise<boolean> {
  await assertHiddenAndAbsent(server, comparison);
  const measured = await measure(server, comparison);
  return report(comparison.name, measured, new Set(measured.map(({ reply }) => shown(reply))).size === 1);
}

async function cannotTellBySearching(
  server: SampleServer,
  folder: string,
  hidden: readonly string[],
  absent: readonly string[],
): Promise<boolean> {
  const measured = await measure(server, {
    name: "",
    hidden: hidden.map(searchFor),
    absent: absent.map(searchFor),
  });
  await plant(server, folder, []);
  const afterwards = new Map<Probe, string>();
  for (const { probe } of measured) {
    if (!afterwards.has(probe)) afterwards.set(probe, shown(await ask(server, READER, probe)));
  }
  const isUnmoved = measured.every(({ probe, reply }) => shown(reply) === afterwards.get(probe));
  return report("POST /v1/search", measured, isUnmoved);
}

/** Makes the folder hold one document for each number, which the reader may not read, and nothing else. */
async function plant(server: SampleServer, folder: string, numbers: readonly string[]): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const number of numbers) {
    const text = `---\ntitle: ${titleOf(number)}\naccess: { users: [${INSIDER}] }\n---\n# ${titleOf(number)}\n\nThe yearly volume of ${number} is agreed with the supplier.\n`;
    await writeFile(join(folder, `${number}.md`), text);
  }
  const reply = await server.send(INSIDER, "POST", "/v1/ingestions", { folder });
  if (!reply.body.includes("event: done")) throw unusable(`the ingestion ended with: ${reply.body.slice(-500)}`);
}

/** Purchase orders of the sample that the reader may not read, and names like theirs that no order has. */
async function ordersToAskFor(server: SampleServer): Promise<Pick<Comparison, "hidden" | "absent">> {
  const queries = ["purchase order", "Voltaris", "Brightline", "Kestrel", "Polar", "Delta", "Copperhead"];
  const found = await Promise.all(
    queries.map((query) =>
      server.send(INSIDER, "POST", "/v1/search", { query, models: ["purchase.order"], limit: 50 }),
    ),
  );
  const names = [...new Set(found.flatMap(({ body }) => body.match(/\bP\d{5}\b/g) ?? []))];
  const free = Array.from({ length: 1000 }, (_, index) => `P00${String(index).padStart(3, "0")}`);
  const highest = Math.max(...names.map((name) => Number(name.slice(1))));
  const absent = shuffled(free.filter((name) => Number(name.slice(1)) > highest + 100));
  return {
    hidden: shuffled(names).slice(0, THINGS).map(rationaleOf),
    absent: absent.slice(0, THINGS).map(rationaleOf),
  };
}

/** Otherwise nothing would be compared. */
async function assertHiddenAndAbsent(server: SampleServer, { name, hidden, absent }: Comparison): Promise<void> {
  if (hidden.length !== THINGS || absent.length !== THINGS) throw unusable(`there are too few things for ${name}`);
  for (const probe of hidden) {
    if ((await ask(server, INSIDER, probe)).status !== 200) throw unusable(`${probe.path} is not there to be hidden`);
  }
  for (const probe of absent) {
    if ((await ask(server, INSIDER, probe)).status !== 404) throw unusable(`${probe.path} is not absent`);
  }
}

/** Each probe once to warm up, then all of them in random order, one at a time, until there are enough. */
async function measure(server: SampleServer, { hidden, absent }: Comparison): Promise<readonly Measured[]> {
  const probes = [
    ...hidden.map((probe) => ({ probe, isHidden: true })),
    ...absent.map((probe) => ({ probe, isHidden: false })),
  ];
  for (const { probe } of shuffled(probes)) await ask(server, READER, probe);
  const measured: Measured[] = [];
  for (const one of shuffled(Array.from({ length: ROUNDS }, () => probes).flat())) {
    measured.push({ ...one, reply: await ask(server, READER, one.probe) });
  }
  return measured;
}

/** Prints what was measured and says whether nothing can be told from it. */
function report(name: string, measured: readonly Measured[], isSame: boolean): boolean {
  const [hidden, absent] = [true, false].map((wanted) =>
    measured.filter(({ isHidden }) => isHidden === wanted).map(({ reply }) => reply.milliseconds),
  );
  const test: MannWhitney = mannWhitney(hidden ?? [], absent ?? []);
  process.stdout.write(
    `${name.padEnd(24)} n=${hidden?.length}+${absent?.length}  median hidden ${median(hidden ?? [])} ms, absent ${median(absent ?? [])} ms  ` +
      `p=${test.p.toPrecision(3)}  replies ${isSame ? "identical" : "DIFFER"}\n`,
  );
  return isSame && test.p > SIGNIFICANT;
}

function median(values: readonly number[]): string {
  const sorted = values.toSorted((left, right) => left - right);
  return (sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(2);
}

function ask(server: SampleServer, as: string, { method, path, body }: Probe): Promise<Reply> {
  return server.send(as, method, path, body);
}

function openingOf(id: string): Probe {
  return { method: "GET", path: `/v1/documents/${id}` };
}

function rationaleOf(order: string): Probe {
  return { method: "POST", path: "/v1/rationales", body: { order } };
}

function searchFor(number: string): Probe {
  return { method: "POST", path: "/v1/search", body: { query: titleOf(number) } };
}

function titleOf(number: string): string {
  return `Frame contract ${number}`;
}

function shown({ status, headers, body }: Reply): string {
  return `${status}\n${headers}\n${body}`;
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .sort((left, right) => left.order - right.order)
    .map(({ item }) => item);
}

function unusable(reason: string): GroundworkError {
  return new GroundworkError("internal", `Nothing can be compared: ${reason}.`);
}
