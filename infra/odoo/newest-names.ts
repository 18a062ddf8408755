import { GroundworkError } from "../errors.ts";
import type { OdooClient } from "./odoo-client.ts";
import { unlessRefused } from "./unless-refused.ts";

/** What fields that Groundwork reads were called before: per model, today's name and the former one; behind it the version that renamed it. */
const FORMER_NAMES: Readonly<Record<string, readonly (readonly [name: string, formerly: string])[]>> = {
  "res.users": [["group_ids", "groups_id"]], // 19
  "purchase.order.line": [["product_uom_id", "product_uom"]], // 19
  "stock.move": [["quantity", "quantity_done"]], // 17
  "product.supplierinfo": [["partner_id", "name"]], // 16
};

/** What was the same for every record before there was a field for it. */
const ONCE_CONSTANT: Readonly<Record<string, Named>> = {
  "res.company": { active: true }, // 16
};

type Named = Readonly<Record<string, unknown>>;

/** What one model has otherwise. */
interface Names {
  /** Former names by today's. */
  readonly former: ReadonlyMap<string, string>;
  readonly constant: Named;
}

/**
 * An older Odoo under the names of Odoo 19: fields that were renamed, and grouping. A field is renamed only where the model lacks the new
 * name and has the former one, which it keeps beside it, for rules name that.
 */
export function withNewestNames(client: OdooClient): OdooClient {
  const known = new Map<string, Names>();

  /** Null: those of Odoo 19. */
  async function namesOf(model: string, signal?: AbortSignal): Promise<Names | null> {
    if (!Object.hasOwn(FORMER_NAMES, model) && !Object.hasOwn(ONCE_CONSTANT, model)) return null;
    const held = known.get(model);
    if (held !== undefined) return held;
    // Where this is refused, the question itself would be as well.
    const fields = await unlessRefused(client.call(model, "fields_get", { attributes: ["type"] }, signal));
    if (!isObject(fields)) return null;
    const has = (name: string): boolean => Object.hasOwn(fields, name);
    const names = {
      former: new Map((FORMER_NAMES[model] ?? []).filter(([name, formerly]) => !has(name) && has(formerly))),
      constant: Object.fromEntries(Object.entries(ONCE_CONSTANT[model] ?? {}).filter(([name]) => !has(name))),
    };
    known.set(model, names);
    return names;
  }

  return {
    ...client,
    call: async (model, method, named, signal) => {
      if (method === "formatted_read_group") return readGroup(client, model, named, signal);
      const names = await namesOf(model, signal);
      if (names === null) return client.call(model, method, named, signal);
      const answer = await client.call(model, method, formerly(named, names), signal);
      return method === "fields_get" ? describedAnew(answer, names) : recordsAnew(answer, named["fields"], names);
    },
  };
}

/** Aggregates come under the name of their field alone. */
async function readGroup(client: OdooClient, model: string, named: Named, signal?: AbortSignal): Promise<unknown> {
  const { domain, groupby, context } = named;
  const aggregates = textsOf(named["aggregates"]).filter((name) => name !== "__count");
  const answer = await client.call(
    model,
    "read_group",
    // Attachments are not grouped without a field.
    { domain, fields: aggregates.length > 0 ? aggregates : textsOf(groupby), groupby, lazy: false, context },
    signal,
  );
  if (!Array.isArray(answer) || !answer.every(isObject)) {
    throw new GroundworkError("odoo-answer", `Odoo answered ${model}.read_group with something else.`);
  }
  return answer.map((row) => ({
    ...row,
    ...Object.fromEntries(aggregates.map((name) => [name, row[name.split(":")[0] ?? ""]])),
  }));
}

function formerly(named: Named, { former, constant }: Names): Named {
  const { domain, fields } = named;
  const old = (name: unknown): unknown => (typeof name === "string" ? (former.get(name) ?? name) : name);
  return {
    ...named,
    ...(Array.isArray(domain)
      ? { domain: domain.map((part: unknown) => (Array.isArray(part) ? [old(part[0]), ...part.slice(1)] : part)) }
      : {}),
    ...(Array.isArray(fields)
      ? { fields: [...new Set(fields.filter((name) => !Object.hasOwn(constant, String(name))).map(old))] }
      : {}),
  };
}

/** Constants are no fields that a rule could name. */
function describedAnew(answer: unknown, { former }: Names): unknown {
  if (!isObject(answer)) return answer;
  return { ...answer, ...Object.fromEntries([...former].map(([name, old]) => [name, answer[old]])) };
}

function recordsAnew(answer: unknown, asked: unknown, { former, constant }: Names): unknown {
  if (!Array.isArray(answer) || !answer.every(isObject)) return answer;
  const fields = textsOf(asked);
  const renamed = [...former].filter(([name]) => fields.includes(name));
  const hidden = new Set(renamed.map(([, old]) => old).filter((old) => !fields.includes(old)));
  const added = Object.entries(constant).filter(([name]) => fields.includes(name));
  return answer.map((record) => {
    const kept = Object.entries(record).filter(([name]) => !hidden.has(name));
    return Object.fromEntries([...kept, ...renamed.map(([name, old]) => [name, record[old]] as const), ...added]);
  });
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
