import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GroundworkError } from "../../../infra/errors.ts";
import { doWork } from "../../../ingest/stages/do-work.ts";
import { discardFailed, recordGivenUp, retryFailed } from "../../../ingest/stages/failed-work.ts";
import { Reading } from "../../../ingest/stages/reading.ts";
import { StageQueues } from "../../../ingest/stages/stage-queues.ts";
import { type DoWork, StageWorkers } from "../../../ingest/stages/stage-workers.ts";
import { STAGES, type Stage } from "../../../ingest/stages/work.ts";
import type { DocumentSource, SourceItem } from "../../../ingest/sources/port.ts";
import { bagOfWordsEmbedder } from "../../support/bag-of-words-embedder.ts";
import { memoryDocuments } from "../../support/memory-documents.ts";
import { memoryQueues } from "../../support/memory-queues.ts";
import { silentLog } from "../../support/silent-log.ts";
import { firstSpace, oneEmbedder } from "../../support/one-embedder.ts";

const SOURCE = "folder:test";
const needsOcr = new GroundworkError("needs-ocr", "Its text has to be recognised.");

let jobs = memoryQueues();
let ingested = memoryDocuments();
let queues: StageQueues;
let stop = new AbortController();
let settings = new Map<string, string>();
/** What the source holds: a key with how its item loads. */
let files = new Map<string, Partial<SourceItem> & { readonly text?: string }>();

const source: DocumentSource = {
  name: SOURCE,
  sections: async () => [{ scope: "all", size: files.size }],
  // eslint-disable-next-line typescript/require-await -- a source is asynchronous, this one has nothing to wait for
  items: async function* (scope = "all") {
    for (const [key, { text = "", ...rest }] of files) {
      if (typeof scope === "object" && "keys" in scope && !scope.keys.includes(key)) continue;
      yield { key, fingerprint: text, load: async () => ({ documents: [draft(key, text)], failures: [] }), ...rest };
    }
  },
};

function draft(key: string, text: string) {
  const blocks = [{ kind: "paragraph" as const, start: 0, end: text.length, page: null }];
  const parts = [{ key: "main", text, blocks, access: { model: ["file"] }, facts: [] }];
  return { key, kind: "document", title: key, model: "file", recordId: null, url: null, metadata: {}, parts };
}

const tools = () => ({
  queues,
  ingested,
  vectors: ingested.vectors,
  log: silentLog,
  limits: "",
  embedders: oneEmbedder(bagOfWordsEmbedder(4)),
  sources: { named: async (name: string) => (name === SOURCE ? source : null) },
});

const loadScan: SourceItem["load"] = async ({ ocr } = {}) => {
  if (ocr === "refused") throw needsOcr;
  return { documents: [draft("c.pdf", "gamma")], failures: [] };
};
const damaged = () => Promise.reject(new GroundworkError("unreadable-file", "It is damaged."));
const parsing = (key: string) => ["parse", { source: SOURCE, scope: { keys: [key] }, run: null, size: 1 }] as const;

/** Works with these hands until nothing is left to do. */
async function settle(hands: DoWork = doWork(tools())): Promise<void> {
  const workers = new StageWorkers(queues, hands, silentLog).run(stop.signal);
  await new Reading(tools()).ends(STAGES, () => undefined);
  stop.abort();
  await workers;
  stop = new AbortController();
}

const plan = () => new Reading(tools()).plan([source]);
const done = (stage: Stage) =>
  [...jobs.jobs.values()].filter(({ queue, state }) => queue === stage && state === "done");

beforeEach(() => {
  jobs = memoryQueues();
  ingested = memoryDocuments();
  settings = new Map();
  files = new Map();
  queues = new StageQueues(
    {
      openQueues: async () => jobs,
      settings: {
        get: async (name) => settings.get(name) ?? null,
        set: async (name, value) => void settings.set(name, value),
      },
    },
    silentLog,
  );
});
afterEach(() => {
  stop.abort();
  stop = new AbortController();
});

describe("the stages of ingestion", () => {
  it("fetch what is quick, parse what is slow, recognise what needs it, and embed what was written", async () => {
    files.set("a.md", { text: "alpha" });
    files.set("b.pdf", { text: "beta", isSlow: true });
    files.set("c.pdf", { text: "gamma", isSlow: true, load: loadScan });
    await plan();
    await settle();
    expect(Object.fromEntries(STAGES.map((stage) => [stage, done(stage).length]))).toEqual({
      fetch: 1,
      parse: 2,
      ocr: 1,
      embed: 3,
    });
    expect([...ingested.documents.keys()].toSorted()).toEqual(["a.md", "b.pdf", "c.pdf"]);
    expect(await ingested.vectors.documentsUnembedded(firstSpace(4), "", 9)).toEqual([]);
    const counts = [...jobs.jobs.values()].flatMap(({ output }) => output?.["written"] ?? []);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3);
  });

  it("look again at a model of which nothing is left but a failure", async () => {
    await ingested.fail(
      { source: SOURCE, key: "crm.lead/7", code: "internal", reason: "", at: "", fingerprint: null, work: null },
      { keepEarlier: false },
    );
    await new Reading(tools()).plan([{ ...source, sections: async () => [] }]);
    await settle();
    expect(await ingested.failures()).toEqual([]);
  });

  it("do nothing twice: a second reading writes nothing", async () => {
    files.set("a.md", { text: "alpha" });
    files.set("b.pdf", { text: "beta", isSlow: true });
    await plan();
    await settle();
    const writes = ingested.writes.length;
    await plan();
    await settle();
    expect(ingested.writes.length).toBe(writes);
    expect(done("parse")).toHaveLength(1);
  });

  it("hold the same work once while it waits", async () => {
    await plan();
    await plan();
    expect([...jobs.jobs.values()]).toHaveLength(1);
  });

  it("embed what an ended process wrote and did not get to embed", async () => {
    files.set("a.md", { text: "alpha" });
    await plan();
    await settle(async (stage, job, signal) => (stage === "embed" ? {} : doWork(tools())(stage, job, signal)));
    expect(await ingested.vectors.documentsUnembedded(firstSpace(4), "", 9)).toHaveLength(1);
    await plan();
    await settle();
    expect(await ingested.vectors.documentsUnembedded(firstSpace(4), "", 9)).toEqual([]);
  });

  it("leave alone what belongs to a source that is not there any more", async () => {
    await queues.send([["fetch", { source: "folder:gone", scope: "all", run: null, size: 1 }]], 0);
    await settle();
    expect(done("fetch")).toHaveLength(1);
  });
});

