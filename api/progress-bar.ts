import { Presets, SingleBar } from "cli-progress";
import { type IngestionProgress, unitsLeft } from "../ingest/stages/reading.ts";
import { progressText } from "./print/progress-text.ts";

export interface ProgressBar {
  update(progress: IngestionProgress): void;
  stop(): void;
}

/** Elsewhere than on a terminal, a line at most so often. */
const LINE_EVERY_MS = 10_000;

/** A bar on a terminal, elsewhere a line now and then. Both on stderr. */
export function progressBar(what: string): ProgressBar {
  return process.stderr.isTTY ? terminalBar(what) : plainLines(what);
}

/** Work adds work: the bar is full when nothing is left, and its length is the most there ever was. */
function terminalBar(what: string): ProgressBar {
  const bar = new SingleBar(
    { format: `${what} {bar} {percentage} % | {duration_formatted} | {left}`, stream: process.stderr },
    Presets.shades_classic,
  );
  let most = 0;
  return {
    update(progress) {
      const left = unitsLeft(progress);
      if (most === 0) bar.start(1, 0, { left: "" });
      most = Math.max(most, left, 1);
      bar.setTotal(most);
      bar.update(most - left, { left: progressText(progress) });
    },
    stop: () => bar.stop(),
  };
}

function plainLines(what: string): ProgressBar {
  let saidAt = Number.NEGATIVE_INFINITY;
  return {
    update(progress) {
      if (performance.now() - saidAt < LINE_EVERY_MS) return;
      saidAt = performance.now();
      process.stderr.write(`${what}: ${progressText(progress)}\n`);
    },
    stop: () => undefined,
  };
}
