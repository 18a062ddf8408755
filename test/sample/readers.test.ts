import { describe, expect, it } from "vitest";
import { LOGINS, ask, find, rationaleOf, send } from "./sample-client.ts";

const titles = async (login: string, query: string, more: object = {}) =>
  (await find(login, query, more)).hits.map(({ title }) => title);

describe("a document that states no access", () => {
  const words = /project lantern|4\.2 million|BOARD-2026|14 positions/i;

  it.each([
    "Project Lantern: offer for all shares of Copperhead Wire, 4.2 million USD",
    "closing the branch in Mobile and its 14 positions",
    "BOARD-2026-11",
  ])("is found by nobody who searches for “%s”", async (query) => {
    for (const login of LOGINS) {
      const { hits } = await find(login, query);
      expect(hits.map(({ title, text }) => `${title}: ${text}`).join("\n"), login).not.toMatch(words);
    }
  });

  it("answers nobody", async () => {
    for (const login of LOGINS) {
      const { statements, citations } = await ask(login, "What does Project Lantern mean for the branch in Mobile?");
      expect(JSON.stringify([statements, citations]), login).not.toMatch(words);
    }
  });

  it("is counted for the operator, so that it is noticed", async () => {
    const { counts } = (await (await send("operator", "GET", "/v1/ingestion")).json()) as {
      counts: readonly { model: string; unreadable: number }[];
    };
    expect(counts.find(({ model }) => model === "file")).toMatchObject({ unreadable: 1 });
  });
});

describe("the companies of a request", () => {
  it("narrow what is found and never widen it", async () => {
    const session = await (await send("cleo.both", "GET", "/v1/session")).json();
    const ids = new Map<string, number>(
      (session.companies as { id: number; name: string }[]).map(({ id, name }) => [name, id]),
    );
    const [main, nordic] = [ids.get("Harbourline Supply Inc.") ?? 0, ids.get("Harbourline Nordic AB") ?? 0];
    expect(ids.size).toBe(2);
    const both = await titles("cleo.both", "supplier agreement");
    expect(both.join()).toContain("SA-2025-N02");
    expect(both.join()).toContain("SA-2025-014");
    const narrow = await titles("cleo.both", "supplier agreement", { companies: [nordic] });
    expect(narrow.join()).toContain("SA-2025-N02");
    expect(narrow.join()).not.toContain("SA-2025-014");
    for (const [login, companies] of [
      ["lars.nordic", [main]],
      ["lars.nordic", [nordic, main]],
      ["petra.purchasing", [nordic]],
      ["petra.purchasing", [987_654]],
    ] as const) {
      for (const path of ["/v1/search", "/v1/answers", "/v1/rationales"]) {
        const subject = { "/v1/search": "query", "/v1/answers": "question" }[path] ?? "order";
        const response = await send(login, "POST", path, { [subject]: "supplier agreement", companies });
        expect(response.status, `${login} ${path}`).toBe(403);
      }
    }
  });
});

describe("a reader", () => {
  it("in sales with own documents finds own sales orders only, and the colleague finds all", async () => {
    const own = await salesperson("sam.sales");
    expect([...own].filter((name) => name !== "Sam Okafor")).toEqual([]);
    expect((await salesperson("ada.sales")).size).toBeGreaterThan(1);
  });

  it("of the Nordic company finds nothing of the main company", async () => {
    for (const query of [
      "purchase order",
      "sales order",
      "supplier agreement",
      "vendor bill",
      "receipt",
      "Voltaris cable",
    ]) {
      const { hits } = await find("lars.nordic", query);
      const shown = hits.map(({ text }) => text).join("\n");
      expect(shown, query).not.toMatch(/Company: Harbourline (Supply|Gulf)/);
      // A price without a company is every company's; those for 50 units are the main company's.
      const titles = hits.map(({ title }) => title).filter((title) => !/^Vendor price .*\(1\.0 Units/.test(title));
      expect(titles.join(), query).not.toMatch(/SA-2025-014|SA-2024-031|Copperhead|Polar|50\.0 Units/);
    }
  });

  it("from a supplier finds her company's orders and agreement, and nothing of another supplier", async () => {
    const orders = await find("vera.vendor", "purchase order", { models: ["purchase.order"] });
    expect(orders.hits.length).toBeGreaterThan(0);
    for (const { text, title } of orders.hits) expect(text + title).not.toMatch(/Vendor: (?!Voltaris)/);
    const files = await titles("vera.vendor", "supplier agreement prices payment", { models: ["file"] });
    expect(files.some((title) => title.includes("SA-2025-014"))).toBe(true);
    expect(new Set(files.filter((title) => !title.includes("SA-2025-014")))).toEqual(new Set(["Site safety notice"]));
    for (const model of [
      "sale.order",
      "stock.picking",
      "crm.lead",
      "hr.expense",
      "hr.employee",
      "product.supplierinfo",
    ]) {
      expect((await find("vera.vendor", "Voltaris", { models: [model] })).hits, model).toEqual([]);
    }
  });
});

describe("an order", () => {
  it("that the reader may not read and one that does not exist are the same", async () => {
    for (const [login, hidden] of [
      ["petra.purchasing", "NKB-2026-55"],
      ["emil.employee", "VOL-Q-7781"],
      ["vera.vendor", "BRL-2026-1120"],
      ["lars.nordic", "KES-44120"],
      ["gail.gulf", "KES-44120"],
    ] as const) {
      const found = await body(login, hidden);
      expect(found[0], login).toBe(404);
      expect(found, login).toEqual(await body(login, "XXX-0000"));
    }
    const { record } = await rationaleOf("fiona.finance", "NKB-2026-55");
    expect(await body("petra.purchasing", String(record.recordId))).toEqual(await body("petra.purchasing", "999999"));
  });

  it("waits for those alone who may read it", async () => {
    expect(await waiting("emil.employee")).toEqual([]);
    expect(await waiting("sam.sales")).toEqual([]);
    expect(await waiting("lars.nordic")).toEqual(["Nordkabel AB"]);
    expect(await waiting("gail.gulf")).toEqual(["Voltaris Components"]);
    expect(await waiting("petra.purchasing")).toEqual([
      "Brightline Lighting",
      "Kestrel Fasteners",
      "Polar HVAC Parts",
      "Voltaris Components",
      "Voltaris Components",
    ]);
    expect((await waiting("fiona.finance")).length).toBe(6);
  });
});

async function salesperson(login: string) {
  const { hits } = await find(login, "sales order salesperson", { models: ["sale.order"] });
  expect(hits.length, login).toBeGreaterThan(3);
  return new Set(hits.map(({ text }) => /Salesperson: ([^\n]+)/.exec(text)?.[1]).filter((name) => name !== undefined));
}

async function body(login: string, order: string) {
  const response = await send(login, "POST", "/v1/rationales", { order });
  return [response.status, await response.text()];
}

async function waiting(login: string) {
  const response = await send(login, "GET", "/v1/approvals");
  const { orders } = (await response.json()) as { orders: readonly { supplier: string }[] };
  return orders.map(({ supplier }) => supplier).sort();
}
