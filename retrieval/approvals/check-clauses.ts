import { evaluate } from "@marcbachmann/cel-js";
import type { ReadablePart } from "../../infra/db/port.ts";
import type { ClauseCheck } from "../../infra/document.ts";
import type { CitableSpan, CitationList } from "../citation.ts";
import { versionName } from "../in-force.ts";
import { clauseSpan } from "./clause-span.ts";
import type { OrderFact, OrderFacts } from "./order-facts.ts";
import type { ClauseFinding, ClauseOutcome } from "./rationale.ts";

/**
 * Holds the order against every check that a policy states for its model. The conditions are CEL (Common Expression Language): total,
 * without loops or side effects. `when` decides first; a clause that does not apply needs no facts. What cannot be evaluated for want of
 * a fact is `cannot-tell`, never a guess.
 */
export function checkClauses(
  policy: ReadablePart,
  model: string,
  facts: OrderFacts,
  citations: CitationList,
): readonly ClauseFinding[] {
  return (policy.document.metadata.checks ?? [])
    .filter(({ appliesTo }) => appliesTo === model)
    .map((check) => finding(policy, check, facts, citations));
}

function finding(policy: ReadablePart, check: ClauseCheck, facts: OrderFacts, citations: CitationList): ClauseFinding {
  const clause = clauseSpan(policy, check.clause);
  const outcome = clause === null ? "cannot-tell" : outcomeOf(check, facts);
  const known = check.needs.flatMap((path) => facts.get(path) ?? []);
  if (outcome === "fails") for (const { wanted } of known) if (wanted !== undefined) facts.miss(wanted);
  const spans = [clause, ...known.flatMap((fact) => fact.spans)].filter((span): span is CitableSpan => span !== null);
  return {
    policy: versionName(policy.document),
    clause: check.clause,
    outcome,
    text: sentence(clause?.quote ?? `Clause ${check.clause} was not found in the policy's text.`, known),
    citations: [...new Set(spans.map((span) => citations.cite(span)))],
  };
}

function outcomeOf(check: ClauseCheck, facts: OrderFacts): ClauseOutcome {
  const context = facts.asContext();
  const applies = decide(check.when, context);
  if (applies === false) return "does-not-apply";
  if (applies === null || check.needs.some((path) => facts.get(path) === undefined)) return "cannot-tell";
  const holds = decide(check.holds, context);
  return holds === null ? "cannot-tell" : holds ? "holds" : "fails";
}

/** The condition's value, or null when it cannot be evaluated or is no condition. */
function decide(expression: string, context: Record<string, unknown>): boolean | null {
  try {
    const value: unknown = evaluate(expression, context);
    return typeof value === "boolean" ? value : null;
  } catch {
    // A missing fact and a faulty expression come to the same: nobody is told that the clause holds.
    return null;
  }
}

function sentence(clause: string, known: readonly OrderFact[]): string {
  const figures = known.map(({ text }) => text).filter((text) => text !== "");
  const wording = clause
    .replaceAll(/\s+/g, " ")
    .replaceAll("**", "")
    .replace(/^[\d.]+\s+/, "");
  return figures.length === 0 ? wording : `${wording} Found: ${figures.join("; ")}.`;
}
