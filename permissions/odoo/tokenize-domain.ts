import { PermissionError } from "../permission-error.ts";
import { readStringLiteral } from "./read-string-literal.ts";

export type DomainToken =
  | { readonly kind: "string"; readonly value: string; readonly position: number }
  | { readonly kind: "number"; readonly value: number; readonly position: number }
  | { readonly kind: "name"; readonly value: string; readonly position: number }
  | { readonly kind: "sign"; readonly value: string; readonly position: number }
  | { readonly kind: "end"; readonly position: number };

const BLANK = /(?:[ \t\r\n\f]|\\\r?\n|#[^\r\n]*)+/y;
const STRING_START = /([A-Za-z]{0,2})("""|'''|"|')/y;
const NUMBER = /(?:[0-9](?:_?[0-9])*)?\.?(?:[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9]+)?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const SIGNS = "[](),.+-";
/** Signs of Python that the rule language has no use for: valid there, refused here. */
const FOREIGN_SIGNS = "{}*/%<>=!&|^~@:;";

/**
 * Splits the text of a rule into the tokens of a small part of Python's expressions.
 * @throws PermissionError `domain-syntax` or `domain-unsupported`, with the position.
 */
export function tokenizeDomain(text: string): readonly DomainToken[] {
  const tokens: DomainToken[] = [];
  let position = skip(text, BLANK, 0);
  while (position < text.length) {
    const { token, end } = readToken(text, position);
    tokens.push(token);
    position = skip(text, BLANK, end);
  }
  tokens.push({ kind: "end", position: text.length });
  return tokens;
}

function readToken(text: string, position: number): { token: DomainToken; end: number } {
  STRING_START.lastIndex = position;
  const start = STRING_START.exec(text);
  if (start !== null) {
    const { value, end } = readStringLiteral(text, position, start[1] ?? "", start[2] ?? "");
    return { token: { kind: "string", value, position }, end };
  }
  const sign = text.charAt(position);
  if (/[0-9]/.test(sign) || (sign === "." && /[0-9]/.test(text.charAt(position + 1))))
    return readNumber(text, position);
  const nameEnd = skip(text, NAME, position);
  if (nameEnd > position) {
    return { token: { kind: "name", value: text.slice(position, nameEnd), position }, end: nameEnd };
  }
  if (SIGNS.includes(sign)) return { token: { kind: "sign", value: sign, position }, end: position + 1 };
  if (FOREIGN_SIGNS.includes(sign)) {
    throw new PermissionError("domain-unsupported", `The rule uses \`${sign}\`, which is not planned.`, { position });
  }
  throw new PermissionError("domain-syntax", "The rule holds a character that no expression has.", { position });
}

function readNumber(text: string, position: number): { token: DomainToken; end: number } {
  const end = skip(text, NUMBER, position);
  const digits = text.slice(position, end).replaceAll("_", "");
  const isWhole = /^[0-9]+$/.test(digits);
  if (/^0+[1-9]/.test(digits) && isWhole) {
    throw new PermissionError("domain-syntax", "A number may not begin with 0.", { position });
  }
  if (/[A-Za-z0-9_]/.test(text.charAt(end))) {
    throw new PermissionError("domain-unsupported", "This form of number is not planned.", { position });
  }
  const value = Number(digits);
  if (!Number.isFinite(value) || (isWhole && !Number.isSafeInteger(value))) {
    throw new PermissionError("domain-unsupported", "The number is too large to be exact.", { position });
  }
  return { token: { kind: "number", value, position }, end };
}

function skip(text: string, pattern: RegExp, position: number): number {
  pattern.lastIndex = position;
  return pattern.test(text) ? pattern.lastIndex : position;
}
