import { describe, expect, it } from "vitest";
import { GroundworkError } from "../../infra/errors.ts";
import { narrowQuestion, titleOf } from "../../retrieval/narrow-question.ts";
import { openReader } from "../../retrieval/reader.ts";
import { DEFAULT_SEARCH_OPTIONS } from "../../retrieval/search-options.ts";
import { search } from "../../retrieval/search.ts";
import { inventedPolicy } from "../permissions/invented-policy.ts";
import { memoryCorpus } from "../support/memory-corpus.ts";
import { file } from "./invented-files.ts";
import { hitsOf } from "./invented-hits.ts";

const options = { foremost: 10, within: 3, beside: 4, share: 0.15, left: 2 };
const question = "In the agreement between Quillfeather and Zorbax: on what notice may it be ended?";

const clauses = [
  "Either party may give thirty days notice to end it.",
  "Goods are paid within a month.",
  "Delays cost a fee.",
];
const wanted = [`Agreement between Quillfeather and Zorbax.`, ...clauses].map((text, at) =>
  file({ key: `wanted-${at}`, title: "Supply agreement 7", text: [text] }),
);
const others = ["North", "South", "East", "West"].map((name) =>
  file({ key: name, title: `Agreement ${name}`, text: [`The agreement with ${name} may be ended on notice.`] }),
);

describe("narrowing a question to its subject", () => {
  it("takes away the words that named the subject and keeps what is asked of it", () => {
    const narrowed = narrowQuestion(question, hitsOf([...wanted, ...others]), options);
    expect(narrowed?.title).toBe("Supply agreement 7");
    expect(narrowed?.text).toBe("In the agreement between and : on what notice may it be ended?");
    expect(narrowed?.documentIds).toEqual(wanted.map(({ id }) => id));
  });

  it("leaves a question alone that names nothing, where no title has several hits, and where there is nothing beside", () => {
    const hits = hitsOf([...wanted, ...others]);
    expect(narrowQuestion("agreement notice ended", hits, options)).toBeNull();
    expect(narrowQuestion(question, hitsOf([...wanted.slice(0, 2), ...others]), options)).toBeNull();
    expect(narrowQuestion(question, hitsOf(wanted), options)).toBeNull();
    expect(narrowQuestion(question, [], options)).toBeNull();
  });

  it("leaves a question alone of which too little would be left", () => {
    expect(narrowQuestion("Quillfeather Zorbax", hitsOf([...wanted, ...others]), options)).toBeNull();
    expect(narrowQuestion(question, hitsOf([...wanted, ...others]), { ...options, left: 9 })).toBeNull();
    expect(narrowQuestion("Quillfeather Zorbax notice", hitsOf([...wanted, ...others]), options)).toBeNull();
  });

  it("takes documents without a title for one each", () => {
    const untitled = hitsOf([
      file({ key: "a", title: "", text: ["One."] }),
      file({ key: "b", title: "", text: ["Two."] }),
    ]);
    expect(new Set(untitled.map(titleOf)).size).toBe(2);
  });
});

describe("a search for something within a named document", () => {
  const reader = openReader("bo", inventedPolicy());
  const found = async (narrowing: typeof options | null, documents = [...wanted, ...others]) => {
    const request = { query: question, limit: 5, options: { ...DEFAULT_SEARCH_OPTIONS, narrowing } };
    return (await search(request, reader, memoryCorpus(documents))).hits;
  };
  const firstOfTitle = async (narrowing: typeof options | null) =>
    (await found(narrowing)).find((hit) => titleOf(hit) === "Supply agreement 7")?.chunk.text;

  it("finds the passage that answers before the one that introduces the names", async () => {
    expect(await firstOfTitle(null)).toContain("Quillfeather");
    expect(await firstOfTitle(options)).toContain("thirty days notice");
  });

  it("is moved by nothing that the reader may not read", async () => {
    const hidden = ["Quillfeather", "Zorbax"].map((name) =>
      file({ key: name, title: name, text: [`${name} may terminate on notice.`], readers: ["user:mia"] }),
    );
    expect(await found(options, [...wanted, ...others, ...hidden])).toEqual(await found(options));
  });

  it("keeps the order there was when the index fails in the middle, and says so", async () => {
    const tools = memoryCorpus([...wanted, ...others]);
    const index: typeof tools.index = {
      search: (query, filter, signal) =>
        query.selection === undefined
          ? tools.index.search(query, filter, signal)
          : Promise.reject(new GroundworkError("index", "Gone.")),
    };
    const request = { query: question, limit: 5, options: { ...DEFAULT_SEARCH_OPTIONS, narrowing: options } };
    const { hits, degraded } = await search(request, reader, { ...tools, index });
    expect(degraded).toMatch(/rougher order/);
    expect(hits).toEqual(await found(null));
  });
});
