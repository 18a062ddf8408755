import { PermissionError } from "../permission-error.ts";

/**
 * The test that SQL's `like` makes of a text: `%` for any characters, `_` for one. Unless `isWhole`, the pattern may lie anywhere.
 * @throws PermissionError `domain-unsupported` for escapes, and for accents that decide, which the database judges by its settings
 */
export function matchText(
  pattern: string,
  {
    isWhole,
    ignoresCase,
    position,
  }: { readonly isWhole: boolean; readonly ignoresCase: boolean; readonly position: number },
): (text: string) => boolean {
  if (pattern.includes("\\") || (ignoresCase && !isAscii(pattern))) {
    throw new PermissionError("domain-unsupported", "This pattern depends on the database's settings.", { position });
  }
  const fold = (text: string) => Array.from(ignoresCase ? text.toLowerCase() : text);
  const signs = fold(isWhole ? pattern : `%${pattern}%`);
  return (text) => {
    const result = matches(fold(text), signs);
    if (ignoresCase && result !== matches(fold(withoutAccents(text)), signs)) {
      throw new PermissionError("domain-unsupported", "Accents decide, which the database judges by its settings.", {
        position,
      });
    }
    return result;
  };
}

/** Linear in text times pattern, whatever the pattern: after a mismatch only the last `%` takes one character more. */
function matches(text: readonly string[], signs: readonly string[]): boolean {
  let [at, sign, lastWildcard, resumeAt] = [0, 0, -1, 0];
  while (at < text.length) {
    if (signs[sign] === "%") {
      lastWildcard = sign;
      resumeAt = at;
      sign += 1;
    } else if (sign < signs.length && (signs[sign] === "_" || signs[sign] === text[at])) {
      at += 1;
      sign += 1;
    } else if (lastWildcard >= 0) {
      resumeAt += 1;
      at = resumeAt;
      sign = lastWildcard + 1;
    } else {
      return false;
    }
  }
  return signs.slice(sign).every((rest) => rest === "%");
}

function withoutAccents(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "");
}

function isAscii(text: string): boolean {
  return Array.from(text).every((character) => (character.codePointAt(0) ?? 0) < 128);
}
