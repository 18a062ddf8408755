import type { PolicySnapshot } from "../policy-snapshot.ts";
import type { Domain, DomainCondition } from "./domain.ts";
import { parseDomain } from "./parse-domain.ts";

/** Computed flags that Odoo searches in code, by what that code asks for. */
const FLAGS: ReadonlyMap<string, Domain> = new Map([
  ["discuss.channel.is_member", parseDomain("[('channel_member_ids.partner_id', '=', user.partner_id.id)]")],
]);

/** What Odoo's websites compute and search in code: for a call, which is of no website, published anywhere. */
const PUBLISHED = { flag: "website_published", asks: "is_published" } as const;
const IS_PUBLISHED = parseDomain("[('is_published', '=', True)]");

/** Fields that the rewritten conditions name, by the flag that a rule's text names. */
export const REWRITTEN_FIELDS: ReadonlyMap<string, readonly string[]> = new Map([
  ["is_member", ["channel_member_ids", "partner_id"]],
  [PUBLISHED.flag, [PUBLISHED.asks]],
]);

/** The domain that means the same as a condition on a computed flag; `undefined` for any other condition. */
export function rewriteCondition(
  condition: DomainCondition,
  model: string,
  policy: Pick<PolicySnapshot, "models">,
): Domain | undefined {
  const [field, ...rest] = condition.path;
  const flag = rest.length === 0 && field !== undefined ? flagOf(model, field, policy) : undefined;
  if (flag === undefined || "domain" in condition || condition.value.kind !== "literal") return undefined;
  const { operator, value } = condition;
  if ((operator !== "=" && operator !== "!=") || typeof value.value !== "boolean") return undefined;
  return (operator === "=") === value.value ? flag : { kind: "not", operand: flag };
}

function flagOf(model: string, field: string, { models }: Pick<PolicySnapshot, "models">): Domain | undefined {
  if (field !== PUBLISHED.flag) return FLAGS.get(`${model}.${field}`);
  const fields = Object.hasOwn(models, model) ? models[model]?.fields : undefined;
  const flag = fields?.[PUBLISHED.flag];
  const asked = fields?.[PUBLISHED.asks];
  const isComputed = flag?.type === "boolean" && flag.stored === false && flag.related === undefined;
  return isComputed && asked?.type === "boolean" && asked.stored !== false ? IS_PUBLISHED : undefined;
}
