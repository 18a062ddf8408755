import type { ErrorCode } from "../../infra/errors.ts";
import type { ParsedFile } from "./port.ts";

export interface ParseRequest {
  readonly bytes: Uint8Array;
  readonly name: string;
}

export type ChildMessage =
  | { readonly kind: "ready" }
  /** A page is about to be recognised, which takes longer than the time for a file allows. */
  | { readonly kind: "ocr-page" }
  | { readonly kind: "parsed"; readonly file: ParsedFile }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly message: string };
