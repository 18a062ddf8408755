import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ingestSource } from "../../../ingest/ingest-source.ts";
import { chooseParser } from "../../../ingest/parsers/choose-parser.ts";
import { openFolder } from "../../../ingest/sources/folder.ts";
import { evaluateAccess } from "../../../permissions/evaluate-access.ts";
import { planAccess } from "../../../permissions/plan-access.ts";
import { resolvePrincipal } from "../../../permissions/resolve-principal.ts";
import { utcDay } from "../../../permissions/utc-day.ts";
import { inventedPolicy } from "../../permissions/invented-policy.ts";
import { bagOfWordsEmbedder } from "../../support/bag-of-words-embedder.ts";
import { memoryDocuments } from "../../support/memory-documents.ts";
import { embeddedAtOnce } from "../../support/embedded-at-once.ts";

const policy = inventedPolicy();
const parser = chooseParser({ recognise: () => Promise.reject(new TypeError("no scans in these tests")) } as never);

let root = "";
let ingested = memoryDocuments();

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "groundwork-access-"));
  ingested = memoryDocuments();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

async function ingest() {
  const source = openFolder(root, "folder:test", { parser, policy, maximumBytes: 100_000 });
  const report = await ingestSource(
    source,
    embeddedAtOnce({ ingested, vectors: ingested.vectors, embedder: bagOfWordsEmbedder() }),
  );
  const failures = await ingested.failures();
  return { report, failures: Object.fromEntries(failures.map(({ key, code, reason }) => [key, `${code}: ${reason}`])) };
}

/** Who of the three finds each document, on a day of 2026. */
function found(at = "2026-06-15"): Record<string, string> {
  return Object.fromEntries(
    [...ingested.documents.values()]
      .toSorted((left, right) => (left.key < right.key ? -1 : 1))
      .map(({ key, parts }) => {
        const readers = ["bo", "mia", "vera"].filter((login) => {
          const filter = planAccess(resolvePrincipal(login, policy), policy, utcDay(new Date(at)));
          return parts.some(({ access }) => evaluateAccess(filter, access));
        });
        return [key, readers.join(" ")];
      }),
  );
}

const BUYERS = "access: { groups: [purchase.buyer] }";
const MANAGERS = "access: { groups: [purchase.manager] }";

describe("what a folder states for the files beneath it", () => {
  it("holds at any depth for those that state nothing themselves", async () => {
    put({ "access.yaml": `defaults: { ${BUYERS}, kind: note }`, "a.md": "alpha", "deep/er/b.md": "beta" });
    await ingest();
    expect(found()).toEqual({ "a.md": "bo mia", "deep/er/b.md": "bo mia" });
    expect([...ingested.documents.values()].map(({ kind }) => kind)).toEqual(["note", "note"]);
  });

  it("gives way as a whole to a deeper folder, an entry and front matter: readers are never added up", async () => {
    put({
      "access.yaml": `defaults: { ${BUYERS}, kind: note }\nfiles:\n  named.md: { access: { users: [vera] } }\n  sub/named.md: { access: { users: [bo] } }`,
      "a.md": "alpha",
      "named.md": "named",
      "front.md": "---\naccess: { users: [vera] }\n---\nfront",
      "sub/access.yaml": `defaults: { ${MANAGERS} }\nfiles: { "own.md": { access: { users: [vera] }, kind: letter } }`,
      "sub/b.md": "beta",
      "sub/named.md": "named",
      "sub/own.md": "own",
      "sub/deep/c.md": "gamma",
      "subway/d.md": "delta",
    });
    await ingest();
    expect(found()).toEqual({
      "a.md": "bo mia",
      "front.md": "vera",
      "named.md": "vera",
      "sub/b.md": "mia",
      "sub/deep/c.md": "mia",
      "sub/named.md": "bo",
      "sub/own.md": "vera",
      "subway/d.md": "bo mia",
    });
    expect(ingested.documents.get("sub/own.md")?.kind).toBe("letter");
    expect(ingested.documents.get("sub/b.md")?.kind).toBe("note");
  });

  it("does not lend its companies or its days to what replaces it", async () => {
    put({
      "access.yaml": "defaults: { access: { public: true, companies: [base.other], until: 2026-01-31 } }",
      "a.md": "alpha",
      "b.md": `---\n${BUYERS}\n---\nbeta`,
    });
    await ingest();
    expect(found()).toEqual({ "a.md": "", "b.md": "bo mia" });
    expect(found("2026-01-31")).toEqual({ "a.md": "mia", "b.md": "bo mia" });
  });

  it("is not what a file falls back to that states an empty access: that is nobody", async () => {
    put({
      "access.yaml": "defaults: { access: { public: true } }\nfiles: { c.md: { access: } }",
      "a.md": "---\naccess:\n---\nalpha",
      "b.md": "---\naccess: {}\n---\nbeta",
      "c.md": "gamma",
      "sub/access.yaml": "defaults: { access: }",
      "sub/d.md": "delta",
    });
    await ingest();
    expect(found()).toEqual({ "a.md": "", "b.md": "", "c.md": "", "sub/d.md": "" });
  });

  it("passes over a deeper folder's manifest that says nothing of access", async () => {
    put({
      "access.yaml": `defaults: { ${BUYERS} }`,
      "sub/access.yaml": "defaults: { kind: letter }",
      "sub/a.md": "alpha",
    });
    await ingest();
    expect(found()).toEqual({ "sub/a.md": "bo mia" });
    expect(ingested.documents.get("sub/a.md")?.kind).toBe("letter");
  });

  it("goes on to the attachments of an e-mail", async () => {
    const mail = [
      "From: bo@example.com",
      "Subject: Terms",
      "MIME-Version: 1.0",
      'Content-Type: multipart/mixed; boundary="b"',
      "",
      "--b",
      "Content-Type: text/plain",
      "",
      "Attached.",
      "--b",
      'Content-Type: text/plain; name="t.txt"',
      'Content-Disposition: attachment; filename="t.txt"',
      "",
      "Thirty days.",
      "--b--",
      "",
    ].join("\r\n");
    put({ "mail/access.yaml": `defaults: { ${MANAGERS} }`, "mail/m.eml": mail });
    await ingest();
    expect(found()).toEqual({ "mail/m.eml": "mia", "mail/m.eml#1-t.txt": "mia" });
  });

  it("names its entries from the manifest's own folder on, and reaches nothing outside it", async () => {
    const odd = ["../a.md", "/a.md", "../../etc/passwd", "./b.md", "..", ".", "", "deep\\\\c.md"];
    const entries = odd.map((path) => `  "${path}": { access: { public: true } }`).join("\n");
    put({ "a.md": "alpha", "sub/access.yaml": `files:\n${entries}`, "sub/b.md": "beta", "sub/deep/c.md": "gamma" });
    const { failures } = await ingest();
    expect(found()).toEqual({ "a.md": "", "sub/b.md": "", "sub/deep/c.md": "" });
    expect(Object.keys(failures)).toHaveLength(odd.length);
  });
});

