import { createHash } from "node:crypto";

/**
 * Where an evaluation keeps what it asks: in the directory, or in the Postgres of `EVAL_DATABASE_URL`; with `QDRANT_URL` searched in Qdrant, under
 * a name of its own, and nothing stands in for it. So nothing of the operator's own data is touched. Environment variables, for `readConfig`.
 */
export function evaluationStores(dataDirectory: string): Record<string, string | undefined> {
  const { EVAL_DATABASE_URL, QDRANT_URL, QDRANT_API_KEY, QDRANT_QUANTIZATION } = process.env;
  const place = createHash("sha256").update(EVAL_DATABASE_URL ?? dataDirectory);
  return {
    DATA_DIR: dataDirectory,
    DATABASE_URL: EVAL_DATABASE_URL,
    QDRANT_URL,
    QDRANT_API_KEY,
    QDRANT_QUANTIZATION,
    QDRANT_COLLECTION: `groundwork-eval-${place.digest("hex").slice(0, 12)}`,
    QDRANT_TIMEOUT_MS: "60000",
    INDEX_FALLBACK: "none",
  };
}
