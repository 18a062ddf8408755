import { collectRecords } from "./collect-records.ts";
import type { OdooRecord, OdooSource, RecordSelection } from "./port.ts";
import type { StatedPolicy } from "./read-stated.ts";
import { unlessRefused } from "./unless-refused.ts";

/** A model as Odoo's own list of models has it. */
export interface InstalledModel {
  readonly model: string;
  /** What people call it. */
  readonly label: string;
  /** Made by hand or in Studio, without code. */
  readonly isManual: boolean;
  /** Neither abstract nor emptied by itself. */
  readonly isConcrete: boolean;
  /** The modules that bring or extend it. */
  readonly modules: readonly { readonly name: string; readonly author: string }[];
}

/** Which models are ingested, given what is installed and who may read what. */
export type ModelChoice = (
  installed: readonly InstalledModel[],
  stated: Pick<StatedPolicy, "modelAccess" | "groups">,
) => readonly string[];

/** What is asked of each, where this version of Odoo has it. */
export const INSTALLED_FIELDS = {
  "ir.model": ["model", "name", "state", "transient", "abstract", "modules"],
  "ir.module.module": ["name", "author", "state"],
} as const;

/**
 * `models`: the rows of `ir.model`, with the fields that `INSTALLED_FIELDS` names, where whoever asks has them; null: nobody may read them.
 * None where the account, or the recording, does not tell. Other errors are those of the source.
 */
export async function readInstalledModels(
  source: OdooSource,
  signal?: AbortSignal,
  models?: readonly OdooRecord[] | null,
): Promise<readonly InstalledModel[]> {
  const rows = models === undefined ? await rowsOf(source, "ir.model", signal) : models;
  const isInstalled = { among: { state: ["installed", "to upgrade", "to remove"] } };
  const modules = rows === null ? null : await rowsOf(source, "ir.module.module", signal, isInstalled);
  if (rows === null || modules === null) return [];
  const authors = new Map(modules.map((row) => [textOf(row, "name"), textOf(row, "author")]));
  return rows.map((row) => ({
    model: textOf(row, "model"),
    label: textOf(row, "name"),
    isManual: row["state"] === "manual",
    isConcrete: row["transient"] !== true && row["abstract"] !== true,
    modules: textOf(row, "modules")
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "")
      .map((name) => ({ name, author: authors.get(name) ?? "" })),
  }));
}

async function rowsOf(
  source: OdooSource,
  model: keyof typeof INSTALLED_FIELDS,
  signal?: AbortSignal,
  selection?: RecordSelection,
): Promise<readonly OdooRecord[] | null> {
  const fields = await installedFields(source, model, signal);
  return fields === null ? null : unlessRefused(collectRecords(source.records(model, fields, signal, selection)));
}

/** Those of `INSTALLED_FIELDS` that this version of Odoo has; null where the account may not read the model. */
export async function installedFields(
  source: OdooSource,
  model: keyof typeof INSTALLED_FIELDS,
  signal?: AbortSignal,
): Promise<readonly string[] | null> {
  const described = await unlessRefused(source.fields(model, signal));
  return described === null ? null : INSTALLED_FIELDS[model].filter((name) => Object.hasOwn(described, name));
}

function textOf(row: OdooRecord, field: string): string {
  const value = row[field];
  return typeof value === "string" ? value : "";
}
