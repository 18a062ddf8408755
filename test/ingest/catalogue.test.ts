import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { type InstalledModel, readInstalledModels } from "../../infra/odoo/installed-models.ts";
import { readPolicy } from "../../infra/odoo/read-policy.ts";
import { openSnapshotSource } from "../../infra/odoo/snapshot-source.ts";
import { catalogue, ingestedModels } from "../../ingest/catalogue.ts";
import { cataloguedEntries } from "../../ingest/catalogued-entries.ts";
import { modelChoice } from "../../ingest/model-choice.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";

/** Why models of Odoo's own modules that hold records are not in the catalogue. */
const PASSED_OVER: readonly (readonly [reason: string, models: RegExp])[] = [
  [
    "machinery",
    /^(ir|base|base_import|bus|res|web|web_tour|auth|auth_totp|iap|sms|snailmail|phone|digest|onboarding|payment|utm|barcode|resource|spreadsheet|portal|privacy|report|html_editor)\./,
  ],
  ["the machinery of messages; messages themselves are there", /^mail\./],
  ["chat: Odoo decides in code, by membership", /^discuss\./],
  ["private events hide their fields in code", /^calendar\./],
  ["what customers rate stands in messages", /^rating\./],
  ["views over other models", /(\.report|\.union|\.line\.match|^account\.root|^account\.code\.mapping)$/],
  [
    "lists of choices, whose names stand in the records",
    /(\.(stage|type|tag|category|location|route\.tag|reason|removal|plan|industry|frequency|field|level|incoterms|journal|uom)|^uom\.uom|^crm\.(iap|lead\.scoring|team\.member).*|^hr\.(skill|job\.skill|resume\.line\.type|skill\.type))$/,
  ],
  [
    "how accounting is set up",
    /^account\.(account|account\.tag|group|tax.*|fiscal\.position.*|reconcile\.model.*|payment\.method.*|report.*|cash\.rounding|analytic\.(applicability|distribution\.model)|journal\.group|lock_exception)$/,
  ],
  ["the history of what stock was worth, for those who run it", /^product\.value$/],
  ["shown as journal entries", /^account\.(bank\.statement(\.line)?|partial\.reconcile|full\.reconcile)$/],
  [
    "shown by variants, moves, orders and attachments",
    /^(product\.(template|document)|stock\.(move\.line|reference)|quotation\.document)$/,
  ],
  [
    "how products, stock and quotations are set up",
    /^(product\.(template\.attribute\.(line|exclusion)|attribute\.custom\.value)|stock\.(picking\.type|package.*|putaway\.rule|storage\.category.*|scrap\.reason\.tag)|sale\.pdf\.form\.field)$/,
  ],
];

/** Fields of modules that the sample's Odoo lacks, and those of contracts, which its sync account may not see. */
const NOT_IN_SAMPLE = [
  "account.analytic.line.employee_id",
  "account.analytic.line.project_id",
  "account.analytic.line.task_id",
  "hr.version.contract_date_end",
  "hr.version.contract_date_start",
  "hr.version.contract_type_id",
  "hr.version.trial_date_end",
  "hr.version.wage",
  "sale.order.line.purchase_price",
  "sale.order.margin",
];

let installed: readonly InstalledModel[];
let policy: PolicySnapshot;

beforeAll(async () => {
  const odoo = openSnapshotSource(fileURLToPath(new URL("../../infra/sample/odoo.jsonl.gz", import.meta.url)));
  installed = await readInstalledModels(odoo);
  policy = await readPolicy(odoo, modelChoice());
});

describe("the catalogue", () => {
  it("names each model once, and each model of lines once in a record", () => {
    expect(new Set(catalogue.map(({ model }) => model)).size).toBe(catalogue.length);
    for (const { model, lines = [] } of catalogue) {
      expect(new Set(lines.map((each) => each.model)).size, model).toBe(lines.length);
    }
  });

  it("names every model of the sample's Odoo that employees may read, or there is a reason why not", () => {
    const administrators = policy.groups.find(({ name }) => name === "base.group_system")?.id;
    const readable = new Set(
      policy.modelAccess.filter(({ groupId }) => groupId !== administrators).map(({ model }) => model),
    );
    const named = new Set(ingestedModels());
    const untold = installed
      .filter(({ model, isConcrete }) => isConcrete && readable.has(model) && !named.has(model))
      .map(({ model }) => model)
      .filter((model) => !PASSED_OVER.some(([, models]) => models.test(model)));
    expect(installed.length).toBeGreaterThan(400);
    expect(untold).toEqual([]);
  });

  it("finds nothing that is not Odoo's own in the sample's Odoo", () => {
    expect(policy.ingestedModels.filter((model) => !ingestedModels().includes(model))).toEqual([]);
  });

  it("names fields that Odoo 19 has, as far as the sample tells", () => {
    const unknown = cataloguedEntries(policy).flatMap((entry) =>
      [entry, ...(entry.lines ?? [])].flatMap(({ model, fields }) =>
        fields
          .filter((name) => !Object.hasOwn(policy.models[model]?.fields ?? {}, name))
          .map((name) => `${model}.${name}`),
      ),
    );
    expect(unknown.toSorted()).toEqual(NOT_IN_SAMPLE);
  });
});
