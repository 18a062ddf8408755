import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { GroundworkError } from "../../infra/errors.ts";
import { type IsolatedParser, openIsolatedParser } from "../../ingest/parsers/isolated-parser.ts";
import { plainDocxText, plainPdfText } from "../../ingest/parsers/plain-libraries.ts";
import type { ParsedFile } from "../../ingest/parsers/port.ts";
import { type Fidelity, fidelity, linesOf, markdownText, rowsHeld, withoutLabels } from "./file-fidelity.ts";

interface Outcome {
  readonly file: string;
  /** `ingested`, or the code of the error; `crashed` for what is no reason. */
  readonly result: string;
  readonly milliseconds: number;
  readonly parsed: ParsedFile | null;
}

const manifestLine = z.looseObject({
  file: z.string(),
  kind: z.string().nullish(),
  /** The reference was read with it; we are not given it. */
  password: z.string().nullish(),
  expected_md: z.string().nullish(),
});
type ManifestLine = z.infer<typeof manifestLine>;

/** What an independent reader's kind of a PDF allows; `text` must be read, and a page without text may hold what OCR finds. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  text: ["ingested"],
  image_only: ["ingested", "empty-file"],
  no_text: ["ingested", "empty-file"],
  // Some of these open without their password, which then guards printing alone.
  locked: ["encrypted-file", "ingested", "empty-file"],
  unreadable: ["unreadable-file", "empty-file", "encrypted-file"],
};

/**
 * `files <folder> [--verbose]`: runs every file below a folder through the isolated parser and says what became of each: none may crash, hang
 * or fail without a reason. Where the folder has a `manifest.jsonl`, its kinds must agree and its reference texts are compared; a CSV beside a
 * PDF of the same name is the table that it should give; a JSON list of strings is tried as names and as contents of every kind of text.
 */
export async function benchmarkFiles(options: readonly string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args: [...options],
    allowPositionals: true,
    options: { verbose: { type: "boolean", default: false } },
  });
  const [folder] = positionals;
  if (folder === undefined) throw new GroundworkError("configuration", "Usage: npm run bench -- files <folder>");
  const manifest = await readManifest(folder);
  const parser = openIsolatedParser({ workers: 2 });
  const memory = watchMemory();
  try {
    const files = filesBelow(folder, manifest);
    let done = 0;
    const outcomes = await Promise.all(
      files.map(async (file) => {
        const outcome = await outcomeOf(parser, join(folder, file), file);
        done += 1;
        if (done % 10 === 0) process.stderr.write(`${done} of ${files.length}\n`);
        return outcome;
      }),
    );
    report(outcomes, values.verbose);
    for (const file of files.filter((name) => /^blns\.json$/u.test(basename(name))))
      report(await tryStrings(parser, join(folder, file)), values.verbose);
    reportKinds(outcomes, manifest);
    await reportTexts(folder, outcomes, manifest);
    await reportTables(folder, outcomes);
    print(`peak memory of a parser process: ${memory.stop().toFixed(0)} MB`);
  } finally {
    memory.stop();
    await parser.close();
  }
}

function filesBelow(folder: string, manifest: readonly ManifestLine[]): string[] {
  const references = new Set(manifest.map(({ expected_md: reference }) => reference));
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && !/^(?:SOURCE\.json|manifest\.jsonl|README.*|LICENSE|NOTICE)$/u.test(entry.name),
    )
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.replace(/\/$/u, "").length + 1))
    .filter((file) => !references.has(file))
    .toSorted();
}

