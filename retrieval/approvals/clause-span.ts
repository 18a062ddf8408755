import type { ReadablePart } from "../../infra/db/port.ts";
import type { CitableSpan } from "../citation.ts";

/** A clause longer than this is cited by its beginning. */
const LONGEST_CLAUSE = 600;
/** A clause without a full stop that is shorter than this may be the title of what follows. */
const LONGEST_TITLE = 80;

/** What may stand before a clause's number: a list mark, a heading's, emphasis, or the word itself. */
const LEAD = String.raw`[ \t]*(?:[-*•#>]+[ \t]+)?(?:\*\*)?(?:(?:§|clause|section|article)[ \t]*)?\(?`;
/** The next line goes on with the clause: it is not blank and begins neither a list item nor another clause. */
const NEXT_LINE = String.raw`\n(?![ \t]*(?:[-*•#]+[ \t]|(?:\*\*)?(?:§|\()?\d+(?:\.\d+)*[ \t.)]|\n))[^\n]+`;
/** A row of a table of contents: leaders, or a tab, and the page. */
const CONTENTS_ROW = /(?:\.{3,}|[.\s]{4,}|\t)\s*\d{1,4}$/;

/** The paragraph of the policy that begins with the clause's number, such as `4.5`, or null. */
export function clauseSpan(policy: ReadablePart, clause: string): CitableSpan | null {
  const number = clause.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  if (number === "") return null;
  const pattern = new RegExp(String.raw`^(${LEAD})(${number}(?![a-z]\b|[\d.]*\d)[^\n]*(?:${NEXT_LINE})*)`, "gim");
  const found = [...policy.text.matchAll(pattern)]
    .map(({ index, 1: lead = "", 2: text = "" }) => ({
      start: index + lead.length,
      text: withBody(policy.text, index, lead + text, lead.length),
    }))
    .filter(({ text }) => !CONTENTS_ROW.test(text));
  // A line of prose may begin with the number of a clause that it refers to; the clause itself begins a sentence.
  const best = found.find(({ text }) => startsSentence(text.slice(clause.trim().length))) ?? found[0];
  if (best === undefined) return null;
  const quote = best.text.slice(0, LONGEST_CLAUSE).toWellFormed().trimEnd();
  const end = best.start + quote.length;
  const page = policy.spans.find((span) => span.start <= best.start && best.start < span.end)?.page ?? null;
  return { document: policy.document, part: policy.part, start: best.start, end, page, quote };
}

/** A clause that is but a title goes on with the paragraph under it. */
function withBody(text: string, index: number, matched: string, lead: number): string {
  const own = matched.slice(lead);
  if (own.length > LONGEST_TITLE || /[.:;!?]\s*$/.test(own)) return own;
  const body = /^\n[ \t]*\n(?![ \t]*(?:[-*•#]+[ \t]|\(?\d+(?:\.\d+)*[ \t.)]))[^\n]+/.exec(
    text.slice(index + matched.length, index + matched.length + LONGEST_CLAUSE),
  );
  return own + (body?.[0] ?? "");
}

function startsSentence(afterNumber: string): boolean {
  return /^[\s.:)*–—-]*["“‘'(]?\p{Lu}/u.test(afterNumber);
}
