import type { Domain, DomainValue } from "./domain.ts";
import type { ModelDescription } from "../policy-snapshot.ts";
import { held } from "./planning-memory.ts";
import { REWRITTEN_FIELDS } from "./rewrite-condition.ts";

const keys = new WeakMap<Domain, string>();
const dependences = new WeakMap<Domain, boolean>();

/** The text of a domain without its positions: equal texts, equal domains. */
export function domainKey(domain: Domain): string {
  let key = keys.get(domain);
  if (key === undefined) {
    key = JSON.stringify(domain, (name, value: unknown) => (name === "position" ? undefined : value));
    keys.set(domain, key);
  }
  return key;
}

const keysOnModels = new WeakMap<Domain, WeakMap<ModelDescription, string>>();

/** The same for a domain over a model's records: equal texts, equal plans, for one reader. Most models agree on most fields. */
export function domainKeyOn(domain: Domain, model: ModelDescription): string {
  const known = held(keysOnModels, domain, () => new WeakMap<ModelDescription, string>());
  return held(known, model, () => {
    const fields = new Set(firstFields(domain));
    const isAlikeElsewhere = fields.size > 0 && ![...fields].some((field) => !Object.hasOwn(model.fields, field));
    const descriptions = [...fields].map((field) => model.fields[field]);
    const place = isAlikeElsewhere && !asksModel(domain) ? "" : model.model;
    return `${place} ${JSON.stringify(descriptions)} ${domainKey(domain)}`;
  });
}

function firstFields(domain: Domain): readonly string[] {
  switch (domain.kind) {
    case "constant":
      return [];
    case "not":
      return firstFields(domain.operand);
    case "and":
    case "or":
      return domain.operands.flatMap(firstFields);
    default:
      return domain.path.slice(0, 1);
  }
}

/** Whether the plan takes more of the model than the descriptions of its fields: its hierarchy, its texts, its computed flags. */
function asksModel(domain: Domain): boolean {
  switch (domain.kind) {
    case "constant":
      return false;
    case "not":
      return asksModel(domain.operand);
    case "and":
    case "or":
      return domain.operands.some(asksModel);
    default:
      return (
        domain.path.length === 1 &&
        (/_of$|like$/.test(domain.operator) || domain.path.some((name) => REWRITTEN_FIELDS.has(name)))
      );
  }
}

/** Whether what the domain means depends on who asks. */
export function dependsOnReader(domain: Domain): boolean {
  let depends = dependences.get(domain);
  if (depends === undefined) {
    depends = namesReader(domain);
    dependences.set(domain, depends);
  }
  return depends;
}

function namesReader(domain: Domain): boolean {
  switch (domain.kind) {
    case "constant":
      return false;
    case "not":
      return namesReader(domain.operand);
    case "and":
    case "or":
      return domain.operands.some(namesReader);
    default:
      return (
        // Such a flag is about the reader, whatever it is compared with.
        domain.path.some((name) => REWRITTEN_FIELDS.has(name)) ||
        ("domain" in domain ? namesReader(domain.domain) : valueNamesReader(domain.value))
      );
  }
}

function valueNamesReader(value: DomainValue): boolean {
  switch (value.kind) {
    case "literal":
      return false;
    case "expression":
      return true;
    case "list":
      return value.items.some(valueNamesReader);
    default:
      return valueNamesReader(value.left) || valueNamesReader(value.right);
  }
}
