import { GroundworkError } from "../errors.ts";

/** The caller withdrew; the signal's reason is kept as the cause. */
export function cancelled(signal?: AbortSignal): GroundworkError {
  return new GroundworkError("cancelled", "The request was cancelled.", { cause: signal?.reason });
}
