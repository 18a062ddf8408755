import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ingestSource } from "../../../ingest/ingest-source.ts";
import { chooseParser } from "../../../ingest/parsers/choose-parser.ts";
import { openFolder } from "../../../ingest/sources/folder.ts";
import { bagOfWordsEmbedder } from "../../support/bag-of-words-embedder.ts";
import { memoryDocuments } from "../../support/memory-documents.ts";
import { inventedPolicy } from "../../permissions/invented-policy.ts";
import { embeddedAtOnce } from "../../support/embedded-at-once.ts";

const parser = chooseParser({ recognise: () => Promise.reject(new Error("no scans in these tests")) } as never);

let root = "";
let ingested = memoryDocuments();

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "groundwork-folder-"));
  ingested = memoryDocuments();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function open(maximumBytes = 100_000) {
  return openFolder(root, "folder:test", { parser, policy: inventedPolicy(), maximumBytes });
}

async function ingest(maximumBytes?: number) {
  const tools = embeddedAtOnce({ ingested, vectors: ingested.vectors, embedder: bagOfWordsEmbedder() });
  const report = await ingestSource(open(maximumBytes), tools);
  const failures = await ingested.failures();
  return {
    report,
    keys: [...ingested.documents.keys()].toSorted(),
    failures: Object.fromEntries(failures.map(({ key, code, reason }) => [key, `${code}: ${reason}`])),
    document: (key: string) => ingested.documents.get(key),
    readers: (key: string) => ingested.documents.get(key)?.parts.map(({ access }) => access["readers"]),
  };
}

const EML = (attachment: string) =>
  [
    "From: Bo <bo@example.com>",
    "To: Mia <mia@example.com>",
    "Subject: Terms of the offer",
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="b"',
    "",
    "--b",
    "Content-Type: text/plain",
    "",
    "The terms are attached.",
    "--b",
    `Content-Type: application/octet-stream; name="${attachment}"`,
    `Content-Disposition: attachment; filename="${attachment}"`,
    "",
    "Payment within 30 days.",
    "--b--",
    "",
  ].join("\r\n");

