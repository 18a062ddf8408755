import type { ErrorCode } from "../../infra/errors.ts";
import type { ParsedFile, ParseOptions } from "./port.ts";
import type { TextItem } from "./text-line.ts";

export interface ParseRequest {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly options?: ParseOptions | undefined;
}

export type ParentMessage =
  | ({ readonly kind: "parse" } & ParseRequest)
  /** The answer to `recognise`, null when the page could not be read. */
  | { readonly kind: "recognised"; readonly lines: readonly (readonly TextItem[])[] | null };

export type ChildMessage =
  | { readonly kind: "ready" }
  /** A page is about to be recognised, which takes longer than the time for a file allows. */
  | { readonly kind: "ocr-page" }
  /** A page for the installed engine, which the child may not start itself. One at a time. */
  | { readonly kind: "recognise"; readonly image: Uint8Array }
  | { readonly kind: "parsed"; readonly file: ParsedFile }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly message: string };

/** Names, in the child's environment, who recognises pages: `parent`, or the child itself when it is absent. */
export const OCR_BY = "GROUNDWORK_OCR_BY";
/** Milliseconds, in the child's environment, that a page which it recognises itself may take. */
export const OCR_PAGE_MS = "GROUNDWORK_OCR_PAGE_MS";
