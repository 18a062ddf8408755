/** Milliseconds between two lines: enough to see that it moves. */
const INTERVAL = 5_000;

/** Tells on stderr how far a long task has come, a line every five seconds. */
export function progressLine(what: string, of: string, total?: number): (done: number) => void {
  let told = Date.now();
  return (done) => {
    if (Date.now() - told < INTERVAL) return;
    told = Date.now();
    process.stderr.write(`${what}: ${done}${total === undefined ? "" : ` of ${total}`} ${of}\n`);
  };
}
