import { GroundworkError } from "../../infra/errors.ts";
import { type Json2Settings, createJson2Client } from "../../infra/odoo/json2-client.ts";

/** What Odoo tells one person, asked with that person's key. */
export interface OdooReader {
  /** The ids of `search([])`, archived records included; null when Odoo refuses the model. `companyIds` null: as a plain call. */
  search(model: string, companyIds: readonly number[] | null): Promise<ReadonlySet<number> | null>;
  /** The names that `fields_get` gives; null when Odoo refuses the model. */
  fields(model: string): Promise<ReadonlySet<string> | null>;
}

/** Errors of both: `odoo-unavailable`, `odoo-answer`; a refused key is `odoo-refused` at once. */
export async function askOdoo(settings: Json2Settings, login: string): Promise<OdooReader> {
  const client = createJson2Client(settings);
  try {
    await client.call("res.users", "context_get", {});
  } catch (cause) {
    if (!(cause instanceof GroundworkError) || cause.code !== "odoo-refused") throw cause;
    throw new GroundworkError("odoo-refused", `Odoo does not accept the key of ${login}.`, { cause });
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
  };
}

async function unlessRefused(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof GroundworkError && error.code === "odoo-refused") return null;
    throw error;
  }
}
