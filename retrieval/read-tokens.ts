import { GroundworkError } from "../infra/errors.ts";
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
 * without vectors, or when the model fails, which the question's vector has told already. Errors: `database`, `cancelled`.
 */
export async function readTokens(
  question: string,
  hits: readonly Hit[],
  { vectorWeight, lateInteraction, likeness }: SearchOptions,
  { embedders, tokens, log }: SearchTools,
  signal?: AbortSignal,
): Promise<ReadTokens> {
  const isWanted = vectorWeight > 0 && (lateInteraction > 0 || likeness !== null) && hits.length > 0;
  if (!isWanted || tokens === undefined) return NONE;
  try {
    const asked = await embedders.questionTokens(question, signal);
    if (asked === null) return NONE;
    const bits = await tokens.of(
      asked.space,
      hits.map(({ chunk }) => chunk.chunkId),
    );
    return { question: lateInteraction > 0 ? asked.tokens : [], bits, dimensions: asked.space.dimensions };
  } catch (error) {
    if (!(error instanceof GroundworkError) || !error.code.startsWith("model-")) throw error;
    log.warn({ error }, "the question's tokens could not be had; hits are weighed without");
    return NONE;
  }
}
