import { PermissionError } from "../permission-error.ts";

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  "\n": "",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};
const NUMERIC_ESCAPE = /(?:[0-7]{1,3}|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})/y;

/**
 * Reads a Python string literal at `position`, with its prefix (`r`, `u`) and its opening quote already known.
 * @throws PermissionError `domain-unsupported` for bytes and f-strings, `domain-syntax` for a string without end.
 */
export function readStringLiteral(
  text: string,
  position: number,
  prefix: string,
  quote: string,
): { readonly value: string; readonly end: number } {
  const kind = prefix.toLowerCase();
  if (kind !== "" && kind !== "r" && kind !== "u") {
    throw new PermissionError("domain-unsupported", `Strings with the prefix ${prefix} are not planned.`, { position });
  }
  const pieces: string[] = [];
  let index = position + prefix.length + quote.length;
  while (index < text.length) {
    if (text.startsWith(quote, index)) return { value: pieces.join(""), end: index + quote.length };
    const character = text.charAt(index);
    if (quote.length === 1 && (character === "\n" || character === "\r")) break;
    if (character !== "\\") {
      pieces.push(character);
      index += 1;
    } else if (kind === "r") {
      pieces.push(text.slice(index, index + 2));
      index += 2;
    } else {
      const escape = readEscape(text, index + 1);
      pieces.push(escape.value);
      index = escape.end;
    }
  }
  throw new PermissionError("domain-syntax", "The rule holds a string without end.", { position });
}

function readEscape(text: string, position: number): { value: string; end: number } {
  const letter = text.charAt(position);
  const simple = Object.hasOwn(SIMPLE_ESCAPES, letter) ? SIMPLE_ESCAPES[letter] : undefined;
  if (simple !== undefined) return { value: simple, end: position + 1 };
  NUMERIC_ESCAPE.lastIndex = position;
  const digits = NUMERIC_ESCAPE.exec(text)?.[0];
  if (digits !== undefined) {
    const code = /^[0-7]/.test(digits) ? Number.parseInt(digits, 8) : Number.parseInt(digits.slice(1), 16);
    if (code <= 0x10ffff) return { value: String.fromCodePoint(code), end: position + digits.length };
  }
  if ("xuUN".includes(letter)) {
    throw new PermissionError("domain-unsupported", "This escape in a string is not planned.", { position });
  }
  return { value: `\\${letter}`, end: position + 1 };
}
