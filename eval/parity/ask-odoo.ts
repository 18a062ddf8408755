import { GroundworkError } from "../../infra/errors.ts";
import type { OdooClient, OdooSettings } from "../../infra/odoo/odoo-client.ts";
import { openOdooClient } from "../../infra/odoo/open-odoo-client.ts";

/** What Odoo tells one person, asked with that person's key. */
export interface OdooReader {
  /** The ids of `search([])`, archived records included; null when Odoo refuses the model. `companyIds` null: as a plain call. */
  search(model: string, companyIds: readonly number[] | null): Promise<ReadonlySet<number> | null>;
  /** The names that `fields_get` gives; null when Odoo refuses the model. */
  fields(model: string): Promise<ReadonlySet<string> | null>;
  /** Whether Odoo lets the person read this field of a record: it lists some fields and then refuses them. */
  reads(model: string, field: string): Promise<boolean>;
}

/**
 * Errors of all: `odoo-unavailable`, `odoo-answer`. A key that Odoo refuses, or that is another user's, is `odoo-refused` at once; `logins`
 * by the ids of the users that are known.
 */
export async function askOdoo(
  settings: OdooSettings,
  login: string,
  logins: ReadonlyMap<number, string>,
): Promise<OdooReader> {
  const client = openOdooClient({ ...settings, login });
  const owner = await keyOwner(client, login);
  if ((logins.get(owner) ?? login) !== login) {
    throw new GroundworkError("odoo-refused", `The key that is stated for ${login} is another user's.`);
  }
  return {
    search: async (model, companyIds) => {
      const context = { active_test: false, ...(companyIds === null ? {} : { allowed_company_ids: companyIds }) };
      const ids = await unlessRefused(client.call(model, "search", { domain: [], context }));
      if (ids === null) return null;
      if (Array.isArray(ids)) return new Set(ids.filter((id) => typeof id === "number"));
      throw new GroundworkError("odoo-answer", `Odoo answered ${model}.search without ids.`);
    },
    fields: async (model) => {
      const fields = await unlessRefused(client.call(model, "fields_get", { attributes: ["type"] }));
      return typeof fields === "object" && fields !== null ? new Set(Object.keys(fields)) : null;
    },
    reads: async (model, field) => {
      const body = { domain: [], fields: [field], limit: 1, context: { active_test: false } };
      return (await unlessRefused(client.call(model, "search_read", body))) !== null;
    },
  };
}

/** The id of the user whose key it is. */
async function keyOwner(client: OdooClient, login: string): Promise<number> {
  try {
    return await client.userId();
  } catch (cause) {
    if (!(cause instanceof GroundworkError) || cause.code !== "odoo-refused") throw cause;
    throw new GroundworkError("odoo-refused", `Odoo does not accept the key of ${login}.`, { cause });
  }
}

async function unlessRefused(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof GroundworkError && error.code === "odoo-refused") return null;
    throw error;
  }
}
