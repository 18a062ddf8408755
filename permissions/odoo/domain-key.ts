import type { Domain, DomainValue } from "./domain.ts";
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
