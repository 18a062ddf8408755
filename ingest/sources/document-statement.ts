import { z } from "zod";
import { GroundworkError } from "../../infra/errors.ts";

const text = z.string().trim().min(1).max(500);
const isoDate = z.iso.date("must be a date such as 2026-01-31");

const check = z
  .strictObject({ clause: text, applies_to: text, when: text, holds: text, needs: z.array(text).default([]) })
  .transform(({ applies_to: appliesTo, ...rest }) => ({ ...rest, appliesTo }));

const statement = z.strictObject({
  title: text.optional(),
  kind: text.optional(),
  reference: text.optional(),
  version: z.union([text, z.number().transform(String)]).optional(),
  effective: isoDate.optional(),
  expires: isoDate.optional(),
  owner: text.optional(),
  supplier: text.optional(),
  supersedes: text.optional(),
  checks: z.array(check).max(200).optional(),
  /** Checked by `documentAttributes`, which knows the groups. */
  access: z.unknown().optional(),
});

/** What a file's front matter, or its entry in `access.yaml`, states about it. */
export type DocumentStatement = z.infer<typeof statement>;

/** A folder states for all its files what many can share. */
const folderDefaults = statement.pick({
  kind: true,
  effective: true,
  expires: true,
  owner: true,
  supplier: true,
  access: true,
});

/** What `access.yaml` states for every file beneath it that says nothing else. */
export type FolderDefaults = z.infer<typeof folderDefaults>;

/** Throws `unreadable-file` with what is wrong in the statement. `where` names it for the reader of the message. */
export function parseDocumentStatement(value: unknown, where: string): DocumentStatement {
  return parseStatement(statement, value, where);
}

/** Throws `unreadable-file`, as `parseDocumentStatement` does. */
export function parseFolderDefaults(value: unknown, where: string): FolderDefaults {
  return parseStatement(folderDefaults, value, where);
}

function parseStatement<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": "));
  throw new GroundworkError(
    "unreadable-file",
    `${where} is not understood: ${faults.join("; ")}. Correct it and ingest again.`,
  );
}
