import type { CitableSpan } from "../citation.ts";

/** A value that a policy clause may ask for, in words, with the spans that state it. */
export interface OrderFact {
  readonly value: boolean | number | string | readonly string[];
  readonly text: string;
  readonly spans: readonly CitableSpan[];
  /** What is missing when a clause fails for want of it. */
  readonly wanted?: string;
}

/**
 * The facts about an order under the paths that clause checks use, such as `supplier.on_time_percent`; a path without a fact is
 * unknown to this reader.
 *
 * | path | meaning |
 * |---|---|
 * | `order.total` | total in the company's currency |
 * | `order.currency` | the company's currency |
 * | `order.created_by_approver` | whether the reader created the order or is its buyer |
 * | `order.prepayment_percent` | share that the payment terms ask for in advance |
 * | `order.has_justification`, `order.has_mitigation_note` | whether the order's notes or messages hold one |
 * | `order.days_waiting` | days since the order was placed |
 * | `agreement.in_force` | whether an agreement with the supplier is in force |
 * | `agreement.max_deviation_percent` | largest excess of a line price over the agreed price |
 * | `supplier.receipts`, `supplier.on_time_percent` | receipts of twelve months, and how many percent came on time |
 * | `quotes.count` | written quotes that name the order |
 * | `stock.lowest_cover_days` | days that the scarcest ordered product will last at the pace of the last 90 days |
 * | `approver.groups` | the reader's groups, as Odoo external ids |
 */
export class OrderFacts {
  readonly #facts = new Map<string, OrderFact>();
  readonly #missing: string[] = [];

  state(path: string, value: OrderFact["value"], text: string, spans: readonly CitableSpan[], wanted?: string): void {
    this.#facts.set(path, { value, text, spans, ...(wanted === undefined ? {} : { wanted }) });
  }

  /** Says what was looked for and not found, as a clause for the list of what is missing. */
  miss(sentence: string): void {
    if (!this.#missing.includes(sentence)) this.#missing.push(sentence);
  }

  get(path: string): OrderFact | undefined {
    return this.#facts.get(path);
  }

  get missing(): readonly string[] {
    return [...this.#missing];
  }

  /** The known facts as nested objects: what an expression is evaluated over. */
  asContext(): Record<string, Record<string, OrderFact["value"]>> {
    const context: Record<string, Record<string, OrderFact["value"]>> = {
      order: {},
      agreement: {},
      supplier: {},
      quotes: {},
      stock: {},
      approver: {},
    };
    for (const [path, { value }] of this.#facts) {
      const [object = "", member = ""] = path.split(".");
      context[object] = { ...context[object], [member]: value };
    }
    return context;
  }
}
