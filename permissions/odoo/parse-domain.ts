import { PermissionError } from "../permission-error.ts";
import { buildDomain } from "./build-domain.ts";
import type { Domain, DomainExpression, DomainValue, ExpressionStep } from "./domain.ts";
import { tokenizeDomain, type DomainToken } from "./tokenize-domain.ts";

/** Characters and nesting beyond which a rule is refused: real ones stay far below. */
const MAXIMUM_LENGTH = 50_000;
const MAXIMUM_DEPTH = 60;

const CONSTANTS = new Map<string, boolean | null>([
  ["True", true],
  ["False", false],
  ["None", null],
]);

/**
 * Reads the text of a rule (`domain_force`) into a tree. Nothing is executed: the text is a list of conditions written with literals and
 * the names `user`, `company_ids`, `company_id` and `website`, which for a call is no website. An empty text lets everything through, as in Odoo.
 *
 * @throws PermissionError `domain-syntax` for what no reader of rules would take, `domain-unsupported` for what Odoo would run as Python
 *   and we do not plan; both with the position.
 */
export function parseDomain(text: string): Domain {
  if (text.length > MAXIMUM_LENGTH) {
    throw new PermissionError("domain-unsupported", "The rule is too long.", { position: MAXIMUM_LENGTH });
  }
  const reader = new ExpressionReader(tokenizeDomain(text));
  if (reader.isAtEnd()) return { kind: "constant", value: true };
  return buildDomain(reader.readWhole());
}

class ExpressionReader {
  readonly #tokens: readonly DomainToken[];
  #index = 0;
  #depth = 0;

  constructor(tokens: readonly DomainToken[]) {
    this.#tokens = tokens;
  }

  isAtEnd(): boolean {
    return this.#peek().kind === "end";
  }

  readWhole(): DomainValue {
    const value = this.#readSum();
    const rest = this.#peek();
    if (rest.kind === "end") return value;
    throw rest.kind === "name" ? unsupportedName(rest.value, rest.position) : unexpected(rest.position);
  }

  #readSum(): DomainValue {
    this.#depth += 1;
    if (this.#depth > MAXIMUM_DEPTH) {
      throw new PermissionError("domain-unsupported", "The rule is nested too deeply.", {
        position: this.#peek().position,
      });
    }
    let left = this.#readTerm();
    for (let terms = 1; this.#take("+"); terms += 1) {
      if (terms > MAXIMUM_DEPTH) {
        throw new PermissionError("domain-unsupported", "The rule adds too many lists.", { position: left.position });
      }
      left = { kind: "sum", left, right: this.#readTerm(), position: left.position };
    }
    this.#depth -= 1;
    return left;
  }

  #readTerm(): DomainValue {
    const token = this.#next();
    const { position } = token;
    switch (token.kind) {
      case "string":
        return { kind: "literal", value: token.value + this.#readAdjacentStrings(), position };
      case "number":
        return { kind: "literal", value: token.value, position };
      case "name":
        return this.#readName(token.value, position);
      case "sign":
        if (token.value === "[") {
          return this.#readComprehension(position) ?? { kind: "list", items: this.#readItems("]").items, position };
        }
        if (token.value === "(") return this.#readParenthesis(position);
        if (token.value === "-") return this.#readNegative(position);
        throw unexpected(position);
      default:
        throw new PermissionError("domain-syntax", "The rule ends too early.", { position });
    }
  }

  /** `[group.id for group in user.group_ids]`: the ids of records, and the only comprehension that is planned. */
  #readComprehension(position: number): DomainExpression | undefined {
    const [item, dot, field, loop, variable, word] = this.#tokens
      .slice(this.#index, this.#index + 6)
      .map((token) => (token.kind === "name" || token.kind === "sign" ? token.value : undefined));
    const isPlanned = dot === "." && field === "id" && loop === "for" && variable === item && word === "in";
    if (!isPlanned || item === undefined) return undefined;
    this.#index += 6;
    const source = this.#readTerm();
    if (source.kind !== "expression" || !this.#take("]")) {
      throw new PermissionError("domain-unsupported", "This comprehension is not planned.", { position });
    }
    return { ...source, steps: [...source.steps, { kind: "mapped", name: "id" }], position };
  }

