import { describe, expect, it } from "vitest";

import { databaseError, guarded, unlessCancelled } from "../../../infra/db/database-error.ts";
import { GroundworkError } from "../../../infra/errors.ts";

const coded = (code: string) => Object.assign(new TypeError("select secret from documents"), { code });

describe("an error of the database", () => {
  it.each([
    ["ECONNREFUSED", true],
    ["CONNECTION_CLOSED", true],
    ["57P01", true],
    ["40P01", true],
    ["53300", true],
    ["23505", false],
    ["42P01", false],
  ])("with the code %s is retryable: %s", (code, retryable) => {
    expect(databaseError("database", coded(code))).toMatchObject({ code: "database", retryable, cause: { code } });
  });

  it("is understood where another wraps it", () => {
    const wrapped = new TypeError("Failed query: select", { cause: coded("ECONNRESET") });
    expect(databaseError("index", wrapped)).toMatchObject({ code: "index", retryable: true });
  });

  it("tells neither query nor value", () => {
    expect(databaseError("database", coded("23505")).message).not.toContain("secret");
  });

  it("that is already one of ours stays as it is", async () => {
    const ours = new GroundworkError("internal", "Ours.");
    await expect(guarded("database", () => Promise.reject(ours))).rejects.toBe(ours);
  });
});

describe("work that can be cancelled", () => {
  it("ends at once when the signal comes, and gives its value when none does", async () => {
    const controller = new AbortController();
    const endless = unlessCancelled(controller.signal, () => new Promise<never>(() => {}));
    controller.abort();
    await expect(endless).rejects.toMatchObject({ code: "cancelled" });
    expect(await unlessCancelled(new AbortController().signal, () => Promise.resolve(1))).toBe(1);
  });

  it("does not begin when the signal came before", async () => {
    let begun = false;
    const work = () => {
      begun = true;
      return Promise.resolve();
    };
    await expect(unlessCancelled(AbortSignal.abort(), work)).rejects.toMatchObject({ code: "cancelled" });
    expect(begun).toBe(false);
  });
});
