import { Presets, SingleBar } from "cli-progress";

export interface ProgressBar {
  update(progress: { readonly done: number; readonly total: number; readonly source: string }): void;
  stop(): void;
}

/** A bar on a terminal; elsewhere a line at every tenth. Both on stderr. */
export function progressBar(what: string): ProgressBar {
  return process.stderr.isTTY ? terminalBar(what) : plainLines(what);
}

function terminalBar(what: string): ProgressBar {
  const bar = new SingleBar(
    {
      format: `${what} {bar} {percentage} % | {value} of {total} | {duration_formatted} | {source}`,
      stream: process.stderr,
    },
    Presets.shades_classic,
  );
  let started = false;
  return {
    update({ done, total, source }) {
      if (!started) bar.start(total, 0, { source });
      started = true;
      bar.update(Math.min(done, total), { source });
    },
    stop: () => bar.stop(),
  };
}

function plainLines(what: string): ProgressBar {
  let tenth = -1;
  return {
    update({ done, total, source }) {
      const now = total === 0 ? 10 : Math.floor((done / total) * 10);
      if (now === tenth) return;
      tenth = now;
      process.stderr.write(`${what} ${now * 10} % (${done} of ${total}, ${source})\n`);
    },
    stop: () => undefined,
  };
}
