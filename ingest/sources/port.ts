import type { DocumentAccess } from "../../infra/db/port.ts";
import type { Document, Fact } from "../../infra/document.ts";
import type { AccessAttributes } from "../../permissions/access-attributes.ts";
import type { Block } from "../parsers/port.ts";

/** A part of a document as a source gives it: text with its structure, not yet cut into chunks. */
export interface DraftPart {
  readonly key: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly access: AccessAttributes;
  readonly facts: readonly Fact[];
}

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

/** One thing that a source holds: a record, or a file with what is attached to it. */
export interface SourceItem {
  /** Holds no `#`, which sets attached documents apart. */
  readonly key: string;
  /** Changes whenever anything does that decides the item's documents: text, structure, metadata, access. */
  readonly fingerprint: string;
  /** Who may read each part of the item's own document, where that is known before it is loaded. */
  readonly access?: DocumentAccess["parts"];
  /** When its source was asked for it (`performance.now()`): what became of it later is not in it. Absent: it cannot be overtaken. */
  readonly readAt?: number;
  /** Throws GroundworkError or PermissionError with the reason why the item cannot be ingested. */
  load(signal?: AbortSignal): Promise<LoadedItem>;
}

/** Where documents come from. `items` is the source's whole present content; what it no longer lists is removed. */
export interface DocumentSource {
  /** Stable, such as `odoo:sample`. */
  readonly name: string;
  /** For progress; an estimate is enough. */
  count(signal?: AbortSignal): Promise<number>;
  items(signal?: AbortSignal): AsyncIterable<SourceItem>;
}
