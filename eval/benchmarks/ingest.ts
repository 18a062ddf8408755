import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Config, processEnvironment, readConfig } from "../../infra/config.ts";
import { readStoredRows } from "../../infra/db/stored-rows.ts";
import { GroundworkError } from "../../infra/errors.ts";
import { openMiniLm } from "../../infra/models/minilm/open-minilm.ts";
import type { Embedder } from "../../infra/models/port.ts";
import { openAccount } from "../../infra/odoo/own-account.ts";
import type { OdooSource } from "../../infra/odoo/port.ts";
import { readPolicy } from "../../infra/odoo/read-policy.ts";
import { cataloguedEntries } from "../../ingest/catalogued-entries.ts";
import { modelChoice } from "../../ingest/model-choice.ts";
import { openIsolatedParser } from "../../ingest/parsers/isolated-parser.ts";
import { openOdooRecords } from "../../ingest/sources/odoo-records.ts";
import { runIngestion } from "./bench-ingestion.ts";
import { cpuSeconds } from "./cpu-seconds.ts";
import { countedRows, differingRows } from "./differing-rows.ts";
import { instantEmbedder } from "./instant-embedder.ts";
import { type NarrowedOdoo, narrowedOdoo, readAgain, recordsRead } from "./odoo-reads.ts";
import { scratchDirectory } from "./scratch-directory.ts";

const PASSAGES_AT_ONCE = 256;

/**
 * `ingest [--limit 1000000] [--rounds 2] [--files] [--without-model]`: reads the live Odoo of `ODOO_URL` into an embedded database in a temporary
 * folder. In turns: the pages that ingestion reads, thrown away, before and after it; and ingestion whole, with vectors that cost nothing. Then a
 * second run over what is unchanged, which must write nothing. Then the embedder alone on the texts that were embedded, and ingestion with it; of
 * both the processor time as well, since Odoo takes its own from the same machine.
 * `--limit`: records of each model; `ODOO_MODELS_EXCLUDED` leaves models out; `--files`: attached files too.
 */
export async function benchmarkIngestion(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: {
      limit: { type: "string", default: "1000000" },
      rounds: { type: "string", default: "2" },
      files: { type: "boolean", default: false },
      "without-model": { type: "boolean", default: false },
    },
  });
  using scratch = scratchDirectory();
  const config = quietConfig(scratch.path);
  if (config.odoo.kind !== "live") {
    throw new GroundworkError("configuration", "Set ODOO_URL, ODOO_DATABASE and ODOO_API_KEY.");
  }
  const live = openAccount({ ...config.odoo, apiKey: config.odoo.apiKey.reveal() }).source;
  const narrowed = () => narrowedOdoo(live, { limit: Number(values.limit), files: values.files });
  const { reads, records } = await readOnce(narrowed(), config);
  print(`${records} records and lines, in ${reads.length} requests`);
  const texts = new Set<string>();
  const ratios: number[] = [];
  let before = await timed(() => readAgain(live, reads));
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    const location = { dataDirectory: join(scratch.path, `round-${round}`) };
    const embedder = instantEmbedder(undefined, (some) => some.forEach((text) => texts.add(text)));
    const odoo = narrowed();
    const tested = { config, location, odoo, embedder };
    const run = await runIngestion(tested);
    // The machine may be busier at one moment than at another: what was read before and after it.
    const after = await timed(() => readAgain(live, reads));
    const bare = (before + after) / 2;
    before = after;
    ratios.push(bare / run.working);
    print(`round ${round}: read and thrown away        ${rate(records, bare, "records")}`);
    print(
      `round ${round}: ingestion without embedding ${rate(records, run.working, "records")}, ${share(bare / run.working)} of it`,
    );
    print(
      `         policy and listing ${seconds(run.listing)}, processor ${seconds(run.processor)}, upkeep ${seconds(run.upkeep)}, ${odoo.reads.length} requests`,
    );
    if (round === Number(values.rounds)) await runUnchanged(tested);
  }
  print(
    `ingestion without embedding, ratios by rounds: ${ratios
      .toSorted((a, b) => a - b)
      .map(share)
      .join(", ")}`,
  );
  if (!values["without-model"]) await withModel([...texts], { config, odoo: narrowed(), directory: scratch.path });
  await live.close();
}

