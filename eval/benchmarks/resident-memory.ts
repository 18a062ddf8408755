import { readFileSync } from "node:fs";

/** Bytes. */
export interface ResidentMemory {
  readonly process: number;
  /** Of the embedded database's own memory; 0 where it cannot be told apart. */
  readonly database: number;
  /** JavaScript objects of the main thread. */
  readonly heap: number;
}

/** V8 sets aside so much address space behind a WebAssembly memory, and behind nothing else. */
const SET_ASIDE = 2 ** 31;

/** What is resident now. The embedded database is a WebAssembly memory of this process; Linux tells what of it is resident. */
export function residentMemory(): ResidentMemory {
  const { rss, heapUsed } = process.memoryUsage();
  return { process: rss, database: webAssemblyMemory(), heap: heapUsed };
}

function webAssemblyMemory(): number {
  if (process.platform !== "linux") return 0;
  const areas = readFileSync("/proc/self/smaps", "utf8")
    .split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)
    .map(areaOf);
  return areas.reduce((sum, area, at) => {
    const next = areas[at + 1];
    const isMemory = area.access.startsWith("rw") && next?.access.startsWith("---") === true;
    return isMemory && next.size >= SET_ASIDE && next.from === area.to ? sum + area.resident : sum;
  }, 0);
}

function areaOf(text: string) {
  const [, from = "", to = "", access = ""] = /^(\S+)-(\S+) (\S+)/.exec(text) ?? [];
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}: +(\\d+)`, "m").exec(text)?.[1] ?? 0);
  return { from, to, access, size: kilobytes("Size") * 1024, resident: kilobytes("Rss") * 1024 };
}
