const sentences = new Intl.Segmenter("en", { granularity: "sentence" });

export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts `text.slice(start, end)` into trimmed spans of at most `longest` characters: at the end of a sentence where there is one in the
 * last three fifths, else between words, else anywhere but inside a surrogate pair. Linear: the segmenter, which is not, sees at most
 * `longest` characters at a time.
 */
export function cutLongText(text: string, span: Span, longest: number): Span[] {
  const spans: Span[] = [];
  let position = skipSpace(text, span.start, span.end);
  while (position < span.end) {
    const cut = span.end - position <= longest ? span.end : cutWithin(text, position, longest);
    const end = trimEnd(text, position, cut);
    if (end > position) spans.push({ start: position, end });
    position = skipSpace(text, cut, span.end);
  }
  return spans;
}

function cutWithin(text: string, position: number, longest: number): number {
  const slice = text.slice(position, position + longest);
  const earliest = Math.floor(longest * 0.4);
  // A line break ends a sentence for the segmenter, while a hard-wrapped paragraph breaks in the midst of them.
  let sentence = 0;
  for (const { index } of sentences.segment(slice.replaceAll("\n", " "))) sentence = index;
  if (sentence >= earliest) return position + sentence;
  const word = Math.max(slice.lastIndexOf(" "), slice.lastIndexOf("\n"));
  if (word >= earliest) return position + word;
  const end = position + longest;
  return splitsPair(text, end) ? end - 1 : end;
}

function splitsPair(text: string, index: number): boolean {
  const before = text.charCodeAt(index - 1);
  const after = text.charCodeAt(index);
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}

function skipSpace(text: string, from: number, end: number): number {
  let position = from;
  while (position < end && isSpace(text, position)) position += 1;
  return position;
}

function trimEnd(text: string, start: number, from: number): number {
  let end = from;
  while (end > start && isSpace(text, end - 1)) end -= 1;
  return end;
}

function isSpace(text: string, index: number): boolean {
  return text.charAt(index).trim() === "";
}
