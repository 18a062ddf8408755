import type { PageLines } from "./add-pages.ts";
import { lineText, type TextLine } from "./text-line.ts";

/** What is usual in a document, against which headings and paragraphs stand out. */
export interface PageMeasures {
  /** Height and font of most characters. */
  readonly height: number;
  readonly font: string;
  readonly left: number;
  readonly right: number;
  /** Sizes that are larger than the body's. */
  readonly sizes: number;
  /** Usual distance of two baselines for lines of this height. */
  pitch(height: number): number;
  /** The rank of a size among those larger than the body's, from 1; null for the body's own and smaller. */
  sizeLevel(height: number): number | null;
  /** Whether the document writes this word, in lower case. */
  hasWord(word: string): boolean;
}

const STANDS_OUT = 1.12;
const MOST_LEVELS = 4;

export function measurePages(pages: readonly PageLines[]): PageMeasures {
  const lines = pages.flatMap((page) => page.lines);
  const height = heaviest(lines, (line) => String(round(line.height)));
  const body = Number(height) || 1;
  const larger = [...new Set(lines.map((line) => round(line.height)))]
    .filter((size) => size > STANDS_OUT * body)
    .toSorted((left, right) => right - left)
    .slice(0, MOST_LEVELS);
  const ratio = pitchRatio(pages);
  // Most documents never ask: only words that are cut at a line's end do.
  let words: ReadonlySet<string> | null = null;
  const bodyLines = lines.filter((line) => Math.abs(line.height - body) <= 0.12 * body);
  return {
    height: body,
    font: heaviest(lines, (line) => line.font),
    left: quantile(
      bodyLines.map(({ x }) => x),
      0.1,
    ),
    right: quantile(
      bodyLines.map(({ right }) => right),
      0.9,
    ),
    sizes: larger.length,
    pitch: (size) => ratio * size,
    sizeLevel: (size) => {
      if (size <= STANDS_OUT * body) return null;
      const rank = larger.findIndex((step) => round(size) >= step);
      return rank === -1 ? MOST_LEVELS : rank + 1;
    },
    hasWord: (word) => (words ??= wordsOf(lines)).has(word),
  };
}

function wordsOf(lines: readonly TextLine[]): ReadonlySet<string> {
  const words = new Set<string>();
  for (const line of lines) {
    for (const word of lineText(line)
      .toLowerCase()
      .match(/\p{L}+/gu) ?? [])
      words.add(word);
  }
  return words;
}

const round = (size: number): number => Math.round(size * 2) / 2;

/** Distance of baselines in heights of the line, of neighbours that are close enough to be one paragraph. */
function pitchRatio(pages: readonly PageLines[]): number {
  const ratios = pages.flatMap(({ lines }) =>
    lines.slice(1).map((line, index) => (line.y - (lines[index]?.y ?? 0)) / line.height),
  );
  const near = ratios.filter((ratio) => ratio > 0.5 && ratio < 2.2);
  // The lower part: in a document of one-line paragraphs most distances are those between paragraphs.
  return near.length === 0 ? 1.3 : quantile(near, 0.3);
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((left, right) => left - right)[Math.floor(share * (values.length - 1))] ?? 0;
}

function heaviest(lines: readonly TextLine[], key: (line: TextLine) => string): string {
  const weights = new Map<string, number>();
  for (const line of lines) weights.set(key(line), (weights.get(key(line)) ?? 0) + lineText(line).length);
  return [...weights].toSorted((left, right) => right[1] - left[1])[0]?.[0] ?? "";
}
