import type { ChangeReader, Changes } from "../../infra/odoo/change-reader.ts";
import type { PolicyReader } from "../../infra/odoo/read-policy.ts";
import type { Resources } from "../../infra/open.ts";
import { type RuleFootprint, ruleFootprint } from "../../permissions/odoo/rule-footprint.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import type { FileParser } from "../parse-once.ts";
import { type OdooRecords, type WantedRecords, openOdooRecords } from "../sources/odoo-records.ts";
import type { SourceItem } from "../sources/port.ts";
import { type AffectedTools, affectedRecords, watchedModels } from "./affected-records.ts";
import { FollowerTable } from "./follower-table.ts";
import { heldAccess } from "./held-access.ts";

export interface OdooFollowerTools extends Pick<Resources, "odoo" | "database"> {
  readonly parser: FileParser;
  readonly changes: ChangeReader;
  readonly policies: PolicyReader;
}

/** What one look at Odoo brought. */
export interface FollowedChanges {
  /** The source's name. */
  readonly source: string;
  readonly policy: PolicySnapshot;
  /** The moment at which policy and access were as they are held now, or before. */
  readonly asOf: Date;
  /** Keys of the items whose text has to be brought up to date; their access is already. */
  readonly changed: readonly string[];
  readonly removed: number;
}

/** Items whose access is brought up to date at once. */
const BATCH = 500;

/**
 * Follows a live Odoo. The policy is taken on by itself, for it waits for no record; one look at the records removes what is gone and gives
 * what changed its new access, all before any text is parsed or embedded: who may read what never waits for content.
 */
export class OdooFollower {
  readonly #tools: OdooFollowerTools;
  readonly #followers: FollowerTable;
  readonly #subscription;
  /** The newest policy, and when its reading began. */
  #taken: { readonly policy: PolicySnapshot; readonly at: Date } | null = null;
  #policy: PolicySnapshot | null = null;
  #footprint: RuleFootprint | null = null;
  /** Whether a look failed after changes were taken: they are lost to the next, so everything must be read again. */
  #hasLost = false;

  constructor(tools: OdooFollowerTools) {
    this.#tools = tools;
    this.#followers = new FollowerTable(tools.odoo);
    this.#subscription = tools.changes.subscribe();
  }

  get hasLost(): boolean {
    return this.#hasLost;
  }

  /** What the last look found did not get to whoever brings it up to date. */
  noteLoss(): void {
    this.#hasLost = true;
  }

  /** Takes on the policy as it is now. Errors: those of the policy reader, `database`. */
  async takePolicy(signal?: AbortSignal): Promise<PolicySnapshot> {
    const { policies: reader, database, odoo } = this.#tools;
    const at = new Date();
    const policy = await reader.read(signal);
    if ((await database.policies.latest())?.epoch !== policy.epoch) {
      // An epoch that comes back is as new as now.
      const { takenAt } = await odoo.server(signal);
      await database.policies.save({ ...policy, takenAt });
    }
    this.#taken = { policy, at };
    return policy;
  }

  /** Takes on the policy, and notes what there is: changes from here on are found. Whoever reads everything calls it first. */
  async start(signal?: AbortSignal): Promise<PolicySnapshot> {
    const policy = await this.takePolicy(signal);
    await this.#tools.changes.poll(watchedModels(policy, this.#footprintOf(policy)), signal);
    this.#hasLost = false;
    return policy;
  }

