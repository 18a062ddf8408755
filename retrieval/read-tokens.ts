import type { QuestionVector } from "../infra/chunk-index/port.ts";
import type { QuestionToken } from "../infra/models/port.ts";
import type { TokenBits } from "./late-interaction.ts";
import type { SearchOptions } from "./search-options.ts";
import type { Hit, SearchTools } from "./search.ts";

export interface ReadTokens {
  readonly question: readonly QuestionToken[];
  /** Of the hits that have any. */
  readonly bits: TokenBits;
  /** Numbers of a token. */
  readonly dimensions: number;
}

const NONE: ReadTokens = { question: [], bits: new Map(), dimensions: 0 };

/**
 * What the tokens of the question and of the hits mean, where the embedder tells it. Only hits are asked for, which were rechecked. None at all
 * without vectors. Errors: `database`.
 */
export async function readTokens(
  question: QuestionVector | null,
  hits: readonly Hit[],
  { lateInteraction, likeness }: SearchOptions,
  { tokens }: SearchTools,
): Promise<ReadTokens> {
  const isWanted = (lateInteraction > 0 || likeness !== null) && hits.length > 0;
  if (!isWanted || tokens === undefined || question?.tokens === undefined) return NONE;
  const bits = await tokens.of(
    question.space,
    hits.map(({ chunk }) => chunk.chunkId),
  );
  return { question: lateInteraction > 0 ? question.tokens : [], bits, dimensions: question.space.dimensions };
}
