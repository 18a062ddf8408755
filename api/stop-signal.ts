/** npm passes on a Ctrl-C that the process has had from the terminal already: what comes within this time is the same one. */
const SAME_SIGNAL_MS = 1_000;

/** Aborts at the first SIGINT or SIGTERM, so that everything is closed in order; a second one ends the process at once. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  let stoppedAt = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (!stop.signal.aborted) {
      stoppedAt = performance.now();
      stop.abort();
    } else if (performance.now() - stoppedAt > SAME_SIGNAL_MS) {
      // Nobody listens any more, so the signal does what it does by default. An orderly exit would end threads in the middle of their work.
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return stop.signal;
}
