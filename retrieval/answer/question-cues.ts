import { terms } from "../../infra/chunk-index/terms.ts";

const ASKS_HOW_MUCH = /\bhow (?:much|many|long|often|soon|early|late|far)\b/i;
const ASKS_FOR_A_FIGURE =
  /\b(?:what|which) (?:\w+ ){0,2}(?:amount|total|price|rate|discount|percentage|limit|minimum|maximum|budget|deposit|quantity|number|date|week|day|year|increase|penalty)\b/i;
const ASKS_FOR_A_DATE = /\bwhen is\b/i;

const FIGURE =
  /\d|\b(?:one(?= \p{L})|two|three|four|five|six|seven|eight|nine|ten|twelve|half|once|twice|every|each|daily|weekly|monthly)\b/iu;
/** A name with digits in it, such as `SA-2024-031`, states no figure. */
const NUMBERED_NAME = /\b\p{L}[\p{L}\p{N}-]*\d[\p{L}\p{N}-]*/gu;

/** Whether an answer to the question must state a number, an amount, a duration or a date. */
export function asksForFigure(question: string): boolean {
  return [ASKS_HOW_MUCH, ASKS_FOR_A_FIGURE, ASKS_FOR_A_DATE].some((cue) => cue.test(question));
}

/** Whether the sentence states one; its clause number does not count. */
export function statesFigure(sentence: string): boolean {
  return FIGURE.test(valueOf(withoutClauseNumber(sentence)).replaceAll(NUMBERED_NAME, ""));
}

/** Whether the sentence says anything that the question did not say already: an echo is no answer. */
export function saysMoreThan(question: string, sentence: string): boolean {
  const asked = new Set(terms(question));
  return terms(valueOf(withoutClauseNumber(sentence))).some((term) => !asked.has(term));
}

/** The sentence without the `4.2` or `1. 4.2` in front of it. */
export function withoutClauseNumber(sentence: string): string {
  return sentence.replace(/^(?:\d+\. )?(?:\d+(?:\.\d+)*|[A-Z]\.\d+)\s+(?=[\p{Lu}"“])/u, "");
}

/** What stands after a label: `Total: 18,366.00 USD` says 18,366.00 USD. */
function valueOf(sentence: string): string {
  return sentence.replace(/^[^.!?;:]{1,48}: (?=\S)/, "");
}
