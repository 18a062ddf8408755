import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loadQuestions } from "../../eval/load-questions.ts";
import { readableTruth } from "../../eval/readable-truth.ts";
import { casesOf } from "../../eval/run-evaluation.ts";

const DOCUMENTS = fileURLToPath(new URL("../../infra/sample/documents/", import.meta.url));
const BOARD_NOTE = "general/unfiled-board-note.md";

const set = loadQuestions();
const files = [...set.readersOfFiles.keys()];

describe("the questions of the evaluation", () => {
  it("have unique names", () => {
    const ids = set.questions.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  it("name only files that exist", () => {
    expect(files.filter((file) => !existsSync(`${DOCUMENTS}${file.split("#", 1)[0]}`))).toEqual([]);
  });

  it.each(set.questions)("$id: its readers may read a source, the forbidden may read none", (question) => {
    const sources = new Set(question.sources.flatMap(({ document }) => set.readersOfFiles.get(document) ?? []));
    const isOfFiles = question.sources.some(({ document }) => set.readersOfFiles.has(document));
    expect(question.readers.filter((login) => question.forbidden.includes(login))).toEqual([]);
    if (!isOfFiles) return;
    expect(question.readers.filter((login) => !sources.has(login))).toEqual([]);
    expect(question.forbidden.filter((login) => sources.has(login))).toEqual([]);
  });

  it("expect an answer of everybody who asks an answerable one, and of nobody else", () => {
    for (const question of set.questions) {
      for (const { login, expected } of casesOf(question, set)) {
        expect(expected.length > 0, `${question.id} as ${login}`).toBe(
          question.answerable && question.readers.includes(login),
        );
      }
    }
  });
});

describe("the truth about who may read", () => {
  const truth = readableTruth(set.readersOfFiles);
  const everybody = [...new Set(set.questions.flatMap(({ readers, forbidden }) => [...readers, ...forbidden]))];

  it("lets nobody read the file that states no access", () => {
    const note = { model: "file", key: BOARD_NOTE, recordId: null };
    expect(everybody.map((login) => truth.mayRead(login, note))).toEqual(everybody.map(() => false));
  });

  it("does not pretend to know a file that it was not told of", () => {
    expect(truth.mayRead("bo.buyer", { model: "file", key: "new.md", recordId: null })).toBeNull();
  });

  it("knows records from what Odoo's own search answered", () => {
    expect(truth.mayRead("bo.buyer", { model: "purchase.order", key: "purchase.order/130", recordId: 130 })).toBe(true);
    expect(truth.mayRead("sam.sales", { model: "purchase.order", key: "purchase.order/130", recordId: 130 })).toBe(
      false,
    );
  });
});
