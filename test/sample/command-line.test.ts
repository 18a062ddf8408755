import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { describe, expect, inject, it } from "vitest";
import { copySample } from "./copy-sample.ts";
import { send } from "./sample-client.ts";

const API = new URL("../../api/", import.meta.url).pathname;

/** None of these outlives its test. */
const PATIENCE_MS = 50_000;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** A program of `api/` as a process of its own, in a world that holds these settings alone. */
async function run(program: string, args: readonly string[], settings: Record<string, string> = {}): Promise<Ended> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [API + program, ...args], {
    env: { PATH, HOME, DATA_DIR: inject("sampleServer").dataDirectory, LOG_LEVEL: "error", ...settings },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: PATIENCE_MS,
    killSignal: "SIGKILL",
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [code, out, error] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, out, error };
}

const cli = (...args: readonly string[]) => run("cli.ts", args);
const approval = "From which amount must the finance director approve a purchase order?";

/** One sentence or two for a person: no stack, no code of a library. */
function expectSentence(error: string, words: RegExp): void {
  expect(error.trim().split("\n").length, error).toBe(1);
  expect(error).toMatch(words);
  expect(error).not.toMatch(/\bat .*:\d+:\d+|node_modules|ZodError/);
}

describe("ask", () => {
  it("prints the answer with its sources, as the login reads them", async () => {
    const [petra, emil] = await Promise.all([
      cli("ask", "--as", "petra.purchasing", approval),
      cli("ask", "--as", "emil.employee", ...approval.split(" ")),
    ]);
    expect([petra.code, petra.error]).toEqual([0, ""]);
    expect(petra.out).toMatch(/• 4\.3 Orders above 25,000 USD.* \[1\]/);
    expect(petra.out).toMatch(/Sources\n {2}\[1\] Purchase approval policy \(characters \d+-\d+, \w+\)/);
    expect([emil.code, emil.error]).toEqual([0, ""]);
    expect(emil.out).toMatch(/Not in the sources you may read/);
  });

  it("prints JSON when asked", async () => {
    const { code, out } = await cli("ask", "--json", "--as", "petra.purchasing", approval);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ status: "answered", question: approval, method: "extractive" });
  });

  it("fails in one sentence: 2 for what was asked wrongly, 1 for what cannot be done", async () => {
    const [nobody, stranger, endless, unknown] = await Promise.all([
      cli("ask", approval),
      cli("ask", "--as", "no.body", approval),
      cli("ask", "--as", "petra.purchasing", "x".repeat(4001)),
      cli("answer", approval),
    ]);
    expect([nobody.code, stranger.code, endless.code, unknown.code]).toEqual([2, 1, 2, 2]);
    expectSentence(nobody.error, /--as <login>/);
    expectSentence(stranger.error, /no longer known|no such user/i);
    expectSentence(endless.error, /request/);
    expectSentence(unknown.error, /unknown command/);
  });
});

describe("rationale", () => {
  it("prints facts, clauses and sources", async () => {
    const { code, out } = await cli("rationale", "--as", "petra.purchasing", "VOL-Q-7781");
    expect(code).toBe(0);
    expect(out).toMatch(/FAILS +FIN-POL-001 v3 clause 4\.5/);
    expect(out).toMatch(/speaks against approval/);
    expect(out).toContain("Groundwork prepares; a person decides.");
  });

  it("does not tell a hidden order from an absent one", async () => {
    const [hidden, absent] = await Promise.all([
      cli("rationale", "--as", "petra.purchasing", "NKB-2026-55"),
      cli("rationale", "--as", "petra.purchasing", "XXX-0000"),
    ]);
    expect(hidden).toEqual(absent);
    expect(hidden.code).toBe(1);
    expectSentence(hidden.error, /No such purchase order/);
  });
});

