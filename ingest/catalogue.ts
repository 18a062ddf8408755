import { accountingModels } from "./catalogue-accounting.ts";
import { makingModels } from "./catalogue-making.ts";
import { peopleModels } from "./catalogue-people.ts";
import { salesModels } from "./catalogue-sales.ts";
import { supplyModels } from "./catalogue-supply.ts";
import type { CataloguedModel } from "./catalogued-model.ts";

/**
 * How the models of Odoo's own modules that hold business knowledge are shown. A model or a field that an Odoo lacks, or that the account may
 * not see, is passed over. `test/ingest/catalogue.test.ts` says why other models are not here.
 */
export const catalogue: readonly CataloguedModel[] = [
  ...salesModels,
  ...supplyModels,
  ...accountingModels,
  ...peopleModels,
  ...makingModels,
  {
    model: "mail.message",
    kind: "message",
    titleStart: "Message on",
    titleFields: ["record_name"],
    sameForEverybody: ["record_name"],
    fields: ["record_name", "author_id", "date", "subject", "body"],
    references: ["model", "res_id", "message_type"],
  },
];

/** The model of files that hang on records; their text is read from the file itself. */
export const ATTACHMENT_MODEL = "ir.attachment";
export const ATTACHMENT_FIELDS = ["name", "mimetype", "file_size", "checksum"];
export const ATTACHMENT_REFERENCES = ["res_model", "res_id"];

/** Every model that the catalogue names for its records, lines or files. */
export function ingestedModels(): readonly string[] {
  return [
    ...new Set([
      ...catalogue.flatMap(({ model, lines = [] }) => [model, ...lines.map((each) => each.model)]),
      ATTACHMENT_MODEL,
    ]),
  ];
}
