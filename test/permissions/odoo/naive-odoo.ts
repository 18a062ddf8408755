import type { MirrorRecord, MirrorValue, PolicySnapshot } from "../../../permissions/policy-snapshot.ts";

/** A domain as this interpreter takes it: prefix form, values already known. */
export type NaiveDomain = readonly ("&" | "|" | "!" | NaiveLeaf)[];
export type NaiveLeaf = readonly [path: string, operator: string, value: NaiveValue];
export type NaiveValue =
  | string
  | number
  | boolean
  | readonly (string | number | boolean)[]
  | { readonly domain: NaiveDomain };

/** Judges one record after Odoo's own words, step by step and without any plan: what the planner is compared with. */
export class NaiveOdoo {
  readonly #policy: PolicySnapshot;

  constructor(policy: PolicySnapshot) {
    this.#policy = policy;
  }

  matches(model: string, record: MirrorRecord, domain: NaiveDomain): boolean {
    const stack: boolean[] = [];
    for (const item of domain.toReversed()) {
      if (item === "!") stack.push(stack.pop() !== true);
      else if (item === "&" || item === "|") {
        const [left, right] = [stack.pop() === true, stack.pop() === true];
        stack.push(item === "&" ? left && right : left || right);
      } else stack.push(this.#leaf(model, record, item));
    }
    return stack.every(Boolean);
  }

  #leaf(model: string, record: MirrorRecord, [path, operator, value]: NaiveLeaf): boolean {
    const [field = "", ...rest] = path.split(".");
    const description = this.#policy.models[model]?.fields[field];
    const type = field === "id" ? "id" : (description?.type ?? "unknown");
    const related = description?.relation ?? model;
    const linked = ids(record[field] ?? null);
    if (rest.length > 0) return this.#some(related, linked, [[rest.join("."), operator, value]]);
    if (typeof value === "object" && "domain" in value) {
      return this.#some(related, linked, value.domain) === (operator === "any");
    }
    if (operator === "child_of" || operator === "parent_of") {
      const self = field !== "id" && related === model;
      return this.#hierarchy(self ? [record.id] : linked, operator, list(value), related, self ? field : "parent_id");
    }
    return this.#compare(type, record[field] ?? null, operator, value);
  }

  #some(model: string, linked: readonly number[], domain: NaiveDomain): boolean {
    const records = (this.#policy.mirror[model] ?? []).filter((record) => linked.includes(record.id));
    return records.some((record) => this.matches(model, record, domain));
  }

  /** Walks up from each record (child_of) or from each value (parent_of). */
  #hierarchy(
    from: readonly number[],
    operator: string,
    values: readonly unknown[],
    model: string,
    parent: string,
  ): boolean {
    const above = (id: number): number[] => {
      const next = this.#policy.mirror[model]?.find((record) => record.id === id)?.[parent];
      return typeof next === "number" ? [id, ...above(next)] : [id];
    };
    if (operator === "child_of") return from.some((id) => above(id).some((one) => values.includes(one)));
    return from.some((id) => values.some((one) => typeof one === "number" && above(one).includes(id)));
  }

  #compare(type: string, held: MirrorValue, operator: string, value: NaiveValue): boolean {
    const isNumber = type === "integer" || type === "monetary";
    switch (operator) {
      case "=?":
        return value === false || value === 0 || this.#compare(type, held, "=", value);
      case "!=":
        return !this.#compare(type, held, "=", value);
      case "not in":
        return !this.#compare(type, held, "in", value);
      case "=":
        return this.#compare(
          type,
          held,
          "in",
          Array.isArray(value) ? (value.length === 0 ? [false] : value) : [value as number],
        );
      case "in": {
        if (isNumber) return list(value).some((one) => (one === false ? 0 : one) === (held ?? 0));
        if (type === "boolean") return list(value).includes(held === true);
        if (Array.isArray(held)) {
          return list(value).some((one) => (one === false ? held.length === 0 : held.includes(one)));
        }
        const isUnset = held === null || held === "";
        return list(value).some((one) => (one === false || one === "" ? isUnset : one === held));
      }
      default: {
        const current = isNumber ? (held ?? 0) : held;
        if (current === null || typeof current === "object") return false;
        const bound = value as number | string;
        if (operator.startsWith("<")) return current < bound || (operator === "<=" && current === bound);
        return current > bound || (operator === ">=" && current === bound);
      }
    }
  }
}

function ids(value: MirrorValue): readonly number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? value : [];
}

function list(value: NaiveValue): readonly (string | number | boolean)[] {
  if (typeof value !== "object") return value === false ? [false] : [value];
  return "domain" in value ? [] : value;
}
