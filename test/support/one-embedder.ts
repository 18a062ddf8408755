import type { QuestionVector } from "../../infra/chunk-index/port.ts";
import type { VectorSpace } from "../../infra/db/vector-spaces.ts";
import type { Embedders } from "../../infra/embedders.ts";
import { GroundworkError } from "../../infra/errors.ts";
import type { Embedder } from "../../infra/models/port.ts";

/** The space of the first embedder that a new database was opened with. */
export function firstSpace(dimensions: number): VectorSpace {
  return { id: 1, embedder: `test-${dimensions}`, dimensions, origin: {} };
}

/** A question in the first space. */
export function question(values: Float32Array): QuestionVector {
  return { space: firstSpace(values.length), values };
}

/** An embedder whose vectors are the only ones, in the first space. */
export function oneEmbedder(embedder: Embedder): Embedders {
  const configured = { space: { ...firstSpace(embedder.dimensions), embedder: embedder.id }, embedder };
  return {
    configured,
    forTexts: () => Promise.resolve([configured]),
    async embedQuestion(text, signal) {
      const [values] = await embedder.embed([text], signal, "question");
      if (values?.length !== embedder.dimensions) throw new GroundworkError("model-answer", "Another length.");
      return { space: configured.space, values };
    },
    [Symbol.asyncDispose]: () => embedder.close(),
  };
}
