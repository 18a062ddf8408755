const NUMBERED = /^(\d{1,3}(?:\.\d{1,3}){0,4})[.)]?\s+["“(]?\p{Lu}/u;
const NAMED = /^(?:article|section|chapter|annex|appendix|schedule|part)\s+(?:\d{1,3}|[A-Z]|[IVXLC]{1,6})\b/iu;
const LONGEST = 90;

/**
 * The level of a heading that only its shape gives away ("4 Thresholds", "4.2 Quotes", "ANNEX A", "GENERAL TERMS"), or null.
 * Level 1 is left to titles: numbered headings begin at 2.
 */
export function headingLevel(line: string): number | null {
  if (line.length > LONGEST || /[.;:,!?]$/u.test(line)) return null;
  const numbered = NUMBERED.exec(line);
  if (numbered !== null) return Math.min(6, (numbered[1] ?? "").split(".").length + 1);
  if (NAMED.test(line)) return 2;
  return isCapitals(line) ? 2 : null;
}

function isCapitals(line: string): boolean {
  const letters = line.match(/\p{L}/gu) ?? [];
  const digits = line.match(/\p{N}/gu) ?? [];
  return (
    letters.length >= 5 &&
    digits.length <= letters.length / 4 &&
    letters.every((letter) => /\p{Lu}/u.test(letter)) &&
    /\s|^\p{L}+$/u.test(line)
  );
}

const BULLET = /^(?:[•◦▪‣●○■–—*-]|\(?(?:[a-z]|[ivx]{1,4}|\d{1,2})[.)])\s+(?=\S)/u;

/** Whether a line begins like an item of a list: "• …", "- …", "(a) …", "iv) …", "3. …". */
export function startsListItem(line: string): boolean {
  return BULLET.test(line.slice(0, 20));
}
