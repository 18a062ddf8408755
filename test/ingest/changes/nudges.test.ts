import { expect, it, vi } from "vitest";
import { Nudges } from "../../../ingest/changes/nudges.ts";
import { silentLog } from "../../support/silent-log.ts";

it("tells the process that leads what another was told, once, and not what was told before it led", async () => {
  const held = new Map<string, string>();
  const reads = vi.fn<() => void>();
  const settings = {
    get: async (name: string) => {
      reads();
      return held.get(name) ?? null;
    },
    set: async (name: string, value: string) => void held.set(name, value),
  };
  const [one, other] = [new Nudges(settings, silentLog), new Nudges(settings, silentLog)];
  const ending = new AbortController();
  const act = vi.fn<() => void>();
  let leads = false;
  await other.give();
  const ended = one.heed(act, () => leads, ending.signal);
  expect(reads).not.toHaveBeenCalled();
  leads = true;
  await vi.waitFor(() => expect(reads).toHaveBeenCalled(), 5_000);
  await other.give();
  await vi.waitFor(() => expect(act).toHaveBeenCalledTimes(1), 5_000);
  const soFar = reads.mock.calls.length;
  await vi.waitFor(() => expect(reads.mock.calls.length).toBeGreaterThan(soFar + 1), 5_000);
  expect(act).toHaveBeenCalledTimes(1);
  ending.abort();
  await ended;
});
