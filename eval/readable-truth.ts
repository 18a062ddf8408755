import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import type { DocumentHead } from "../infra/db/port.ts";
import { FILE_MODEL } from "../permissions/access-attributes.ts";

const RECORDED = fileURLToPath(new URL("../test/parity/sample-visible.json.gz", import.meta.url));

const recordedSchema = z.object({
  cases: z.array(
    z.object({
      login: z.string(),
      companyIds: z.array(z.number()).nullable(),
      visible: z.record(z.string(), z.array(z.number()).nullable()),
    }),
  ),
});

/** What each person may read, known without our own filters. */
export interface ReadableTruth {
  /** Null: the truth does not cover the document. */
  mayRead(login: string, document: Pick<DocumentHead, "model" | "key" | "recordId">): boolean | null;
}

/**
 * Files by the hand-written lists of the questions; records by what Odoo's own search answered when the sample was recorded, where
 * that recording exists.
 */
export function readableTruth(readersOfFiles: ReadonlyMap<string, readonly string[]>): ReadableTruth {
  const records = recordedRecords();
  return {
    mayRead: (login, { model, key, recordId }) => {
      if (model === FILE_MODEL) return readersOfFiles.get(key)?.includes(login) ?? null;
      const visible = records.get(login);
      return visible === undefined || recordId === null ? null : (visible.get(model)?.has(recordId) ?? false);
    },
  };
}

function recordedRecords(): ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<number>>> {
  if (!existsSync(RECORDED)) return new Map();
  const { cases } = recordedSchema.parse(JSON.parse(gunzipSync(readFileSync(RECORDED)).toString("utf8")));
  const withAllCompanies = cases.filter(({ companyIds }) => companyIds === null);
  return new Map(
    withAllCompanies.map(({ login, visible }) => [
      login,
      new Map(Object.entries(visible).map(([model, ids]) => [model, new Set(ids)])),
    ]),
  );
}
