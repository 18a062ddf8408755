import type { OrderFacts } from "./order-facts.ts";
import type { ClauseFinding, Rationale } from "./rationale.ts";

/** What a rationale looks for; the share that was found is half of its confidence. */
const EVIDENCE = [
  "order.total",
  "order.created_by_approver",
  "agreement.in_force",
  "agreement.max_deviation_percent",
  "supplier.on_time_percent",
  "stock.lowest_cover_days",
  "quotes.count",
];

/**
 * The recommendation that follows from the clauses alone: one that fails speaks against approval, one that cannot be told asks for
 * information, else they support it. The confidence is the mean of two shares: clauses decided, and evidence found.
 */
export function recommend(
  clauses: readonly ClauseFinding[],
  facts: OrderFacts,
): Pick<Rationale, "recommendation" | "summary" | "confidence"> {
  const failed = clauses.filter(({ outcome }) => outcome === "fails");
  const undecided = clauses.filter(({ outcome }) => outcome === "cannot-tell");
  const found = EVIDENCE.filter((path) => facts.get(path) !== undefined).length / EVIDENCE.length;
  const decided = clauses.length === 0 ? 0 : (clauses.length - undecided.length) / clauses.length;
  return {
    recommendation:
      failed.length > 0
        ? "speaks-against-approval"
        : undecided.length > 0 || clauses.length === 0
          ? "needs-information"
          : "supports-approval",
    summary: { text: summaryText(clauses, failed, undecided), citations: summaryCitations(clauses, failed, undecided) },
    confidence: Math.round(((decided + found) / 2) * 100) / 100,
  };
}

function summaryText(
  clauses: readonly ClauseFinding[],
  failed: readonly ClauseFinding[],
  undecided: readonly ClauseFinding[],
): string {
  if (clauses.length === 0) return "No policy clause could be checked, so nothing is recommended.";
  const held = clauses.filter(({ outcome }) => outcome === "holds");
  const sentences = [
    failed.length > 0
      ? `${names(failed)} ${failed.length === 1 ? "does" : "do"} not hold.`
      : "No clause that applies is broken.",
    undecided.length > 0 ? `${names(undecided)} cannot be decided from what you may read.` : "",
    held.length > 0 ? `${names(held)} ${held.length === 1 ? "holds" : "hold"}.` : "",
  ];
  return sentences.filter((sentence) => sentence !== "").join(" ");
}

function summaryCitations(...groups: readonly (readonly ClauseFinding[])[]): readonly number[] {
  const [clauses = [], failed = [], undecided = []] = groups;
  const held = clauses.filter(({ outcome }) => outcome === "holds");
  return [...new Set([...failed, ...undecided, ...held].flatMap(({ citations }) => citations.slice(0, 1)))];
}

function names(clauses: readonly ClauseFinding[]): string {
  const numbers = clauses.map(({ clause }) => clause);
  return `Clause${numbers.length === 1 ? "" : "s"} ${numbers.length < 2 ? numbers.join("") : `${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1)}`}`;
}