describe("a file that states its access more than once", () => {
  it("is refused, for which one was meant cannot be known", async () => {
    put({
      "access.yaml": "files: { sub/a.md: { access: { users: [bo] } }, sub/b.md: { access: { users: [bo] } } }",
      "sub/access.yaml": "files: { a.md: { access: { users: [mia] } } }",
      "sub/a.md": "alpha",
      "sub/b.md": "---\naccess: { users: [mia] }\n---\nbeta",
    });
    const { failures } = await ingest();
    expect(found()).toEqual({});
    for (const key of ["sub/a.md", "sub/b.md"]) expect(failures[key]).toMatch(/states its access twice/);
  });
});

describe("a manifest that is not understood", () => {
  const faults: Readonly<Record<string, string>> = {
    "no YAML": "defaults: [",
    empty: "",
    "of another form": "a.md: { access: { public: true } }",
    "with an unknown key": "default: { access: { public: true } }\nfiles: {}",
    "with a default that files cannot share": "defaults: { title: All }",
    "with a misspelt default": "defaults: { acces: { users: [mia] } }",
    "with entries that are no mapping": "files: [a.md]",
    "with aliases": "x: &x [1]\nfiles: { a.md: { title: *x } }",
    "with a key twice": "defaults: { access: { users: [mia] } }\ndefaults: { access: { public: true } }",
    "of two documents": "files: {}\n---\nfiles: {}",
    "too large": `files: {}\n# ${"x".repeat(100_000)}`,
  };

  it.each(Object.keys(faults))(
    "refuses every file beneath it, with the reason, and nothing beside: %s",
    async (fault) => {
      put({
        "access.yaml": "defaults: { access: { public: true } }",
        "a.md": "alpha",
        "sub/access.yaml": faults[fault] ?? "",
        "sub/b.md": "beta",
        "sub/own.md": "---\naccess: { users: [bo] }\n---\nown",
        "sub/deep/access.yaml": "defaults: { access: { public: true } }",
        "sub/deep/c.md": "gamma",
      });
      const { failures } = await ingest();
      expect(found()).toEqual({ "a.md": "bo mia vera" });
      for (const key of ["sub/b.md", "sub/own.md", "sub/deep/c.md"]) {
        expect(failures[key]).toMatch(/^unreadable-file: .*sub\/access\.yaml/);
      }
    },
  );

  it("does not let the folder above decide when its name is nearly right", async () => {
    for (const name of ["access.yml", "Access.yaml", "ACCESS.YML"]) {
      put({
        "access.yaml": "defaults: { access: { public: true } }",
        [`sub/${name}`]: `defaults: { ${MANAGERS} }`,
        "sub/a.md": "alpha",
      });
      const { failures } = await ingest();
      expect(found()).toEqual({});
      expect(failures["sub/a.md"]).toMatch(/must be named access\.yaml/);
      rmSync(join(root, "sub", name));
    }
  });

  it("may be a folder or a symbolic link, which is never followed", async () => {
    const outside = mkdtempSync(join(tmpdir(), "groundwork-outside-"));
    try {
      writeFileSync(join(outside, "access.yaml"), "defaults: { access: { public: true } }");
      put({ "linked/a.md": "alpha", "folder/access.yaml/b.md": "beta", "folder/c.md": "gamma" });
      symlinkSync(join(outside, "access.yaml"), join(root, "linked", "access.yaml"));
      const { failures } = await ingest();
      expect(found()).toEqual({});
      expect(Object.keys(failures)).toEqual(["folder/access.yaml/b.md", "folder/c.md", "linked/a.md"]);
      expect(failures["linked/a.md"]).toMatch(/linked\/access\.yaml cannot be read as a plain file/);
    } finally {
      rmSync(outside, { recursive: true, force: true });
    }
  });

  it("takes away what was found before, and gives it back when it is mended", async () => {
    put({ "access.yaml": `defaults: { ${BUYERS} }`, "a.md": "alpha" });
    await ingest();
    put({ "access.yaml": "defaults: [" });
    await ingest();
    expect(found()).toEqual({});
    put({ "access.yaml": `defaults: { ${BUYERS} }` });
    const { failures } = await ingest();
    expect(found()).toEqual({ "a.md": "bo mia" });
    expect(failures).toEqual({});
  });
});

