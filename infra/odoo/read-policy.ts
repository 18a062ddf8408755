import { createHash } from "node:crypto";
import { ruleFootprint } from "../../permissions/odoo/rule-footprint.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import { GroundworkError } from "../errors.ts";
import { type ChangeReader, openChangeReader } from "./change-reader.ts";
import type { ModelChoice } from "./installed-models.ts";
import { MirrorReader } from "./mirror-reader.ts";
import { versionBefore19 } from "./odoo-version.ts";
import type { OdooSource } from "./port.ts";
import { readStated } from "./read-stated.ts";
import { SchemaReader } from "./schema-reader.ts";

/** How often the policy is read before a policy that never stands still is given up. */
const ATTEMPTS = 4;

export interface PolicyReader {
  /**
   * Everything that decides who may read the ingested models, of one moment: it is taken when two readings in a row agree, so that a
   * half-changed policy is never used. What has not changed since the last call is not read again, and the same policy is the same object
   * for a whole day. Errors: those of the source; `odoo-answer` when it changed at every attempt.
   */
  read(signal?: AbortSignal): Promise<PolicySnapshot>;
}

/** The policy as it is now. Errors: those of `PolicyReader`. */
export async function readPolicy(
  source: OdooSource,
  ingestedModels: readonly string[] | ModelChoice,
  signal?: AbortSignal,
): Promise<PolicySnapshot> {
  return openPolicyReader(source, ingestedModels, openChangeReader(source)).read(signal);
}

/** `changes` may be shared with whoever follows the records. */
export function openPolicyReader(
  source: OdooSource,
  ingestedModels: readonly string[] | ModelChoice,
  changes: ChangeReader,
): PolicyReader {
  const schemas = new SchemaReader(source, typeof ingestedModels === "function" ? null : ingestedModels);
  const mirrors = new MirrorReader(source);
  const subscription = changes.subscribe();
  let held: Reading | null = null;

  async function readOnce(before: Reading | null, signal?: AbortSignal): Promise<Reading> {
    const since = performance.now();
    const { source: name, takenAt, version } = await source.server(signal);
    const odooVersion = versionBefore19(version);
    const schema = await schemas.read(signal);
    const stated = await readStated(source, schema.modelNames, odooVersion, signal);
    const text = JSON.stringify([schema.reading, odooVersion, stated]);
    const same = before?.text === text ? before : null;
    const chosen = typeof ingestedModels === "function" ? ingestedModels(schema.installed, stated) : ingestedModels;
    const described = same?.policy ?? {
      ...stated,
      ...(await schemas.describe(schema, chosen, stated.recordRules, signal)),
      ingestedModels: chosen.toSorted(),
      ...(odooVersion === undefined ? {} : { odooVersion }),
    };
    const wanted = same?.wanted ?? ruleFootprint(described, described.ingestedModels).mirror;
    // What whoever follows the records has asked about since this reading began need not be asked again.
    await changes.poll(MirrorReader.watched(wanted, described.models), signal, since);
    const mirror = await mirrors.update(wanted, described.models, subscription.take(), signal);
    if (same !== null && isSameMirror(same.policy.mirror, mirror)) return same;
    const policy = policyOf(name, takenAt, { ...described, mirror });
    return { text, wanted, policy: policy.epoch === before?.policy.epoch ? before.policy : policy };
  }

  return {
    read: async (signal) => {
      try {
        for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
          const before: Reading | null = held;
          held = await readOnce(before, signal);
          if (held.policy.epoch !== before?.policy.epoch) continue;
          held = { ...held, policy: ofToday(held.policy, (await source.server(signal)).takenAt) };
          return held.policy;
        }
      } catch (error) {
        mirrors.forget();
        held = null;
        throw error;
      }
      throw new GroundworkError(
        "odoo-answer",
        "The access rules in Odoo changed while they were read. Try again in a moment.",
        { retryable: true },
      );
    },
  };
}

interface Reading {
  /** What Odoo stated, as text. */
  readonly text: string;
  /** The mirror's fields by model. */
  readonly wanted: Readonly<Record<string, readonly string[]>>;
  readonly policy: PolicySnapshot;
}

/** The epoch hangs on everything but the moment, always in this order. */
function policyOf(
  source: string,
  takenAt: string,
  policy: Omit<PolicySnapshot, "epoch" | "takenAt" | "source">,
): PolicySnapshot {
  const body = {
    source,
    groups: policy.groups,
    users: policy.users,
    companies: policy.companies,
    modelAccess: policy.modelAccess,
    recordRules: policy.recordRules,
    models: policy.models,
    ingestedModels: policy.ingestedModels,
    hostModels: policy.hostModels ?? [],
    mirror: policy.mirror,
    ...(policy.odooVersion === undefined ? {} : { odooVersion: policy.odooVersion }),
  };
  const epoch = createHash("sha256").update(JSON.stringify(body)).digest("hex").slice(0, 32);
  return { epoch, takenAt, ...body };
}

function isSameMirror(left: PolicySnapshot["mirror"], right: PolicySnapshot["mirror"]): boolean {
  const models = Object.keys(right);
  return models.length === Object.keys(left).length && models.every((model) => left[model] === right[model]);
}

/** What is in force depends on the day: a policy that stands for days is not of the day on which it was first read. */
function ofToday(policy: PolicySnapshot, now: string): PolicySnapshot {
  return now.slice(0, 10) === policy.takenAt.slice(0, 10) ? policy : { ...policy, takenAt: now };
}
