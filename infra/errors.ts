/** Closed list of what can go wrong outside `permissions/`. Each code has one meaning, one HTTP status and one way out. */
export type ErrorCode =
  | "configuration"
  | "data-directory-busy"
  | "database"
  | "index"
  | "odoo-unavailable"
  | "odoo-refused"
  | "odoo-answer"
  | "model-unavailable"
  | "model-answer"
  | "unreadable-file"
  | "encrypted-file"
  | "empty-file"
  | "file-too-large"
  | "unsupported-file"
  | "parser-limit"
  /** Text can be had from the file by recognition alone, in whole or in part, and the caller refused recognition. No fault of the file. */
  | "needs-ocr"
  | "invalid-request"
  | "unauthenticated"
  | "forbidden"
  | "not-found"
  | "not-ready"
  | "access-changed"
  | "cancelled"
  | "internal";

/**
 * The one error of infra, ingest, retrieval, api and eval. `message` is a sentence that a user may see: it says what happened and
 * what to do, and never holds document text or secrets. `retryable` is decided where the failure is first understood.
 */
export class GroundworkError extends Error {
  override readonly name = "GroundworkError";
  readonly code: ErrorCode;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, details: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retryable = details.retryable ?? false;
  }
}
