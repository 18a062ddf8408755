/** A number as lists write it; `format` is a name of ECMA-376, 17.18.59, and any other than letters and Roman figures is decimal. */
export function writtenNumber(number: number, format: string): string {
  if (format === "none") return "";
  if (format === "decimalZero") return String(number).padStart(2, "0");
  if (number < 1 || number > 3999) return String(number);
  if (format === "lowerLetter") return letters(number);
  if (format === "upperLetter") return letters(number).toUpperCase();
  if (format === "lowerRoman") return roman(number);
  if (format === "upperRoman") return roman(number).toUpperCase();
  return String(number);
}

/** After z comes aa, then bb: the letter is repeated. */
function letters(number: number): string {
  return String.fromCodePoint(97 + ((number - 1) % 26)).repeat(Math.ceil(number / 26));
}

const ROMAN = [
  [1000, "m"],
  [900, "cm"],
  [500, "d"],
  [400, "cd"],
  [100, "c"],
  [90, "xc"],
  [50, "l"],
  [40, "xl"],
  [10, "x"],
  [9, "ix"],
  [5, "v"],
  [4, "iv"],
  [1, "i"],
] as const;

function roman(number: number): string {
  let rest = number;
  let text = "";
  for (const [value, digits] of ROMAN) {
    while (rest >= value) {
      text += digits;
      rest -= value;
    }
  }
  return text;
}
