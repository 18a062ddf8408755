import { describe, expect, it } from "vitest";
import { GroundworkError } from "../../infra/errors.ts";
import type { SourceItem } from "../../ingest/sources/port.ts";
import { PermissionError } from "../../permissions/permission-error.ts";
import { LONG, sketchedCorpus } from "./sketched-corpus.ts";
import { firstSpace } from "../support/one-embedder.ts";

const unreadable = (reason: string) => new GroundworkError("unreadable-file", reason);

describe("bringing a source up to date", () => {
  it("writes what is new, then touches nothing that stayed as it was", async () => {
    const { put, ingest, loads, ingested } = sketchedCorpus();
    put({ "a.md": "alpha", "b.md": "beta" });
    expect(await ingest()).toMatchObject({ seen: 2, written: 2, unchanged: 0, removed: 0, failed: 0 });
    expect(await ingest()).toMatchObject({ seen: 2, written: 0, unchanged: 2, removed: 0, failed: 0 });
    expect(loads()).toEqual([]);
    expect(ingested.writes.toSorted()).toEqual(["a.md", "b.md"]);
  });

  it("rewrites what changed and removes what the source no longer lists", async () => {
    const { put, ingest, files, texts } = sketchedCorpus();
    put({ "a.md": "alpha", "b.md": "beta", "c.md": "gamma" });
    await ingest();
    put({ "a.md": "alpha, new" });
    files.delete("b.md");
    expect(await ingest()).toMatchObject({ written: 1, unchanged: 1, removed: 1 });
    expect(texts()).toEqual({ "a.md": "alpha, new", "c.md": "gamma" });
  });

  it("embeds no chunk again that is stored already", async () => {
    const { put, ingest, embedder, ingested } = sketchedCorpus();
    put({ "a.md": LONG });
    await ingest();
    const before = embedder.seen.length;
    put({ "a.md": `${LONG}\nOne sentence more.` });
    await ingest();
    expect(before).toBeGreaterThan(50);
    expect(embedder.seen.length - before).toBeLessThanOrEqual(2);
    expect(await ingested.vectors.documentsUnembedded(firstSpace(4), "", 9)).toEqual([]);
  });
});

describe("documents attached to an item", () => {
  it("stay while the item is unchanged and go with it", async () => {
    const { put, ingest, files, texts } = sketchedCorpus();
    put({ "mail.eml": { text: "see attached", attached: { "1-terms.txt": "net 30", "2-list.txt": "prices" } } });
    expect(await ingest()).toMatchObject({ seen: 1, written: 1 });
    expect(Object.keys(texts()).toSorted()).toEqual(["mail.eml", "mail.eml#1-terms.txt", "mail.eml#2-list.txt"]);
    expect(await ingest()).toMatchObject({ unchanged: 1, removed: 0 });
    put({ "mail.eml": { text: "see attached", attached: { "1-terms.txt": "net 45" } } });
    expect(await ingest()).toMatchObject({ written: 1, removed: 1 });
    expect(texts()).toEqual({ "mail.eml": "see attached", "mail.eml#1-terms.txt": "net 45" });
    files.delete("mail.eml");
    expect(await ingest()).toMatchObject({ removed: 2 });
    expect(texts()).toEqual({});
  });

  it("are written before the item's own document, which marks it as done", async () => {
    const { put, ingest, ingested } = sketchedCorpus();
    put({ "mail.eml": { text: "see attached", attached: { "1-terms.txt": "net 30" } } });
    await ingest();
    expect(ingested.writes).toEqual(["mail.eml#1-terms.txt", "mail.eml"]);
  });

  it("that cannot be read are recorded, stay recorded while the item is unchanged, and cost the rest nothing", async () => {
    const { put, ingest, texts, failures } = sketchedCorpus();
    put({ "mail.eml": { text: "see", attached: { "1-a.pdf": unreadable("It is damaged."), "2-b.txt": "fine" } } });
    expect(await ingest()).toMatchObject({ written: 1, failed: 1 });
    expect(Object.keys(texts()).toSorted()).toEqual(["mail.eml", "mail.eml#2-b.txt"]);
    const recorded = { "mail.eml#1-a.pdf": "unreadable-file: It is damaged." };
    expect(await failures()).toEqual(recorded);
    await ingest();
    expect(await failures()).toEqual(recorded);
    put({ "mail.eml": { text: "see", attached: { "2-b.txt": "fine" } } });
    await ingest();
    expect(await failures()).toEqual({});
  });
});

