import type { Embedder } from "../../infra/models/port.ts";
import type { Hit } from "../search.ts";
import type { CitedSentence } from "./cite.ts";
import type { GroundedStatement } from "./extract.ts";
import { sourceSentences } from "./source-sentences.ts";
import { support } from "./support.ts";

/** Below this support a sentence of a model is not shown. */
const SUPPORT_THRESHOLD = 0.5;

/**
 * Checks a model's sentence against the sources that it names: every figure in it must stand in them, and a sentence of theirs must
 * support it. Returns it with the exact spans that carry it, or null when it names no source or none that carries it.
 */
export async function ground(
  claim: CitedSentence,
  hits: readonly Hit[],
  embedder: Embedder,
  signal?: AbortSignal,
): Promise<GroundedStatement | null> {
  const cited = claim.sources.flatMap((number) => hits[number - 1] ?? []);
  if (cited.length === 0 || !figuresStandIn(claim.text, cited)) return null;
  const ranked = await support(claim.text, sourceSentences(cited), embedder, signal);
  const carrying = ranked.filter((candidate) => candidate.support >= SUPPORT_THRESHOLD).slice(0, 2);
  return carrying.length === 0 ? null : { text: claim.text, spans: carrying.map(({ sentence }) => sentence) };
}

function figuresStandIn(claim: string, hits: readonly Hit[]): boolean {
  const stated = new Set(
    hits.flatMap(({ chunk }) => figures([chunk.document.title, ...chunk.headings, chunk.text].join("\n"))),
  );
  return figures(claim).every((figure) => stated.has(figure));
}

/** Figures without their separators: `18,400.00` and `18400` are one. */
function figures(text: string): readonly string[] {
  return [...text.matchAll(/\d[\d.,]*/g)].map(([figure]) =>
    figure.replaceAll(",", "").replace(/\.+$/, "").replace(/\.0+$/, ""),
  );
}
