import { FILE_MODEL, type AccessAttributes } from "./access-attributes.ts";
import type { AccessExpression } from "./access-filter.ts";
import { and, anyOf, isUnset, or, range } from "./expression.ts";
import { PermissionError } from "./permission-error.ts";
import type { PolicySnapshot } from "./policy-snapshot.ts";
import type { Principal } from "./principal.ts";
import { type IsoDay, isIsoDay } from "./utc-day.ts";

const PUBLIC = "public";

/**
 * The access attributes of a file from its `access` statement, already parsed: `{ public: true }` for every signed-in reader, portal
 * users included, or `{ groups, users }` by external id and login; `companies` narrows either, and so do `from` and `until`, the first
 * and the last day (UTC) on which anybody finds it. Nothing stated: nobody.
 *
 * @throws PermissionError `invalid-document-access` for any other form; `unknown-group`, `unknown-login` or `unknown-company` for a
 *   name that the policy does not have: a misspelt name must be noticed, not shrink or widen the circle of readers.
 */
export function documentAttributes(statement: unknown, policy: PolicySnapshot): AccessAttributes {
  const { isPublic, groups, users, companies, from, until } = readStatement(statement ?? {});
  requireKnown(groups, new Set(policy.groups.map((group) => group.name)), "unknown-group", "group");
  requireKnown(users, new Set(policy.users.map((user) => user.login)), "unknown-login", "user");
  requireKnown(companies, new Set(policy.companies.map((company) => company.externalId)), "unknown-company", "company");
  const readers = isPublic ? [PUBLIC] : [...groups.map(groupReader), ...users.map(userReader)];
  return { model: [FILE_MODEL], readers, companies, from, until };
}

/** Which files the principal may read on that day. */
export function planDocuments(principal: Principal, policy: PolicySnapshot, today: IsoDay): AccessExpression {
  const active = policy.companies.filter(
    ({ id, externalId }) => externalId !== "" && principal.companyIds.includes(id),
  );
  return and(
    anyOf("model", [FILE_MODEL]),
    anyOf("readers", [PUBLIC, userReader(principal.login), ...principal.groupNames.map(groupReader)]),
    or(
      isUnset("companies"),
      anyOf(
        "companies",
        active.map((company) => company.externalId),
      ),
    ),
    or(isUnset("from"), range("from", "<=", today)),
    or(isUnset("until"), range("until", ">=", today)),
  );
}

interface DocumentStatement {
  readonly isPublic: boolean;
  readonly groups: readonly string[];
  readonly users: readonly string[];
  readonly companies: readonly string[];
  /** One day, or none. */
  readonly from: readonly IsoDay[];
  readonly until: readonly IsoDay[];
}

function readStatement(statement: unknown): DocumentStatement {
  if (typeof statement !== "object" || statement === null || Array.isArray(statement)) {
    throw invalid("The access statement must be a mapping.");
  }
  const {
    public: isPublic = false,
    groups,
    users,
    companies,
    from,
    until,
    ...others
  } = statement as Record<string, unknown>;
  const unknownKey = Object.keys(others)[0];
  if (unknownKey !== undefined) throw invalid(`The access statement has an unknown key: ${unknownKey}.`);
  if (typeof isPublic !== "boolean") throw invalid("`public` must be true or false.");
  if (isPublic && (groups !== undefined || users !== undefined)) {
    throw invalid("`public` together with `groups` or `users` is ambiguous.");
  }
  if (Array.isArray(companies) && companies.length === 0) throw invalid("An empty list of companies is ambiguous.");
  return {
    isPublic,
    groups: readNames("groups", groups),
    users: readNames("users", users),
    companies: readNames("companies", companies),
    ...readValidity(from, until),
  };
}

function readValidity(from: unknown, until: unknown): Pick<DocumentStatement, "from" | "until"> {
  const [first, last] = [readDay("from", from), readDay("until", until)];
  if (first !== undefined && last !== undefined && first > last) throw invalid("`from` is after `until`.");
  return { from: first === undefined ? [] : [first], until: last === undefined ? [] : [last] };
}

function readDay(key: string, value: unknown): IsoDay | undefined {
  if (value === undefined) return undefined;
  if (!isIsoDay(value)) throw invalid(`\`${key}\` must be a day such as 2026-01-31.`);
  return value;
}

function readNames(key: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((name) => typeof name === "string" && name !== "")) {
    throw invalid(`\`${key}\` must be a list of names.`);
  }
  return [...new Set<string>(value)].sort();
}

function requireKnown(
  names: readonly string[],
  known: ReadonlySet<string>,
  code: "unknown-group" | "unknown-login" | "unknown-company",
  what: string,
): void {
  const unknownName = names.find((name) => !known.has(name));
  if (unknownName !== undefined) throw new PermissionError(code, `The policy has no ${what} named ${unknownName}.`);
}

function invalid(message: string): PermissionError {
  return new PermissionError("invalid-document-access", message);
}

function groupReader(name: string): string {
  return `group:${name}`;
}

function userReader(login: string): string {
  return `user:${login}`;
}
