import type { AccessAttributes } from "../permissions/access-attributes.ts";

/** A value that a record states, with the span of the part's text where it is written, so that it can be cited. */
export interface Fact {
  /** The field, such as `amount_total`. */
  readonly name: string;
  readonly label: string;
  /** many2one: the id. Dates: ISO. Unset fields have no fact. */
  readonly value: string | number | boolean;
  /** What the text shows: for a many2one the name, for a selection its label. */
  readonly display: string;
  readonly start: number;
  readonly end: number;
  /** The line of the record that states it, such as one order line; absent: the record itself. */
  readonly line?: { readonly model: string; readonly id: number };
}

/** A piece of a part's text that is searched and cited: `part.text.slice(start, end)` is the chunk's text, always. */
export interface Chunk {
  /** Stable while document, part and text stay the same. */
  readonly id: string;
  readonly start: number;
  readonly end: number;
  /** Page of the original, from 1; null where there are no pages. */
  readonly page: number | null;
  /** Titles of the sections around it, outermost first. */
  readonly headings: readonly string[];
  readonly text: string;
}

/** The file that a part's text was taken from, so that another with the same bytes need not be parsed. */
export interface FileOrigin {
  /** Of the bytes and of what decides what they are parsed to: the same key, the same text. */
  readonly key: string;
  /** As the parser gave them; absent where it gave none. */
  readonly title?: string;
  readonly kind?: string;
  readonly language?: string;
  /** How many of the part's facts, the last ones, the file itself states. */
  readonly facts: number;
}

/**
 * The text of a document that one rule of access covers. Most documents have one part; a record has one more for each set of groups
 * that may see some of its fields, so that restricted values never share a chunk with open ones.
 */
export interface DocumentPart {
  /** `main`, or the groups expression of its fields. */
  readonly key: string;
  readonly text: string;
  readonly access: AccessAttributes;
  readonly facts: readonly Fact[];
  readonly chunks: readonly Chunk[];
  /** Absent: a record's text, or a file that is always parsed. */
  readonly file?: FileOrigin;
}

/** What a policy clause asks of a record, as CEL; see `retrieval/approvals`. */
export interface ClauseCheck {
  readonly clause: string;
  readonly appliesTo: string;
  readonly when: string;
  readonly holds: string;
  readonly needs: readonly string[];
}

export interface DocumentMetadata {
  /** Of a file's text: ISO 639-1. */
  readonly language?: string;
  readonly reference?: string;
  readonly version?: string;
  /** ISO dates, both inclusive. */
  readonly effective?: string;
  readonly expires?: string;
  readonly owner?: string;
  readonly supplier?: string;
  readonly supersedes?: string;
  /** Further properties that the source states, as `name=value`: a search can be narrowed by them. */
  readonly labels?: readonly string[];
  readonly checks?: readonly ClauseCheck[];
}

export interface Document {
  /** Derived from source and key alone. */
  readonly id: string;
  /** `odoo:<database>` or `folder:<name>`. */
  readonly source: string;
  /** Unique within the source: `purchase.order/12`, `policies/fin-pol-001-v3.md`. */
  readonly key: string;
  /** `purchase order`, `policy`, `supplier-agreement`, … */
  readonly kind: string;
  readonly title: string;
  /** Odoo model, or `file`. */
  readonly model: string;
  readonly recordId: number | null;
  /** Where a person opens the original; null when only Groundwork can show it. */
  readonly url: string | null;
  /** Hash of everything that decides text, chunks and access: the same hash, nothing to write. */
  readonly contentHash: string;
  readonly metadata: DocumentMetadata;
  readonly parts: readonly DocumentPart[];
}

/** Vectors by chunk id, unit length, of the index's embedder. */
export type ChunkVectors = ReadonlyMap<string, Float32Array>;

/** The key of the item that a document belongs to: what is attached to an item carries its key before `#`. */
export function itemKey(documentKey: string): string {
  return documentKey.split("#", 1)[0] ?? documentKey;
}
