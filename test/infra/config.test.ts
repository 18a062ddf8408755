import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { isLoopback, readConfig } from "../../infra/config.ts";
import { GroundworkError } from "../../infra/errors.ts";

function refusal(environment: Readonly<Record<string, string>>): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof GroundworkError && error.code === "configuration") return error.message;
    throw error;
  }
  return "accepted";
}

const LIVE = { ODOO_URL: "https://odoo.example", ODOO_DATABASE: "prod", ODOO_API_KEY: "odoo-key-9f3" };
const MODEL = { OPENAI_BASE_URL: "https://model.example/v1", OPENAI_API_KEY: "model-key-7c1", ANSWER_MODEL: "small" };

describe("the configuration", () => {
  it("has a working default for everything: the sample, embedded, on this machine alone", () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      host: "127.0.0.1",
      port: 3600,
      databaseUrl: null,
      answerModel: null,
      sampleLogins: true,
    });
    expect(config.odoo).toMatchObject({
      kind: "snapshot",
      path: expect.stringMatching(/infra\/sample\/odoo\.jsonl\.gz$/) as string,
    });
    expect(config.documentsDirectory).toMatch(/infra\/sample\/documents$/);
    expect(config.parsing.maximumBytes).toBe(50 * 1024 * 1024);
    expect(Object.isFrozen(config)).toBe(true);
  });

  it("takes empty and blank variables for absent ones", () => {
    expect(readConfig({ PORT: "", ODOO_URL: "", HOST: " ", DATABASE_URL: "\t", UNRELATED: "x" })).toMatchObject({
      port: 3600,
      host: "127.0.0.1",
      databaseUrl: null,
    });
  });

  it("reads what is stated", () => {
    const config = readConfig({
      ...LIVE,
      ...MODEL,
      HOST: "0.0.0.0",
      PORT: "0",
      DATABASE_URL: "postgres://u:p@db/x",
      PARSE_MAXIMUM_MB: "2",
      OCR_PAGE_TIMEOUT_MS: "90000",
    });
    expect(config).toMatchObject({ host: "0.0.0.0", port: 0, sampleLogins: false });
    expect(config.odoo).toMatchObject({ kind: "live", url: "https://odoo.example", database: "prod" });
    expect(config.databaseUrl?.reveal()).toBe("postgres://u:p@db/x");
    expect(config.answerModel).toMatchObject({
      baseUrl: "https://model.example/v1",
      model: "small",
      timeoutMs: 60_000,
    });
    expect(config.answerModel?.apiKey?.reveal()).toBe("model-key-7c1");
    expect(config.parsing).toMatchObject({ maximumBytes: 2 * 1024 * 1024, ocrPageTimeoutMs: 90_000 });
  });
});

describe("a wrong value", () => {
  const wrong: readonly (readonly [string, string])[] = [
    ...["http", "-1", "65536", "3.5", "1e9", "0x50"].map((value) => ["PORT", value] as const),
    ...["0", "-5", "soon", "1.5", "Infinity"].map((value) => ["ANSWER_TIMEOUT_MS", value] as const),
    ...["0", "many"].flatMap((value) =>
      ["EMBED_THREADS", "PARSE_TIMEOUT_MS", "PARSE_MEMORY_MB", "PARSE_MAXIMUM_MB", "OCR_PAGE_TIMEOUT_MS"].map(
        (name) => [name, value] as const,
      ),
    ),
    ["LOG_LEVEL", "loud"],
    ["DATABASE_URL", "mysql://db/x"],
    ["DATABASE_URL", "localhost"],
    ["OPENAI_BASE_URL", "model.example"],
    ["ODOO_URL", "ftp://odoo.example"],
  ];

  it.each(wrong)("of %s (%s) is refused in one sentence that names it, and not the value", (name, value) => {
    const message = refusal({ [name]: value });
    expect(message).toMatch(
      new RegExp(
        String.raw`^The configuration is wrong\. ${name} must be [^.]*\.$|^The configuration is wrong\. ${name} must be .*\bsuch as \S+\.$`,
      ),
    );
    expect(message).not.toMatch(/Invalid|received|NaN|expected/);
  });

  it("is named together with the others that are wrong", () => {
    const message = refusal({ PORT: "x", LOG_LEVEL: "y" });
    expect(message).toContain("PORT");
    expect(message).toContain("LOG_LEVEL");
  });

  it("is never shown when it is a secret", () => {
    expect(refusal({ DATABASE_URL: "mysql://user:hunter2@db/x" })).not.toContain("hunter2");
    expect(refusal({ ...LIVE, ODOO_URL: "ftp://user:hunter2@odoo" })).not.toMatch(/hunter2|odoo-key/);
  });

  it("may be a variable that is missing: what belongs together is named together", () => {
    for (const name of Object.keys(LIVE)) {
      const { [name]: _, ...rest } = LIVE as Record<string, string>;
      expect(refusal(rest), name).toMatch(/ODOO_URL, ODOO_DATABASE and ODOO_API_KEY belong together/);
    }
    expect(refusal({ ODOO_LOGIN: "sync" })).toMatch(/ODOO_URL, ODOO_DATABASE and ODOO_API_KEY belong together/);
    expect(refusal({ OPENAI_BASE_URL: "https://model.example" })).toMatch(/ANSWER_MODEL/);
    expect(refusal({ ANSWER_MODEL: "small" })).toMatch(/OPENAI_BASE_URL, OPENAI_API_KEY/);
    expect(refusal({ OPENAI_API_KEY: "model-key" }), "a key of the shell is no mistake").toBe("accepted");
  });
});

