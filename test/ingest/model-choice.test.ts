import { describe, expect, it } from "vitest";
import type { InstalledModel } from "../../infra/odoo/installed-models.ts";
import { ingestedModels } from "../../ingest/catalogue.ts";
import { type ModelSettings, modelChoice } from "../../ingest/model-choice.ts";

const [USER, SYSTEM] = [1, 2];
const groups = [
  { id: USER, name: "base.group_user", label: "User", impliedIds: [] },
  { id: SYSTEM, name: "base.group_system", label: "Settings", impliedIds: [] },
];

const installed = (model: string, more: Partial<InstalledModel> = {}): InstalledModel => ({
  model,
  label: model,
  isManual: false,
  isConcrete: true,
  modules: [{ name: "acme", author: "Acme Ltd" }],
  ...more,
});

/** The models that are chosen beside the catalogue's; whoever is not named is open to all employees. */
function chosen(
  models: readonly InstalledModel[],
  settings: Partial<ModelSettings> = {},
  readers: Readonly<Record<string, readonly (number | null)[]>> = {},
): readonly string[] {
  const choice = modelChoice({ custom: true, included: [], excluded: [], ...settings });
  const modelAccess = models.flatMap(({ model }) => (readers[model] ?? [USER]).map((groupId) => ({ model, groupId })));
  return choice(models, { modelAccess, groups }).filter((model) => !ingestedModels().includes(model));
}

describe("the models that are ingested", () => {
  it("are the catalogue's, whatever is installed", () => {
    expect(modelChoice()([], { modelAccess: [], groups })).toEqual(ingestedModels());
  });

  it("are, beside them, those made by hand and those of other people's modules", () => {
    const models = [
      installed("x_inspection", { isManual: true, modules: [] }),
      installed("acme.contract"),
      installed("odoo.thing", { modules: [{ name: "thing", author: "Odoo S.A." }] }),
      installed("odoo.older", { modules: [{ name: "older", author: "Vauxoo, Odoo SA" }] }),
      installed("local.thing", { modules: [{ name: "l10n_xy", author: "Somebody" }] }),
      installed("oca.thing", { modules: [{ name: "oca", author: "Odoo Community Association (OCA)" }] }),
      installed("of.nobody", { modules: [] }),
    ];
    expect(chosen(models)).toEqual(["x_inspection", "acme.contract", "oca.thing"]);
  });

  it("are not those that are kept for a while, machinery, reports, or open to administrators alone", () => {
    const models = [
      installed("acme.wizard.run", { isConcrete: false }),
      installed("queue.job"),
      installed("res.acme"),
      installed("acme.sale.report"),
      installed("x_report.tag", { isManual: true }),
      installed("acme.secret"),
      installed("acme.unreadable"),
      installed("acme.everybody"),
    ];
    const readers = { "acme.secret": [SYSTEM], "acme.unreadable": [], "acme.everybody": [null] };
    expect(chosen(models, {}, readers)).toEqual(["x_report.tag", "acme.everybody"]);
  });

  it("can be added and left out by name, and leaving out wins", () => {
    const own = { modules: [{ name: "fleet", author: "Odoo S.A." }] };
    const models = [installed("fleet.model", own), installed("fleet.brand", own), installed("x_private_note")];
    expect(chosen(models, { custom: false })).toEqual([]);
    expect(chosen(models, { custom: false, included: ["fleet.*"] })).toEqual(["fleet.model", "fleet.brand"]);
    expect(chosen(models, { included: ["fleet.*"], excluded: ["fleet.b*", "x_private_*"] })).toEqual(["fleet.model"]);
    const without = modelChoice({ custom: true, included: [], excluded: ["hr.*"] })([], { modelAccess: [], groups });
    expect(without).toContain("sale.order");
    expect(without.filter((model) => model.startsWith("hr."))).toEqual([]);
  });
});
