import type { Resources } from "../infra/open.ts";
import type { PolicySnapshot } from "../permissions/policy-snapshot.ts";
import { folderSources } from "./folder-sources.ts";
import type { FileParser } from "./parse-once.ts";
import { type OdooRecords, openOdooRecords } from "./sources/odoo-records.ts";
import type { DocumentSource } from "./sources/port.ts";

/** The sources that are ingested, under the newest policy. */
export class OpenSources {
  readonly #resources: Pick<Resources, "config" | "database" | "odoo">;
  readonly #parser: FileParser;
  /** Of the policy under which it was opened last. */
  #records: { readonly policy: PolicySnapshot; readonly opened: OdooRecords } | null = null;

  constructor(resources: Pick<Resources, "config" | "database" | "odoo">, parser: FileParser) {
    this.#resources = resources;
    this.#parser = parser;
  }

  /** Odoo, the configured folder and those that were added; `added` is one more, remembered from now on. None without a policy. */
  async all(signal?: AbortSignal, added?: string): Promise<readonly DocumentSource[]> {
    const policy = await this.#resources.database.policies.latest();
    if (policy === null) return [];
    const folders = await folderSources(this.#resources, policy, this.#parser, added);
    return [await this.#openRecords(policy, signal), ...folders];
  }

  async named(name: string, signal?: AbortSignal): Promise<DocumentSource | null> {
    return (await this.all(signal)).find((source) => source.name === name) ?? null;
  }

  async #openRecords(policy: PolicySnapshot, signal?: AbortSignal): Promise<OdooRecords> {
    if (this.#records?.policy !== policy) {
      const tools = { odoo: this.#resources.odoo, policy, parser: this.#parser };
      this.#records = { policy, opened: await openOdooRecords(tools, signal) };
    }
    return this.#records.opened;
  }
}
