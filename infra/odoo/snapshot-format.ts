import { z } from "zod";
import type { FieldDescription, FieldType } from "../../permissions/policy-snapshot.ts";
import type { OdooRecord, OdooServer } from "./port.ts";

/**
 * A recording is gzipped JSON lines: a `server` line first, then, per model, what `fields_get` answered and the records with the fields
 * that were recorded, and one line for each attachment. In alphabetical order of models, so that equal answers give equal bytes.
 */
export type SnapshotLine =
  | { readonly kind: "server"; readonly server: OdooServer }
  | { readonly kind: "fields"; readonly model: string; readonly fields: Readonly<Record<string, FieldDescription>> }
  | {
      readonly kind: "records";
      readonly model: string;
      /** Those that were recorded; the first is always `id`. */
      readonly fields: readonly string[];
      /** One row of values for each record, in the order of `fields`. */
      readonly rows: readonly (readonly unknown[])[];
    }
  | {
      readonly kind: "externalIds";
      readonly model: string;
      readonly names: readonly (readonly [id: number, name: string])[];
    }
  | { readonly kind: "attachment"; readonly id: number; readonly base64: string };

const fieldSchema = z.custom<FieldDescription>(
  (value) =>
    z.looseObject({ type: z.custom<FieldType>((type) => typeof type === "string"), label: z.string() }).safeParse(value)
      .success,
);

/** What a line must be; a recording is a file, and files are damaged at times. */
export const snapshotLineSchema: z.ZodType<SnapshotLine> = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("server"),
    server: z.object({ source: z.string(), url: z.string(), version: z.string(), takenAt: z.iso.datetime() }),
  }),
  z.object({ kind: z.literal("fields"), model: z.string(), fields: z.record(z.string(), fieldSchema) }),
  z.object({
    kind: z.literal("records"),
    model: z.string(),
    fields: z.array(z.string()),
    rows: z.array(z.array(z.unknown())),
  }),
  z.object({
    kind: z.literal("externalIds"),
    model: z.string(),
    names: z.array(z.tuple([z.number(), z.string()])),
  }),
  z.object({ kind: z.literal("attachment"), id: z.number(), base64: z.base64() }),
]);

/** A row as the record that it was. `wanted` are positions in the row by field. */
export function recordOfRow(row: readonly unknown[], wanted: ReadonlyMap<string, number>): OdooRecord {
  const entries = [...wanted].map(([field, position]) => [field, row[position]]);
  return Object.fromEntries(entries) as OdooRecord;
}
