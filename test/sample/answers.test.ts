import { describe, expect, it } from "vitest";
import { LOGINS, ask, openCitation, rationaleOf, send } from "./sample-client.ts";

const APPROVAL = "From which amount must the finance director approve a purchase order?";

describe("the same question", () => {
  it("has another outcome for each of three readers", async () => {
    const question = "Within how many days are Voltaris bills paid?";
    const [petra, lars, emil] = await Promise.all([
      ask("petra.purchasing", question),
      ask("lars.nordic", question),
      ask("emil.employee", question),
    ]);
    expect(petra.status).toBe("answered");
    expect(petra.statements.map(({ text }) => text).join(" ")).toMatch(/net 45 days/i);
    expect(lars.citations.map(({ title }) => title).join(" ")).not.toContain("SA-2025-014");
    expect(emil).toMatchObject({ status: "abstained", statements: [], citations: [] });
    const people = await Promise.all(["sam.sales", "hana.hr", "wes.warehouse"].map((login) => ask(login, question)));
    for (const { citations } of people)
      expect(citations.map(({ title }) => title).join(" ")).not.toContain("SA-2025-014");
  });

  it("quotes the policy to those who buy, and tells others no more than that they may not read it", async () => {
    const [petra, emil] = await Promise.all([ask("petra.purchasing", APPROVAL), ask("emil.employee", APPROVAL)]);
    expect(petra.statements[0]?.text).toMatch(/^4\.3 Orders above 25,000 USD/);
    expect(petra.citations[0]).toMatchObject({ title: "Purchase approval policy", part: "main" });
    expect(emil.status).toBe("abstained");
    expect(emil.message).not.toMatch(/polic|approv|exist/i);
  });

  it("tells a salary to HR and to nobody else", async () => {
    const question = "What is the base salary in Emil Jansen's performance review memo?";
    const readers = await Promise.all(LOGINS.map(async (login) => [login, await ask(login, question)] as const));
    const cited = readers.filter(([, { citations }]) =>
      citations.some(({ title }) => /performance review/i.test(title)),
    );
    expect(cited.map(([login]) => login)).toEqual(["hana.hr"]);
  });
});

describe("every citation", () => {
  it.each([
    ["petra.purchasing", APPROVAL],
    ["petra.purchasing", "What penalty does Brightline owe for late deliveries?"],
    ["petra.purchasing", "What does Voltaris charge for cable above Schedule A?"],
    ["alan.accounting", "How are vendor bills matched?"],
    ["wes.warehouse", "What happens with damaged goods?"],
    ["hana.hr", "How long is parental leave?"],
    ["lars.nordic", "What is the lead time of Nordkabel?"],
    ["vera.vendor", "When are bills paid under SA-2025-014?"],
    ["emil.employee", "What does a lost badge cost?"],
  ])("of the answer to %s about “%s” opens at its words", async (login, question) => {
    const answer = await ask(login, question);
    expect(answer.status).toBe("answered");
    for (const { citations } of answer.statements) expect(citations.length).toBeGreaterThan(0);
    for (const citation of answer.citations) {
      const document = await openCitation(login, citation);
      expect(document.span).toMatchObject({ part: citation.part, text: citation.quote });
      const part = document.parts.find((each) => each.part === citation.part);
      expect(part?.text.slice(citation.start, citation.end)).toBe(citation.quote);
      expect([document.title, document.span?.page]).toEqual([citation.title, citation.page]);
    }
  });

  it.each([
    ["petra.purchasing", "VOL-Q-7781"],
    ["lars.nordic", "NKB-2026-55"],
  ])("of the rationale for %s of %s opens at its words", async (login, order) => {
    const { citations } = await rationaleOf(login, order);
    expect(citations.length).toBeGreaterThan(30);
    for (const citation of citations.filter(({ quote }) => quote !== "")) {
      expect((await openCitation(login, citation)).span?.text, citation.title).toBe(citation.quote);
    }
  });

  it("of a rationale has words", async () => {
    const { citations } = await rationaleOf("petra.purchasing", "VOL-Q-7781");
    expect(citations.filter(({ quote }) => quote === "")).toEqual([]);
  });

  it("opens for its reader alone", async () => {
    const [citation] = (await ask("petra.purchasing", APPROVAL)).citations;
    const path = `/v1/documents/${citation?.documentId ?? ""}`;
    const hidden = await send("emil.employee", "GET", path);
    const absent = await send("emil.employee", "GET", "/v1/documents/no-such-document");
    expect([hidden.status, absent.status]).toEqual([404, 404]);
    expect(await hidden.text()).toBe(await absent.text());
    const headers = [...absent.headers.keys()].sort();
    expect([...hidden.headers.keys()].sort()).toEqual(headers);
    expect(hidden.headers.get("content-length")).toBe(absent.headers.get("content-length"));
  });
});