describe("an item that cannot be ingested", () => {
  it("is recorded with its reason, and the rest goes on", async () => {
    const { put, ingest, texts, failures } = sketchedCorpus();
    put({
      "a.pdf": unreadable("The file is damaged."),
      "b.md": new PermissionError("unknown-group", "The policy has no group named x."),
      "c.md": "gamma",
      "d.md": new GroundworkError("odoo-refused", "Odoo has no attachment 9, or does not show it."),
    });
    expect(await ingest()).toMatchObject({ seen: 4, written: 1, failed: 3 });
    expect(texts()).toEqual({ "c.md": "gamma" });
    expect(await failures()).toEqual({
      "a.pdf": "unreadable-file: The file is damaged.",
      "b.md": "unknown-group: The policy has no group named x.",
      "d.md": "odoo-refused: Odoo has no attachment 9, or does not show it.",
    });
  });

  it("takes its earlier text with it, attachments included, for nobody knows who may still read it", async () => {
    const { put, ingest, texts } = sketchedCorpus();
    put({ "mail.eml": { text: "see", attached: { "1-a.txt": "text" } } });
    await ingest();
    put({ "mail.eml": unreadable("It is damaged.") });
    await ingest();
    expect(texts()).toEqual({});
  });

  it("is not tried again until it changes or somebody asks, and its failure goes when it succeeds", async () => {
    const { put, ingest, ingested, loads, failures } = sketchedCorpus();
    put({ "a.md": unreadable("It is damaged.") });
    await ingest();
    expect(await ingest()).toMatchObject({ seen: 1, unchanged: 1, failed: 0 });
    expect(loads()).toEqual([]);
    expect(await failures()).toEqual({ "a.md": "unreadable-file: It is damaged." });
    await ingested.takeFailure("folder:test", "a.md");
    expect(await ingest()).toMatchObject({ failed: 1 });
    expect(loads()).toEqual(["a.md"]);
    put({ "a.md": "mended" });
    expect(await ingest()).toMatchObject({ written: 1, failed: 0 });
    expect(await failures()).toEqual({});
  });

  it("is tried again under other limits, and at every run when Odoo or the policy may be at fault", async () => {
    const { put, ingest, loads } = sketchedCorpus();
    put({ "slow.pdf": new GroundworkError("parser-limit", "It took too long.") });
    await ingest({}, { limits: "60 s" });
    await ingest({}, { limits: "60 s" });
    expect(loads()).toEqual([]);
    await ingest({}, { limits: "90 s" });
    expect(loads()).toEqual(["slow.pdf"]);
    put({
      "b.md": new PermissionError("unknown-group", "The policy has no group named x."),
      "c.md": new GroundworkError("odoo-refused", "Odoo does not show it."),
    });
    await ingest({}, { limits: "90 s" });
    await ingest({}, { limits: "90 s" });
    expect(loads().toSorted()).toEqual(["b.md", "c.md"]);
  });

  it("is left for another attempt when its fault may pass", async () => {
    const { put, ingest, failures } = sketchedCorpus();
    put({ "slow.pdf": new GroundworkError("parser-limit", "It took too long.") });
    await expect(ingest({ mayPass: ({ code }) => code === "parser-limit" })).rejects.toMatchObject({
      code: "parser-limit",
    });
    expect(await failures()).toEqual({});
  });

  it("is forgotten when the source no longer lists it", async () => {
    const { put, ingest, files, failures } = sketchedCorpus();
    put({ "a.md": unreadable("It is damaged."), "b.md": "beta" });
    await ingest();
    files.delete("a.md");
    await ingest();
    expect(await failures()).toEqual({});
  });

  it("is counted as failed, not as removed", async () => {
    const { put, ingest } = sketchedCorpus();
    put({ "a.md": "alpha" });
    await ingest();
    put({ "a.md": unreadable("It is damaged.") });
    expect(await ingest()).toMatchObject({ failed: 1, removed: 0 });
  });
});

describe("an item of which loading takes long", () => {
  const slow = ["a.pdf", "b.md"];

  it("is put off with its access, keeps what is held of it, and is loaded where it is not put off", async () => {
    const { put, ingest, texts, ingested, loads } = sketchedCorpus(slow);
    put({ "a.pdf": "alpha", "b.md": "beta", "c.md": "gamma" });
    const later: string[] = [];
    const putOffSlow = async (items: readonly SourceItem[]) => void later.push(...items.map(({ key }) => key));
    expect(await ingest({}, { putOffSlow })).toMatchObject({ seen: 3, written: 1, unchanged: 0 });
    expect([later.splice(0), loads()]).toEqual([slow, ["c.md"]]);
    await ingest({ within: { keys: ["a.pdf"] } });
    put({ "a.pdf": "alpha, new" });
    expect(await ingest({}, { putOffSlow })).toMatchObject({ removed: 0 });
    expect(texts()).toEqual({ "a.pdf": "alpha", "c.md": "gamma" });
    expect(ingested.documents.get("a.pdf")?.parts[0]?.access).toEqual({ model: ["file"], readers: ["put off"] });
    expect(later).toEqual(slow);
  });
});

describe("an item of which the text has to be recognised", () => {
  it("is put off as a whole where recognition is refused, and fails where nobody takes it", async () => {
    const { put, ingest, failures } = sketchedCorpus();
    put({ "scan.pdf": new GroundworkError("needs-ocr", "Its text has to be recognised."), "c.md": "gamma" });
    const later: string[] = [];
    const putOffOcr = async (items: readonly SourceItem[]) => void later.push(...items.map(({ key }) => key));
    expect(await ingest({ ocr: "refused" }, { putOffOcr })).toMatchObject({ seen: 2, written: 1, failed: 0 });
    expect(later).toEqual(["scan.pdf"]);
    expect(await failures()).toEqual({});
    await expect(ingest({ ocr: "refused" })).rejects.toMatchObject({ code: "needs-ocr" });
  });
});
