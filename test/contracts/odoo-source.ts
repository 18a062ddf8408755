import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OdooRecord, OdooSource, RecordSelection } from "../../infra/odoo/port.ts";

/** What every reader of an Odoo promises. `open` gives a source of the sample company; the suite closes it. */
export function describeOdooSourceContract(name: string, open: () => OdooSource): void {
  describe(`${name} keeps the Odoo source's contract`, { timeout: 60_000 }, () => {
    let source: OdooSource;

    beforeAll(() => {
      source = open();
    });

    afterAll(async () => {
      await source.close();
    });

    it("names its source, its address, its version and its moment", async () => {
      const server = await source.server();
      expect(server.source).toMatch(/^odoo:\S+$/);
      expect(server.url).toMatch(/^https?:\/\/[^/]+$/);
      expect(server.version).toMatch(/^\d+\.\d/);
      expect(new Date(server.takenAt).toISOString()).toBe(server.takenAt);
    });

    it("describes fields: types, relations, selections, groups and what is computed", async () => {
      const fields = await source.fields("purchase.order");
      expect(fields["partner_id"]).toMatchObject({ type: "many2one", relation: "res.partner", required: true });
      expect(fields["amount_total"]).toMatchObject({ type: "monetary", currencyField: "currency_id" });
      expect(fields["state"]?.selection).toContainEqual(["to approve", "To Approve"]);
      expect(fields["company_currency_id"]).toMatchObject({ stored: false, related: "company_id.currency_id" });
      const product = await source.fields("product.product");
      expect(product["standard_price"]).toMatchObject({ groups: "base.group_user", companyDependent: true });
    });

    it("gives records in ascending id, each once, with the fields asked for and the id", async () => {
      const records = await all(source, "purchase.order", ["partner_ref", "partner_id", "note"]);
      const ids = records.map(({ id }) => id);
      expect(ids.length).toBeGreaterThan(100);
      expect(ids).toEqual([...new Set(ids)].sort((left, right) => left - right));
      const waiting = records.find((record) => record["partner_ref"] === "VOL-Q-7781");
      expect(Object.keys(waiting ?? {}).sort()).toEqual(["id", "note", "partner_id", "partner_ref"]);
      expect(waiting).toMatchObject({ partner_id: [expect.any(Number), "Voltaris Components"], note: false });
      const [user] = await all(source, "res.users", ["group_ids"]);
      expect(user?.["group_ids"]).toEqual(expect.arrayContaining([expect.any(Number)]));
    });

    it("gives only what is selected: by id, by value, by window, by moment; and counts and lists the same", async () => {
      const orders = await all(source, "purchase.order", ["company_id", "write_date"]);
      const some = orders.slice(3, 6).map(({ id }) => id);
      const company = firstOf(orders[0]?.["company_id"]);
      const latest =
        orders
          .map((order) => textOf(order["write_date"]))
          .sort()
          .at(-1) ?? "";
      const since = `${latest.replace(" ", "T")}Z`;
      const [low = 0, high = 0] = [some[0], some[2]];
      const selections: [RecordSelection, readonly number[]][] = [
        [{ among: { id: [...some, 987_654_321] } }, some],
        [{ among: { id: [] } }, []],
        [
          { among: { company_id: [company], id: orders.slice(0, 20).map(({ id }) => id) } },
          orders
            .slice(0, 20)
            .filter((order) => firstOf(order["company_id"]) === company)
            .map(({ id }) => id),
        ],
        [{ idAfter: low, idUpTo: high }, orders.map(({ id }) => id).filter((id) => id > low && id <= high)],
        [{ writtenSince: since }, orders.filter((order) => order["write_date"] === latest).map(({ id }) => id)],
      ];
      for (const [selection, ids] of selections) {
        const found: OdooRecord[] = [];
        for await (const page of source.records("purchase.order", ["name"], undefined, selection)) found.push(...page);
        expect(found.map(({ id }) => id)).toEqual(ids);
        expect(await source.ids("purchase.order", undefined, selection)).toEqual(ids);
        expect(await source.count("purchase.order", undefined, selection)).toBe(ids.length);
      }
      expect(await source.count("purchase.order")).toBe(orders.length);
    });

    it("includes archived records", async () => {
      const users = await all(source, "res.users", ["login", "active"]);
      expect(users.filter((user) => user["active"] === false)).not.toEqual([]);
    });

    it("sees what every company has", async () => {
      const companies = await all(source, "res.company", ["name"]);
      const orders = await all(source, "purchase.order", ["company_id"]);
      const seen = new Set(orders.map((order) => firstOf(order["company_id"])));
      expect(seen).toEqual(new Set(companies.map(({ id }) => id)));
    });

    it("gives the same records whether fields are asked for once, twice or in another order", async () => {
      const once = await all(source, "res.company", ["name", "parent_id"]);
      expect(await all(source, "res.company", ["parent_id", "name", "name", "id"])).toEqual(once);
    });

    it("tells external ids of those records that have one", async () => {
      const groups = await all(source, "res.groups", []);
      const ids = groups.map(({ id }) => id);
      const names = new Set((await source.externalIds("res.groups", ids)).values());
      expect(names).toContain("base.group_user");
      expect(names).toContain("sample.group_finance_director");
      expect(await source.externalIds("res.groups", [])).toEqual(new Map());
      expect(await source.externalIds("res.groups", [987_654_321])).toEqual(new Map());
    });

    it("reads an attachment's bytes", async () => {
      const files = await all(source, "ir.attachment", ["name", "file_size"]);
      const quote = files.find((file) => file["name"] === "VOL-Q-7781-terms.pdf");
      const bytes = await source.attachment(quote?.id ?? 0);
      expect(bytes).toHaveLength(Number(quote?.["file_size"]));
      expect(Buffer.from(bytes).toString("latin1").slice(0, 5)).toBe("%PDF-");
    });

    it("refuses models, fields and attachments that are not there", async () => {
      const refused = { code: "odoo-refused", retryable: false };
      await expect(source.fields("no.such.model")).rejects.toMatchObject(refused);
      await expect(all(source, "no.such.model", ["name"])).rejects.toMatchObject(refused);
      await expect(all(source, "purchase.order", ["no_such_field"])).rejects.toMatchObject(refused);
      await expect(source.attachment(987_654_321)).rejects.toMatchObject(refused);
    });

    it("stops when it is told to", async () => {
      await expect(source.fields("purchase.order", AbortSignal.abort())).rejects.toMatchObject({ code: "cancelled" });
      await expect(all(source, "purchase.order", ["name"], AbortSignal.abort())).rejects.toMatchObject({
        code: "cancelled",
      });
    });
  });
}

export async function all(
  source: OdooSource,
  model: string,
  fields: readonly string[],
  signal?: AbortSignal,
): Promise<readonly OdooRecord[]> {
  const records: OdooRecord[] = [];
  for await (const page of source.records(model, fields, signal)) records.push(...page);
  return records;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function firstOf(value: unknown): number {
  return Array.isArray(value) ? Number(value[0]) : Number.NaN;
}
