import { publicTwin } from "../../permissions/odoo/public-twin.ts";
import { mayReadModel } from "../../permissions/odoo/model-access.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import type { Principal } from "../../permissions/principal.ts";
import type { ReadableDocuments } from "../db/port.ts";
import { GroundworkError } from "../errors.ts";
import type { Log } from "../log.ts";
import { type LiveAsker, liveChecked } from "./live-recheck.ts";
import type { OdooClient, OdooSettings } from "./odoo-client.ts";
import { openOdooClient } from "./open-odoo-client.ts";
import type { ReaderKeys } from "./reader-keys.ts";

/** The check of what is shown in Odoo itself, as the reader. */
export interface LiveRecheck {
  /** `readable` for one request of this reader. */
  over(readable: ReadableDocuments, reader: LiveReader): ReadableDocuments;
}

export interface LiveReader {
  readonly principal: Principal;
  readonly policy: PolicySnapshot;
}

export interface OpenLiveRecheckOptions {
  readonly timeoutMs: number;
  readonly log: Log;
}

/** `odoo` without an account: each reader is asked for with that reader's own. */
export function openLiveRecheck(
  odoo: Pick<OdooSettings, "url" | "database" | "protocol">,
  keys: ReaderKeys,
  { timeoutMs, log }: OpenLiveRecheckOptions,
): LiveRecheck {
  const clients = new Map<string, OdooClient>();
  for (const [login, apiKey] of keys) clients.set(login, openOdooClient({ ...odoo, login, apiKey, timeoutMs }));
  return {
    over: (readable, reader) => {
      const client = clients.get(reader.principal.login);
      const asker = { shown: client === undefined ? null : askAs(client, reader) };
      return liveChecked(readable, asker, {
        timeoutMs,
        onWithheld: (model, error) => log.warn({ error, model, login: reader.principal.login }, "live recheck failed"),
      });
    },
  };
}

/** One search a model, in the companies of the request: as a plain call where the request names none. */
function askAs(client: OdooClient, { principal, policy }: LiveReader): NonNullable<LiveAsker["shown"]> {
  const { companyIds, currentCompanyId, namesCompanies } = principal;
  const named = [currentCompanyId, ...companyIds.filter((id) => id !== currentCompanyId)];
  const context = { active_test: false, ...(namesCompanies === true ? { allowed_company_ids: named } : {}) };
  return async (model, ids, signal) => {
    const twin = mayReadModel(model, principal, policy) ? undefined : publicTwin(model, policy);
    const asked = twin ?? model;
    const domain = [["id", "in", ids]];
    const answer = await client.call(asked, "search", { domain, context }, signal);
    if (Array.isArray(answer)) return new Set(answer.filter((id) => typeof id === "number"));
    throw new GroundworkError("odoo-answer", `Odoo answered ${asked}.search without ids.`);
  };
}
