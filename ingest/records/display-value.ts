import type { FieldDescription } from "../../permissions/policy-snapshot.ts";
import type { OdooRecord, OdooValue } from "../../infra/odoo/port.ts";
import { addHtml } from "../parsers/html-blocks.ts";
import { singleLine } from "../parsers/normalise-text.ts";
import { TextBuilder } from "../parsers/text-builder.ts";

/** What a field shows and what it means; null where it is unset or no text. */
export interface DisplayedValue {
  /** many2one: the id; selection: the key; dates: ISO, in UTC. */
  readonly value: string | number | boolean;
  readonly display: string;
}

const money = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const figure = new Intl.NumberFormat("en-US", { maximumFractionDigits: 4 });

/** `currency` names the field of the record that holds the value's currency, for numbers that are money. */
export function displayValue(
  value: OdooValue,
  field: FieldDescription,
  record: OdooRecord,
  currency?: string,
): DisplayedValue | null {
  switch (field.type) {
    case "boolean":
      return { value: value === true, display: value === true ? "Yes" : "No" };
    case "integer":
    case "float":
    case "monetary":
      return typeof value === "number" ? numberValue(value, record, currency ?? field.currencyField) : null;
    case "many2one":
      return linkedValue(value);
    case "selection":
      return selectionValue(value, field);
    case "html":
      return textValue(typeof value === "string" ? htmlText(value) : "");
    case "datetime":
      return typeof value === "string" ? { value: value.slice(0, 19), display: `${value.slice(0, 16)} UTC` } : null;
    case "char":
    case "text":
    case "date":
      return textValue(typeof value === "string" ? value : "");
    case "many2one_reference":
      return typeof value === "number" && value > 0 ? { value, display: String(value) } : null;
    default:
      return null;
  }
}

function numberValue(value: number, record: OdooRecord, currencyField: string | undefined): DisplayedValue {
  const currency = currencyField === undefined ? undefined : record[currencyField];
  const name: unknown = Array.isArray(currency) ? currency[1] : undefined;
  return {
    value,
    display: typeof name === "string" ? `${money.format(value)} ${singleLine(name)}`.trim() : figure.format(value),
  };
}

function linkedValue(value: OdooValue): DisplayedValue | null {
  if (!Array.isArray(value)) return null;
  const [id, name]: readonly unknown[] = value;
  if (typeof id !== "number" || typeof name !== "string") return null;
  const display = singleLine(name);
  return { value: id, display: display === "" ? String(id) : display };
}

function selectionValue(value: OdooValue, field: FieldDescription): DisplayedValue | null {
  if (typeof value !== "string" || value === "") return null;
  const label = field.selection?.find(([key]) => key === value)?.[1];
  return { value, display: singleLine(label ?? value) };
}

function textValue(raw: string): DisplayedValue | null {
  const display = singleLine(raw);
  return display === "" ? null : { value: display, display };
}

function htmlText(html: string): string {
  const builder = new TextBuilder();
  addHtml(builder, html);
  return builder.isEmpty ? "" : builder.build().text;
}
