import type { AccessExpression } from "./access-filter.ts";
import { expressionKey } from "./expression.ts";

/** Models that share one expression, so that many models cost few clauses; models of which nothing is readable are left out. */
export function groupByExpression(
  plans: ReadonlyMap<string, AccessExpression>,
): readonly { readonly models: readonly string[]; readonly expression: AccessExpression }[] {
  const groups = new Map<string, { models: string[]; expression: AccessExpression }>();
  for (const [model, expression] of plans) {
    if (expression.kind === "never") continue;
    const key = expressionKey(expression);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { models: [model], expression });
    else group.models.push(model);
  }
  return [...groups.values()];
}