/** The configuration of the environment, without documents and with as little said as possible. */
function quietConfig(directory: string): Config {
  const documents = join(directory, "documents");
  mkdirSync(documents);
  return readConfig({ LOG_LEVEL: "error", ...processEnvironment(), DOCUMENTS_DIR: documents });
}

/** Reads and renders everything once: what is read, and both sides warm. */
async function readOnce(odoo: NarrowedOdoo, config: Config) {
  const policy = await readPolicy(odoo, modelChoice(config.models));
  await using closing = new AsyncDisposableStack();
  const parser = closing.adopt(openIsolatedParser({ workers: 1 }), (opened) => opened.close());
  const source = await openOdooRecords({ odoo, policy, parser });
  odoo.reads.splice(0);
  for (const { scope } of await source.sections()) {
    for await (const item of source.items(scope)) void item;
  }
  const entries = cataloguedEntries(policy);
  const models = new Set(entries.flatMap(({ model, lines = [] }) => [model, ...lines.map((line) => line.model)]));
  return { reads: odoo.reads, records: recordsRead(odoo.reads, models) };
}

async function runUnchanged(tested: Parameters<typeof runIngestion>[0]): Promise<void> {
  const before = await readStoredRows(tested.location, "versions");
  const run = await runIngestion(tested);
  const differs = differingRows(before, await readStoredRows(tested.location, "versions"));
  print(
    `unchanged: ${seconds(run.listing + run.working)}, with opening and upkeep ${seconds(run.opening + run.listing + run.working + run.upkeep)}`,
  );
  print(`           ${countedRows(before)}: ${differs === "" ? "no row was written" : differs}`);
}

async function withModel(
  texts: readonly string[],
  { config, odoo, directory }: { readonly config: Config; readonly odoo: OdooSource; readonly directory: string },
): Promise<void> {
  const model = await openMiniLm({ cacheDirectory: join(directory, "models"), threads: config.embedThreads });
  const embedAll = async (some: readonly string[]) => {
    for (let from = 0; from < some.length; from += PASSAGES_AT_ONCE) {
      await model.embedWithTokens?.(some.slice(from, from + PASSAGES_AT_ONCE));
    }
  };
  try {
    await embedAll(texts.slice(0, PASSAGES_AT_ONCE));
    const before = cpuSeconds();
    const alone = await timed(() => embedAll(texts));
    const aloneProcessor = cpuSeconds() - before;
    print(`the embedder alone          ${rate(texts.length, alone, "passages")}, processor ${seconds(aloneProcessor)}`);
    const embedder = timedEmbedder(model);
    const location = { dataDirectory: join(directory, "model") };
    const { processor } = await runIngestion({ config, odoo, location, embedder });
    const { passages, elapsed } = embedder.told();
    const ratio = passages / elapsed / (texts.length / alone);
    print(
      `ingestion with the embedder ${rate(passages, elapsed, "passages")}, ${share(ratio)} of it; processor ${seconds(processor)}, of which the embedder's ${share(aloneProcessor / processor)}`,
    );
  } finally {
    await model.close();
  }
}

/** Tells how much it embedded, and how long it was from the first call to the end of the last. */
function timedEmbedder(model: Embedder) {
  let [first, last, passages] = [0, 0, 0];
  const noting =
    <T>(embed: (texts: readonly string[], signal?: AbortSignal) => Promise<T>) =>
    async (texts: readonly string[], signal?: AbortSignal) => {
      if (first === 0) first = performance.now();
      const embedded = await embed(texts, signal);
      last = performance.now();
      passages += texts.length;
      return embedded;
    };
  return {
    ...model,
    embed: noting((...asked) => model.embed(...asked)),
    ...(model.embedWithTokens && { embedWithTokens: noting(model.embedWithTokens.bind(model)) }),
    told: () => ({ passages, elapsed: (last - first) / 1000 }),
  };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function rate(count: number, elapsed: number, what: string): string {
  return `${(count / elapsed).toFixed(0).padStart(6)} ${what}/s (${count} in ${seconds(elapsed)})`;
}

function share(ratio: number): string {
  return `${(ratio * 100).toFixed(0)} %`;
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
