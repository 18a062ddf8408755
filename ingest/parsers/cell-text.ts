import type { CellValue } from "exceljs";

/** A cell as a person would write it: ISO dates, percentages, no binary rounding noise. */
export function cellText(value: CellValue | undefined, format: string | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return numberText(value, format ?? "");
  if (value instanceof Date) return dateText(value);
  if ("richText" in value) return value.richText.map(({ text }) => text).join("");
  if ("error" in value) return value.error;
  if ("text" in value) return cellText(value.text, format);
  if ("result" in value) return cellText(value.result, format);
  return "";
}

function numberText(value: number, format: string): string {
  const isPercent = format.includes("%");
  const scaled = isPercent ? value * 100 : value;
  const text = Number.isSafeInteger(scaled) ? String(scaled) : String(Number(scaled.toPrecision(12)));
  // Prices keep the decimals that their format shows: 12.5 under "0.00" is 12.50.
  const decimals = /0\.(0+)/u.exec(format)?.[1]?.length ?? 0;
  const shown = (text.split(".")[1] ?? "").length;
  const padded =
    decimals > shown && !text.includes("e")
      ? `${shown === 0 ? `${text}.` : text}${"0".repeat(Math.min(decimals, 8) - shown)}`
      : text;
  return isPercent ? `${padded} %` : padded;
}

function dateText(value: Date): string {
  if (Number.isNaN(value.getTime())) return "";
  const text = value.toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text.slice(0, 16).replace("T", " ");
}