  /** Python joins string literals that stand side by side. */
  #readAdjacentStrings(): string {
    const pieces: string[] = [];
    for (let token = this.#peek(); token.kind === "string"; token = this.#peek()) {
      pieces.push(token.value);
      this.#index += 1;
    }
    return pieces.join("");
  }

  #readNegative(position: number): DomainValue {
    const token = this.#next();
    if (token.kind !== "number") {
      throw new PermissionError("domain-unsupported", "Only a number may follow a minus.", { position });
    }
    return { kind: "literal", value: token.value === 0 ? 0 : -token.value, position };
  }

  /** `(x)` is x itself, `(x,)` a tuple of one. */
  #readParenthesis(position: number): DomainValue {
    const { items, hasComma } = this.#readItems(")");
    const [only] = items;
    return only !== undefined && items.length === 1 && !hasComma ? only : { kind: "list", items, position };
  }

  #readItems(closing: "]" | ")"): { items: readonly DomainValue[]; hasComma: boolean } {
    const items: DomainValue[] = [];
    let hasComma = false;
    while (!this.#take(closing)) {
      items.push(this.#readSum());
      if (this.#take(",")) hasComma = true;
      else if (!this.#isNext(closing)) this.#refuseItem();
    }
    return { items, hasComma };
  }

  #refuseItem(): never {
    const token = this.#peek();
    throw token.kind === "name" ? unsupportedName(token.value, token.position) : unexpected(token.position);
  }

  #readName(name: string, position: number): DomainValue {
    const constant = CONSTANTS.get(name);
    if (constant !== undefined) return { kind: "literal", value: constant, position };
    if (name === "website") return this.#readNoWebsite(position);
    if (name !== "user" && name !== "company_ids" && name !== "company_id") throw unsupportedName(name, position);
    return this.#readSteps(name, position);
  }

  /** Odoo takes a website only from a request for one of its pages; for a call there is none, and what is behind it is unset. */
  #readNoWebsite(position: number): DomainValue {
    const steps: string[] = [];
    while (this.#take(".")) {
      const step = this.#next();
      if (step.kind !== "name") throw unexpected(step.position);
      steps.push(step.value);
    }
    // Nothing is called or indexed, and every field before the last leads from no record to none.
    const isPlanned =
      !this.#isNext("(") && !this.#isNext("[") && steps.slice(0, -1).every((step) => step.endsWith("_id"));
    if (isPlanned && steps.at(-1) === "id") return { kind: "literal", value: false, position };
    if (isPlanned && steps.at(-1) === "ids") return { kind: "list", items: [], position };
    throw unsupportedName("website", position);
  }

  #readSteps(name: DomainExpression["name"], position: number): DomainExpression {
    const steps: ExpressionStep[] = [];
    while (this.#take(".")) {
      const step = this.#next();
      if (step.kind !== "name") throw unexpected(step.position);
      if (!this.#isNext("(")) steps.push({ kind: "attribute", name: step.value });
      else if (step.value === "mapped") steps.push(this.#readMapped());
      else
        throw new PermissionError("domain-unsupported", `The rule calls ${step.value}().`, { position: step.position });
    }
    if (this.#isNext("(") || this.#isNext("[")) {
      throw new PermissionError("domain-unsupported", `The rule calls or indexes ${name}.`, { position });
    }
    return { kind: "expression", name, steps, position };
  }

  #readMapped(): ExpressionStep {
    this.#index += 1;
    const argument = this.#next();
    const name = argument.kind === "string" ? argument.value : "";
    if (!/^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/.test(name)) {
      throw new PermissionError("domain-unsupported", "mapped() takes the name of a field.", {
        position: argument.position,
      });
    }
    this.#take(",");
    if (!this.#take(")")) throw unexpected(this.#peek().position);
    return { kind: "mapped", name };
  }

  #peek(): DomainToken {
    return this.#tokens[this.#index] ?? { kind: "end", position: 0 };
  }

  #next(): DomainToken {
    const token = this.#peek();
    this.#index += 1;
    return token;
  }

  #isNext(sign: string): boolean {
    const token = this.#peek();
    return token.kind === "sign" && token.value === sign;
  }

  #take(sign: string): boolean {
    const found = this.#isNext(sign);
    if (found) this.#index += 1;
    return found;
  }
}

function unsupportedName(name: string, position: number): PermissionError {
  return new PermissionError("domain-unsupported", `The rule uses \`${name}\`, which is not planned.`, { position });
}

function unexpected(position: number): PermissionError {
  return new PermissionError("domain-syntax", "Something else was expected here.", { position });
}
