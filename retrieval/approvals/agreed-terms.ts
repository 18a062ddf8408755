import type { ReadablePart } from "../../infra/db/port.ts";
import type { CitableSpan } from "../citation.ts";
import { isInForce, isWithinTerm } from "../in-force.ts";
import { pageAt } from "../page-at.ts";
import { sentences } from "../sentences.ts";
import { percent } from "./amounts.ts";
import { type CitedLine, spansOf } from "./cited-line.ts";
import { ORDER_LINE } from "./order-basics.ts";
import type { OrderFacts } from "./order-facts.ts";
import type { ReadRecords } from "./read-records.ts";
import { type CitedFact, type LineView, type RecordView, numberOf, textOf } from "./record-view.ts";

/** The agreement with the order's supplier that this reader may read: one in force if there is one. */
export function agreementWith(
  order: RecordView,
  agreements: readonly ReadablePart[],
  asOf: string,
): ReadablePart | null {
  const supplier = order.fact("partner_id")?.display.toLowerCase();
  if (supplier === undefined) return null;
  const own = agreements.filter(({ document }) => document.metadata.supplier?.toLowerCase() === supplier);
  return own.find(({ document }) => isInForce(document, asOf)) ?? own[0] ?? null;
}

/**
 * States whether an agreement is in force and how far the order's prices exceed the agreed ones (the vendor price list in Odoo). When this
 * reader can read no agreement, there may be one all the same: it stays unknown, and what depends on it cannot be told.
 */
export async function agreedTerms(
  order: RecordView,
  agreement: ReadablePart | null,
  read: ReadRecords,
  facts: OrderFacts,
  asOf: string,
): Promise<readonly CitedLine[]> {
  const agreementLine = stateAgreement(agreement, facts, asOf);
  const prices = await agreedPrices(order, read, facts);
  return [...agreementLine, ...prices];
}

function stateAgreement(agreement: ReadablePart | null, facts: OrderFacts, asOf: string): readonly CitedLine[] {
  if (agreement === null) {
    facts.miss("A supplier agreement with this supplier.");
    return [];
  }
  const inForce = isInForce(agreement.document, asOf);
  const { reference = agreement.document.title, effective, expires } = agreement.document.metadata;
  const term = `${effective ?? "no stated start"} to ${expires ?? "no stated end"}`;
  const text = `agreement ${reference} ${inForce ? "is in force" : "is not in force"} (${term})`;
  const span = termOf(agreement);
  facts.state("agreement.in_force", inForce, text, [span]);
  if (!inForce) facts.miss("A supplier agreement in force with this supplier.");
  return [{ text: `${text.charAt(0).toUpperCase()}${text.slice(1)}.`, spans: [span] }];
}

/** The sentence that states the term, else the agreement's first lines, which name its parties. */
function termOf(agreement: ReadablePart): CitableSpan {
  const years = [agreement.document.metadata.effective, agreement.document.metadata.expires].flatMap(
    (day) => day?.slice(0, 4) ?? [],
  );
  const first = agreement.spans[0] ?? { start: 0, end: agreement.text.length };
  const head = { start: first.start, end: Math.min(first.end, first.start + 300) };
  const stated =
    years.length === 2
      ? sentences(agreement.text).find(({ text }) => years.every((year) => text.includes(year)))
      : undefined;
  const { start, end } = stated ?? head;
  return {
    document: agreement.document,
    part: agreement.part,
    start,
    end,
    page: pageAt(agreement, start),
    quote: agreement.text.slice(start, end),
  };
}

async function agreedPrices(order: RecordView, read: ReadRecords, facts: OrderFacts): Promise<readonly CitedLine[]> {
  const supplier = order.fact("partner_id");
  if (supplier === null) return [];
  const prices = await read({ model: "product.supplierinfo", facts: [{ name: "partner_id", value: supplier.value }] });
  const compared = await Promise.all(
    order.lines(ORDER_LINE).map(async (line) => {
      const product = line.fact("product_id");
      const price = line.fact("price_unit");
      const agreed = await agreedPrice(line, order, prices, read);
      return product === null || price === null || agreed === null
        ? null
        : { product, price, agreed, excess: excess(price, agreed) };
    }),
  );
  const known = compared.filter((entry) => entry !== null);
  if (known.length < compared.length || known.length === 0) facts.miss("An agreed price for every line of the order.");
  if (known.length === 0) return [];
  const worst = known.reduce((a, b) => (b.excess > a.excess ? b : a));
  facts.state(
    "agreement.max_deviation_percent",
    Math.max(0, worst.excess),
    worst.excess <= 0.05
      ? "no line above its agreed price"
      : `${worst.product.display} is ${percent(worst.excess)} above its agreed price`,
    spansOf(worst.price, worst.agreed),
  );
  return known.map(({ product, price, agreed, excess: above }) => ({
    text: `${product.display}: agreed ${agreed.display}, ordered at ${price.display}${Math.abs(above) < 0.05 ? "" : ` (${above > 0 ? "+" : ""}${percent(above)})`}.`,
    spans: spansOf(agreed, price),
  }));
}

function excess(price: CitedFact, agreed: CitedFact): number {
  return ((Number(price.value) - Number(agreed.value)) / Number(agreed.value)) * 100;
}

/**
 * The price list's row for the line: by variant where it states one, else by template; of the order's company and currency, in force, and
 * of the highest quantity that the line reaches.
 */
async function agreedPrice(
  line: LineView,
  order: RecordView,
  prices: readonly RecordView[],
  read: ReadRecords,
): Promise<CitedFact | null> {
  const product = line.fact("product_id");
  if (product === null) return null;
  const [record] = await read({ model: "product.product", recordIds: [Number(product.value)] });
  const template = record?.fact("product_tmpl_id")?.value;
  const ordered = numberOf(line.fact("product_qty")) ?? 0;
  const row = prices
    .filter(
      (price) =>
        isFor(price, product.value, template) &&
        agrees(price, order, "currency_id") &&
        agrees(price, order, "company_id"),
    )
    .filter((price) => isCurrentRow(price, textOf(order.fact("date_order"))) && leastQuantity(price) <= ordered)
    .sort((a, b) => leastQuantity(b) - leastQuantity(a))
    .find((price) => (numberOf(price.fact("price")) ?? 0) !== 0);
  return row?.fact("price") ?? null;
}

function isFor(row: RecordView, product: CitedFact["value"], template: CitedFact["value"] | undefined): boolean {
  const variant = row.fact("product_id");
  return variant === null
    ? template !== undefined && row.fact("product_tmpl_id")?.value === template
    : variant.value === product;
}

/** Whether the row and the order name the same, or one of them names nothing. */
function agrees(row: RecordView, order: RecordView, field: string): boolean {
  const [own, wanted] = [row.fact(field)?.value, order.fact(field)?.value];
  return own === undefined || wanted === undefined || own === wanted;
}

function leastQuantity(row: RecordView): number {
  return numberOf(row.fact("min_qty")) ?? 0;
}

function isCurrentRow(row: RecordView, day: string | null): boolean {
  return day === null || isWithinTerm(textOf(row.fact("date_start")), textOf(row.fact("date_end")), day);
}
