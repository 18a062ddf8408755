import { rename, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { GroundworkError } from "../errors.ts";
import { collectRecords } from "./collect-records.ts";
import type { OdooSource } from "./port.ts";
import type { SnapshotLine } from "./snapshot-format.ts";
import { isRefused } from "./unless-refused.ts";

export interface WhatToRecord {
  /** Per model, the fields to record; those that the server lacks are passed over. Models that it refuses are passed over too. */
  readonly models: Readonly<Record<string, readonly string[]>>;
  /** Models whose external ids are recorded. */
  readonly externalIds: readonly string[];
  /** Whether the bytes of the attachments are recorded. */
  readonly attachments: boolean;
  /** The moment that the recording claims; stated, for the real one would make equal answers differ in bytes. */
  readonly takenAt: string;
  /** The address under which people open its records; stated for the same reason. */
  readonly url: string;
}

/** Writes what the source answers to a file that `openSnapshotSource` reads. Errors: those of the source; `configuration` for the file. */
export async function recordSnapshot(
  source: OdooSource,
  what: WhatToRecord,
  path: string,
): Promise<{ readonly bytes: number; readonly records: Readonly<Record<string, number>> }> {
  const lines: SnapshotLine[] = [
    { kind: "server", server: { ...(await source.server()), takenAt: what.takenAt, url: what.url } },
  ];
  const counts: Record<string, number> = {};
  for (const [model, fields] of Object.entries(what.models).sort(([left], [right]) => (left < right ? -1 : 1))) {
    const recorded = await recordModel(source, model, fields);
    if (recorded === null) continue;
    counts[model] = recorded.ids.length;
    lines.push(...recorded.lines);
    if (what.externalIds.includes(model)) {
      const names = [...(await source.externalIds(model, recorded.ids))].sort(([left], [right]) => left - right);
      lines.push({ kind: "externalIds", model, names });
    }
    if (model === "ir.attachment" && what.attachments) lines.push(...(await recordAttachments(source, recorded.ids)));
  }
  return { bytes: await writeLines(path, lines), records: counts };
}

async function recordModel(
  source: OdooSource,
  model: string,
  wanted: readonly string[],
): Promise<{ readonly lines: readonly SnapshotLine[]; readonly ids: readonly number[] } | null> {
  try {
    const described = await source.fields(model);
    const fields = [
      "id",
      ...[...new Set(wanted)].filter((name) => name !== "id" && Object.hasOwn(described, name)).sort(),
    ];
    const records = await collectRecords(source.records(model, fields));
    const rows = records.map((record) => fields.map((field) => record[field]));
    return {
      lines: [
        { kind: "fields", model, fields: described },
        { kind: "records", model, fields, rows },
      ],
      ids: records.map(({ id }) => id),
    };
  } catch (error) {
    if (isRefused(error)) return null;
    throw error;
  }
}

async function recordAttachments(source: OdooSource, ids: readonly number[]): Promise<readonly SnapshotLine[]> {
  const lines: SnapshotLine[] = [];
  for (const id of ids) {
    lines.push({ kind: "attachment", id, base64: Buffer.from(await source.attachment(id)).toString("base64") });
  }
  return lines;
}

async function writeLines(path: string, lines: readonly SnapshotLine[]): Promise<number> {
  const packed = gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(""), { level: 9 });
  packed[9] = 255; // The operating system in gzip's header: unknown, wherever it was written.
  try {
    await writeFile(`${path}.partial`, packed);
    await rename(`${path}.partial`, path);
  } catch (cause) {
    throw new GroundworkError("configuration", `${path} cannot be written.`, { cause });
  }
  return packed.length;
}