describe("ingest status", () => {
  it("says what is held, what nobody may read and what failed", async () => {
    const { code, out } = await cli("ingest", "status");
    expect(code).toBe(0);
    expect(out).toMatch(/odoo:sample +purchase\.order +\d+ {2}documents +\d+ {2}chunks/);
    expect(out).toMatch(/folder:documents +file +\d+ {2}documents +\d+ {2}chunks/);
    expect(out).toMatch(/1 file that nobody may read, .*:\n {2}folder:documents \S+/);
    expect(out).toMatch(/not ingested: odoo:sample ir\.attachment\/\d+ \(empty-file\)/);
    expect(out).toMatch(/Access rules: as of 2026-\S+, epoch [0-9a-f]{32}\.\nOdoo is a recorded one/);
    expect(out).toMatch(/Models that are shown to nobody:\n {2}mail\.activity /);
    expect(out).not.toContain("Coverage");
  });

  it("counts on request what the recorded Odoo has, of which nothing is left unexplained", async () => {
    const { code, out } = await cli("ingest", "status", "--coverage");
    expect(code).toBe(0);
    expect(out).toMatch(/\n {2}purchase\.order +(\d+) {2}in Odoo +\1 {2}held\n/);
    expect(out).toMatch(/\n {2}ir\.attachment .* failed, see above/);
    expect(out).not.toMatch(/not read yet|gone from Odoo|more not held/);
  });
});

describe("key", () => {
  it("makes a key that reads as its login, lists it without the key, and revokes it", async () => {
    const made = await cli("key", "create", "petra.purchasing", "of the tests");
    expect(made.code).toBe(0);
    const [, id = "", key = ""] = /Key (\S+) for petra\.purchasing, shown only now:\n(gw_\S+)/.exec(made.out) ?? [];
    const asks = () => send(null, "GET", "/v1/session", undefined, { authorization: `Bearer ${key}` });
    expect(await (await asks()).json()).toMatchObject({ login: "petra.purchasing", via: "api-key" });
    const listed = await cli("key", "list");
    expect(listed.out).toContain(id);
    expect(listed.out).not.toContain(key);
    expect((await cli("key", "revoke", id)).code).toBe(0);
    expect((await asks()).status).toBe(401);
    const again = await cli("key", "revoke", id);
    expect(again.code).toBe(1);
    expectSentence(again.error, /no such key/i);
  });

  it("makes none for a login that Odoo does not know", async () => {
    const { code, out, error } = await cli("key", "create", "no.body");
    expect([code, out]).toEqual([1, ""]);
    expectSentence(error, /no such user/i);
  });
});

describe("a wrong configuration", () => {
  it.each([
    [{ PORT: "eighty" }, /PORT/],
    [{ PORT: "70000" }, /PORT/],
    [{ LOG_LEVEL: "loud" }, /LOG_LEVEL/],
    [{ DATABASE_URL: "mysql://x" }, /DATABASE_URL/],
    [{ ODOO_URL: "https://odoo.invalid" }, /ODOO_URL, ODOO_DATABASE and ODOO_API_KEY/],
    [{ ANSWER_MODEL: "some-model" }, /ANSWER_MODEL/],
    [{ OPENAI_BASE_URL: "not an address" }, /OPENAI_BASE_URL/],
    [{ DATA_DIR: `${API}main.ts/data` }, /data directory \S+main\.ts\/data cannot be used/],
  ])("%o ends the server and the command line with 2 and one sentence", async (settings, words) => {
    const programs = [run("main.ts", [], settings), run("cli.ts", ["ask", "--as", "bo.buyer", "why"], settings)];
    for (const { code, out, error } of await Promise.all(programs)) {
      expect([code, out]).toEqual([2, ""]);
      expectSentence(error, words);
    }
  });

  it("tells a second server on the same data who holds it", async () => {
    const { code, error } = await run("main.ts", [], { PORT: "0" });
    expect(code).toBe(2);
    expectSentence(error, /in use by process \d+/);
  });

  it("tells which address is taken", async () => {
    await using copy = await copySample();
    const { port } = new URL(inject("sampleServer").url);
    const { code, error } = await run("main.ts", [], { PORT: port, DATA_DIR: copy.dataDirectory });
    expect(code).toBe(2);
    expectSentence(error, /cannot listen on 127\.0\.0\.1/);
  });
});

describe("without a server", () => {
  it("a question opens the data itself and leaves it free", async () => {
    await using copy = await copySample();
    const settings = { DATA_DIR: copy.dataDirectory };
    for (const question of [approval, approval]) {
      const { code, out, error } = await run("cli.ts", ["ask", "--as", "petra.purchasing", question], settings);
      expect([code, error]).toEqual([0, ""]);
      expect(out).toContain("4.3 Orders above 25,000 USD");
    }
  });
});