async function readManifest(folder: string): Promise<readonly ManifestLine[]> {
  const text = await readFile(join(folder, "manifest.jsonl"), "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => manifestLine.parse(JSON.parse(line)));
}

async function outcomeOf(parser: IsolatedParser, path: string, file: string): Promise<Outcome> {
  return measured(parser, { file, bytes: await readFile(path), name: basename(path) });
}

interface Attempt {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly name: string;
}

async function measured(parser: IsolatedParser, { file, bytes, name }: Attempt): Promise<Outcome> {
  const start = performance.now();
  const passed = (): number => performance.now() - start;
  try {
    const parsed = await parser.parse(bytes, name);
    const isSound = parsed.blocks.every(
      ({ start: from, end }) => parsed.text.slice(from, end).trim() === parsed.text.slice(from, end),
    );
    return { file, result: isSound ? "ingested" : "broken spans", milliseconds: passed(), parsed };
  } catch (error) {
    const result = error instanceof GroundworkError && error.code !== "internal" ? error.code : "crashed";
    return { file, result, milliseconds: passed(), parsed: null };
  }
}

/** Each string as a file's name and as the content of every kind of text. */
async function tryStrings(parser: IsolatedParser, path: string): Promise<readonly Outcome[]> {
  const strings = z.array(z.string()).parse(JSON.parse(readFileSync(path, "utf8")));
  const attempts = strings.flatMap((text, index): Attempt[] => {
    const contents = {
      txt: text,
      md: `# ${text}\n\n| ${text} |\n|--|\n| ${text} |`,
      csv: `name,value\n${text},1`,
      html: `<p>${text}</p>`,
      xml: `<?xml version="1.0"?><a>${text}</a>`,
      eml: `From: a@b.example\r\nTo: c@d.example\r\nSubject: ${text}\r\n\r\n${text}`,
      rtf: `{\\rtf1 ${text}}`,
      edi: `UNB+UNOC:3+${text}'BGM+${text}'`,
    };
    return Object.entries(contents).map(([extension, content]) => ({
      file: `string ${index} as .${extension}`,
      bytes: Buffer.from(content),
      name: `${text}.${extension}`,
    }));
  });
  return Promise.all(attempts.map((attempt) => measured(parser, attempt)));
}

function report(outcomes: readonly Outcome[], isVerbose: boolean): void {
  for (const [extension, group] of Map.groupBy(outcomes, ({ file }) => extname(file).toLowerCase() || "none")) {
    const results = [...Map.groupBy(group, ({ result }) => result)].map(([result, some]) => `${some.length} ${result}`);
    print(`${extension}: ${results.toSorted().join(", ")}`);
  }
  const kinds = Map.groupBy(
    outcomes.filter(({ parsed }) => parsed?.kind !== undefined),
    ({ parsed }) => (parsed?.kind === "edi" ? `edi ${parsed.title?.split(" ")[0]}` : parsed?.kind),
  );
  print(`recognised: ${[...kinds].map(([kind, some]) => `${some.length} ${kind}`).join(", ") || "nothing"}`);
  const slowest = outcomes.toSorted((left, right) => right.milliseconds - left.milliseconds)[0];
  if (slowest !== undefined) print(`last to finish: ${slowest.file}, ${(slowest.milliseconds / 1000).toFixed(1)} s`);
  for (const { file, result } of outcomes) {
    if (result === "crashed" || result === "broken spans" || (isVerbose && result !== "ingested"))
      print(`${result}: ${file}`);
  }
}

function reportKinds(outcomes: readonly Outcome[], manifest: readonly ManifestLine[]): void {
  const kinds = new Map(
    manifest.map(({ file, kind, password }) => [file, typeof password === "string" ? "locked" : (kind ?? null)]),
  );
  const stated = outcomes.filter(({ file }) => typeof kinds.get(file) === "string");
  if (stated.length === 0) return;
  const disagreeing = stated.filter(({ file, result }) => !(ALLOWED[kinds.get(file) ?? ""] ?? []).includes(result));
  print(`kinds that agree with the manifest: ${stated.length - disagreeing.length} of ${stated.length}`);
  for (const { file, result } of disagreeing) print(`  ${file}: ${kinds.get(file)}, and ${result}`);
}

async function reportTexts(
  folder: string,
  outcomes: readonly Outcome[],
  manifest: readonly ManifestLine[],
): Promise<void> {
  const references = new Map(manifest.map(({ file, expected_md: reference }) => [file, reference]));
  const compared: { readonly extension: string; readonly ours: Fidelity; readonly plain: Fidelity | null }[] = [];
  for (const { file, parsed } of outcomes) {
    const reference = references.get(file);
    if (typeof reference !== "string" || parsed === null) continue;
    const expected = markdownText(await readFile(join(folder, reference), "utf8"));
    if (expected.trim() === "") continue;
    const bytes = await readFile(join(folder, file));
    const plain = file.endsWith(".docx") ? await plainDocxText(bytes).catch(() => null) : null;
    compared.push({
      extension: extname(file),
      ours: fidelity(withoutLabels(parsed), expected),
      plain: plain === null ? null : fidelity(plain, expected),
    });
  }
  for (const [extension, group] of Map.groupBy(compared, (one) => one.extension)) {
    const plain = group.flatMap((one) => one.plain ?? []);
    const line = `${extension}, ${group.length} with a reference: ${means(group.map(({ ours }) => ours))}`;
    print(plain.length === 0 ? line : `${line}; the library alone: ${means(plain)}`);
  }
}

function means(all: readonly Fidelity[]): string {
  const mean = (value: (one: Fidelity) => number): string =>
    ((100 * all.reduce((sum, one) => sum + value(one), 0)) / all.length).toFixed(1);
  return `character error rate ${mean(({ errors }) => errors)} %, words held ${mean(({ words }) => words)} %`;
}

async function reportTables(folder: string, outcomes: readonly Outcome[]): Promise<void> {
  const ours = { rows: 0, held: 0 };
  const plain = { rows: 0, held: 0 };
  for (const { file, parsed } of outcomes) {
    if (parsed === null || !file.endsWith(".pdf")) continue;
    const csv = await readFile(join(folder, file.replace(/\.pdf$/u, ".csv")), "utf8").catch(() => null);
    if (csv === null) continue;
    add(ours, rowsHeld(csv, linesOf(parsed)));
    add(plain, rowsHeld(csv, (await plainPdfText(await readFile(join(folder, file)))).split("\n")));
  }
  if (ours.rows === 0) return;
  const share = ({ rows, held }: typeof ours): string => `${held} of ${rows} (${((100 * held) / rows).toFixed(1)} %)`;
  print(
    `rows of tables whose cells stand in order in one row: ${share(ours)}; in one line of the library alone: ${share(plain)}`,
  );
}

function add(sum: { rows: number; held: number }, part: { readonly rows: number; readonly held: number }): void {
  sum.rows += part.rows;
  sum.held += part.held;
}

/** The most that any of our child processes has held, in megabytes; 0 where there is no /proc. */
function watchMemory(): { stop(): number } {
  let peak = 0;
  const look = (): void => {
    try {
      const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8").trim().split(" ");
      for (const child of children.filter((pid) => pid !== "")) {
        const kilobytes = /^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${child}/status`, "utf8"))?.[1];
        peak = Math.max(peak, Number(kilobytes ?? 0) / 1024);
      }
    } catch {
      // A process that has ended in between.
    }
  };
  const timer = setInterval(look, 200);
  return {
    stop: () => {
      look();
      clearInterval(timer);
      return peak;
    },
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