describe("a name in a folder's defaults that the policy does not have", () => {
  it.each([
    ["unknown-group", "groups: [purchase.maneger]"],
    ["unknown-login", "users: [BO]"],
    ["unknown-company", "public: true, companies: [base.nowhere]"],
    ["invalid-document-access", "public: true, until: 2026-02-31"],
    ["invalid-document-access", "readers: [bo]"],
  ])("refuses the files that it would decide, as %s, and leaves the others", async (code, access) => {
    put({
      "access.yaml": "defaults: { access: { public: true } }",
      "sub/access.yaml": `defaults: { access: { ${access} } }`,
      "sub/a.md": "alpha",
      "sub/own.md": "---\naccess: { users: [vera] }\n---\nown",
    });
    const { failures } = await ingest();
    expect(found()).toEqual({ "sub/own.md": "vera" });
    expect(failures["sub/a.md"]).toMatch(new RegExp(`^${code}: `));
  });
});

describe("an entry whose file is not there", () => {
  it("is reported, because a misspelt path leaves the real file to the folder's defaults", async () => {
    put({
      "access.yaml": "defaults: { access: { public: true } }\nfiles: { salaris.md: { access: { users: [mia] } } }",
      "salaries.md": "wages",
    });
    const { failures } = await ingest();
    expect(failures["salaris.md"]).toMatch(/access\.yaml names this file, and there is none that is taken/);
    renameSync(join(root, "salaries.md"), join(root, "salaris.md"));
    expect((await ingest()).failures).toEqual({});
    expect(found()).toEqual({ "salaris.md": "mia" });
  });
});

describe("access that changes", () => {
  const steps: readonly (readonly [string, Readonly<Record<string, string | null>>, string])[] = [
    ["an entry", { "access.yaml": "files: { a.md: { access: { users: [vera] } } }" }, "vera"],
    ["the entry disappears", { "access.yaml": "files: {}" }, ""],
    ["a default", { "access.yaml": `defaults: { ${MANAGERS} }` }, "mia"],
    ["the manifest disappears", { "access.yaml": null }, ""],
    ["front matter", { "a.md": `---\n${BUYERS}\n---\nalpha` }, "bo mia"],
    ["it begins later", { "a.md": "---\naccess: { public: true, from: 2026-07-01 }\n---\nalpha" }, ""],
    ["it has ended", { "a.md": "---\naccess: { public: true, until: 2026-06-14 }\n---\nalpha" }, ""],
    ["it ends that day", { "a.md": "---\naccess: { public: true, until: 2026-06-15 }\n---\nalpha" }, "bo mia vera"],
    ["the front matter disappears", { "a.md": "alpha" }, ""],
  ];

  it("does so at the next run, in each direction", async () => {
    for (const [step, changes, readers] of steps) {
      for (const [path, text] of Object.entries(changes)) {
        if (text === null) rmSync(join(root, path));
        else put({ "a.md": "alpha", [path]: text });
      }
      const { report } = await ingest();
      expect(found(), step).toEqual({ "a.md": readers });
      expect(report.written, step).toBe(1);
      expect((await ingest()).report, step).toMatchObject({ written: 0, unchanged: 1 });
    }
  });

  it("by the passing of days needs no run", async () => {
    put({ "a.md": "---\naccess: { public: true, from: 2026-06-10, until: 2026-06-15 }\n---\nalpha" });
    await ingest();
    const days = ["2026-06-09T23:59:59.999Z", "2026-06-10", "2026-06-15T23:59:59.999Z", "2026-06-16T00:00:00Z"];
    expect(days.map((at) => found(at)["a.md"])).toEqual(["", "bo mia vera", "bo mia vera", ""]);
  });
});
