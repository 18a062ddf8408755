import type { VNode } from "preact";
import type { SourceDocument } from "./contract.ts";
import { markSpan, type TextPiece } from "./mark-span.ts";

interface SourceTextProps {
  readonly part: SourceDocument["parts"][number];
  readonly span: SourceDocument["span"];
}

/** One part of a document, word for word, with its pages and the cited span marked. */
export function SourceText({ part, span }: SourceTextProps): VNode {
  return (
    <section class="source-part">
      {part.part === "main" ? null : (
        <h3 class="part-name">
          Fields for <code>{part.part}</code>
        </h3>
      )}
      <div class="source-text">
        {markSpan(part.text, part.pages, span).map((piece, index) => (
          <Piece key={index} piece={piece} />
        ))}
      </div>
    </section>
  );
}

function Piece({ piece }: { readonly piece: TextPiece }): VNode {
  if (piece.kind === "page") return <span class="page-marker">Page {piece.page}</span>;
  if (piece.kind === "marked") return <mark>{piece.text}</mark>;
  return <>{piece.text}</>;
}