describe("what a file states about itself", () => {
  it("becomes title, kind, metadata and access, from its front matter", async () => {
    put({
      "policies/limits.md": `---
title: Purchase limits
kind: policy
reference: FIN-1
version: 3
effective: 2026-01-01
expires: 2026-12-31
supersedes: FIN-1 v2
access: { groups: [purchase.manager], companies: [base.main] }
checks:
  - { clause: "4.1", applies_to: purchase.order, when: "true", holds: order.total < 5.0, needs: [order.total] }
---
# Limits

4.1 Orders up to 5 USD.`,
    });
    const { document } = await ingest();
    expect(document("policies/limits.md")).toMatchObject({
      title: "Purchase limits",
      kind: "policy",
      model: "file",
      url: null,
      metadata: {
        reference: "FIN-1",
        version: "3",
        effective: "2026-01-01",
        expires: "2026-12-31",
        supersedes: "FIN-1 v2",
        checks: [{ clause: "4.1", appliesTo: "purchase.order", holds: "order.total < 5.0", needs: ["order.total"] }],
      },
      parts: [{ access: { model: ["file"], readers: ["group:purchase.manager"], companies: ["base.main"] } }],
    });
    expect(Object.keys(document("policies/limits.md")?.metadata ?? {})).not.toContain("access");
  });

  it("may stand in the folder's manifest, which is no document itself", async () => {
    put({
      "access.yaml": "files:\n  prices/list.csv: { title: Price list, kind: price-list, access: { users: [bo] } }\n",
      "prices/list.csv": "product,price\nbolt,2\n",
    });
    const { keys, document, readers } = await ingest();
    expect(keys).toEqual(["prices/list.csv"]);
    expect(document("prices/list.csv")).toMatchObject({ title: "Price list", kind: "price-list" });
    expect(readers("prices/list.csv")).toEqual([["user:bo"]]);
  });

  it("may be divided between both, but not the access, which would be stated twice", async () => {
    put({
      "access.yaml": "files:\n  a.md: { kind: note }\n  b.md: { access: { public: true } }\n",
      "a.md": "---\naccess: { public: true }\n---\nalpha",
      "b.md": "---\naccess: { users: [bo] }\n---\nbeta",
    });
    const { keys, failures, document, readers } = await ingest();
    expect(keys).toEqual(["a.md"]);
    expect(document("a.md")?.kind).toBe("note");
    expect(readers("a.md")).toEqual([["public"]]);
    expect(failures["b.md"]).toMatch(/^unreadable-file: The file states its access twice/);
  });

  it("lets nobody read the file when it says nothing of access, or leaves it empty", async () => {
    put({
      "access.yaml": "files:\n  c.md: { access: }\n",
      "a.md": "alpha",
      "b.md": "---\ntitle: Beta\naccess:\n---\nbeta",
      "c.md": "c",
    });
    const { readers } = await ingest();
    for (const key of ["a.md", "b.md", "c.md"]) expect(readers(key)).toEqual([[]]);
  });

  it("is refused with a reason when it is wrong, file by file", async () => {
    put({
      "group.md": "---\naccess: { groups: [purchase.maneger] }\n---\nx",
      "login.md": "---\naccess: { users: [nobody] }\n---\nx",
      "company.md": "---\naccess: { public: true, companies: [base.elsewhere] }\n---\nx",
      "key.md": "---\nacces: { public: true }\n---\nx",
      "list.md": "---\n- access\n---\nx",
      "date.md": "---\neffective: 1 January\n---\nx",
      "yaml.md": "---\naccess: { public: [\n---\nx",
      "open.md": "---\naccess: { public: true }\nx",
      "fine.md": "---\naccess: { public: true }\n---\nfine",
    });
    const { keys, failures } = await ingest();
    expect(keys).toEqual(["fine.md"]);
    expect(failures["group.md"]).toBe("unknown-group: The policy has no group named purchase.maneger.");
    expect(failures["login.md"]).toMatch(/^unknown-login: .*nobody/);
    expect(failures["company.md"]).toMatch(/^unknown-company: .*base\.elsewhere/);
    expect(failures["key.md"]).toMatch(/The front matter is not understood: .*acces/);
    expect(failures["list.md"]).toMatch(/^unreadable-file: The front matter is not understood/);
    expect(failures["date.md"]).toMatch(/effective: must be a date such as 2026-01-31/);
    expect(failures["yaml.md"]).toMatch(/^unreadable-file: .*YAML/);
    expect(failures["open.md"]).toMatch(/^unreadable-file: .*---/);
  });

  it("changes the fingerprint, so that a changed manifest entry is ingested anew", async () => {
    put({ "access.yaml": "files:\n  a.txt: { access: { users: [bo] } }\n", "a.txt": "alpha", "b.txt": "beta" });
    await ingest();
    put({ "access.yaml": "files:\n  a.txt: { access: { users: [mia] } }\n" });
    const { report, readers } = await ingest();
    expect(report).toMatchObject({ written: 1, unchanged: 1 });
    expect(readers("a.txt")).toEqual([["user:mia"]]);
  });
});

describe("which files are taken", () => {
  it("are plain files, not hidden ones and not symbolic links, of files or folders", async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "groundwork-elsewhere-"));
    try {
      writeFileSync(join(elsewhere, "secret.md"), "secret");
      put({ "a.md": "alpha", ".env": "KEY=1", ".git/config.md": "x", "sub/.hidden/b.md": "x", "sub/c.md": "gamma" });
      symlinkSync(join(elsewhere, "secret.md"), join(root, "link.md"));
      symlinkSync(elsewhere, join(root, "linked"));
      symlinkSync(root, join(root, "sub", "loop"));
      const { keys, failures } = await ingest();
      expect(keys).toEqual(["a.md", "sub/c.md"]);
      expect(failures).toEqual({});
      expect((await open().sections())[0]?.size).toBe(2);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  it("are not widened or confused by odd paths in the manifest", async () => {
    const odd = ["../outside.md", "/etc/passwd", "./a.md", "sub/../a.md", "__proto__", "constructor", "A.md"];
    const entries = odd.map((path) => `  ${JSON.stringify(path)}: { access: { public: true } }`);
    put({ "access.yaml": `files:\n${entries.join("\n")}\n`, "a.md": "alpha", constructor: "text", valueOf: "text" });
    const { keys, readers, failures } = await ingest();
    expect(keys).toEqual(["a.md", "constructor", "valueOf"]);
    expect(readers("a.md")).toEqual([[]]);
    expect(readers("valueOf")).toEqual([[]]);
    expect(readers("constructor")).toEqual([["public"]]);
    expect(
      Object.keys(failures)
        .filter((key) => key !== "__proto__")
        .toSorted(),
    ).toEqual(["../outside.md", "./a.md", "/etc/passwd", "A.md", "sub/../a.md"]);
    expect(failures["A.md"]).toMatch(/^unreadable-file: access\.yaml names this file, and there is none that is taken/);
  });

  it("may have any name, also one with the mark that sets attachments apart", async () => {
    put({ "report #3.md": "three", "report %233.md": "other", "ünïcode 文.md": "words", "a b'c\"d.md": "quoted" });
    const first = await ingest();
    expect(first.report).toMatchObject({ seen: 4, written: 4 });
    const second = await ingest();
    expect(second.report).toMatchObject({ unchanged: 4, removed: 0 });
    expect(second.keys).toHaveLength(4);
    rmSync(join(root, "report #3.md"));
    expect((await ingest()).report).toMatchObject({ unchanged: 3, removed: 1 });
  });
});

