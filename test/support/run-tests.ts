import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/**
 * Runs every test that needs no external service, then names what was skipped (each name says which setting runs it) and ends with the
 * counts alone on the last line.
 */
async function runTests(): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), "groundwork-tests-"));
  try {
    const file = join(directory, "report.json");
    const vitest = new URL("../../node_modules/vitest/vitest.mjs", import.meta.url).pathname;
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const child = spawn(process.execPath, [vitest, "run", ...reporters, ...process.argv.slice(2)], {
      stdio: "inherit",
    });
    const code = await new Promise<number>((resolve) => child.once("exit", (status) => resolve(status ?? 1)));
    const report = JSON.parse(await readFile(file, "utf8")) as Report;
    process.stdout.write(summary(report));
    return code === 0 && report.numFailedTests + report.numFailedTestSuites === 0 ? 0 : 1;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function summary(report: Report): string {
  const skipped = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === "pending" || status === "skipped")
    .map(({ fullName }) => `SKIPPED: ${fullName}`);
  const counts = `${report.numPassedTests} passed, ${report.numFailedTests} failed, ${report.numPendingTests} skipped`;
  return ["", ...skipped, counts, ""].join("\n");
}

process.exitCode = await runTests();
