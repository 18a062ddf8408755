import { readFileSync } from "node:fs";

/** Linux counts processor time in hundredths of a second. */
const TICKS = 100;

/**
 * Seconds of processor time that this process, its children that run and those that have ended have used, so that what is measured on a
 * busy machine is the work and not the waiting. Where there is no /proc: those of this process alone.
 */
export function cpuSeconds(): number {
  try {
    const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8").trim();
    const running = children === "" ? [] : children.split(" ");
    return ticksOf("self") / TICKS + running.reduce((sum, pid) => sum + ticksOf(pid) / TICKS, 0);
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000_000;
  }
}

/** The first fields of times in /proc/…/stat: user, system, and both of children that have ended; 0 for a process that is gone. */
function ticksOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const values = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return values.slice(11, 15).reduce((sum, value) => sum + Number(value), 0);
  } catch {
    return 0;
  }
}