describe("files that cannot be read", () => {
  it("are refused unread when they are too large, with their size and the limit", async () => {
    put({ "huge.txt": "x".repeat(2000), "small.txt": "fine" });
    const { keys, failures } = await ingest(1000);
    expect(keys).toEqual(["small.txt"]);
    expect(failures["huge.txt"]).toMatch(/^file-too-large: The file has 2000 bytes; at most 1000 are read/);
  });

  it("are recorded when they are empty, binary or damaged, and the rest goes on", async () => {
    put({ "empty.md": "", "blank.md": "  \n\n", "junk.pdf": "%PDF-1.7 junk", "fine.md": "fine" });
    writeFileSync(join(root, "program.bin"), Buffer.from([0, 1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 7, 8]));
    const { keys, failures } = await ingest();
    expect(keys).toEqual(["fine.md"]);
    expect(Object.keys(failures).toSorted()).toEqual(["blank.md", "empty.md", "junk.pdf", "program.bin"]);
  });

  it("are passed over when they vanish between listing and reading", async () => {
    put({ "a.md": "alpha", "b.md": "beta", "c.md": "gamma" });
    const keys: string[] = [];
    for await (const { key } of open().items()) {
      keys.push(key);
      rmSync(join(root, "b.md"), { force: true });
    }
    expect(keys).toEqual(["a.md", "c.md"]);
  });

  // The superuser reads everything.
  it.skipIf(process.getuid?.() === 0)("are recorded when the system forbids to read them", async () => {
    put({ "a.md": "alpha", "b.md": "beta" });
    chmodSync(join(root, "a.md"), 0o000);
    const { keys, failures } = await ingest();
    expect(keys).toEqual(["b.md"]);
    expect(failures["a.md"]).toMatch(/^unreadable-file: /);
  });

  it("end the run when it is the folder itself, for then nothing is known of what it holds", async () => {
    rmSync(root, { recursive: true });
    await expect(ingest()).rejects.toMatchObject({ code: "unreadable-file", message: /cannot be read/ });
    await expect(open().sections()).rejects.toMatchObject({ code: "unreadable-file" });
  });
});

describe("an e-mail in the folder", () => {
  it("gives its attachments its own access, as documents of their own", async () => {
    put({
      "access.yaml": "files:\n  m.eml: { kind: correspondence, access: { users: [mia] } }\n",
      "m.eml": EML("terms.txt"),
    });
    const { keys, readers, document } = await ingest();
    expect(keys).toEqual(["m.eml", "m.eml#1-terms.txt"]);
    expect(readers("m.eml#1-terms.txt")).toEqual([["user:mia"]]);
    expect(document("m.eml#1-terms.txt")).toMatchObject({
      title: "terms.txt (attached to Terms of the offer)",
      kind: "correspondence",
    });
    expect(document("m.eml#1-terms.txt")?.parts[0]?.text).toContain("within 30 days");
  });

  it("is ingested without the attachment that cannot be read, whose failure is recorded", async () => {
    const encoded = `Content-Transfer-Encoding: base64\r\n\r\n${btoa("%PDF-1.4 junk")}`;
    put({ "m.eml": EML("terms.pdf").replace("\r\nPayment within 30 days.", encoded) });
    const { keys, failures } = await ingest();
    expect(keys).toEqual(["m.eml"]);
    expect(failures["m.eml#1-terms.pdf"]).toMatch(/^unreadable-file/);
  });

  it("cannot state its access in its own text", async () => {
    put({
      "m.eml": EML("notes.md").replace("Payment within", "---\r\naccess: { public: true }\r\n---\r\nPayment within"),
    });
    const { readers } = await ingest();
    expect(readers("m.eml")).toEqual([[]]);
    expect(readers("m.eml#1-notes.md")).toEqual([[]]);
  });
});

describe("a folder's listing", () => {
  it("stops when it is cancelled", async () => {
    put({ "a.md": "alpha" });
    const items = open().items("all", AbortSignal.abort());
    await expect(items[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "cancelled" });
  });
});
