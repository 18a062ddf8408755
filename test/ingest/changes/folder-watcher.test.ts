import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SourceScope } from "../../../infra/db/port.ts";
import { type WatchedFolder, WatchedFolders } from "../../../ingest/changes/watch-folders.ts";
import { silentLog } from "../../support/silent-log.ts";

const SOON = { timeout: 15_000, interval: 50 };

let root: string;
let sent: { readonly source: string; readonly scope: SourceScope; readonly priority: number }[];
let noted: Set<string>;
let ending: AbortController;
let leads: boolean;
let folders: readonly WatchedFolder[];
let ended: Promise<void>;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "groundwork-watched-"));
  put({ "a.md": "alpha", "deep/er/b.md": "beta", "deep/c.md": "gamma" });
  [sent, noted, leads, folders] = [[], new Set(), true, [{ path: root, name: "folder:test" }]];
  ending = new AbortController();
  const watched = new WatchedFolders({
    folders: async () => folders,
    leads: () => leads,
    ingested: {
      moment: async () => 1,
      states: async () => new Map([["deep/held.md#1-x.txt", { contentHash: "" }]]),
      noteChanged: async (_source, items) => {
        for (const { key } of items) noted.add(key);
        return noted;
      },
    },
    queues: {
      send: async (works, priority) => {
        for (const [, work] of works)
          if ("scope" in work) sent.push({ source: work.source, scope: work.scope, priority });
      },
    },
    log: silentLog,
  });
  await watched.look("leave");
  ended = watched.run(ending.signal);
});
afterEach(async () => {
  ending.abort();
  await ended;
  rmSync(root, { recursive: true, force: true });
});

function put(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** Resolves when the whole folder, or these files and no others, have been sent since the last time; in how many pieces is a matter of time. */
async function expectSent(wanted: "all" | { readonly keys: readonly string[] }): Promise<void> {
  await vi.waitFor(() => {
    if (wanted === "all") expect(sent.map(({ scope }) => scope)).toContain("all");
    else expect(keysSent()).toEqual(wanted.keys);
  }, SOON);
  for (const each of sent) expect(each).toMatchObject({ source: "folder:test", priority: 10 });
  sent.length = 0;
}

function keysSent(): readonly string[] {
  const keys = sent.flatMap(({ scope }) => (typeof scope === "object" && "keys" in scope ? scope.keys : []));
  return [...new Set(keys)].toSorted();
}

const only = (...keys: readonly string[]) => ({ keys });

describe("a watched folder", { timeout: 60_000 }, () => {
  it("has files read that are written, changed, moved or removed, after they are noted as changed", async () => {
    put({ "new #1.md": "x" });
    await expectSent(only("new %231.md"));
    expect(noted).toEqual(new Set(["new %231.md"]));
    put({ "deep/er/b.md": "other" });
    await expectSent(only("deep/er/b.md"));
    renameSync(join(root, "a.md"), join(root, "deep", "a2.md"));
    await expectSent(only("a.md", "deep/a2.md"));
    rmSync(join(root, "deep/c.md"));
    await expectSent(only("deep/c.md"));
  });

  it("sees every time that a file is saved under another name and moved over the old one", async () => {
    for (const text of ["one", "two", "three"]) {
      put({ "deep/.c.md.tmp": text });
      renameSync(join(root, "deep/.c.md.tmp"), join(root, "deep/c.md"));
      await expectSent(only("deep/c.md"));
    }
    put({ "deep/c.md": "in place" });
    await expectSent(only("deep/c.md"));
  });

  it("is read whole where access may have changed, and what lies beneath is noted, be it there or held", async () => {
    put({ "deep/access.yaml": "defaults: {}" });
    await expectSent("all");
    expect([...noted].toSorted()).toEqual(["deep/access.yaml", "deep/c.md", "deep/er/b.md", "deep/held.md"]);
    put({ "Access.yml": "x" });
    await expectSent("all");
    expect(noted).toContain("a.md");
    rmSync(join(root, "deep/access.yaml"));
    await expectSent("all");
  });

  it("is read whole when folders come, move and go, and what changes in them from then on is seen", async () => {
    put({ "n1/n2/n3/f.md": "x" });
    await expectSent("all");
    put({ "n1/n2/n3/f.md": "y", "n1/n2/g.md": "z" });
    await expectSent(only("n1/n2/g.md", "n1/n2/n3/f.md"));
    renameSync(join(root, "n1"), join(root, "m1"));
    await expectSent("all");
    put({ "m1/n2/n3/f.md": "moved" });
    await expectSent(only("m1/n2/n3/f.md"));
    rmSync(join(root, "m1"), { recursive: true });
    await expectSent("all");
  });

  it("is read whole when very many files change at once", async () => {
    put(Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`many-${at}.md`, "x"])));
    await expectSent("all");
  });

  it("passes over what is not taken: hidden files and what lies behind a symbolic link", async () => {
    put({ ".hidden.md": "x", ".git/config": "x" });
    const away = mkdtempSync(join(tmpdir(), "groundwork-away-"));
    symlinkSync(away, join(root, "link"));
    await expectSent(only("link"));
    writeFileSync(join(away, "behind.md"), "x");
    put({ "last.md": "x" });
    await expectSent(only("last.md"));
    rmSync(away, { recursive: true });
  });
});

describe("a folder that comes and goes", { timeout: 60_000 }, () => {
  it("is left alone while it is gone, and read whole when it, or another of its name, is there", async () => {
    renameSync(root, `${root}-away`);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(sent).toEqual([]);
    renameSync(`${root}-away`, root);
    await vi.waitFor(() => expect(sent.map(({ scope }) => scope)).toContain("all"), SOON);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    sent.length = 0;
    put({ "deep/er/b.md": "after" });
    await expectSent(only("deep/er/b.md"));
  });

  it("is watched from when it is added, and only while this process leads", async () => {
    const other = mkdtempSync(join(tmpdir(), "groundwork-added-"));
    folders = [...folders, { path: other, name: "folder:other" }];
    await vi.waitFor(() => expect(sent).toEqual([{ source: "folder:other", scope: "all", priority: 10 }]), SOON);
    leads = false;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    put({ "a.md": "unseen" });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(sent).toHaveLength(1);
    leads = true;
    await vi.waitFor(
      () => expect(sent.map(({ source }) => source)).toEqual(["folder:other", "folder:test", "folder:other"]),
      SOON,
    );
    rmSync(other, { recursive: true });
  });
});
