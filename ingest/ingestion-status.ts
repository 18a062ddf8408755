import type { IngestedDocuments, IngestionFailure } from "../infra/db/port.ts";
import { CODE_DECIDED_MODELS } from "../permissions/odoo/code-decided-models.ts";
import { type PartlySeenModel, partlySeenModels } from "../permissions/odoo/partly-seen-models.ts";
import { type RefusedRule, ruleFootprint } from "../permissions/odoo/rule-footprint.ts";
import { PermissionError } from "../permissions/permission-error.ts";
import type { PolicySnapshot } from "../permissions/policy-snapshot.ts";
import type { ModelCoverage } from "./coverage.ts";
import type { IngestionProgress } from "./stages/reading.ts";

/** What an operator should know of what is held: what is not there, why, and what to do about it. */
export interface IngestionStatus {
  readonly counts: Awaited<ReturnType<IngestedDocuments["counts"]>>;
  /** What is queued, and how long it will take. */
  readonly work: IngestionProgress;
  readonly failures: readonly IngestionFailure[];
  /** Files that nobody may read because they state no access; some of them, where they are many. */
  readonly unreadable: readonly { readonly source: string; readonly key: string }[];
  /** Null: the access rules were not read yet, so nothing is shown to anybody. */
  readonly policy: PolicyStatus | null;
  /** Null: not asked for. */
  readonly coverage: readonly ModelCoverage[] | null;
}

export interface PolicyStatus {
  readonly epoch: string;
  readonly takenAt: string;
  /** Whether a live Odoo is followed by this process; a recorded one stands still. */
  readonly following: "followed" | "not-followed" | "recorded";
  /** When Odoo last confirmed the rules and the access of what is held; null when it never did. */
  readonly confirmedAt: string | null;
  readonly confirmedSecondsAgo: number | null;
  /** Rules that cannot be planned exactly: whomever one concerns is shown nothing of its model. Without a name it is the model itself. */
  readonly refusedRules: readonly RefusedRule[];
  /** Models that are shown to nobody, for Odoo decides about them in code that is not modelled. */
  readonly decidedInCode: readonly { readonly model: string; readonly reason: string }[];
  /** Models of which the sync account may not see everything, with the people who may see more and have no key here; null: not known. */
  readonly partlySeen: readonly PartlySeenModel[] | null;
  /** What the sync account may read too little and write too much of, a sentence each; null: not known, or a recorded Odoo. */
  readonly syncFindings: readonly string[] | null;
}

export interface IngestionFacts extends Pick<
  IngestionStatus,
  "counts" | "work" | "failures" | "unreadable" | "coverage"
> {
  readonly policy: PolicySnapshot | null;
  readonly confirmedAt: string | null;
  readonly following: PolicyStatus["following"];
  /** Null: not known, or a recorded Odoo. */
  readonly sync: { readonly userId: number; readonly readerLogins: readonly string[] } | null;
  readonly syncFindings: PolicyStatus["syncFindings"];
  readonly now: Date;
}

export function ingestionStatus(facts: IngestionFacts): IngestionStatus {
  const { counts, work, failures, unreadable, coverage, policy } = facts;
  return { counts, work, failures, unreadable, policy: policy === null ? null : policyStatus(policy, facts), coverage };
}

function policyStatus(
  policy: PolicySnapshot,
  { confirmedAt, following, sync, syncFindings, now }: IngestionFacts,
): PolicyStatus {
  const { refused } = ruleFootprint(policy, policy.ingestedModels);
  const age = confirmedAt === null ? null : (now.getTime() - Date.parse(confirmedAt)) / 1000;
  return {
    epoch: policy.epoch,
    takenAt: policy.takenAt,
    following,
    confirmedAt,
    confirmedSecondsAgo: age === null ? null : Math.max(0, Math.round(age)),
    refusedRules: refused.filter(({ rule, model }) => rule !== "" || isRefusedAsAWhole(model, policy)),
    decidedInCode: [...CODE_DECIDED_MODELS].map(([model, reason]) => ({ model, reason })),
    partlySeen: sync === null ? null : partlySeen(policy, sync),
    syncFindings,
  };
}

/** Not so: a model that this Odoo does not have, or that is told apart from the rules. */
function isRefusedAsAWhole(model: string, policy: PolicySnapshot): boolean {
  return Object.hasOwn(policy.models, model) && !CODE_DECIDED_MODELS.has(model);
}

function partlySeen(
  policy: PolicySnapshot,
  { userId, readerLogins }: NonNullable<IngestionFacts["sync"]>,
): readonly PartlySeenModel[] | null {
  const login = policy.users.find(({ id }) => id === userId)?.login;
  if (login === undefined) return null;
  try {
    return partlySeenModels(policy, login).flatMap((seen) => {
      const logins = seen.logins.filter((each) => !readerLogins.includes(each));
      return logins.length === 0 ? [] : [{ ...seen, logins }];
    });
  } catch (error) {
    // The account was archived since: what it sees is not known.
    if (error instanceof PermissionError) return null;
    throw error;
  }
}