  /** Looks at the records under the policy that was taken last. Errors: those of the source, `database`; `hasLost` tells whether changes were lost. */
  async look(signal?: AbortSignal): Promise<FollowedChanges> {
    const [since, startedAt, before] = [performance.now(), new Date(), this.#footprint];
    const policy = this.#taken?.policy ?? (await this.takePolicy(signal));
    const asOf = new Date(Math.min(startedAt.getTime(), this.#taken?.at.getTime() ?? 0));
    const footprint = this.#footprintOf(policy);
    const watched = watchedModels(policy, footprint);
    await this.#tools.changes.poll(watched, signal, since);
    const changes = this.#subscription.take();
    try {
      const records = await openOdooRecords({ ...this.#tools, policy, footprint }, signal);
      const { wanted, gone } = await this.#affected(
        changes,
        { policy, footprint, watched, source: records.name },
        before,
        signal,
      );
      const removed = await this.#remove(records.name, gone);
      return { source: records.name, policy, asOf, ...(await this.#takeAccess(records, wanted, removed, signal)) };
    } catch (error) {
      this.#hasLost ||= changes.size > 0 || before !== footprint;
      throw error;
    }
  }

  #footprintOf(policy: PolicySnapshot): RuleFootprint {
    if (this.#footprint !== null && this.#policy === policy) return this.#footprint;
    this.#policy = policy;
    const footprint = ruleFootprint(policy, policy.ingestedModels);
    // The same object as long as it says the same.
    if (JSON.stringify(footprint) !== JSON.stringify(this.#footprint)) this.#footprint = footprint;
    return this.#footprint ?? footprint;
  }

  async #affected(
    changes: Changes,
    held: Pick<AffectedTools, "policy" | "footprint" | "watched" | "source">,
    before: RuleFootprint | null,
    signal?: AbortSignal,
  ) {
    const { odoo, database } = this.#tools;
    const { policy, footprint } = held;
    await this.#followers.follow(policy, footprint, signal);
    const tools = { ...held, odoo, ingested: database.ingested, followers: this.#followers };
    const whole = before === null || before === footprint ? [] : modelsAskedOtherwise(before, footprint);
    return affectedRecords(changes, whole, tools, signal);
  }

  async #remove(source: string, keys: readonly string[]): Promise<number> {
    if (keys.length === 0) return 0;
    const { ingested } = this.#tools.database;
    const gone = keys.map((key) => ({ key, fingerprint: null }));
    await ingested.noteChanged(source, gone, await ingested.moment());
    const held = [...(await ingested.states(source, { keys })).keys()];
    await ingested.remove(source, held);
    return held.length;
  }

  async #takeAccess(
    records: OdooRecords,
    wanted: WantedRecords,
    removed: number,
    signal?: AbortSignal,
  ): Promise<{ readonly changed: readonly string[]; readonly removed: number }> {
    // Before anything is read of them.
    const at = await this.#tools.database.ingested.moment();
    const missing = new Set(
      [...wanted].flatMap(([model, ids]) => (ids === "all" ? [] : [...ids].map((id) => `${model}/${id}`))),
    );
    const changed: string[] = [];
    let batch: SourceItem[] = [];
    const flush = async (): Promise<void> => {
      changed.push(...(await this.#updateAccess(records.name, batch, at)));
      batch = [];
    };
    for await (const item of records.changed(wanted, signal)) {
      missing.delete(item.key);
      if (batch.push(item) >= BATCH) await flush();
    }
    await flush();
    return { changed, removed: removed + (await this.#remove(records.name, [...missing])) };
  }

  /** The keys of the items that are neither held as they are now nor queued to be. */
  async #updateAccess(source: string, batch: readonly SourceItem[], at: number): Promise<readonly string[]> {
    if (batch.length === 0) return [];
    const { ingested } = this.#tools.database;
    const scope = { keys: batch.map(({ key }) => key) };
    const before = await ingested.states(source, scope);
    const items = batch.filter(({ key, fingerprint }) => before.get(key)?.contentHash !== fingerprint);
    const found = items.map(({ key, fingerprint }) => ({ key, fingerprint }));
    const changed = await ingested.noteChanged(source, found, at);
    // What was written before that was noted may be of another access.
    const held = await ingested.states(source, scope);
    await ingested.updateAccess(source, heldAccess(items, held.keys()));
    return [...changed];
  }
}

/** The models whose records bear other attributes than before. */
function modelsAskedOtherwise(before: RuleFootprint, after: RuleFootprint): readonly string[] {
  return Object.keys(after.attributes).filter(
    (model) => before.attributes[model]?.join() !== after.attributes[model]?.join(),
  );
}
