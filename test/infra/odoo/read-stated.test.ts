import { describe, expect, it } from "vitest";
import { readStated } from "../../../infra/odoo/read-stated.ts";
import type { FieldDescription } from "../../../permissions/policy-snapshot.ts";
import { inventedSource } from "./invented-source.ts";

const text: FieldDescription = { type: "char", label: "" };
const fields = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, text]));

describe("the stated policy", () => {
  it("leaves archived companies out of a user's companies, as Odoo does, and keeps them among the companies", async () => {
    const source = inventedSource({
      "ir.model.access": { fields: fields("model_id", "group_id", "perm_read", "active"), records: [] },
      "ir.rule": { fields: fields("name", "model_id", "groups", "domain_force", "perm_read", "active"), records: [] },
      "res.groups": { fields: fields("full_name", "implied_ids"), records: [] },
      "res.users": {
        fields: fields("login", "name", "active", "partner_id", "group_ids", "company_id", "company_ids"),
        records: [{ id: 7, login: "ann", name: "Ann", active: true, company_id: [1, "One"], company_ids: [3, 2, 1] }],
      },
      "res.company": {
        fields: fields("name", "parent_id", "currency_id", "active"),
        records: [
          { id: 1, name: "One", active: true },
          { id: 2, name: "Two", active: false },
          { id: 3, name: "Three", active: true },
        ],
      },
    });
    const stated = await readStated(source, new Map(), undefined);
    expect(stated.users.map(({ companyIds }) => companyIds)).toEqual([[1, 3]]);
    expect(stated.companies.map(({ id }) => id)).toEqual([1, 2, 3]);
  });
});
