// "4.2 …", "4.2.1. …", "§ 7 …", "Article 5 …". A bare "4 " is too common in prose to count here.
const NUMBERED = /^(?:§\s?\d{1,3}(?:\.\d{1,3}){0,4}|\d{1,3}(?:\.\d{1,3}){1,4})[.)]?\s+(?=\S)/u;
const NAMED =
  /^(?:article|section|clause|chapter|annex|appendix|schedule)\s+(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Z]|[IVXLC]{1,6})\b/iu;
// "12.5 kg", "3.2 % of": figures that begin a line are no clauses, so the next word must be a capitalised one.
const STARTS_SENTENCE = /^["“‘'(]?\p{Lu}/u;

/** Whether text begins like a numbered clause of a contract or policy. */
export function startsClause(text: string): boolean {
  const head = text.slice(0, 60);
  const numbered = NUMBERED.exec(head);
  if (numbered !== null) return STARTS_SENTENCE.test(head.slice(numbered[0].length));
  return NAMED.test(head);
}
