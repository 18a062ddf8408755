import type { ReadablePart } from "../../infra/db/port.ts";
import { support } from "../answer/support.ts";
import { sourceSentences } from "../answer/source-sentences.ts";
import type { Reader } from "../reader.ts";
import { type SearchTools, search } from "../search.ts";
import type { CitedLine } from "./cited-line.ts";
import type { OrderFacts } from "./order-facts.ts";

/** A sentence of the agreement is shown from this support on. */
const WORTH_SHOWING = 0.35;

/** What the agreement itself says on the points that this order raises, word for word. */
export async function agreementEvidence(
  agreement: ReadablePart | null,
  facts: OrderFacts,
  reader: Reader,
  tools: SearchTools,
  signal?: AbortSignal,
): Promise<readonly CitedLine[]> {
  if (agreement === null) return [];
  const lines: CitedLine[] = [];
  for (const topic of topics(facts)) {
    const selection = { documentIds: [agreement.document.documentId] };
    const { hits, degraded } = await search({ query: topic, selection, limit: 4 }, reader, tools, signal);
    if (degraded !== null) {
      facts.miss("What the agreement itself says on this order: the embedding model did not answer.");
      return lines;
    }
    const [best] = await support(topic, sourceSentences(hits), tools.embedders.configured.embedder, signal);
    if (best === undefined || best.support < WORTH_SHOWING) continue;
    if (lines.some(({ spans }) => spans[0]?.start === best.sentence.start)) continue;
    lines.push({
      text: `${agreement.document.title}: “${best.sentence.quote.replaceAll(/\s+/g, " ")}”`,
      spans: [best.sentence],
    });
  }
  return lines;
}

function topics(facts: OrderFacts): readonly string[] {
  const deviation = facts.get("agreement.max_deviation_percent")?.value;
  const onTime = facts.get("supplier.on_time_percent")?.value;
  return [
    ...(typeof deviation === "number" && deviation > 0.05 ? ["price increase needs written consent"] : []),
    ...(typeof onTime === "number" && onTime < 90 ? ["late delivery penalty for each week"] : []),
    "payment terms, days after invoice",
    "lead time of deliveries",
  ];
}
