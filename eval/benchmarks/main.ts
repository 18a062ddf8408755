/** `npm run bench -- <name> […]`: runs one benchmark, which prints its figures. Without a name: which there are. Exit code 2 for an unknown one. */

/** Takes the command line behind the benchmark's name; prints to stdout. */
type Benchmark = (options: readonly string[]) => Promise<void>;

/** Loaded when asked for only: each opens what it measures and nothing else. */
const BENCHMARKS: ReadonlyMap<string, () => Promise<Benchmark>> = new Map([
  ["hidden", async () => (await import("./hidden-or-absent.ts")).benchmarkHidden],
  ["plan", async () => (await import("./plan-access.ts")).benchmarkPlanning],
  ["revocation", async () => (await import("./revocation.ts")).benchmarkRevocation],
  ["files", async () => (await import("./files.ts")).benchmarkFiles],
  ["index", async () => (await import("./index.ts")).benchmarkIndex],
  ["growth", async () => (await import("./growth.ts")).benchmarkGrowth],
  ["readers", async () => (await import("./readers.ts")).benchmarkReaders],
  ["search", async () => (await import("./search.ts")).benchmarkSearch],
  ["ingest", async () => (await import("./ingest.ts")).benchmarkIngestion],
  ["unchanged", async () => (await import("./unchanged.ts")).benchmarkUnchanged],
  ["memory", async () => (await import("./memory.ts")).benchmarkMemory],
  ["kill", async () => (await import("./kill.ts")).benchmarkKills],
  ["parse", async () => (await import("./parse.ts")).benchmarkParsing],
]);

const [name = "", ...options] = process.argv.slice(2);
const load = BENCHMARKS.get(name);
if (load === undefined) {
  process.stderr.write(`npm run bench -- <name>, one of: ${[...BENCHMARKS.keys()].join(", ")}\n`);
  process.exitCode = 2;
} else {
  await (
    await load()
  )(options);
}
