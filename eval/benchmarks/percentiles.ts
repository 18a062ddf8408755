/** The smallest of the numbers that at least this share of them do not exceed; 0 of none. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** Durations of one thing that was measured, in milliseconds, as a line: `name  n=200  p50 1.2  p95 3.4  p99 5.6 ms`. */
export function percentileLine(name: string, milliseconds: readonly number[]): string {
  const at = (share: number) => percentile(milliseconds, share).toFixed(2);
  return `${name.padEnd(44)} n=${String(milliseconds.length).padEnd(6)} p50 ${at(0.5)}  p95 ${at(0.95)}  p99 ${at(0.99)} ms\n`;
}
