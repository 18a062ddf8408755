import { describe, expect, it } from "vitest";
import { cataloguedEntries } from "../../ingest/catalogued-entries.ts";
import type { ModelDescription } from "../../permissions/policy-snapshot.ts";
import { describe as describeModel, inventedPolicy } from "../permissions/invented-policy.ts";

function entriesOf(models: readonly ModelDescription[], ingestedModels = models.map(({ model }) => model)) {
  const described = Object.fromEntries(models.map((model) => [model.model, model]));
  return cataloguedEntries(inventedPolicy({ models: described, ingestedModels }));
}

const labelled = (label: string, model: ModelDescription): ModelDescription => ({ ...model, label });

const INSPECTION = labelled(
  "Site Inspection",
  describeModel("x_inspection", {
    display_name: { type: "char", label: "Display Name", stored: false },
    x_name: { type: "char", label: "Name" },
    x_notes: { type: "html", label: "Findings" },
    x_grade: { type: "selection", label: "Grade" },
    x_partner_id: { type: "many2one", label: "Site", relation: "res.partner" },
    x_on: { type: "date", label: "Inspected on" },
    x_cost: { type: "monetary", label: "Cost", currencyField: "x_currency_id" },
    x_currency_id: { type: "many2one", label: "Currency", relation: "res.currency" },
    x_passed: { type: "boolean", label: "Passed" },
    x_total: { type: "float", label: "Total", stored: false },
    x_rate: { type: "float", label: "Rate", companyDependent: true },
    x_line_ids: { type: "one2many", label: "Defects", relation: "x_defect" },
    x_photo: { type: "binary", label: "Photo" },
    x_portal_token: { type: "char", label: "Token" },
    x_color: { type: "integer", label: "Colour" },
    create_uid: { type: "many2one", label: "Created by", relation: "res.users" },
    message_main_attachment_id: { type: "many2one", label: "Attachment", relation: "ir.attachment" },
  }),
);
const DEFECT = labelled(
  "Defect",
  describeModel("x_defect", {
    x_name: { type: "char", label: "Defect" },
    x_inspection_id: { type: "many2one", label: "Inspection", relation: "x_inspection" },
    x_count: { type: "integer", label: "Count" },
  }),
);

describe("a model that the catalogue does not name", () => {
  it("is shown by its stored fields: what it is about, when, how much, and then what was written", () => {
    const [entry] = entriesOf([INSPECTION]);
    expect(entry).toEqual({
      model: "x_inspection",
      kind: "site inspection",
      titleStart: "Site Inspection",
      titleFields: ["x_name"],
      fields: ["x_name", "x_currency_id", "x_grade", "x_partner_id", "x_on", "x_cost", "x_passed", "x_notes"],
    });
  });

  it("shows the lines that nothing else leads to, without their way back", () => {
    expect(entriesOf([INSPECTION, DEFECT])).toMatchObject([
      {
        model: "x_inspection",
        lines: [{ model: "x_defect", parentField: "x_inspection_id", title: "Defects", fields: ["x_name", "x_count"] }],
      },
    ]);
  });

  it("leaves lines documents of their own where something else leads to them, or people discuss them", () => {
    const other = describeModel("x_other", { x_defect_id: ">x_defect" });
    expect(entriesOf([INSPECTION, DEFECT, other]).map(({ model }) => model)).toEqual([
      "x_inspection",
      "x_defect",
      "x_other",
    ]);
    const discussed = {
      ...DEFECT,
      fields: { ...DEFECT.fields, message_ids: { type: "one2many", label: "" } as const },
    };
    expect(entriesOf([INSPECTION, discussed]).map(({ model }) => model)).toEqual(["x_inspection", "x_defect"]);
  });

  it("has its name for a title only where whoever reads the record may read it", () => {
    const fields = { ...DEFECT.fields, x_name: { type: "char", label: "Name", groups: "base.group_system" } as const };
    expect(entriesOf([{ ...DEFECT, fields }])).toMatchObject([{ titleFields: ["display_name"] }]);
  });

  it("is left out unless it is ingested", () => {
    expect(entriesOf([INSPECTION, DEFECT], ["x_defect"]).map(({ model }) => model)).toEqual(["x_defect"]);
  });
});

describe("a model of the catalogue", () => {
  const order = describeModel("sale.order", { name: "char", x_terms: "text", x_studio_token: "char", note: "html" });

  it("is shown with the fields that were added to it by hand", () => {
    const [entry] = entriesOf([order]);
    expect(entry?.fields.at(-1)).toBe("x_terms");
    expect(entry?.fields).not.toContain("x_studio_token");
  });

  it("is shown with such lines only as are ingested too", () => {
    const line = describeModel("sale.order.line", { order_id: ">sale.order", x_remark: "char" });
    expect(entriesOf([order])[0]?.lines).toEqual([]);
    expect(entriesOf([order, line])[0]?.lines?.[0]?.fields).toContain("x_remark");
    expect(entriesOf([order, line], ["sale.order"])[0]?.lines).toEqual([]);
  });
});
