import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FolderListings } from "../../../ingest/sources/folder-listings.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "groundwork-listed-"));
  writeFileSync(join(root, "a.md"), "alpha");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const inAMinute = () => Date.now() + 60_000;

describe("the listing of a folder", () => {
  it("is taken once while the folder rests, and again when something comes or goes", async () => {
    const listings = new FolderListings(inAMinute);
    const first = await listings.list(root);
    expect([...first.entries.keys()]).toEqual(["a.md"]);
    expect(await listings.list(root)).toBe(first);
    writeFileSync(join(root, "access.yaml"), "");
    const second = await listings.list(root);
    expect([...second.entries.keys()].toSorted()).toEqual(["a.md", "access.yaml"]);
    expect(second.manifests).toEqual(["access.yaml"]);
    rmSync(join(root, "access.yaml"));
    expect((await listings.list(root)).manifests).toEqual([]);
  });

  it("is taken again though somebody sets the folder's date back, as tools that copy folders do", async () => {
    const listings = new FolderListings(inAMinute);
    const { atime, mtime } = statSync(root);
    await listings.list(root);
    writeFileSync(join(root, "access.yaml"), "");
    utimesSync(root, atime, mtime);
    expect((await listings.list(root)).manifests).toEqual(["access.yaml"]);
  });

  it("is taken each time while the folder has changed just now", async () => {
    const listings = new FolderListings();
    const first = await listings.list(root);
    const second = await listings.list(root);
    expect(second).not.toBe(first);
    expect(second).toEqual(first);
  });
});