describe("a live Odoo", () => {
  it("is spoken to by its version, unless the protocol is stated; a login is for those who need one", () => {
    expect(readConfig(LIVE).odoo).toMatchObject({ kind: "live", login: undefined, protocol: undefined });
    expect(readConfig({ ...LIVE, ODOO_LOGIN: "sync", ODOO_PROTOCOL: "json-rpc" }).odoo).toMatchObject({
      login: "sync",
      protocol: "json-rpc",
    });
    expect(refusal({ ...LIVE, ODOO_PROTOCOL: "xml-rpc" })).toMatch(/ODOO_PROTOCOL/);
  });
});

describe("secrets", () => {
  it("never print, whichever way the configuration is printed", () => {
    const config = readConfig({ ...LIVE, ...MODEL, DATABASE_URL: "postgres://u:hunter2@db/x" });
    const printed = [
      JSON.stringify(config),
      inspect(config, { depth: 9, showHidden: true }),
      `${String(config.databaseUrl)} ${JSON.stringify(config.answerModel)}`,
    ].join("\n");
    expect(printed).not.toMatch(/hunter2|odoo-key-9f3|model-key-7c1/);
    expect(printed).toContain("[secret]");
  });
});

describe("sample logins", () => {
  it("are for the recorded sample on loopback alone", () => {
    expect(readConfig({ HOST: "localhost" }).sampleLogins).toBe(true);
    for (const environment of [
      { HOST: "0.0.0.0" },
      { HOST: "::" },
      { HOST: "192.168.1.5" },
      { HOST: "127.0.0.1.example" },
      LIVE,
    ]) {
      expect(readConfig(environment).sampleLogins, JSON.stringify(environment)).toBe(false);
    }
  });

  it("know loopback by address, not by look", () => {
    for (const host of ["127.0.0.1", "127.9.9.9", "::1", "localhost"]) expect(isLoopback(host), host).toBe(true);
    for (const host of ["127.0.0.1.evil.example", "0.0.0.0", "::", "1127.0.0.1", "localhost.example", "127.1"]) {
      expect(isLoopback(host), host).toBe(false);
    }
  });
});

describe("people's own keys and the live recheck", () => {
  it("are off unless stated, and the recheck has two seconds", () => {
    expect(readConfig(LIVE)).toMatchObject({ readerKeysFile: null, liveRecheck: null });
    const keyed = { ...LIVE, ODOO_READER_KEYS: "/srv/keys.json" };
    expect(readConfig({ ...keyed, LIVE_RECHECK: "false" })).toMatchObject({
      readerKeysFile: "/srv/keys.json",
      liveRecheck: null,
    });
    expect(readConfig({ ...keyed, LIVE_RECHECK: "true" }).liveRecheck).toEqual({ timeoutMs: 2_000 });
  });

  it.each([
    [{ ODOO_READER_KEYS: "/srv/keys.json" }, /live Odoo/],
    [{ LIVE_RECHECK: "true" }, /live Odoo/],
    [{ ...LIVE, LIVE_RECHECK: "true" }, /ODOO_READER_KEYS/],
    [{ ...LIVE, ODOO_READER_KEYS: "/srv/keys.json", LIVE_RECHECK: "yes" }, /LIVE_RECHECK must be true or false/],
    [{ ...LIVE, ODOO_READER_KEYS: "/srv/keys.json", LIVE_RECHECK_TIMEOUT_MS: "0" }, /LIVE_RECHECK_TIMEOUT_MS/],
  ])("are refused when they cannot work: %o", (environment, sentence) => {
    expect(refusal(environment as Record<string, string>)).toMatch(sentence);
  });

  it("takes the database for the index, until a Qdrant is named", () => {
    expect(readConfig({}).qdrant).toBeNull();
    const named = readConfig({
      QDRANT_URL: "https://qdrant.example",
      QDRANT_API_KEY: "qdrant-key-5d2",
      QDRANT_SHARDS: "3",
    });
    expect(named.qdrant).toMatchObject({
      url: "https://qdrant.example",
      collection: "groundwork",
      quantization: "none",
      shards: 3,
      replicas: 1,
      fallback: true,
    });
    expect(JSON.stringify(named)).not.toContain("qdrant-key-5d2");
    expect(readConfig({ QDRANT_URL: "http://q", INDEX_FALLBACK: "none" }).qdrant?.fallback).toBe(false);
  });

  it.each([
    [{ QDRANT_URL: "qdrant" }, "QDRANT_URL"],
    [{ QDRANT_COLLECTION: "a/b" }, "QDRANT_COLLECTION"],
    [{ QDRANT_QUANTIZATION: "much" }, "QDRANT_QUANTIZATION"],
    [{ INDEX_FALLBACK: "hope" }, "INDEX_FALLBACK"],
    [{ DATABASE_POOL_SIZE: "1" }, "DATABASE_POOL_SIZE"],
  ])("refuses %j by name", (environment, name) => {
    expect(refusal(environment)).toContain(name);
  });
});
