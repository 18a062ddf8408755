import type { DocumentAccess, SourceScope } from "../../infra/db/port.ts";
import type { Document, Fact, FileOrigin } from "../../infra/document.ts";
import type { AccessAttributes } from "../../permissions/access-attributes.ts";
import type { CutText } from "../chunk.ts";

/** A part of a document as a source gives it: text that is not yet cut into chunks. */
export type DraftPart = CutText & {
  readonly key: string;
  readonly access: AccessAttributes;
  readonly facts: readonly Fact[];
  readonly file?: FileOrigin;
};

/** A document before its source and its chunks. */
export interface DraftDocument extends Omit<Document, "id" | "source" | "contentHash" | "parts"> {
  readonly parts: readonly DraftPart[];
}

/** What an item came to: its documents, and those attached to it that could not be read. */
export interface LoadedItem {
  /** The first has the item's key; those attached to it have `<key>#<name>`. */
  readonly documents: readonly DraftDocument[];
  readonly failures: readonly { readonly key: string; readonly error: unknown }[];
}

export interface LoadOptions {
  readonly signal?: AbortSignal;
  /** `refused`: a file of which the text has to be recognised fails with `needs-ocr`. `allowed` unless stated. */
  readonly ocr?: "allowed" | "refused";
}

/** One thing that a source holds: a record, or a file with what is attached to it. */
export interface SourceItem {
  /** Holds no `#`, which sets attached documents apart. */
  readonly key: string;
  /** Changes whenever anything does that decides the item's documents: text, structure, metadata, access. */
  readonly fingerprint: string;
  /** Who may read each part of the item's own document, and of what is attached to it, where that is known before it is loaded. */
  readonly access?: DocumentAccess["parts"];
  /** Loading takes long, as that of a file that has to be parsed: it may be put off. */
  readonly isSlow?: boolean;
  /** Throws GroundworkError or PermissionError with the reason why the item cannot be ingested. */
  load(options?: LoadOptions): Promise<LoadedItem>;
}

/** What of a source is read at once. */
export interface Section {
  readonly scope: SourceScope;
  /** Items in it, about. */
  readonly size: number;
}

/** Where documents come from. `items` is the whole present content of the scope; what it no longer lists is removed. */
export interface DocumentSource {
  /** Stable, such as `odoo:sample`. */
  readonly name: string;
  /** Scopes that hold all of the source together and have nothing in common, in the order in which they are best read. */
  sections(signal?: AbortSignal): Promise<readonly Section[]>;
  /** Of the whole source unless stated. */
  items(scope?: SourceScope, signal?: AbortSignal): AsyncIterable<SourceItem>;
}
