/** A piece of a part's text as the source panel shows it. */
export type TextPiece =
  | { readonly kind: "text" | "marked"; readonly text: string }
  | { readonly kind: "page"; readonly page: number };

interface PageStart {
  readonly page: number;
  readonly start: number;
}

/**
 * Cuts a text at the starts of its pages and at the ends of the marked span. The texts of the pieces, joined, are the text; those
 * that are marked, joined, are the span. Offsets are UTF-16; what lies outside the text is ignored.
 */
export function markSpan(
  text: string,
  pages: readonly PageStart[],
  span: { readonly start: number; readonly end: number } | null,
): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  const addText = (from: number, to: number) => {
    if (from >= to) return;
    const isMarked = span !== null && from >= span.start && to <= span.end;
    pieces.push({ kind: isMarked ? "marked" : "text", text: text.slice(from, to) });
  };
  let position = 0;
  for (const cut of cutsOf(text.length, pages, span)) {
    addText(position, cut.at);
    if (cut.page !== null) pieces.push({ kind: "page", page: cut.page });
    position = cut.at;
  }
  addText(position, text.length);
  return pieces;
}

interface Cut {
  readonly at: number;
  readonly page: number | null;
}

function cutsOf(
  length: number,
  pages: readonly PageStart[],
  span: { readonly start: number; readonly end: number } | null,
): readonly Cut[] {
  const cuts: Cut[] = pages.map(({ page, start }) => ({ at: start, page }));
  if (span !== null) cuts.push({ at: span.start, page: null }, { at: span.end, page: null });
  return cuts.filter((cut) => cut.at >= 0 && cut.at <= length).sort((one, other) => one.at - other.at);
}
