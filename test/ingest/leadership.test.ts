import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Lease } from "../../infra/db/port.ts";
import { Leadership } from "../../ingest/leadership.ts";
import { silentLog } from "../support/silent-log.ts";

/** One lease for all who ask. */
function leases() {
  let holder: Lease | null = null;
  return () => {
    const own: Lease = {
      hold: async () => (holder ??= own) === own,
      release: async () => void (holder = holder === own ? null : holder),
    };
    return own;
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("leading among several processes", () => {
  it("is one process's, and another's when that one stops", async () => {
    const lease = leases();
    await using other = new Leadership(lease(), silentLog);
    {
      await using first = new Leadership(lease(), silentLog);
      expect([await first.ask(), await other.ask()]).toEqual([true, false]);
      expect([first.term, other.term]).toEqual([1, 0]);
    }
    await vi.advanceTimersByTimeAsync(5_000);
    expect([other.leads, other.term]).toEqual([true, 1]);
  });

  it("ends while the database does not answer, and is another term afterwards", async () => {
    const own = leases()();
    await using led = new Leadership(own, silentLog);
    await led.ask();
    vi.spyOn(own, "hold").mockRejectedValueOnce(new Error("no answer"));
    expect(await led.ask()).toBe(false);
    expect(led.leads).toBe(false);
    expect(await led.ask()).toBe(true);
    expect(led.term).toBe(2);
  });
});
