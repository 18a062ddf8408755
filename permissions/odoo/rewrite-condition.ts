import type { Domain, DomainCondition } from "./domain.ts";
import { parseDomain } from "./parse-domain.ts";

/** Computed flags that Odoo searches in code, by what that code asks for. */
const FLAGS: ReadonlyMap<string, Domain> = new Map([
  ["discuss.channel.is_member", parseDomain("[('channel_member_ids.partner_id', '=', user.partner_id.id)]")],
]);

/** Fields that the rewritten conditions name, by the flag that a rule's text names. */
export const REWRITTEN_FIELDS: ReadonlyMap<string, readonly string[]> = new Map([
  ["is_member", ["channel_member_ids", "partner_id"]],
]);

/** The domain that means the same as a condition on a computed flag; `undefined` for any other condition. */
export function rewriteCondition(condition: DomainCondition, model: string): Domain | undefined {
  const [field, ...rest] = condition.path;
  const flag = rest.length === 0 && field !== undefined ? FLAGS.get(`${model}.${field}`) : undefined;
  if (flag === undefined || "domain" in condition || condition.value.kind !== "literal") return undefined;
  const { operator, value } = condition;
  if ((operator !== "=" && operator !== "!=") || typeof value.value !== "boolean") return undefined;
  return (operator === "=") === value.value ? flag : { kind: "not", operand: flag };
}
