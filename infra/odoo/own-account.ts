import { openLiveSource } from "./live-source.ts";
import type { OdooSettings } from "./odoo-client.ts";
import { openOdooClient } from "./open-odoo-client.ts";
import type { OdooSource } from "./port.ts";
import type { ReaderKeys } from "./reader-keys.ts";

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

export function openAccount(settings: OdooSettings): OdooAccount {
  const client = openOdooClient(settings);
  return { source: openLiveSource(settings, client), userId: (signal) => client.userId(signal) };
}

/** `settings` with the keys of people in place of the sync account's. */
export function openPeople(settings: OdooSettings, keys: ReaderKeys): readonly OwnAccount[] {
  return [...keys].map(([login, apiKey]) => ({ login, ...openAccount({ ...settings, login, apiKey }) }));
}
