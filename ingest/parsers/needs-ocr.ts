import { GroundworkError } from "../../infra/errors.ts";

/** The code `needs-ocr`: what a parser says of a scan when it may not recognise any. */
export function needsOcr(): GroundworkError {
  return new GroundworkError(
    "needs-ocr",
    "The file is a scan or a picture, in whole or in part. It waits until its text has been recognised.",
  );
}
