import type { CitableSpan } from "../citation.ts";
import { quantity } from "./amounts.ts";
import { type CitedLine, spansOf } from "./cited-line.ts";
import { isWithinDays } from "./days.ts";
import { ORDER_LINE } from "./order-basics.ts";
import type { OrderFacts } from "./order-facts.ts";
import type { ReadRecords } from "./read-records.ts";
import { type CitedFact, type LineView, type RecordView, numberOf, textOf } from "./record-view.ts";

/** Demand is measured over so many days. */
const DEMAND_DAYS = 90;

interface Stock {
  readonly onHand: number;
  readonly spans: readonly CitableSpan[];
}

interface Demand {
  readonly quantity: number;
  readonly spans: readonly CitableSpan[];
}

/**
 * How long the ordering company's stock of each ordered product will last at the pace of the last 90 days: deliveries done where the reader may read them,
 * else confirmed sales. States the shortest cover.
 */
export async function stockCover(
  order: RecordView,
  read: ReadRecords,
  facts: OrderFacts,
  asOf: string,
): Promise<readonly CitedLine[]> {
  const company = order.fact("company_id");
  const demandOf = await demandReader(company, read, asOf);
  const lines: CitedLine[] = [];
  let lowest: { days: number; text: string; spans: readonly CitableSpan[] } | null = null;
  for (const line of order.lines(ORDER_LINE)) {
    const product = line.fact("product_id");
    const stock = product === null ? null : await stockOf(product, company, read);
    if (product === null || stock === null) continue;
    const { onHand } = stock;
    const demand = demandOf?.(product) ?? null;
    const days = demand === null || demand.quantity <= 0 ? null : Math.max(0, onHand) / (demand.quantity / DEMAND_DAYS);
    const spans = [...stock.spans, ...(demand?.spans ?? [])];
    const text = coverText(product, onHand, demand, days);
    lines.push({ text: `${text}.`, spans });
    if (days !== null && (lowest === null || days < lowest.days)) lowest = { days, text, spans };
  }
  if (lines.length === 0) facts.miss("Stock figures of the ordered products.");
  if (demandOf === null) facts.miss("Deliveries or sales of the last 90 days, from which stock cover is computed.");
  if (lowest !== null) facts.state("stock.lowest_cover_days", lowest.days, lowest.text, lowest.spans);
  return lines;
}

function coverText(product: CitedFact, onHand: number, demand: Demand | null, days: number | null): string {
  const stock = `${product.display}: ${quantity(onHand)} on hand`;
  if (demand === null) return stock;
  if (days === null) return `${stock}, no demand in ${DEMAND_DAYS} days`;
  return `${stock}, ${quantity(demand.quantity)} used in ${DEMAND_DAYS} days, lasts about ${Math.round(days)} days`;
}

/** What lies in the company's warehouses; other locations (customers, suppliers, losses) are not stock. */
async function stockOf(product: CitedFact, company: CitedFact | null, read: ReadRecords): Promise<Stock | null> {
  const quants = await read({
    model: "stock.quant",
    facts: [{ name: "product_id", value: product.value }, ...ofCompany(company)],
  });
  const stored = quants
    .filter((quant) => quant.fact("warehouse_id") !== null)
    .flatMap((quant) => {
      const held = quant.fact("quantity");
      return held === null || numberOf(held) === null ? [] : [held];
    });
  if (quants.length === 0) return null;
  return {
    onHand: stored.reduce((total, held) => total + Number(held.value), 0),
    spans: spansOf(...stored.slice(0, 3)),
  };
}

/** Demand by product, or null when this reader may read neither deliveries nor sales. */
async function demandReader(
  company: CitedFact | null,
  read: ReadRecords,
  asOf: string,
): Promise<((product: CitedFact) => Demand) | null> {
  const deliveries = await read({
    model: "stock.picking",
    facts: [{ name: "picking_type_code", value: "outgoing" }, { name: "state", value: "done" }, ...ofCompany(company)],
  });
  if (deliveries.length > 0)
    return demandIn(deliveries, "date_done", "stock.move", ["quantity", "product_uom_qty"], asOf);
  const sales = await read({ model: "sale.order", facts: [{ name: "state", value: "sale" }, ...ofCompany(company)] });
  if (sales.length > 0) return demandIn(sales, "date_order", "sale.order.line", ["product_uom_qty"], asOf);
  return null;
}

function ofCompany(
  company: CitedFact | null,
): readonly { readonly name: string; readonly value: CitedFact["value"] }[] {
  return company === null ? [] : [{ name: "company_id", value: company.value }];
}

function demandIn(
  records: readonly RecordView[],
  dateField: string,
  lineModel: string,
  quantityFields: readonly string[],
  asOf: string,
): (product: CitedFact) => Demand {
  const recent = records.filter((record) => {
    const day = textOf(record.fact(dateField));
    return day !== null && isWithinDays(day, asOf, DEMAND_DAYS);
  });
  const lines = recent.flatMap((record) => record.lines(lineModel));
  return (product) => {
    const used = lines
      .filter((line) => line.fact("product_id")?.value === product.value)
      .flatMap((line) => firstNumber(line, quantityFields) ?? []);
    return {
      quantity: used.reduce((total, fact) => total + Number(fact.value), 0),
      spans: used.slice(0, 3).map(({ span }) => span),
    };
  };
}

function firstNumber(line: LineView, fields: readonly string[]): CitedFact | null {
  return fields.map((field) => line.fact(field)).find((fact) => numberOf(fact) !== null) ?? null;
}
