import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");

/** What each top folder may import of ours, beside itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  permissions: [],
  infra: ["permissions"],
  ingest: ["permissions", "infra"],
  retrieval: ["permissions", "infra"],
  api: ["permissions", "infra", "ingest", "retrieval"],
  eval: ["permissions", "infra", "ingest", "retrieval"],
  test: ["permissions", "infra", "ingest", "retrieval", "api", "eval"],
};

const modules = Object.keys(MAY_IMPORT).flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !path.includes("node_modules") && !path.includes("dist/"))
    .map((path) => join(folder, path)),
);

const imports = modules.flatMap((module) =>
  [
    ...readFileSync(join(ROOT, module), "utf8").matchAll(
      /(?:from|import|new URL\()\s*\(?["'](\.{1,2}\/[^"']+\.tsx?)["']/g,
    ),
  ].map(([, specifier = ""]) => ({ module, target: relative(ROOT, resolve(ROOT, dirname(module), specifier)) })),
);

describe("the house", () => {
  it("is looked at whole: this check sees its modules and imports", () => {
    expect(modules.length).toBeGreaterThan(200);
    expect(imports.length).toBeGreaterThan(500);
  });

  it("imports one way only", () => {
    const wrong = imports.filter(({ module, target }) => {
      const [from = "", to = ""] = [module, target].map((path) => path.split("/")[0] ?? "");
      return from !== to && MAY_IMPORT[from]?.includes(to) !== true;
    });
    expect(wrong).toEqual([]);
  });

  it("has the folders that it was given and no others", () => {
    const folders = readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => name)
      .filter((name) => !["node_modules", "data", "coverage"].includes(name));
    expect(folders.sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  it("makes access filters in one place", () => {
    const makers = modules.filter(
      (module) =>
        !module.startsWith("test/") &&
        /as (?:unknown as )?AccessFilter\b/.test(readFileSync(join(ROOT, module), "utf8")),
    );
    expect(makers).toEqual(["permissions/plan-access.ts"]);
  });
});
