import type { AccessAttributes } from "./access-attributes.ts";
import { describeGroup } from "./describe-groups.ts";
import { joined } from "./describe-attributes.ts";
import { type ExplainedStep, step } from "./explained-step.ts";
import type { PolicySnapshot } from "./policy-snapshot.ts";
import type { Principal } from "./principal.ts";
import type { IsoDay } from "./utc-day.ts";

const READER = /^(group|user):(.*)$/s;

/** Why the principal may or may not read a file on that day: what `planDocuments` decides, step by step. All steps must hold. */
export function explainDocument(
  attributes: AccessAttributes,
  principal: Principal,
  policy: PolicySnapshot,
  today: IsoDay,
): readonly ExplainedStep[] {
  return [
    explainReaders(attributes, principal, policy),
    explainCompanies(attributes, principal, policy),
    explainDay("from", attributes, today),
    explainDay("until", attributes, today),
  ];
}

function explainReaders(attributes: AccessAttributes, principal: Principal, policy: PolicySnapshot): ExplainedStep {
  const readers = valuesOf("readers", attributes);
  if (readers === null) return unknown("who may read it");
  if (readers.length === 0) return step(false, "The file states no access, so nobody may read it.");
  if (readers.includes("public")) return step(true, "The file is public: everybody who can sign in may read it.");
  const stated = readers.map((reader) => describeReader(reader, policy));
  const own = readers.filter((reader) => isOf(reader, principal)).map((reader) => describeReader(reader, policy));
  if (own.length > 0)
    return step(true, `The file is open to ${joined(stated)}; the user comes in through ${joined(own)}.`);
  return step(false, `The file is open to ${joined(stated)}, and the user is none of these.`);
}

function explainCompanies(attributes: AccessAttributes, principal: Principal, policy: PolicySnapshot): ExplainedStep {
  const wanted = valuesOf("companies", attributes);
  if (wanted === null) return unknown("for which companies it is");
  if (wanted.length === 0) return step(true, "The file is for all companies.");
  const active = policy.companies.filter(({ id }) => principal.companyIds.includes(id));
  const names = wanted.map((externalId) => {
    const company = policy.companies.find((candidate) => candidate.externalId === externalId);
    return company === undefined ? `${externalId}, which the policy does not have` : `${company.name} (${externalId})`;
  });
  const holds = active.some(({ externalId }) => externalId !== "" && wanted.includes(externalId));
  const outcome = holds ? "one of the active companies is among them" : "none of the active companies is among them";
  return step(holds, `The file is for ${joined(names)}, and ${outcome}.`);
}

function explainDay(edge: "from" | "until", attributes: AccessAttributes, today: IsoDay): ExplainedStep {
  const days = valuesOf(edge, attributes);
  if (days === null) return unknown(edge === "from" ? "from when on it is open" : "until when it is open");
  if (days.length === 0)
    return step(
      true,
      edge === "from" ? "No day is stated before which it is closed." : "No day is stated after which it is closed.",
    );
  const holds = days.some((day) => (edge === "from" ? day <= today : day >= today));
  return step(holds, `The file is open ${edge} ${joined(days)}; the day is ${today}.`);
}

function unknown(what: string): ExplainedStep {
  return step(
    "unknown",
    `The file does not say ${what}: it was ingested by an earlier version, and ingesting it again mends that.`,
  );
}

function describeReader(reader: string, policy: PolicySnapshot): string {
  const [, kind, name = ""] = READER.exec(reader) ?? [];
  if (kind === "user") return `the user ${name}`;
  const group = policy.groups.find((candidate) => candidate.name !== "" && candidate.name === name);
  return group === undefined
    ? `${name || reader}, which the policy does not have`
    : `the group ${describeGroup(group.id, policy)}`;
}

function isOf(reader: string, { login, groupNames }: Principal): boolean {
  const [, kind, name = ""] = READER.exec(reader) ?? [];
  return kind === "user" ? name === login : kind === "group" && groupNames.includes(name);
}

function valuesOf(name: string, attributes: AccessAttributes): readonly string[] | null {
  const values = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  return values === undefined ? null : values.map(String);
}
