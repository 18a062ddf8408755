import type { InstalledModel, ModelChoice } from "../infra/odoo/installed-models.ts";
import { ingestedModels } from "./catalogue.ts";
import { isTechnicalModel } from "./technical-models.ts";

export interface ModelSettings {
  /** Whether models that are not Odoo's own are ingested without being named. */
  readonly custom: boolean;
  /** Models to ingest although no rule finds them; `*` stands for any text. */
  readonly included: readonly string[];
  /** Models to leave out, whatever else is said of them; `*` stands for any text. */
  readonly excluded: readonly string[];
}

const USUAL: ModelSettings = { custom: true, included: [], excluded: [] };

/** Groups of those who run Odoo: what they alone may read is no knowledge of the business. */
const ADMINISTRATORS = new Set(["base.group_system", "base.group_erp_manager"]);

/** How the authors of Odoo's own modules are written. */
const ODOO = /^odoo( s\.?a\.?| ps)?$/i;

/**
 * The models that are ingested: those of the catalogue, and of what else is installed the models that hold business knowledge: made by hand,
 * in Studio or by modules of others, kept for good, no machinery, and open to more than administrators.
 */
export function modelChoice({ custom, included, excluded }: ModelSettings = USUAL): ModelChoice {
  const isExcluded = matcher(excluded);
  const isIncluded = matcher(included);
  const named = ingestedModels();
  return (installed, { modelAccess, groups }) => {
    const administrators = new Set(groups.filter(({ name }) => ADMINISTRATORS.has(name)).map(({ id }) => id));
    const rows = modelAccess.filter(({ groupId }) => groupId === null || !administrators.has(groupId));
    const readable = new Set(rows.map(({ model }) => model));
    const further = installed
      .filter((each) => each.isConcrete && !named.includes(each.model))
      .filter((each) => isIncluded(each.model) || (custom && readable.has(each.model) && isBusiness(each)))
      .map(({ model }) => model);
    return [...new Set([...named, ...further])].filter((model) => !isExcluded(model));
  };
}

function isBusiness({ model, isManual, modules }: InstalledModel): boolean {
  if (isTechnicalModel(model)) return false;
  return isManual || (modules.length > 0 && !modules.some(({ name, author }) => isOdoos(name, author)));
}

/** Localisations are written by partners for Odoo. */
function isOdoos(name: string, author: string): boolean {
  return name.startsWith("l10n_") || author.split(/[,;/]/).some((each) => ODOO.test(each.trim()));
}

function matcher(patterns: readonly string[]): (model: string) => boolean {
  const tests = patterns.map(
    (pattern) =>
      new RegExp(
        `^${pattern
          .split("*")
          .map((text) => text.replaceAll(/\W/g, "\\$&"))
          .join(".*")}$`,
      ),
  );
  return (model) => tests.some((test) => test.test(model));
}
