import type { PageLines } from "./add-pages.ts";
import { lineText, type TextLine } from "./text-line.ts";

/** Lines at the top and at the bottom of a page that may be its header and footer. */
const EDGE = 2;
const FEWEST_PAGES = 3;

/**
 * Leaves out headers and footers after their first appearance: lines at the edge of a page that recur, at the same height and but for
 * the page's own number alike, on at least half of the pages. They would cut sentences in two and make every page look alike to a search.
 */
export function withoutRunningLines(pages: readonly PageLines[]): readonly PageLines[] {
  if (pages.length < FEWEST_PAGES) return pages;
  const counts = new Map<string, number>();
  for (const { page, lines } of pages) {
    for (const line of edgeOf(lines)) counts.set(keyOf(line, page), (counts.get(keyOf(line, page)) ?? 0) + 1);
  }
  const seen = new Set<string>();
  return pages.map((page) => {
    const edge = new Set(edgeOf(page.lines));
    const isRunning = (line: TextLine): boolean =>
      edge.has(line) && (counts.get(keyOf(line, page.page)) ?? 0) >= Math.max(FEWEST_PAGES, pages.length / 2);
    const first = page.lines.filter((line) => isRunning(line) && !seen.has(keyOf(line, page.page)));
    for (const line of first) seen.add(keyOf(line, page.page));
    // Before the page's text, so that nothing stands between it and its continuation on the next page.
    return { ...page, lines: [...first, ...page.lines.filter((line) => !isRunning(line))] };
  });
}

function edgeOf(lines: readonly TextLine[]): readonly TextLine[] {
  return lines.length <= 2 * EDGE ? [] : [...lines.slice(0, EDGE), ...lines.slice(-EDGE)];
}

/** Other figures count: rows of a table that goes over many pages differ in them alone. */
function keyOf(line: TextLine, page: number): string {
  return `${Math.round(line.y / 4)} ${lineText(line).replace(new RegExp(`(?<!\\d)${page}(?!\\d)`, "gu"), "#")}`;
}
