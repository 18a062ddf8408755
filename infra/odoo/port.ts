import type { FieldDescription } from "../../permissions/policy-snapshot.ts";

/** A value as Odoo's `read` gives it: many2one as `[id, name]`, to-many as ids, unset as `false`. */
export type OdooValue = string | number | boolean | null | readonly unknown[] | { readonly [key: string]: unknown };
export type OdooRecord = { readonly id: number } & { readonly [field: string]: OdooValue };

export interface OdooServer {
  /** Stable name of the source, such as `odoo:sample`; document keys hang on it. */
  readonly source: string;
  /** Where people open Odoo. */
  readonly url: string;
  readonly version: string;
  /** ISO instant of what is read: now by the server's own clock for a live one, the recording's for a snapshot. */
  readonly takenAt: string;
}

/** Which records of a model are meant; every stated condition must hold, and none means all. */
export interface RecordSelection {
  /** The field has one of these values (a many2one by id); `id` for the records themselves. */
  readonly among?: Readonly<Record<string, readonly (string | number)[]>>;
  /** Written at this ISO instant or later. `odoo-refused` for a model that keeps no `write_date`. */
  readonly writtenSince?: string;
  /** Ids above this one. */
  readonly idAfter?: number;
  /** Ids up to and including this one. */
  readonly idUpTo?: number;
}

/**
 * Read access to one Odoo, as its sync account sees it. It promises neither one moment across calls nor that the account sees every
 * record; readers that need atomicity (the policy) read twice and compare.
 * Errors: `odoo-unavailable` (retryable), `odoo-refused`, `odoo-answer`.
 */
export interface OdooSource {
  server(signal?: AbortSignal): Promise<OdooServer>;
  /** `fields_get`: only the fields that the sync account may see. Throws `odoo-refused` for a model it may not read or that is not there. */
  fields(model: string, signal?: AbortSignal): Promise<Readonly<Record<string, FieldDescription>>>;
  /** The selected records of the model, archived included, in ascending id, in pages. */
  records(
    model: string,
    fields: readonly string[],
    signal?: AbortSignal,
    selection?: RecordSelection,
  ): AsyncIterable<readonly OdooRecord[]>;
  /** The ids that `records` gives, ascending. */
  ids(model: string, signal?: AbortSignal, selection?: RecordSelection): Promise<readonly number[]>;
  /** How many records `records` gives. */
  count(model: string, signal?: AbortSignal, selection?: RecordSelection): Promise<number>;
  /** How many records there are and when one of them was last written (Odoo's text, UTC); null where that is not kept or not told. */
  extent(model: string, signal?: AbortSignal): Promise<{ readonly count: number; readonly lastWritten: string | null }>;
  /** The distinct values of a text or selection field, over the records that `records` gives; unset left out, in code-point order. */
  values(model: string, field: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** External ids such as `base.group_user`, of the records that have one. */
  externalIds(model: string, ids: readonly number[], signal?: AbortSignal): Promise<ReadonlyMap<number, string>>;
  /** The bytes of an `ir.attachment`. */
  attachment(id: number, signal?: AbortSignal): Promise<Uint8Array>;
  close(): Promise<void>;
}
