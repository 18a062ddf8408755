import { type AccessAttributes, FILE_MODEL } from "./access-attributes.ts";
import { joined } from "./describe-attributes.ts";
import { describeGroups } from "./describe-groups.ts";
import { evaluateAccess } from "./evaluate-access.ts";
import { explainDocument } from "./explain-document.ts";
import { type ExplainedStep, conjunction, note, step } from "./explained-step.ts";
import { explainRecord } from "./odoo/explain-record.ts";
import { PermissionError } from "./permission-error.ts";
import { planAccess } from "./plan-access.ts";
import type { PolicySnapshot } from "./policy-snapshot.ts";
import type { Principal } from "./principal.ts";
import { resolvePrincipal } from "./resolve-principal.ts";
import { type IsoDay, utcDay } from "./utc-day.ts";

/** A part of a document as far as access goes. */
export interface AccessPart {
  readonly part: string;
  readonly attributes: AccessAttributes;
}

export interface AccessQuestion {
  readonly login: string;
  /** Narrows the companies, as a request does. */
  readonly companyIds?: readonly number[];
  readonly parts: readonly AccessPart[];
  /** Whose day counts for files that begin or end; without it, today. */
  readonly day?: IsoDay;
}

export interface PartVerdict {
  readonly part: string;
  /** What the planner's filter says, by the evaluator that opens text. */
  readonly readable: boolean;
  /** Which field groups the part needs, and whether the user is in one. Null: files have none. */
  readonly groups: ExplainedStep | null;
  /** Whether the findings come to the same verdict. False is a fault in the explanation, never in the verdict. */
  readonly agrees: boolean;
}

/** Parts that the same findings decide, their field groups apart. */
export interface ExplainedParts {
  readonly model: string;
  readonly steps: readonly ExplainedStep[];
  readonly verdicts: readonly PartVerdict[];
}

export interface AccessExplanation {
  readonly user: readonly ExplainedStep[];
  readonly parts: readonly ExplainedParts[];
}

/**
 * Why a person may or may not read the parts of a document, finding by finding, under one policy. The verdicts come from `planAccess` and
 * `evaluateAccess` themselves; the findings are made apart from these and held against them.
 */
export function explainAccess(question: AccessQuestion, policy: PolicySnapshot): AccessExplanation {
  const { login, companyIds, parts, day = utcDay(new Date()) } = question;
  const user = explainUser(login, companyIds, policy);
  const principal = principalOf(login, companyIds, policy);
  // Parts that differ in nothing but their field groups are one explanation.
  const alike = Map.groupBy(parts, ({ attributes }) => JSON.stringify({ ...attributes, requires: null }));
  return {
    user,
    parts: [...alike.values()].map((group) => explainParts(group, { user, principal, policy, day })),
  };
}

interface Asked {
  readonly user: readonly ExplainedStep[];
  readonly principal: Principal | null;
  readonly policy: PolicySnapshot;
  readonly day: IsoDay;
}

function explainParts(parts: readonly AccessPart[], { user, principal, policy, day }: Asked): ExplainedParts {
  const attributes = parts[0]?.attributes ?? {};
  const isFile = attributes["model"]?.[0] === FILE_MODEL;
  const steps =
    principal === null
      ? []
      : isFile
        ? explainDocument(attributes, principal, policy, day)
        : explainRecord(attributes, { principal, policy });
  const verdicts = parts.map((part) => {
    const groups = isFile ? null : explainRequired(part, principal, policy);
    const readable = principal !== null && evaluateAccess(planAccess(principal, policy, day), part.attributes);
    return {
      part: part.part,
      readable,
      groups,
      agrees: readable === (conjunction([...user, ...steps, ...(groups === null ? [] : [groups])]) === true),
    };
  });
  return { model: String(attributes["model"]?.[0] ?? "unknown"), steps, verdicts };
}

function explainRequired(
  { part, attributes }: AccessPart,
  principal: Principal | null,
  policy: PolicySnapshot,
): ExplainedStep {
  const required = Object.hasOwn(attributes, "requires") ? attributes["requires"] : undefined;
  if (required === undefined)
    return step("unknown", `Part “${part}” does not say which groups its fields need, so nobody may read it.`);
  if (required.length === 0)
    return step(true, `The fields of part “${part}” are for everybody who may read the record.`);
  const ids = required.filter((id) => typeof id === "number");
  const own = ids.filter((id) => principal?.groupIds.includes(id) === true);
  const needed = `The fields of part “${part}” need one of ${describeGroups(ids, policy)}`;
  if (own.length === 0) return step(false, `${needed}, and the user is in none of these.`);
  return step(true, `${needed}; the user is in ${describeGroups(own, policy)}.`);
}

function principalOf(
  login: string,
  companyIds: readonly number[] | undefined,
  policy: PolicySnapshot,
): Principal | null {
  try {
    return resolvePrincipal(login, policy, companyIds);
  } catch (error) {
    if (!(error instanceof PermissionError)) throw error;
    return null;
  }
}

function explainUser(
  login: string,
  companyIds: readonly number[] | undefined,
  policy: PolicySnapshot,
): readonly ExplainedStep[] {
  const user = policy.users.find((candidate) => candidate.login === login);
  if (user === undefined) return [step(false, `Odoo has no user with the login ${login}.`)];
  if (!user.active)
    return [step(false, `${user.name} (${login}) is archived in Odoo, so nothing may be read as this user.`)];
  const companies = (ids: readonly number[]) =>
    joined(
      ids.map((id) => `${policy.companies.find((company) => company.id === id)?.name ?? "unknown company"} (${id})`),
    );
  const strange = companyIds?.filter((id) => !user.companyIds.includes(id)) ?? [];
  const found = step(
    true,
    `${user.name} (${login}, id ${user.id}) is an active user of ${companies(user.companyIds)}.`,
  );
  if (strange.length > 0 || companyIds?.length === 0) {
    return [
      found,
      step(
        false,
        `The request names ${strange.length === 0 ? "no company" : `${companies(strange)}, of which the user is not`}.`,
      ),
    ];
  }
  const principal = resolvePrincipal(login, policy, companyIds);
  const own = principal.groupIds.filter((id) => user.groupIds.includes(id));
  const implied = principal.groupIds.filter((id) => !user.groupIds.includes(id));
  return [
    found,
    note(
      `Active companies: ${companies(principal.companyIds)}; ${companies([principal.currentCompanyId])} is the current one.`,
    ),
    note(`Groups given to the user: ${describeGroups(own, policy) || "none"}.`),
    note(`Groups that these imply: ${describeGroups(implied, policy) || "none"}.`),
  ];
}
