import type { ReadablePart } from "../../infra/db/port.ts";
import type { CitableSpan } from "../citation.ts";

/** A clause longer than this is cited by its beginning. */
const LONGEST_CLAUSE = 600;

/** The paragraph of the policy that begins with the clause's number, such as `4.5`, or null. */
export function clauseSpan(policy: ReadablePart, clause: string): CitableSpan | null {
  const number = clause.replaceAll(".", String.raw`\.`);
  const match = new RegExp(
    String.raw`^[ \t]*(?:[-*•#]+[ \t]+)?(?:\*\*)?(${number}(?![\d.]*\d)[^\n]*(?:\n(?![ \t]*(?:[-*•#]+[ \t]|(?:\*\*)?\d+(?:\.\d+)*[ \t)]|\n))[^\n]+)*)`,
    "m",
  ).exec(policy.text);
  const [whole, text] = match ?? [];
  if (match === null || whole === undefined || text === undefined) return null;
  const start = match.index + whole.length - text.length;
  const quote = text.slice(0, LONGEST_CLAUSE).trimEnd();
  const end = start + quote.length;
  const page = policy.spans.find((span) => span.start <= start && start < span.end)?.page ?? null;
  return { document: policy.document, part: policy.part, start, end, page, quote };
}
