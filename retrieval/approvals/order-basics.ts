import type { Reader } from "../reader.ts";
import { amount, quantity } from "./amounts.ts";
import { type CitedLine, spansOf } from "./cited-line.ts";
import { daysBetween } from "./days.ts";
import type { OrderFacts } from "./order-facts.ts";
import { type RecordView, numberOf, textOf } from "./record-view.ts";

export const ORDER_LINE = "purchase.order.line";

/** What the order itself says, and which of its facts clauses ask for. */
export function orderBasics(order: RecordView, reader: Reader, facts: OrderFacts, asOf: string): readonly CitedLine[] {
  stateTotal(order, reader, facts);
  stateAuthor(order, reader, facts);
  statePrepayment(order, facts);
  facts.state("approver.groups", reader.principal.groupNames, `read as ${reader.principal.name}`, []);
  const placed = order.fact("date_order");
  const day = textOf(placed);
  if (day !== null) {
    const days = Math.max(0, daysBetween(day, asOf));
    facts.state("order.days_waiting", days, `${days} days since it was placed`, spansOf(placed));
  }
  return [headLine(order, asOf), ...detailLines(order), ...orderLines(order)];
}

function headLine(order: RecordView, asOf: string): CitedLine {
  const [name, supplier, state, placed] = ["name", "partner_id", "state", "date_order"].map((field) =>
    order.fact(field),
  );
  const day = textOf(placed ?? null)?.slice(0, 10);
  const waiting = day === undefined ? "" : `, placed ${day} (${daysAgo(Math.max(0, daysBetween(day, asOf)))})`;
  return {
    text: `${name?.display ?? order.document.title} from ${supplier?.display ?? "an unnamed supplier"}${waiting}; state: ${state?.display ?? "unknown"}.`,
    spans: spansOf(name ?? null, supplier ?? null, placed ?? null, state ?? null),
  };
}

function daysAgo(days: number): string {
  return days === 0 ? "today" : days === 1 ? "yesterday" : `${days} days ago`;
}

function detailLines(order: RecordView): readonly CitedLine[] {
  return ["amount_total", "user_id", "payment_term_id", "date_planned", "partner_ref", "company_id"].flatMap(
    (field) => {
      const fact = order.fact(field);
      return fact === null ? [] : [{ text: fact.span.quote, spans: [fact.span] }];
    },
  );
}

function orderLines(order: RecordView): readonly CitedLine[] {
  return order.lines(ORDER_LINE).map((line) => {
    const [product, ordered, price, subtotal] = ["product_id", "product_qty", "price_unit", "price_subtotal"].map(
      (field) => line.fact(field),
    );
    const figures = [
      numberOf(ordered ?? null) === null ? null : `${quantity(numberOf(ordered ?? null) ?? 0)} ordered`,
      price === null || price === undefined ? null : `at ${price.display}`,
      subtotal === null || subtotal === undefined ? null : `${subtotal.display} in all`,
    ];
    return {
      text: `${product?.display ?? "A line without product"}: ${figures.filter((figure) => figure !== null).join(", ")}.`,
      spans: spansOf(product ?? null, ordered ?? null, price ?? null, subtotal ?? null),
    };
  });
}

/** Older Odoos keep the total in the order's own currency alone. */
function stateTotal(order: RecordView, reader: Reader, facts: OrderFacts): void {
  const converted = order.fact("amount_total_cc");
  const total = converted ?? order.fact("amount_total");
  const value = numberOf(total);
  if (total === null || value === null) return facts.miss("The order's total.");
  const company = order.fact("company_id")?.value;
  const own = reader.policy.companies.find(({ id }) => id === company)?.currency;
  const ordered = order.fact("currency_id")?.display;
  if (converted === null && own !== undefined && own !== ordered) {
    return facts.miss("The order's total in its company's currency.");
  }
  const currency = (order.fact("company_currency_id") ?? order.fact("currency_id"))?.display ?? "";
  facts.state("order.total", value, `order total ${amount(value, currency)}`, [total.span]);
  facts.state("order.currency", currency, "", []);
}

function stateAuthor(order: RecordView, reader: Reader, facts: OrderFacts): void {
  const author = order.fact("create_uid");
  const people = [author, order.fact("user_id")].filter((fact) => fact !== null);
  const own = people.some(({ value }) => value === reader.principal.userId);
  if (author === null && !own) return facts.miss("Who created the order.");
  facts.state(
    "order.created_by_approver",
    own,
    own ? "created by the approver" : `created by ${people[0]?.display ?? "somebody else"}`,
    spansOf(...people),
  );
}

function statePrepayment(order: RecordView, facts: OrderFacts): void {
  const terms = order.fact("payment_term_id");
  if (terms === null) return facts.miss("The payment terms of the order.");
  const share = prepaidShare(terms.display);
  if (share === null) return facts.miss("The share that the payment terms ask for in advance.");
  facts.state("order.prepayment_percent", share, `payment terms: ${terms.display}`, [terms.span]);
}

/** In percent; null when the terms ask for something in advance and do not say how much. */
function prepaidShare(terms: string): number | null {
  if (!/\b(?:advance|pre-?pa|now\b|down)/i.test(terms)) return 0;
  const share =
    /(\d+(?:\.\d+)?)\s*%\s*(?:in advance|advance|pre-?pa|now|down)/i.exec(terms) ??
    /(?:advance|pre-?pa\w*|now|down(?: ?payment)?)\D{0,6}(\d+(?:\.\d+)?)\s*%/i.exec(terms);
  return share?.[1] === undefined ? null : Number(share[1]);
}
