import { percent } from "./amounts.ts";
import { type CitedLine, spansOf } from "./cited-line.ts";
import { daysBetween, isWithinDays } from "./days.ts";
import { ORDER_MODEL } from "./find-order.ts";
import { ORDER_LINE } from "./order-basics.ts";
import type { OrderFacts } from "./order-facts.ts";
import type { ReadRecords } from "./read-records.ts";
import { type CitedFact, type RecordView, textOf } from "./record-view.ts";

const YEAR_DAYS = 365;

interface Receipt {
  readonly name: string;
  readonly promised: CitedFact;
  readonly done: CitedFact;
  readonly daysLate: number;
}

/** How punctual the supplier was in twelve months, and what was last paid for each ordered product. */
export async function supplierHistory(
  order: RecordView,
  read: ReadRecords,
  facts: OrderFacts,
  asOf: string,
): Promise<readonly CitedLine[]> {
  const supplier = order.fact("partner_id");
  if (supplier === null) return [];
  const receipts = await receiptsOf(supplier, read, asOf);
  const returned = await returnsTo(supplier, read, asOf);
  return [...punctuality(receipts, facts), ...returned, ...(await priceHistory(order, supplier, read))];
}

async function receiptsOf(supplier: CitedFact, read: ReadRecords, asOf: string): Promise<readonly Receipt[]> {
  const pickings = await read({
    model: "stock.picking",
    facts: [
      { name: "partner_id", value: supplier.value },
      { name: "picking_type_code", value: "incoming" },
      { name: "state", value: "done" },
    ],
  });
  return pickings.flatMap((picking) => {
    const promised = picking.fact("date_deadline") ?? picking.fact("scheduled_date");
    const done = picking.fact("date_done");
    const [promisedDay, doneDay] = [textOf(promised), textOf(done)];
    if (promised === null || done === null || promisedDay === null || doneDay === null) return [];
    if (!isWithinDays(doneDay, asOf, YEAR_DAYS)) return [];
    const name = picking.fact("name")?.display ?? picking.document.title;
    return [{ name, promised, done, daysLate: daysBetween(promisedDay, doneDay) }];
  });
}

function punctuality(receipts: readonly Receipt[], facts: OrderFacts): readonly CitedLine[] {
  if (receipts.length === 0) {
    facts.miss("Receipts from this supplier in the last twelve months.");
    return [];
  }
  const late = receipts.filter(({ daysLate }) => daysLate > 0).sort((a, b) => b.daysLate - a.daysLate);
  const onTime = ((receipts.length - late.length) / receipts.length) * 100;
  const spans = (late.length > 0 ? late : receipts)
    .slice(0, 4)
    .flatMap(({ promised, done }) => spansOf(promised, done));
  const text = `${receipts.length - late.length} of ${receipts.length} receipts on time in twelve months (${percent(onTime)})`;
  facts.state("supplier.receipts", receipts.length, "", []);
  facts.state("supplier.on_time_percent", onTime, text, spans);
  const worst = late[0];
  const lateness =
    worst === undefined
      ? ""
      : ` Late ones came ${Math.round(late.reduce((sum, { daysLate }) => sum + daysLate, 0) / late.length)} days late on average; the latest was ${worst.name}, by ${worst.daysLate} days.`;
  return [{ text: `${text}.${lateness}`, spans }];
}

async function returnsTo(supplier: CitedFact, read: ReadRecords, asOf: string): Promise<readonly CitedLine[]> {
  const pickings = await read({
    model: "stock.picking",
    facts: [
      { name: "partner_id", value: supplier.value },
      { name: "picking_type_code", value: "outgoing" },
      { name: "state", value: "done" },
    ],
  });
  return pickings.flatMap((picking) => {
    const done = picking.fact("date_done");
    const day = textOf(done);
    if (day === null || !isWithinDays(day, asOf, YEAR_DAYS)) return [];
    const origin = picking.fact("origin");
    const text = `Returned to the supplier on ${day.slice(0, 10)}: ${picking.fact("name")?.display ?? picking.document.title}${origin === null ? "" : ` (${origin.display})`}.`;
    return [{ text, spans: spansOf(done, origin) }];
  });
}

async function priceHistory(order: RecordView, supplier: CitedFact, read: ReadRecords): Promise<readonly CitedLine[]> {
  const orders = await read({ model: ORDER_MODEL, facts: [{ name: "partner_id", value: supplier.value }] });
  const earlier = orders
    .filter(
      (past) =>
        past.document.documentId !== order.document.documentId &&
        ["purchase", "done"].includes(textOf(past.fact("state")) ?? ""),
    )
    .sort((a, b) => (textOf(b.fact("date_order")) ?? "").localeCompare(textOf(a.fact("date_order")) ?? ""));
  return order.lines(ORDER_LINE).flatMap((line) => {
    const product = line.fact("product_id");
    const now = line.fact("price_unit");
    for (const past of earlier) {
      const before =
        past
          .lines(ORDER_LINE)
          .find((candidate) => candidate.fact("product_id")?.value === product?.value)
          ?.fact("price_unit") ?? null;
      if (product === null || now === null || before === null) continue;
      return [priceLine(product, now, before, past)];
    }
    return [];
  });
}

function priceLine(product: CitedFact, now: CitedFact, before: CitedFact, past: RecordView): CitedLine {
  const day = textOf(past.fact("date_order"))?.slice(0, 10) ?? "an earlier day";
  return {
    text: `${product.display}: last bought at ${before.display} on ${day} (${past.fact("name")?.display ?? past.document.title}); now ${now.display}, ${movement(Number(before.value), Number(now.value))}.`,
    spans: spansOf(now, before, past.fact("date_order")),
  };
}

function movement(before: number, now: number): string {
  const change = ((now - before) / before) * 100;
  if (now === before || Math.abs(change) < 0.05) return "unchanged";
  return Number.isFinite(change) ? `${change > 0 ? "+" : ""}${percent(change)}` : "after a price of zero";
}
