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

/** None where the account, or the recording, does not tell. Other errors are those of the source. */
export async function readInstalledModels(
  source: OdooSource,
  signal?: AbortSignal,
): Promise<readonly InstalledModel[]> {
  const models = await rowsOf(source, "ir.model", signal);
  const isInstalled = { among: { state: ["installed", "to upgrade", "to remove"] } };
  const modules = models === null ? null : await rowsOf(source, "ir.module.module", signal, isInstalled);
  if (models === null || modules === null) return [];
  const authors = new Map(modules.map((row) => [textOf(row, "name"), textOf(row, "author")]));
  return models.map((row) => ({
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
  const described = await unlessRefused(source.fields(model, signal));
  if (described === null) return null;
  const fields = INSTALLED_FIELDS[model].filter((name) => Object.hasOwn(described, name));
  return unlessRefused(collectRecords(source.records(model, fields, signal, selection)));
}

function textOf(row: OdooRecord, field: string): string {
  const value = row[field];
  return typeof value === "string" ? value : "";
}
