/** A sentence of a model's reply and the numbers of the sources that it names. */
export interface CitedSentence {
  readonly text: string;
  readonly sources: readonly number[];
}

/** A reply without a single break is cut here, so that it cannot grow for ever. */
const LONGEST_SENTENCE = 2000;

/**
 * Cuts a streamed reply into its cited sentences as they become complete: a sentence ends after its last marker such as `[2]`, or
 * at a line break. Whatever the pieces, the sentences are the same.
 */
export async function* citedSentences(pieces: AsyncIterable<string>): AsyncIterable<CitedSentence> {
  let pending = "";
  for await (const piece of pieces) {
    pending += piece;
    for (let end = sentenceEnd(pending); end > 0; end = sentenceEnd(pending)) {
      yield* parsed(pending.slice(0, end));
      pending = pending.slice(end);
    }
  }
  yield* parsed(pending);
}

/** Where the first whole sentence of the text ends, or 0. It looks no further than the longest sentence, so that more text changes nothing. */
function sentenceEnd(text: string): number {
  const head = text.slice(0, LONGEST_SENTENCE + 1);
  const newline = head.indexOf("\n");
  // Markers may still follow a marker, so what comes after the last one must be known: a letter, a figure, or a line break.
  const marked = /^[^\n]*?(?:\[\d+\][\s,.]*)+(?=[^\s,.[])/u.exec(head)?.[0].length ?? 0;
  const ends = [newline === -1 ? 0 : newline + 1, marked].filter((end) => end > 0);
  if (ends.length > 0) return Math.min(LONGEST_SENTENCE, ...ends);
  return head.length > LONGEST_SENTENCE ? LONGEST_SENTENCE : 0;
}

function* parsed(raw: string): Generator<CitedSentence> {
  const sources = [...raw.matchAll(/\[(\d{1,3})\]/g)].map(([, number]) => Number(number));
  const text = raw
    .replaceAll(/\s*\[\d{1,3}\][,\s]*/g, " ")
    .replaceAll(/\s+([.,;])/g, "$1")
    .replaceAll(/([.;])\1+/g, "$1")
    .replace(/^\s*[-*•]\s+/, "")
    .trim();
  if (/[\p{L}\p{N}]/u.test(text)) yield { text, sources: [...new Set(sources)] };
}
