import { describe, expect, it } from "vitest";
import { GroundworkError } from "../../infra/errors.ts";
import { LONG, sketchedCorpus } from "./sketched-corpus.ts";

describe("a run that ends early", () => {
  it("ends with the embedder's failure, also when it comes while other items are being read", async () => {
    for (const count of [1, 3, 6]) {
      const { put, ingest, embedder } = sketchedCorpus();
      put(Object.fromEntries(Array.from({ length: count }, (_, at) => [`${at}.md`, LONG])));
      put({ "last.md": "short" });
      embedder.down = true;
      await expect(ingest()).rejects.toMatchObject({ code: "model-unavailable" });
    }
  });

  it("keeps what was written, and the next run does what is left", async () => {
    const { put, ingest, embedder, ingested, loads } = sketchedCorpus();
    const names = ["0.md", "1.md", "2.md", "3.md", "4.md", "5.md"];
    put(Object.fromEntries(names.map((name) => [name, `${name} ${LONG}`])));
    const onProgress = ({ written }: { written: number }): void => {
      if (written === 2) embedder.down = true;
    };
    await expect(ingest({ onProgress })).rejects.toMatchObject({ code: "model-unavailable" });
    const kept = [...ingested.documents.keys()];
    expect(kept.length).toBeGreaterThanOrEqual(2);
    expect(kept.length).toBeLessThan(names.length);
    embedder.down = false;
    expect(await ingest()).toMatchObject({ unchanged: kept.length, written: names.length - kept.length, removed: 0 });
    expect(loads()).toEqual(names.filter((name) => !kept.includes(name)));
  });

  it("removes nothing, for the source was not listed to its end", async () => {
    const { put, ingest, files, embedder, texts } = sketchedCorpus();
    put({ "a.md": "alpha" });
    await ingest();
    files.clear();
    put({ "b.md": LONG, "c.md": LONG });
    embedder.down = true;
    await expect(ingest()).rejects.toThrow(GroundworkError);
    expect(texts()).toMatchObject({ "a.md": "alpha" });
  });

  it("is over when it says so: nothing is written afterwards", async () => {
    const { put, ingest, ingested } = sketchedCorpus();
    const abort = new AbortController();
    put(Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`${at}.md`, `${at} ${LONG}`])));
    const onProgress = ({ written }: { written: number }): void => {
      if (written === 1) abort.abort();
    };
    await expect(ingest({ signal: abort.signal, onProgress })).rejects.toMatchObject({ code: "cancelled" });
    const written = ingested.writes.length;
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
    expect(ingested.writes.length).toBe(written);
    expect(written).toBeLessThan(8);
  });

  it("is cancelled before it reads anything when the signal says so", async () => {
    const { put, ingest, loads } = sketchedCorpus();
    put({ "a.md": "alpha" });
    await expect(ingest({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "cancelled" });
    expect(loads()).toEqual([]);
  });

  it("does not take a fault of its own for a fault of the item", async () => {
    const { put, ingest, failures } = sketchedCorpus();
    put({ "a.md": new GroundworkError("odoo-unavailable", "Odoo does not answer.") });
    await expect(ingest()).rejects.toMatchObject({ code: "odoo-unavailable" });
    expect(await failures()).toEqual({});
  });
});
