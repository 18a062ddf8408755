/** A sentence and where it stands in the text it was cut from. */
export interface SentenceSpan {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Segmenters are superlinear on one long run: a stretch without a break is cut here. */
const LONGEST_STRETCH = 2000;

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

/**
 * Sentences of a text with their offsets (`text.slice(start, end)`, trimmed, never empty), in order. Lines that stand for
 * themselves (list items, clauses, `Label: value`, table rows) are sentences; a line that merely wraps is joined to the next.
 */
export function sentences(text: string): readonly SentenceSpan[] {
  const spans: SentenceSpan[] = [];
  for (const stretch of stretches(text)) {
    const flat = text.slice(stretch.start, stretch.end).replaceAll("\n", " ");
    for (const { index, segment } of segmenter.segment(flat)) {
      const lead = segment.length - segment.trimStart().length;
      const start = stretch.start + index + lead;
      const end = start + segment.trim().length;
      const previous = spans.at(-1);
      if (end === start) continue;
      // "4.2 Orders …" and "No. 7 …" are not sentences of their own: a fragment belongs to what follows it.
      if (previous !== undefined && previous.start >= stretch.start && isFragment(previous.text)) {
        spans.pop();
        spans.push(span(text, previous.start, end));
      } else {
        spans.push(span(text, start, end));
      }
    }
  }
  return spans;
}

function span(text: string, start: number, end: number): SentenceSpan {
  return { start, end, text: text.slice(start, end) };
}

function isFragment(text: string): boolean {
  return text.length < 12 && !/\p{L}{3}/u.test(text);
}

function stretches(text: string): readonly { readonly start: number; readonly end: number }[] {
  const result: { start: number; end: number }[] = [];
  let start = 0;
  let lineStart = 0;
  while (lineStart < text.length) {
    const newline = text.indexOf("\n", lineStart);
    const lineEnd = newline === -1 ? text.length : newline;
    const next = text.slice(lineEnd + 1, lineEnd + 81).split("\n", 1)[0] ?? "";
    if (newline === -1 || standsAlone(text.slice(lineStart, lineEnd), next) || lineEnd - start > LONGEST_STRETCH) {
      for (let from = start; from < lineEnd;) {
        const end = cutBefore(text, from, lineEnd);
        result.push({ start: from, end });
        from = end;
      }
      start = lineEnd + 1;
    }
    lineStart = lineEnd + 1;
  }
  return result;
}

/** Where a stretch from `from` ends: at `end` if that is near, else between two words, at worst between two characters. */
function cutBefore(text: string, from: number, end: number): number {
  const farthest = from + LONGEST_STRETCH;
  if (end <= farthest) return end;
  const word = text.slice(from, farthest).lastIndexOf(" ") + 1;
  if (word > LONGEST_STRETCH / 2) return from + word;
  return text.codePointAt(farthest - 1) === text.charCodeAt(farthest - 1) ? farthest : farthest - 1;
}

/** Whether the line break after `line` is a break in meaning rather than a wrapped line. */
function standsAlone(line: string, next: string): boolean {
  if (line.trim() === "" || next.trim() === "") return true;
  if (/[.!?:;|]\s*$/.test(line)) return true;
  if (/^\s*(?:[-*•–]\s|#|\||\(?\d+(?:\.\d+)*[.)]?\s|\(?[a-z]\)\s)/.test(next)) return true;
  if (/^[^.!?]{1,48}: \S/.test(line)) return true;
  return line.length < 60 && /^\s*[\p{Lu}\d]/u.test(next);
}
