/** Why access could not be decided. Whatever the code, the consequence is the same: nothing is shown. */
export type PermissionErrorCode =
  | "domain-syntax"
  | "domain-unsupported"
  | "unknown-field"
  | "unknown-model"
  | "unknown-login"
  | "unknown-group"
  | "unknown-company"
  | "company-not-allowed"
  | "invalid-document-access"
  | "stale-principal";

/** Thrown by this folder only. `position` is the offset into the text that was parsed, where there is one. */
export class PermissionError extends Error {
  override readonly name = "PermissionError";
  readonly code: PermissionErrorCode;
  readonly position: number | undefined;

  constructor(code: PermissionErrorCode, message: string, details: { position?: number; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.position = details.position;
  }
}
