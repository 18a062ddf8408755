/** Durations of one thing that was measured, in milliseconds, as a line: `name  n=200  p50 1.2  p95 3.4  p99 5.6 ms`. */
export function percentileLine(name: string, milliseconds: readonly number[]): string {
  const sorted = [...milliseconds].sort((left, right) => left - right);
  const at = (share: number) => (sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0).toFixed(2);
  return `${name.padEnd(44)} n=${String(sorted.length).padEnd(6)} p50 ${at(0.5)}  p95 ${at(0.95)}  p99 ${at(0.99)} ms\n`;
}
