import { GroundworkError } from "../errors.ts";
import { type Json2Settings, createJson2Client } from "./json2-client.ts";
import { openJson2Source } from "./json2-source.ts";
import type { OdooSource } from "./port.ts";

/** One account of an Odoo, with what that account sees. */
export interface OdooAccount {
  /** The id of the account's user. Errors: those of the source; `odoo-refused` for a key that Odoo does not take. */
  userId(signal?: AbortSignal): Promise<number>;
  readonly source: OdooSource;
}

/** Whom Odoo is read as. */
export interface SyncAccount extends Pick<OdooAccount, "userId"> {
  /** People whose own keys are used where the account does not see everything. */
  readonly readerLogins: readonly string[];
}

/** A person's account, opened with that person's own key. */
export interface OwnAccount extends OdooAccount {
  readonly login: string;
}

export function openAccount(settings: Json2Settings): OdooAccount {
  const client = createJson2Client(settings);
  return {
    source: openJson2Source(settings),
    userId: async (signal) => {
      const context = await client.call("res.users", "context_get", {}, signal);
      const id = typeof context === "object" && context !== null ? Object.entries(context) : [];
      const uid = id.find(([name]) => name === "uid")?.[1];
      if (typeof uid === "number") return uid;
      throw new GroundworkError("odoo-answer", "Odoo does not tell whose key it is.");
    },
  };
}
