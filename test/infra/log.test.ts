import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

const LOG = new URL("../../infra/log.ts", import.meta.url).href;
const ERRORS = new URL("../../infra/errors.ts", import.meta.url).href;

/** What a program that logs prints: lines go to the file descriptor, so a process of its own is the only honest witness. */
function logged(
  program: string,
  level = "info",
): { readonly lines: readonly Record<string, unknown>[]; readonly raw: string } {
  const source = `
    import { openLog } from ${JSON.stringify(LOG)};
    import { GroundworkError } from ${JSON.stringify(ERRORS)};
    const log = openLog(${JSON.stringify(level)});
    ${program}`;
  const { stderr, stdout, status } = spawnSync(process.execPath, ["--input-type=module", "-e", source], {
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  expect(stdout, "standard output belongs to answers").toBe("");
  const lines = stderr.split("\n").filter((line) => line !== "");
  return { lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>), raw: stderr };
}

describe("the log", () => {
  it("writes a line of JSON with time and level in words, on standard error", () => {
    const { lines } = logged('log.info({ written: 3 }, "ingested"); log.debug("hidden");');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: "info", written: 3, msg: "ingested" });
    expect(lines[0]?.["time"]).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it("tells our own errors by code and message, along their causes", () => {
    const { lines } = logged(
      'log.warn({ error: new GroundworkError("database", "It does not answer.", { cause: new GroundworkError("index", "Nor does it.") }) }, "x");',
    );
    expect(lines[0]?.["error"]).toMatchObject({
      name: "GroundworkError",
      code: "database",
      message: "It does not answer.",
      cause: { code: "index", message: "Nor does it." },
    });
  });

  const VENDOR = `
    class VendorError extends Error { name = "VendorError"; code = "23505"; detail = "Key (text)=(salary of Emil) exists"; query = "salary of Emil"; }
    const vendor = new VendorError("duplicate: salary of Emil\\n    at salary of Emil.ts:1\\nsalary of Emil.ts:2");`;

  it("shows of a vendor's error its name and code alone: message, stack and details may quote data", () => {
    for (const call of [
      'log.error({ error: vendor }, "failed")',
      'log.error({ err: vendor }, "failed")',
      'log.error({ error: new GroundworkError("database", "It failed.", { cause: vendor }) }, "failed")',
      "log.error({ error: vendor })",
      "log.error({ err: vendor })",
      "log.error(vendor)",
      'log.error(vendor, "failed")',
      'log.child({ requestId: "r" }).error(vendor)',
    ]) {
      const { lines, raw } = logged(`${VENDOR} ${call};`);
      expect(lines, call).toHaveLength(1);
      expect(raw, call).not.toContain("salary");
      expect(raw, call).not.toContain("node_modules");
      expect(raw, call).toContain("23505");
    }
  });

  it("says where in our own code an error arose", () => {
    const { lines } = logged(`
      const { readConfig } = await import(${JSON.stringify(new URL("../../infra/config.ts", import.meta.url).href)});
      try { readConfig({ PORT: "x" }); } catch (error) { log.error({ error }, "wrong"); }`);
    expect(lines[0]).toHaveProperty(
      "error.at",
      expect.stringMatching(/^at readConfig \(.*infra\/config\.ts:\d+:\d+\)$/),
    );
  });

  it("does not break on what is no error, or an error that causes itself", () => {
    const { lines } = logged(
      'log.error({ error: "salary" }, "a"); const loop = new Error("x"); loop.cause = loop; log.error({ error: loop }, "b");',
    );
    expect(lines).toHaveLength(2);
    expect(JSON.stringify(lines[0])).not.toContain("salary");
  });

  it("hides what is known to be secret", () => {
    const { raw } = logged(
      'log.info({ req: { headers: { authorization: "Bearer k1", cookie: "k2" } }, config: { apiKey: "k3", password: "k4" } }, "x");',
    );
    expect(raw).not.toMatch(/k[1-4]"/);
    expect(raw.match(/\[secret\]/g)).toHaveLength(4);
  });
});