describe("work that fails", () => {
  it("is given up after some attempts, told with its reason, and done again on demand", async () => {
    files.set("a.md", { text: "alpha" });
    const failing = vi.fn<DoWork>().mockRejectedValue(new GroundworkError("internal", "Something is wrong."));
    await plan();
    await settle(failing);
    expect(failing).toHaveBeenCalledTimes(3);
    await recordGivenUp(tools());
    expect(await ingested.failures()).toMatchObject([
      { source: SOURCE, key: "everything", code: "internal", reason: "Something is wrong." },
    ]);
    expect(await retryFailed(tools())).toBe(1);
    await settle();
    expect([...ingested.documents.keys()]).toEqual(["a.md"]);
    expect(await ingested.failures()).toEqual([]);
  });

  it("costs no attempt when Odoo, the database or a model is away", async () => {
    files.set("a.md", { text: "alpha" });
    const away = new GroundworkError("odoo-unavailable", "Odoo does not answer.", { retryable: true });
    let failures = 0;
    await plan();
    vi.spyOn(queues, "news").mockImplementation(() => new Promise((resolve) => setImmediate(resolve)));
    await settle(async (stage, job, signal) => {
      if (failures++ < 10) throw away;
      return doWork(tools())(stage, job, signal);
    });
    expect([...ingested.documents.keys()]).toEqual(["a.md"]);
    expect([...jobs.jobs.values()].every((job) => job.failures === 0)).toBe(true);
  });

  it("goes back to its queue when the process is told to stop", async () => {
    await plan();
    const workers = new StageWorkers(
      queues,
      async (_stage, _job, signal) => {
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        throw new GroundworkError("cancelled", "Stopped.");
      },
      silentLog,
    ).run(stop.signal);
    while ((await jobs.progress())[0]?.active !== 1) await new Promise(setImmediate);
    stop.abort();
    await workers;
    expect([...jobs.jobs.values()]).toMatchObject([{ state: "waiting", failures: 0 }]);
  });

  it("blames a file for a parser's limits after some attempts, and tries it again when somebody asks", async () => {
    const load = vi
      .fn<SourceItem["load"]>()
      .mockRejectedValue(new GroundworkError("parser-limit", "It took too long."));
    files.set("slow.pdf", { text: "x", isSlow: true, load });
    await plan();
    await settle();
    expect(load).toHaveBeenCalledTimes(3);
    expect(await ingested.failures()).toMatchObject([{ key: "slow.pdf", code: "parser-limit" }]);
    await plan();
    await settle();
    expect(load).toHaveBeenCalledTimes(3);
    await retryFailed(tools(), [{ source: SOURCE, key: "slow.pdf" }]);
    await settle();
    expect(load).toHaveBeenCalledTimes(6);
  });

  it("takes records away that could not be read again: who may read them now is not known", async () => {
    await ingested.write([
      { ...draft("order/1", "text"), id: "1", source: "odoo:x", contentHash: "", parts: [] },
      { ...draft("order/9", "text"), id: "9", source: "odoo:x", contentHash: "", parts: [] },
    ]);
    const scope = { model: "order", idAfter: 0, idUpTo: 5 };
    await queues.send([["fetch", { source: "odoo:x", scope, run: null, size: 1 }]], 0);
    await settle(vi.fn<DoWork>().mockRejectedValue(new Error("a fault")));
    await recordGivenUp(tools());
    expect([...ingested.documents.keys()]).toEqual(["order/9"]);
    expect(await ingested.failures()).toMatchObject([{ source: "odoo:x", key: "order 1-5", code: "internal" }]);
  });

  it("is hidden when it is discarded", async () => {
    files.set("bad.md", { text: "x", load: damaged });
    await plan();
    await settle();
    expect(await discardFailed(tools())).toBe(1);
    expect(await ingested.failures()).toEqual([]);
    expect(await discardFailed(tools(), [{ source: SOURCE, key: "bad.md" }])).toBe(0);
  });
});

describe("work that is paused", () => {
  it("waits, and a reading ends as it is, until it is resumed", async () => {
    files.set("a.md", { text: "alpha" });
    await queues.setPaused(true);
    await plan();
    expect(await queues.take("fetch")).toBeNull();
    expect(await new Reading(tools()).ends(STAGES, () => undefined)).toBe(false);
    await queues.setPaused(false);
    await settle();
    expect([...ingested.documents.keys()]).toEqual(["a.md"]);
  });
});

describe("what follows being full", () => {
  it("lets nothing more be fetched until it has been worked on", async () => {
    await plan();
    await queues.send(
      Array.from({ length: 2_001 }, (_, at) => parsing(`${at}`)),
      0,
    );
    expect(await queues.take("fetch")).toBeNull();
    expect(await queues.take("parse")).not.toBeNull();
    const now = performance.now();
    const later = vi.spyOn(performance, "now").mockReturnValue(now + 2_000);
    expect(await queues.take("fetch")).not.toBeNull();
    later.mockRestore();
  });
});
