import type { QuestionVector } from "../infra/chunk-index/port.ts";
import { GroundworkError } from "../infra/errors.ts";
import type { SearchTools } from "./search.ts";

export interface EmbeddedQuestion {
  /** Null when the model did not answer: keywords must do. */
  readonly vector: QuestionVector | null;
  /** Why there is no vector, in a sentence for the reader. */
  readonly degraded: string | null;
}

/** No vector is wanted. */
export const NO_VECTOR: EmbeddedQuestion = { vector: null, degraded: null };

/** The question as a vector. Errors: `cancelled`; any other fault degrades to none. */
export async function embedQuestion(
  question: string,
  tools: Pick<SearchTools, "embedders" | "log">,
  signal?: AbortSignal,
): Promise<EmbeddedQuestion> {
  try {
    const vector = await tools.embedders.embedQuestion(question, signal);
    return { vector, degraded: vector === null ? "Searched by keyword alone: texts are being embedded anew." : null };
  } catch (error) {
    if (!(error instanceof GroundworkError) || error.code === "cancelled") throw error;
    tools.log.warn({ error }, "question not embedded; searching by keyword alone");
    return { vector: null, degraded: "Searched by keyword alone: the embedding model did not answer." };
  }
}
