import { PermissionError } from "../permission-error.ts";
import { DOMAIN_OPERATORS, type Domain, type DomainOperator, type DomainValue } from "./domain.ts";

/** Nesting of `&`, `|`, `!` and `any` beyond which a rule is refused. */
const MAXIMUM_DEPTH = 200;

const FIELD_PATH = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;
const SYNONYMS = new Map<string, DomainOperator>([
  ["==", "="],
  ["<>", "!="],
]);

interface Operand {
  readonly domain: Domain;
  readonly depth: number;
}

/**
 * Makes the tree of a domain from the list that the rule's text denotes: prefix operators, conditions of three parts, `&` implied.
 * @throws PermissionError `domain-syntax` or `domain-unsupported`
 */
export function buildDomain(value: DomainValue): Domain {
  return build(value).domain;
}

function build(value: DomainValue): Operand {
  if (value.kind === "literal" && typeof value.value === "boolean")
    return leaf({ kind: "constant", value: value.value });
  const stack: Operand[] = [];
  for (const item of listItems(value).toReversed()) {
    if (item.kind === "list") stack.push(buildLeaf(item.items, item.position));
    else stack.push(applyOperator(item, stack));
  }
  let result = stack.pop();
  if (result === undefined) return leaf({ kind: "constant", value: true });
  for (let operand = stack.pop(); operand !== undefined; operand = stack.pop()) {
    result = join("and", result, operand, value.position);
  }
  return result;
}

/** Pops what the prefix operator takes; the stack holds what stands to its right. */
function applyOperator(item: DomainValue, stack: Operand[]): Operand {
  const operator = item.kind === "literal" ? item.value : undefined;
  if (operator !== "&" && operator !== "|" && operator !== "!") {
    throw new PermissionError("domain-unsupported", "Neither a condition nor an operator.", {
      position: item.position,
    });
  }
  const first = stack.pop();
  const second = operator === "!" ? undefined : stack.pop();
  if (first === undefined || (operator !== "!" && second === undefined)) {
    throw new PermissionError("domain-syntax", "The operator lacks an operand.", { position: item.position });
  }
  if (second === undefined) return bounded({ kind: "not", operand: first.domain }, first.depth + 1, item.position);
  return join(operator === "&" ? "and" : "or", first, second, item.position);
}

function join(kind: "and" | "or", left: Operand, right: Operand, position: number): Operand {
  return bounded({ kind, operands: [left.domain, right.domain] }, Math.max(left.depth, right.depth) + 1, position);
}

function buildLeaf(items: readonly DomainValue[], position: number): Operand {
  const [field, operator, value] = items;
  if (field === undefined || operator === undefined || value === undefined || items.length !== 3) {
    throw new PermissionError("domain-syntax", "A condition has three parts.", { position });
  }
  const constant = constantLeaf(field, operator, value);
  if (constant !== undefined) return leaf({ kind: "constant", value: constant });
  const path = readPath(field);
  const name = readOperator(operator);
  if (name !== "any" && name !== "not any") return leaf({ kind: "condition", path, operator: name, value, position });
  const inner = build(value);
  return bounded(
    { kind: "condition", path, operator: name, domain: inner.domain, position },
    inner.depth + 1,
    position,
  );
}

/** Odoo knows two: `(1, '=', 1)` is true, `(0, '=', 1)` false. In Python, True equals 1. */
function constantLeaf(field: DomainValue, operator: DomainValue, value: DomainValue): boolean | undefined {
  const [left, sign, right] = [field, operator, value].map((part) =>
    part.kind === "literal" ? part.value : undefined,
  );
  if (typeof left === "string" || left === undefined) return undefined;
  if (sign === "=" && (right === 1 || right === true)) {
    if (left === 1 || left === true) return true;
    if (left === 0 || left === false) return false;
  }
  throw new PermissionError("domain-unsupported", "Odoo has no such constant condition.", { position: field.position });
}

function readPath(field: DomainValue): readonly string[] {
  const path = field.kind === "literal" ? field.value : undefined;
  if (typeof path !== "string" || !FIELD_PATH.test(path)) {
    throw new PermissionError("domain-unsupported", "A condition begins with the name of a field.", {
      position: field.position,
    });
  }
  return path.split(".");
}

function readOperator(operator: DomainValue): DomainOperator {
  const text = operator.kind === "literal" && typeof operator.value === "string" ? operator.value.toLowerCase() : "";
  const known = SYNONYMS.get(text) ?? DOMAIN_OPERATORS.find((candidate) => candidate === text);
  if (known === undefined) {
    throw new PermissionError("domain-unsupported", "The operator is not known.", { position: operator.position });
  }
  return known;
}

/** The items of a list that is written out, sums of such lists included. */
function listItems(value: DomainValue): readonly DomainValue[] {
  if (value.kind === "list") return value.items;
  if (value.kind === "sum") return [...listItems(value.left), ...listItems(value.right)];
  throw new PermissionError("domain-unsupported", "A domain is a list of conditions.", { position: value.position });
}

function leaf(domain: Domain): Operand {
  return { domain, depth: 1 };
}

function bounded(domain: Domain, depth: number, position: number): Operand {
  if (depth > MAXIMUM_DEPTH)
    throw new PermissionError("domain-unsupported", "The rule is nested too deeply.", { position });
  return { domain, depth };
}
