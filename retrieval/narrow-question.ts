import { TOKEN, terms } from "../infra/chunk-index/terms.ts";
import { holding } from "./found-under.ts";
import type { Hit } from "./search.ts";

export interface NarrowingOptions {
  /** Best hits among which the title that is asked about is looked for. */
  readonly foremost: number;
  /** Fewer hits of that title leave nothing to put in order. */
  readonly within: number;
  /** Fewer hits of other titles do not tell which words are about the subject rather than the matter. */
  readonly beside: number;
  /** A word that so small a share of the other titles' hits holds has named the subject. */
  readonly share: number;
  /** Fewer words that are left do not ask anything by themselves: in a short question what is rare is the matter itself. */
  readonly left: number;
}

export interface NarrowedQuestion {
  /** What is asked, without the words that say of what. */
  readonly text: string;
  /** Of what, as `titleOf` names it. */
  readonly title: string;
  /** The documents under that title, those of them among the hits. */
  readonly documentIds: readonly string[];
}

/**
 * “In the agreement between Dr. Green and Union Dental: how may it be ended?” says of what and what. The names find the agreement, but within it
 * they prefer the passage that introduces its parties. So once one title stands out, the question is taken apart: words that its hits hold
 * and the hits of other titles, found by the same question, hardly ever do have named the subject; the rest is what is asked within it.
 * Null where no title stands out, or nothing can be taken away, or nothing would be left. Looks at nothing but the hits, which the reader may
 * read. Methods: the difference between a topic's and the surrounding model of words (Zhai and Lafferty, CIKM 2001), used to reduce a
 * verbose question (Bendersky and Croft, "Discovering Key Concepts in Verbose Queries", SIGIR 2008).
 */
export function narrowQuestion(
  question: string,
  hits: readonly Hit[],
  options: NarrowingOptions,
): NarrowedQuestion | null {
  const title = foremostTitle(hits.slice(0, options.foremost));
  const within = hits.filter((hit) => titleOf(hit) === title);
  const beside = hits.filter((hit) => titleOf(hit) !== title);
  if (title === undefined || within.length < options.within || beside.length < options.beside) return null;
  const asked = new Set(terms(question));
  const held = holding(asked, within);
  const elsewhere = holding(asked, beside);
  const names = new Set(
    [...asked].filter((term) => held.has(term) && (elsewhere.get(term) ?? 0) / beside.length <= options.share),
  );
  if (names.size === 0 || asked.size - names.size < options.left) return null;
  return {
    text: without(question, names),
    title,
    documentIds: [...new Set(within.map(({ chunk }) => chunk.document.documentId))],
  };
}

/** Passages of one work may be documents of their own under its title; a document without a title stands for itself. */
export function titleOf({ chunk: { document } }: Hit): string {
  return document.title === "" ? document.documentId : document.title;
}

/** The title whose hits come to most. */
function foremostTitle(hits: readonly Hit[]): string | undefined {
  const sums = new Map<string, number>();
  for (const hit of hits) sums.set(titleOf(hit), (sums.get(titleOf(hit)) ?? 0) + hit.score);
  return [...sums].sort(([, left], [, right]) => right - left)[0]?.[0];
}

function without(question: string, names: ReadonlySet<string>): string {
  const rest = question.replace(TOKEN, (word) => {
    const own = terms(word);
    return own.length > 0 && own.every((term) => names.has(term)) ? "" : word;
  });
  return rest.replace(/\s+/gu, " ").trim();
}
