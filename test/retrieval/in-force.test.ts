import { describe, expect, it } from "vitest";
import type { DocumentMetadata } from "../../infra/document.ts";
import { inForceFirst, isInForce, supersededNames, versionName, withoutSuperseded } from "../../retrieval/in-force.ts";
import type { Hit } from "../../retrieval/search.ts";
import { RECHECKED } from "../support/recheck.ts";

const DAY = "2026-11-20T18:00:00.000Z";

function hit(title: string, metadata: DocumentMetadata, score = 1): Hit {
  const document = {
    documentId: title,
    source: "s",
    key: title,
    kind: "policy",
    title,
    model: "file",
    recordId: null,
    url: null,
    metadata,
  };
  const span = { part: "main", start: 0, end: 1, page: null, headings: [], text: "x" };
  const chunk = { chunkId: title, document, ...span, recheck: RECHECKED };
  return { chunk, score };
}

const force = (metadata: DocumentMetadata) => isInForce(hit("t", metadata).chunk.document, DAY);
const among = (hits: readonly Hit[]) =>
  supersededNames(
    hits.map(({ chunk }) => chunk.document),
    DAY,
  );
const titles = (hits: readonly Hit[]) => hits.map(({ chunk }) => chunk.document.title);

describe("whether a document is in force", () => {
  it("holds from its first to its last day, both included, and always when it states none", () => {
    expect(force({})).toBe(true);
    expect(force({ effective: "2026-11-20", expires: "2026-11-20" })).toBe(true);
    expect(force({ effective: "2026-11-21" })).toBe(false);
    expect(force({ expires: "2026-11-19" })).toBe(false);
  });

  it("halves the worth of a hit that is not, so that what is in force comes first", () => {
    const hits = inForceFirst(
      [hit("old", { expires: "2025-12-31" }, 0.9), hit("new", {}, 0.5), hit("far", {}, 0.2)],
      DAY,
    );
    expect(hits.map(({ chunk, score }) => [chunk.document.title, score])).toEqual([
      ["new", 0.5],
      ["old", 0.45],
      ["far", 0.2],
    ]);
  });
});

describe("versions", () => {
  const second = hit("v2", { reference: "FIN-1", version: "2" });
  const third = hit("v3", { reference: "FIN-1", version: "3", supersedes: "FIN-1 v2" });
  const future = hit("v4", { reference: "FIN-1", version: "4", supersedes: "FIN-1 v3", effective: "2027-01-01" });

  it("have names such as those that supersede them use", () => {
    expect(versionName(third.chunk.document)).toBe("FIN-1 v3");
    expect(versionName(hit("Untold", {}).chunk.document)).toBe("Untold");
  });

  it("are left out when another hit that is in force supersedes them", () => {
    expect(titles(withoutSuperseded([second, third], among([second, third]), "what is the limit"))).toEqual(["v3"]);
    expect(titles(withoutSuperseded([third, future], among([third, future]), "what is the limit"))).toEqual([
      "v3",
      "v4",
    ]);
  });

  it("stay when nothing that the reader may read supersedes them", () => {
    expect(titles(withoutSuperseded([second], among([second]), "what is the limit"))).toEqual(["v2"]);
  });

  it("stay when the question names them, and only they", () => {
    for (const question of ["limit in version 2?", "what did v2 say", "Version 2."]) {
      expect(titles(withoutSuperseded([second, third], among([second, third]), question)), question).toEqual([
        "v2",
        "v3",
      ]);
    }
    for (const question of ["version 3", "v23", "2 limits", "conv2"]) {
      expect(titles(withoutSuperseded([second, third], among([second, third]), question)), question).toEqual(["v3"]);
    }
  });

  it("count half when they are superseded", () => {
    const [first, last] = inForceFirst(
      [
        { ...second, score: 0.9 },
        { ...third, score: 0.5 },
      ],
      DAY,
      among([second, third]),
    );
    expect([first?.chunk.document.title, last?.score]).toEqual(["v3", 0.45]);
  });

  it("count as superseded from the day on which their successor is in force", () => {
    const documents = [second, third, future].map(({ chunk }) => chunk.document);
    expect([...supersededNames(documents, DAY)]).toEqual(["FIN-1 v2"]);
    expect([...supersededNames(documents, "2027-01-01")]).toEqual(["FIN-1 v2", "FIN-1 v3"]);
  });
});
