/** The operators of Odoo's search domains, in their canonical spelling. */
export const DOMAIN_OPERATORS = [
  "=",
  "!=",
  "=?",
  "in",
  "not in",
  "<",
  "<=",
  ">",
  ">=",
  "child_of",
  "parent_of",
  "any",
  "not any",
  "like",
  "not like",
  "ilike",
  "not ilike",
  "=like",
  "not =like",
  "=ilike",
  "not =ilike",
] as const;

export type DomainOperator = (typeof DOMAIN_OPERATORS)[number];

/** One step of an expression such as `user.env.companies.mapped('country_id').ids`. */
export interface ExpressionStep {
  readonly kind: "attribute" | "mapped";
  readonly name: string;
}

/** An expression over one of the three names that a rule may use; a value only once it is known who asks. */
export interface DomainExpression {
  readonly kind: "expression";
  readonly name: "user" | "company_ids" | "company_id";
  readonly steps: readonly ExpressionStep[];
  readonly position: number;
}

/** A value as a rule writes it. Lists and tuples mean the same; `sum` joins two lists. */
export type DomainValue =
  | { readonly kind: "literal"; readonly value: string | number | boolean | null; readonly position: number }
  | { readonly kind: "list"; readonly items: readonly DomainValue[]; readonly position: number }
  | { readonly kind: "sum"; readonly left: DomainValue; readonly right: DomainValue; readonly position: number }
  | DomainExpression;

/** `any` and `not any` hold a domain over the related model instead of a value. */
export type DomainCondition =
  | {
      readonly kind: "condition";
      readonly path: readonly string[];
      readonly operator: Exclude<DomainOperator, "any" | "not any">;
      readonly value: DomainValue;
      readonly position: number;
    }
  | {
      readonly kind: "condition";
      readonly path: readonly string[];
      readonly operator: "any" | "not any";
      readonly domain: Domain;
      readonly position: number;
    };

/** A rule's domain as a tree: the prefix operators resolved, the implied `&` written out. */
export type Domain =
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "and" | "or"; readonly operands: readonly [Domain, Domain] }
  | { readonly kind: "not"; readonly operand: Domain }
  | DomainCondition;
